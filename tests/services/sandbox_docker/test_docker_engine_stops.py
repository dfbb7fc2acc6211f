"""An engine that stops while programs run, and comes back: a second engine, in a folder of this test."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from docker_links import DockerBox, containers, image_at, lost
from sandbox_links import CANARY

from rulereward.services.sandbox.docker_engine import DockerUnavailableError, Engine, find_engine
from rulereward.services.sandbox.docker_settings import Docker
from rulereward.services.sandbox.shapes import Limits, Program, StdinTest

SLEEPER = StdinTest(Program("python", b"import time\ntime.sleep(60)"), b"", Limits(wall_s=60))
IMAGE = "rulereward-sandbox-test"


class OwnEngine:
    """A `dockerd` that has nothing to do with the host's: its own folders, no network."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.address = f"unix://{folder}/engine.sock"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Engine:
        places = {"data-root": "data", "exec-root": "exec", "pidfile": "pid"}
        command = ["dockerd", "--host", self.address, "--bridge=none", "--iptables=false", "--ip6tables=false"]
        command += [f"--{name}={self.folder}/{place}" for name, place in places.items()]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + 60
        while self.process.poll() is None and time.monotonic() < deadline:
            try:
                return find_engine(self.address)
            except DockerUnavailableError:
                time.sleep(0.2)
        pytest.skip(f"no second engine can be started here: {(self.folder / 'log').read_text()[-300:]}")

    def stop(self, number: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(60)
        if number is signal.SIGKILL:
            self._kill_below()

    def _kill_below(self) -> None:
        """What runs containers for the engine may outlive its sudden death, and then be in the next one's way."""
        file = self.folder / "exec" / "containerd" / "containerd.pid"
        if file.exists():
            pid = int(file.read_text())
            if str(self.folder).encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
                os.kill(pid, signal.SIGKILL)
            file.unlink()


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnEngine]:
    if os.geteuid() != 0 or shutil.which("dockerd") is None:
        pytest.skip("needs root and the program `dockerd`")
    folder = Path("/tmp") / f"rulereward-engine-{os.getpid()}"  # a socket's path must be short
    folder.mkdir(mode=0o700)
    made = OwnEngine(folder)
    yield made
    made.stop(signal.SIGTERM)
    subprocess.run(["umount", "--quiet", folder / "data"], check=False)  # the engine makes a mount of it
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("way", ["attach", "socket"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_an_engine_that_stops_loses_the_link_and_not_the_test(
    own: OwnEngine, number: signal.Signals, way: str
) -> None:
    running = own.start()
    settings = Docker(engine=own.address, image=image_at(running, IMAGE), slots=2, way=way)
    box = DockerBox(settings)
    left = [(box.link.submit(SLEEPER), SLEEPER)]
    box.link.send()
    own.stop(number)
    if way == "attach" or number is signal.SIGTERM:
        assert lost(box).left == left  # an engine that is asked to stop ends its containers
    else:
        box.link.cancel(left[0][0])
        assert box.one(CANARY).stdout == b"6\n"  # a runner at a socket does not notice
    box.close()

    running = own.start()
    again = DockerBox(settings)
    again.assert_well()
    again.close()
    deadline = time.monotonic() + 20
    while containers(running):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    own.stop(signal.SIGTERM)

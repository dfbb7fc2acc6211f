"""Containers from beginning to end: what they may, and that none is left whoever ends first."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from docker_links import DockerBox, containers, engine, image, lost, make_ready, own_containers

from rulereward.services.sandbox import docker_container
from rulereward.services.sandbox.docker_backend import DockerBackend
from rulereward.services.sandbox.docker_container import NoSocketError
from rulereward.services.sandbox.docker_engine import DockerUnavailableError
from rulereward.services.sandbox.docker_owner import OWNER, USERS, own_labels, owner, remove_leftovers
from rulereward.services.sandbox.docker_settings import Docker
from rulereward.services.sandbox.endings import ending
from rulereward.services.sandbox.shapes import Limits, Program, StdinTest

SLEEPER = StdinTest(Program("python", b"import time\ntime.sleep(60)"), b"", Limits(wall_s=60))
WAYS = ("socket", "attach")


@pytest.fixture(params=WAYS)
def settings(request: pytest.FixtureRequest) -> Docker:
    return Docker(image=image(), slots=2, way=request.param)


@pytest.fixture
def lone(settings: Docker) -> Iterator[DockerBox]:
    made = DockerBox(settings)
    yield made
    made.close()


def wait_until_gone(id: str) -> None:
    deadline = time.monotonic() + 20
    while id in containers(engine()):
        assert time.monotonic() < deadline, "the container is still there"
        time.sleep(0.05)


def inspected(box: DockerBox) -> dict[str, Any]:
    with box.backend.engine.asked("no container") as api:
        return dict(api.inspect_container(box.container))


def test_close_leaves_nothing(lone: DockerBox) -> None:
    lone.assert_well()
    id = lone.container
    assert id in containers(engine())
    assert lone.link.close() == lone.link.close() == "the container ended"
    assert id not in containers(engine())


def test_a_container_killed_from_outside(lone: DockerBox) -> None:
    number = lone.link.submit(SLEEPER)
    lone.link.send()
    with engine().asked("no container") as api:
        api.kill(lone.container)
    assert lost(lone).left == [(number, SLEEPER)]
    assert lone.container not in containers(engine())


def test_a_runner_killed_by_root(lone: DockerBox) -> None:
    pid = inspected(lone)["State"]["Pid"]
    if os.geteuid() != 0 or not Path(f"/proc/{pid}").exists():
        pytest.skip("only root on the engine's host can")
    os.kill(pid, signal.SIGKILL)
    assert lost(lone).left == []
    wait_until_gone(lone.container)


OWN = """
import sys, time
from docker_links import DockerBox, Docker
from test_docker_life import SLEEPER
box = DockerBox(Docker(image=sys.argv[1], way=sys.argv[2], slots=2))
for _ in range(3):
    box.link.submit(SLEEPER)
box.link.send()
print(box.container, flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_an_owner_that_ends_leaves_no_container(settings: Docker, number: signal.Signals) -> None:
    command = [sys.executable, "-c", OWN, settings.image, str(settings.way)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **search_path()}) as process:
        assert process.stdout is not None
        id = process.stdout.readline().strip()
        assert id in containers(engine())
        process.send_signal(number)
    wait_until_gone(id)


def search_path() -> dict[str, str]:
    return {"PYTHONPATH": os.pathsep.join(path or "." for path in sys.path)}


def test_let_go_closes_our_copies_and_ends_nothing(lone: DockerBox) -> None:
    """As a forked child does it."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        lone.link.let_go()
        with contextlib.suppress(OSError):
            os.fstat(lone.link.reading)
            os.write(write, b"open")
        os.write(write, b"done")
        os._exit(0)
    os.waitpid(pid, 0)
    assert os.read(read, 64) == b"done"
    os.close(read)
    os.close(write)
    lone.assert_well()


def test_leftovers_of_owners_that_are_gone() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        dead = owner(process.pid)
    run, space, _, started = owner(os.getpid()).split()
    labels = {
        "dead": dead,
        "alive": owner(os.getpid()),
        "another with our number": f"{run} {space} {os.getpid()} {int(started) - 1}",
        "of another host": f"{run[::-1]} {space} 1 1",
        "of another space of numbers": f"{run} 1 999999 1",
        "unreadable": "?",
    }
    with engine().asked("no container") as api:
        made = {
            name: api.create_container(image(), command=["/"], labels={OWNER: label})["Id"]
            for name, label in labels.items()
        }
    try:
        remove_leftovers(engine())
        assert {name for name, id in made.items() if id not in containers(engine())} == {
            "dead", "another with our number",
        }  # fmt: skip
    finally:
        for id in made.values():
            with contextlib.suppress(DockerUnavailableError), engine().asked("no container") as api:
                api.remove_container(id, force=True)


def test_containers_do_not_share_users() -> None:
    first, second = (DockerBox(Docker(image=image(), slots=2)) for _ in range(2))
    show = StdinTest(Program("python", b"import os, time\nprint(os.getuid())\ntime.sleep(0.3)"), b"")
    try:
        users = [int(outcome.stdout) for box in (first, second) for outcome in box.run([show] * 2)]
        assert len(set(users)) == 4
        bases = [int(inspected(box)["Config"]["Labels"][USERS]) for box in (first, second)]
        above = [user - bases[number // 2] for number, user in enumerate(users)]
        assert sorted(above) == [0, 0, 2, 2]
    finally:
        first.close()
        second.close()


def test_labels_tell_the_owner_and_the_users() -> None:
    assert own_labels(4096) == {OWNER: owner(os.getpid()), USERS: "4096"}


def test_what_a_container_may(lone: DockerBox) -> None:
    found = inspected(lone)
    pid, host = found["State"]["Pid"], found["HostConfig"]
    assert (host["NetworkMode"], host["IpcMode"], host["ReadonlyRootfs"]) == ("none", "none", True)
    assert found["Name"].startswith(f"/rulereward-{os.getpid()}-")
    assert host["PidsLimit"] > 0
    assert host["Memory"] == host["MemorySwap"] > 0
    assert not host["Privileged"]
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        pytest.skip("the engine is on another host")
    lines = dict(line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line)
    assert (
        int(lines["CapBnd"], 16) == 1 << 0 | 1 << 5 | 1 << 6 | 1 << 7
    )  # CHOWN, KILL, SETGID, SETUID: linux/capability.h
    assert int(lines["CapEff"], 16) == 1 << 5 | 1 << 6 | 1 << 7
    assert (lines["NoNewPrivs"], lines["Seccomp"]) == ("1", "2")
    assert [line.split(":")[0].strip() for line in Path(f"/proc/{pid}/net/dev").read_text().splitlines()[2:]] == [
        "lo"
    ]
    options = {
        line.split()[4]: line.split()[5].split(",")
        for line in Path(f"/proc/{pid}/mountinfo").read_text().splitlines()
    }
    assert "ro" in options["/"]
    for slot in range(2):
        assert {"rw", "nosuid", "nodev"} <= set(options[f"/box/{slot}"])


def test_no_socket_of_ours_can_be_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the engine's host is not ours: then the engine's stream is taken, and remembered."""
    real = docker_container._shared

    def missing(*arguments: Any) -> Path:
        folder = real(*arguments)
        (folder / "runner").unlink()
        return folder

    monkeypatch.setattr(docker_container, "_shared", missing)
    with pytest.raises(NoSocketError, match=r"cannot reach our socket: .*No such file"):
        DockerBackend(Docker(image=image(), way="socket")).start()
    before = own_containers(engine())
    box = DockerBox(Docker(image=image()))
    try:
        assert own_containers(engine()) - before == {box.container}
        box.assert_well()
        monkeypatch.setattr(docker_container, "_shared", None)
        make_ready(box.backend.connect()).close()
    finally:
        box.close()


def test_a_temporary_folder_with_a_long_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Longer than the 108 bytes that the name of a socket may have."""
    folder = tmp_path / ("a" * 120)
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    box = DockerBox(Docker(image=image(), slots=1, way="socket"))
    box.assert_well()
    box.close()
    assert list(folder.iterdir()) == []


def test_a_runtime_that_is_not_there() -> None:
    with pytest.raises(DockerUnavailableError, match=r"no runtime of-nobody: there are .*runc"):
        DockerBackend(Docker(image=image(), runtime="of-nobody"))


def test_runs_under_gvisor() -> None:
    if "runsc" not in engine().runtimes:
        pytest.skip("the engine has no runtime `runsc`")
    box = DockerBox(Docker(image=image(), runtime="runsc"))
    box.assert_well()
    box.close()


def test_a_container_out_of_memory_says_so_of_the_test_or_ends() -> None:
    """Two programs that may use 400 MiB each, where all may use 300: the kernel picks one of them, not the runner."""
    box = DockerBox(Docker(image=image(), slots=2, memory_mb=300))
    try:
        hog = Program("python", b"import time\nx = bytearray(b'1') * (250 << 20)\ntime.sleep(1)\nprint('had it')")
        tests = [StdinTest(hog, b"", Limits(cpu_s=5, memory_mb=400))] * 2
        outcomes = box.run(tests)
        found = [ending(test, outcome) for test, outcome in zip(tests, outcomes, strict=True)]
        assert "MLE" in [one.verdict for one in found], outcomes
        assert all(one.doubtful for one in found if one.verdict == "MLE")  # one more try is due, alone
        box.assert_well()
    finally:
        box.close()

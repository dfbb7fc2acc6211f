"""What goes wrong on our side, on the real embedded back-end: nothing is lost, and nothing becomes a verdict."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from asking import Answers, ask
from sandbox_jobs import GOOD, all_verdicts, job, numbered, verdicts

from rulereward.services.sandbox.backends import BackendError
from rulereward.services.sandbox.bubblewrap import Embedded
from rulereward.services.sandbox.embedded_backend import EmbeddedBackend, trouble_with_bubblewrap
from rulereward.services.sandbox.link import Link
from rulereward.services.sandbox.service import SandboxService


class Breakable(EmbeddedBackend):
    """The real back-end, whose links can be seen, and of which the first few can be made to fail."""

    def __init__(self, failing: int = 0) -> None:
        trouble = trouble_with_bubblewrap()
        if trouble:
            pytest.skip(f"the embedded sandbox does not work here: {trouble}")
        super().__init__(Embedded(slots=2))
        self.failing = failing
        self.made: list[Link] = []

    def connect(self) -> Link:
        if self.failing:
            self.failing -= 1
            raise BackendError("it is out of order")
        self.made.append(super().connect())
        return self.made[-1]

    @property
    def bubblewrap(self) -> int:
        """The process id of the last link's bubblewrap."""
        return self.made[-1].endpoint.process.pid

    @property
    def runner(self) -> int:
        """The process id of its runner."""
        children = Path(f"/proc/{self.bubblewrap}/task/{self.bubblewrap}/children").read_text().split()
        return int(children[0])


def started(service: SandboxService, backend: Breakable) -> None:
    """Wait until there is a runner that has done something."""
    ask(service, [job(f"{GOOD}# the first")])
    assert backend.made


@pytest.mark.parametrize("which", ["bubblewrap", "runner"])
def test_killed_in_the_middle(which: str) -> None:
    """Forty programs with three tests each; the runner is killed three times while they run."""
    backend = Breakable()
    service = SandboxService(backend)
    started(service, backend)
    answers = Answers(40)
    jobs = [job(f"import time; time.sleep(0.02)\n{GOOD}# {number}") for number in range(40)]
    service.submit(jobs, answers.done)
    for _ in range(3):
        time.sleep(0.3)
        try:
            os.kill(getattr(backend, which), signal.SIGKILL)
        except (OSError, IndexError):
            continue  # it is just being replaced
    found = answers.wait(60)
    service.close()
    assert all_verdicts(found) == {"AC AC AC"}
    assert set(answers.calls.values()) == {1}
    assert len(backend.made) >= 2


def test_killed_whenever_it_comes_up() -> None:
    """A test whose link is lost again and again is a Failure, never a verdict; the others have theirs."""
    backend = Breakable()
    service = SandboxService(backend)
    started(service, backend)
    asked = job("import time; time.sleep(1.0); print(3)", {"inputs": [""], "outputs": ["3"]}, time_s=5.0)
    answers = Answers(1)
    service.submit([asked], answers.done)
    deadline = time.monotonic() + 120
    while not answers.calls and time.monotonic() < deadline:
        time.sleep(0.05)
        with contextlib.suppress(OSError, IndexError):  # it is just being replaced
            if backend.made[-1].in_flight:  # one that is killed before it was ready has lost no test
                os.kill(backend.runner, signal.SIGKILL)
    assert verdicts(answers.wait(1)[asked]) == "sandbox_failed"
    assert all_verdicts(ask(service, numbered(4))) == {"AC AC AC"}
    service.close()


def test_stopped_and_going_on() -> None:
    """A runner that stands still for a while loses nothing."""
    backend = Breakable()
    service = SandboxService(backend)
    started(service, backend)
    runner = backend.runner
    answers = Answers(6)
    jobs = numbered(6)
    os.kill(runner, signal.SIGSTOP)
    service.submit(jobs, answers.done)
    time.sleep(0.5)
    os.kill(runner, signal.SIGCONT)
    assert all_verdicts(answers.wait(30)) == {"AC AC AC"}
    service.close()


def test_a_runner_that_stays_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is replaced when its time is over."""
    monkeypatch.setattr("rulereward.services.sandbox.slots._STUCK_GRACE_S", -2.5)
    backend = Breakable()
    service = SandboxService(backend)
    started(service, backend)
    os.kill(backend.runner, signal.SIGSTOP)
    asked = job(GOOD, time_s=1.0)
    assert verdicts(ask(service, [asked], patience_s=60)[asked]) == "AC AC AC"
    assert len(backend.made) >= 2
    service.close()


def test_starts_that_fail_twice() -> None:
    backend = Breakable(failing=2)
    service = SandboxService(backend)
    assert all_verdicts(ask(service, numbered(3))) == {"AC AC AC"}
    service.close()


def test_no_start_succeeds() -> None:
    backend = Breakable(failing=1_000)
    service = SandboxService(backend)
    started_at = time.monotonic()
    answers: Any = ask(service, numbered(3))
    assert all_verdicts(answers) == {"service_unavailable"}
    assert "out of order" in next(iter(answers.values())).message
    assert time.monotonic() - started_at < 5
    service.close()

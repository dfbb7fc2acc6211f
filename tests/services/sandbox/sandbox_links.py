"""Embedded runners for tests: started by root and by somebody else, driven to the end, searched for what is left."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from rulereward.services.sandbox.bubblewrap import BubblewrapProcess, Embedded, command_line
from rulereward.services.sandbox.link import Link
from rulereward.services.sandbox.shapes import Limits, Outcome, Program, StdinTest, Test

NOBODY = "65534"
SYSTEM_PYTHON = Path("/usr/bin/python3")
HONEST = Program("python", b"n = int(input())\nprint(sum(map(int, input().split())))\n")
CANARY = StdinTest(HONEST, b"3\n1 2 3\n", Limits(cpu_s=5, wall_s=30))


class Box:
    """A runner and its link. `user`: what it is started as, `root` or `nobody`."""

    def __init__(self, user: str, embedded: Embedded | None = None) -> None:
        self.user = user
        self.process = BubblewrapProcess(_command(user, embedded))
        self.link = Link(self.process)
        deadline = time.monotonic() + 30
        while not self.link.slots:
            assert time.monotonic() < deadline, "the runner does not get ready"
            if select.select([self.link.reading], [], [], 1)[0]:
                self.link.receive()

    def run(self, tests: Iterable[Test], window: int = 0) -> list[Outcome]:
        """The outcomes of tests, in their order; `window` of them at a time, else one for each slot."""
        link, waiting = self.link, list(tests)[::-1]
        numbers: list[int] = []
        found: dict[int, Outcome] = {}
        while waiting or link.in_flight:
            while waiting and link.in_flight < (window or link.slots):
                numbers.append(link.submit(waiting.pop()))
            self.pump(found)
        return [found[number] for number in numbers]

    def pump(self, found: dict[int, Outcome], timeout_s: float = 120) -> None:
        """Send and receive once."""
        link = self.link
        readable, writable, _ = select.select(
            [link.reading], [link.writing] if link.has_output else [], [], timeout_s
        )
        assert readable or writable, "the runner neither takes nor gives"
        if writable:
            link.send()
        if readable:
            found.update((number, outcome) for number, _, outcome in link.receive())

    def one(self, test: Test) -> Outcome:
        return self.run([test])[0]

    def assert_well(self) -> None:
        """The runner does honest work in every slot, and there is no process and no file that it does not know."""
        for outcome in self.run([CANARY] * (2 * self.link.slots)):
            assert (outcome.stdout, outcome.exit, outcome.problem) == (b"6\n", 0, ""), outcome
        deadline = time.monotonic() + 10
        while (left := self.left()) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert left == []

    def left(self) -> list[str]:
        """What lives in the sandbox apart from the runner, and what lies in the slots' folders."""
        (runner,) = children(self.process.process.pid)
        processes = [f"process {pid}: {_name(pid)}" for pid in children(runner)]
        box = Path("/proc", str(runner), "root", "box")
        if os.geteuid() != 0:
            return processes
        return processes + [str(path) for slot in box.iterdir() for path in slot.iterdir()]

    def close(self) -> None:
        self.link.close()


def _command(user: str, embedded: Embedded | None) -> list[str]:
    if shutil.which("bwrap") is None:
        pytest.skip("there is no bubblewrap here")
    if user == "root":
        if os.geteuid() != 0:
            pytest.skip("only root can change users")
        return command_line(embedded or Embedded(slots=2), root=True)
    if os.geteuid() != 0:
        return command_line(embedded or Embedded(), root=False)
    become = [shutil.which("setpriv") or "", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"]
    if not become[0] or not SYSTEM_PYTHON.exists():
        pytest.skip("needs setpriv and the system's own Python, which every user can run")
    command = command_line(embedded or Embedded(python=SYSTEM_PYTHON.resolve()), root=False)
    tried = subprocess.run(
        [*become, *command[: command.index("--")], "--", "/usr/bin/true"], check=False, capture_output=True, text=True
    )
    if tried.returncode:
        pytest.skip(f"an ordinary user cannot start bubblewrap here: {tried.stderr.strip()}")
    return [*become, *command]


def children(parent: int) -> list[int]:
    """The child processes of a process, whatever PID namespace they live in."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == parent and fields[0] != "Z":
                found.append(int(entry.name))
    return found


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")[:100]
    except OSError:
        return "?"

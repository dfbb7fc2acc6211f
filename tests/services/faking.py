"""Supervisors over `fake_worker.py`, and looking after the processes they leave."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

from rulereward.kind import Job
from rulereward.services import ServiceSpec, Supervisor

FAKE_WORKER = Path(__file__).with_name("fake_worker.py")
ROOT = Path(__file__).parents[2]


def fake_service(*options: str, command: list[str] | None = None, **settings: Any) -> Supervisor:
    default = [sys.executable, "-P", str(FAKE_WORKER), *options]
    return Supervisor(
        ServiceSpec(
            name="fake",
            command=command or default,
            identity=lambda: "fake 1",
            killed=lambda phase: {"killed_in": phase},
            **{"workers": 2, **settings},
        )
    )


def job(what: str, argument: Any = None) -> Job:
    return Job("fake", (what, argument))


def is_alive(pid: int) -> bool:
    """Does the process run? A zombie that nobody has reaped does not."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def wait_until_gone(*pids: int, patience_s: float = 20.0) -> bool:
    until = time.monotonic() + patience_s
    while any(is_alive(pid) for pid in pids):
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def descendants(pid: int) -> set[int]:
    """All processes below a process."""
    found: set[int] = set()
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = {int(child) for child in task.read_text(encoding="ascii").split()}
        except OSError:  # it has ended meanwhile
            continue
        found |= children.union(*map(descendants, children))
    return found

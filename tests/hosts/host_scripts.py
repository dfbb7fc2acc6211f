"""Scripts that score in surroundings of their own, as processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
PATIENCE_S = 120.0
"""When a process that should long have ended counts as hanging."""

SETUP = """
import os, pathlib, signal, sys, threading, time
import rulereward as rr

signal.alarm(120)  # a script that hangs ends

def score(first=0, ruleset=None):
    \"\"\"Three rows that need algebra: right, wrong, right.\"\"\"
    numbers = range(first, first + 3)
    completions = [f"\\\\boxed{{ln x+{n}}}" for n in numbers]
    answers = [f"{n}+ln x" if n != first + 1 else f"{n}-ln x" for n in numbers]
    return (ruleset or rr.load("math")).score(completions, answer=answers).reward.tolist()

def children():
    tasks = pathlib.Path("/proc/self/task").glob("*/children")
    return [int(pid) for task in tasks for pid in task.read_text().split()]

RIGHT = [1.1, 0.1, 1.1]
"""
"""`score` is right if it gives RIGHT, whatever number it starts from."""


def script(body: str) -> str:
    return SETUP + textwrap.dedent(body)


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(REPOSITORY), **more}


def start(body: str, folder: Path) -> subprocess.Popen[str]:
    """A script on its way, its outputs piped."""
    file = folder / "script.py"
    file.write_text(script(body), encoding="utf-8")
    return subprocess.Popen(
        [sys.executable, "-P", str(file)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=environment(),
    )


def run(body: str, folder: Path) -> str:
    """What a script prints. It must end well, say nothing on standard error, and leave no process."""
    process = start(body, folder)
    try:
        output, errors = process.communicate(timeout=PATIENCE_S)
    finally:
        process.kill()
    assert process.returncode == 0, errors
    assert not errors, errors
    return output


def told(process: subprocess.Popen[str]) -> list[int]:
    """The numbers on the next line that the process prints."""
    assert process.stdout is not None
    return [int(word) for word in process.stdout.readline().split()]


def soon(condition: Callable[[], bool]) -> bool:
    """Does it come true? Waits up to PATIENCE_S."""
    until = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def children() -> set[int]:
    """The processes this process has started and not reaped."""
    tasks = Path("/proc/self/task").glob("*/children")
    return {int(pid) for task in tasks for pid in task.read_text(encoding="ascii").split()}


def gone(pid: int) -> bool:
    """Has the process ended? One that nobody has reaped yet has."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state in "ZX"

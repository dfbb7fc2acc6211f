"""Waiting is told from working, and from being kept waiting: real programs, started by root and by somebody else."""

from __future__ import annotations

from pathlib import Path

import pytest
from sandbox_links import Box

from rulereward.services.sandbox.endings import ending
from rulereward.services.sandbox.shapes import AssertTest, CallTest, Limits, Program, StdinTest

LIMITS = Limits(cpu_s=0.7, wall_s=60.0, idle_s=1.0)
WAITS = Limits(cpu_s=0.7, wall_s=60.0, idle_s=0.5)
"""For those that wait for ever."""
BUSY = "end = time.process_time() + 0.4\nwhile time.process_time() < end: pass\n"
FOREVER = "    while True: pass\n"

WAITING = {
    "sleep": "time.sleep(100)",
    "many short sleeps": "while True: time.sleep(0.01)",
    "a pipe that nobody writes to": "os.read(os.pipe()[0], 1)",
    "a lock that nobody frees": "lock = threading.Lock()\nlock.acquire()\nlock.acquire()",
    "threads that sleep": "for _ in range(3): threading.Thread(target=time.sleep, args=(100,)).start()",
    "a child that sleeps": "if os.fork() == 0: time.sleep(100)\nos.wait()",
    "stopped": "os.kill(0, signal.SIGSTOP)\ntime.sleep(100)",
    "work, and then sleep": f"{BUSY}time.sleep(100)",
    "for a child of somebody else's, as after `vfork`": "import ctypes\n"
    "number = 56 if os.uname().machine == 'x86_64' else 220\n"
    "ctypes.CDLL(None).syscall(number, 0x4000 | 0x8000 | signal.SIGCHLD, 0, 0, 0, 0)\ntime.sleep(100)",
    "for a thread, as after `vfork`": "import ctypes\nnumber = 56 if os.uname().machine == 'x86_64' else 220\n"
    "ctypes.CDLL(None).syscall(number, 0x100 | 0x800 | 0x4000 | 0x10000, 0, 0, 0, 0)\ntime.sleep(100)",
}
WORKING = {
    "a loop": "while True: pass",
    "a thread, for which the first one waits": "t = threading.Thread(target=work)\nt.start()\nt.join()",
    "a child, for which the parent waits": "if os.fork() == 0: work()\nos.wait()",
    "a child of a child": "if os.fork() == 0:\n    if os.fork() == 0: work()\n    os.wait()\nos.wait()",
}


def program(code: str) -> Program:
    return Program("python", f"import os, signal, threading, time\ndef work():\n{FOREVER}{code}\n".encode())


@pytest.mark.parametrize("name", WAITING)
def test_who_waits_is_stopped_for_that(box: Box, name: str) -> None:
    test = StdinTest(program(WAITING[name]), b"", WAITS)
    outcome = box.one(test)
    assert outcome.stopped == "idle", outcome
    assert outcome.idle_s >= WAITS.most_idle_s, "it is more; what is told is rounded"
    assert (ending(test, outcome).verdict, ending(test, outcome).doubtful) == ("TLE", False)
    box.assert_well()


@pytest.mark.parametrize("name", WORKING)
def test_who_works_does_not_wait(box: Box, name: str) -> None:
    """However long it is kept from a processor. What is allowed for is a look just before it begins."""
    outcome = box.one(StdinTest(program(WORKING[name]), b"", LIMITS))
    assert outcome.stopped == "cpu", outcome
    assert outcome.idle_s < 0.5
    box.assert_well()


def test_who_waits_in_the_kernel_for_a_child_that_sleeps_waits(box: Box) -> None:
    """After `vfork` the parent is at what it would be at waiting for a disk."""
    if "cpp" not in box.link.languages:
        pytest.skip("there is no compiler of C++ here")
    code = b"#include <unistd.h>\nint main() { if (vfork() == 0) { sleep(100); _exit(0); } }"
    assert box.one(StdinTest(Program("cpp", code), b"", WAITS)).stopped == "idle"
    box.assert_well()


def test_a_program_can_start_others_by_vfork(box: Box) -> None:
    code = (
        b"import os\npid = os.posix_spawn('/bin/sh', ['sh', '-c', 'exit 7'], {})\nprint(os.waitpid(pid, 0)[1] >> 8)"
    )
    assert box.one(StdinTest(Program("python", code), b"", LIMITS)).stdout == b"7\n"


def test_a_little_waiting_is_told_and_allowed(box: Box) -> None:
    test = StdinTest(program("time.sleep(0.5)\nprint('done')"), b"", LIMITS)
    outcome = box.one(test)
    assert (outcome.stdout, outcome.stopped) == (b"done\n", "")
    assert outcome.idle_s > 0


def test_a_quick_program_is_never_found_waiting(box: Box) -> None:
    quick = StdinTest(program("print(1)"), b"", Limits())
    assert {outcome.idle_s for outcome in box.run([quick] * 20) if outcome.wall_s < 0.025} <= {0.0}


def test_program_and_checker_count_together(box: Box) -> None:
    """Each waits for the other in turn, and one of them works all the time."""
    test = f"import time\nfor _ in range(3): add(1, 2)\n{BUSY}assert add(1, 2) == 3"
    code = f"import time\ndef add(a, b):\n    return a + b\n{BUSY}".encode()
    checked = AssertTest(Program("python", code), "add", "", test, Limits(cpu_s=5, wall_s=60, idle_s=0.3))
    outcome = box.one(checked)
    assert ending(checked, outcome).verdict == "AC", outcome
    sleeps = AssertTest(
        Program("python", b"import time\ndef add(a, b): time.sleep(100)"), "add", "", "assert add(1, 2)", WAITS
    )
    assert box.one(sleeps).stopped == "idle"


def test_a_called_function_that_waits(box: Box) -> None:
    test = CallTest(Program("python", b"import time\ndef f(): time.sleep(100)"), "f", (), {}, WAITS)
    assert box.one(test).stopped == "idle"
    box.assert_well()


def test_who_kills_itself_was_not_short_of_memory(box: Box) -> None:
    """As far as the kernel tells. As process 1 of a PID namespace a program cannot kill itself at all."""
    test = StdinTest(program("os.kill(os.getpid(), 9)"), b"", LIMITS)
    before = kills()
    outcome = box.one(test)
    if outcome.signal != 9:
        assert box.user == "nobody"
    elif before and before == kills():
        assert outcome.memory_was_short is False
        assert (ending(test, outcome).verdict, ending(test, outcome).doubtful) == ("RE", False)


def kills() -> list[str]:
    """How many processes this host's kernel has killed for want of memory, as it tells."""
    return [line for line in Path("/proc/vmstat").read_text().splitlines() if line.startswith("oom_kill ")]

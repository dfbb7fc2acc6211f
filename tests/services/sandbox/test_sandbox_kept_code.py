"""What Python makes of a program is kept for its next runs: which must not show, nor may it be touched."""

from __future__ import annotations

import os

import pytest
from sandbox_links import Box

from rulereward.services.sandbox.inside.kernel import is_sealed, memory_file, seal
from rulereward.services.sandbox.inside.programs import Program as HeldProgram
from rulereward.services.sandbox.shapes import CallTest, Limits, Program, StdinBatch, StdinTest

LIMITS = Limits(cpu_s=5, wall_s=30)
TRACED = Program(
    "python", b"def f(x):\n    return 1 // x\n\n\nprint(f(int(input())), f.__doc__, f.__code__.co_filename)\n"
)


def test_every_run_is_like_the_first(box: Box) -> None:
    for _ in range(3):
        right, wrong = box.run([StdinTest(TRACED, b"1\n", LIMITS), StdinTest(TRACED, b"0\n", LIMITS)])
        assert (right.said, right.exit, right.stdout, right.stderr) == ("SC", 0, b"1 None main.py\n", b"")
        assert (wrong.said, wrong.exit, wrong.stdout) == ("SC", 1, b"")
        assert b'File "main.py", line 2, in f' in wrong.stderr


def test_what_the_compiler_warns_of_every_run_prints(box: Box) -> None:
    program = Program("python", b"print(1 is 1)\n")
    for outcome in box.run([StdinTest(program, b"", LIMITS)] * 3, window=1):
        assert (outcome.exit, outcome.stdout) == (0, b"True\n")
        assert b'"is" with' in outcome.stderr


def test_what_is_no_program_never_becomes_one(box: Box) -> None:
    for outcome in box.run([StdinTest(Program("python", b"def f(:\n"), b"", LIMITS)] * 3, window=1):
        assert outcome.said == "SE"
        assert b"SyntaxError" in outcome.stderr


def test_code_too_large_or_too_deep_to_keep_runs_as_well(box: Box) -> None:
    large = b"x = [" + b"".join(b"'%0200d', " % n for n in range(8000)) + b"]\nprint(len(x))\n"
    deep = b"x = " + b"(1, " * 90 + b")" * 90 + b"\nprint(len(x))\n"
    for source, printed in ((large, b"8000\n"), (deep, b"2\n")):
        for outcome in box.run([StdinTest(Program("python", source), b"", LIMITS)] * 3, window=1):
            assert (outcome.exit, outcome.stdout) == (0, printed), outcome


def test_one_program_in_every_kind_of_run(box: Box) -> None:
    program = Program(
        "python", b"def f(x):\n    return x + 1\n\n\nif __name__ == '__main__':\n    print(f(int(input())))\n"
    )
    for _ in range(2):
        assert box.one(StdinTest(program, b"4\n", LIMITS)).stdout == b"5\n"
        assert box.one(CallTest(program, "f", (4,), {}, LIMITS)).exit == 0
        assert box.one(StdinBatch(program, (b"4\n", b"5\n"), LIMITS)).stdout == b"5\n6\n"


def test_runs_have_random_numbers_of_their_own(box: Box) -> None:
    program = Program("python", b"import random\nprint(random.random())\n")
    assert len({outcome.stdout for outcome in box.run([StdinTest(program, b"", LIMITS)] * 6)}) == 6


def test_threads_that_still_run_are_waited_for(box: Box) -> None:
    program = Program(
        "python",
        b"import threading, time\n"
        b"threading.Thread(target=lambda: (time.sleep(0.2), print('late'))).start()\n"
        b"print('early')\n",
    )
    assert box.one(StdinTest(program, b"", LIMITS)).stdout == b"early\nlate\n"


def test_the_end_of_a_child_is_a_signal(box: Box) -> None:
    program = Program(
        "python",
        b"import os, signal, time\n"
        b"print(signal.pthread_sigmask(signal.SIG_BLOCK, []), signal.getsignal(signal.SIGCHLD).name)\n"
        b"signal.signal(signal.SIGCHLD, lambda *_: print('ended'))\n"
        b"if os.fork() == 0:\n    os._exit(0)\n"
        b"os.wait()\ntime.sleep(0.01)\n",
    )
    assert box.one(StdinTest(program, b"", LIMITS)).stdout == b"set() SIG_DFL\nended\n"


def test_only_the_first_run_is_given_a_file_to_fill() -> None:
    program = HeldProgram("python", memory_file("source"), needs_build=False)
    first = program.code_file()
    assert first >= 0
    assert program.code_file() == -1
    os.write(first, b"code")
    assert program.code_file() == -1
    seal(first)
    assert program.code_file() == first
    with pytest.raises(PermissionError):
        os.write(first, b"forged")
    program.close()


def test_what_is_sealed() -> None:
    made = memory_file("made", sealable=True)
    assert not is_sealed(made)
    seal(made)
    assert is_sealed(made)
    os.close(made)

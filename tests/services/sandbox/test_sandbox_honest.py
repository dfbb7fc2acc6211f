"""Honest programs come out as under the interpreter itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from sandbox_links import Box

from rulereward.services.sandbox.endings import ending
from rulereward.services.sandbox.shapes import Limits, Program, StdinTest

FILE = Path(__file__).parents[2] / "cases" / "sandbox" / "honest.yaml"
CASES = yaml.safe_load(FILE.read_text("utf-8"))
LIMITS = Limits(cpu_s=5, wall_s=60)


def python(code: str, stdin: str = "", limits: Limits = LIMITS) -> StdinTest:
    return StdinTest(Program("python", code.encode()), stdin.encode(), limits)


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: case["name"])
def test_honest_program(box: Box, case: dict[str, Any]) -> None:
    test = python(case["code"], CASES["stdin"])
    outcome = box.one(test)
    assert outcome.stdout.decode().rstrip("\n") + "\n" == CASES["stdout"], outcome
    assert (outcome.exit, ending(test, outcome).verdict) == (0, None)


def test_nothing_is_left(box: Box) -> None:
    box.assert_well()


@pytest.mark.parametrize(
    ("code", "status", "shown"),
    [
        ("raise SystemExit", 0, ""),
        ("raise SystemExit(3)", 3, ""),
        ("raise SystemExit('no way')", 1, "no way\n"),
        ("import sys; sys.exit(256 + 7)", 7, ""),
        ("exit(True)", 1, ""),
        ("import os; os._exit(9)", 9, ""),
        ("1/0", 1, "ZeroDivisionError: division by zero\n"),
        ("def f():\n  raise KeyError('a')\nf()", 1, "KeyError: 'a'\n"),
        ("import threading\nthreading.Thread(target=lambda: print('late')).start()", 0, ""),
    ],
)
def test_exit_status(box: Box, code: str, status: int, shown: str) -> None:
    outcome = box.one(python(code))
    assert (outcome.exit, outcome.signal) == (status, 0)
    assert outcome.stderr.decode().endswith(shown)


def test_a_traceback_shows_the_program_only(box: Box) -> None:
    outcome = box.one(python("def f():\n    g()\nf()\n"))
    lines = [line for line in outcome.stderr.decode().splitlines() if line.startswith("  File")]
    assert lines == ['  File "main.py", line 3, in <module>', '  File "main.py", line 2, in f']


def test_what_a_program_finds(box: Box) -> None:
    code = (
        "import os, sys\n"
        "print(__name__, __file__, sys.argv, sys.modules['__main__'].__dict__ is globals())\n"
        "print([name for name in sys.modules if 'rulereward' in name], [p for p in sys.path if 'rulereward' in p])\n"
        "print(sorted(os.environ), os.getcwd() == os.environ['HOME'] == os.environ['TMPDIR'])\n"
        "print(sys.stdin.encoding, sys.stdout.encoding, *(s.fileno() for s in (sys.stdin, sys.stdout, sys.stderr)))\n"
        "print(sys.getrecursionlimit(), __import__('gc').isenabled(), hash('a') == hash('a'))\n"
    )
    lines = box.one(python(code)).stdout.decode().splitlines()
    assert lines == [
        "__main__ main.py ['main.py'] True",
        "[] []",
        "['HOME', 'LANG', 'OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'PATH', 'PYTHONHASHSEED', 'TMPDIR'] True",
        "utf-8 utf-8 0 1 2",
        "1000 True True",
    ]


def test_the_order_of_sets_is_the_same_every_time(box: Box) -> None:
    test = python("print({str(n) for n in range(50)})")
    first, *others = box.run([test] * 6)
    assert {outcome.stdout for outcome in others} == {first.stdout}


def test_bytes_pass_unchanged(box: Box) -> None:
    every = bytes(range(256)) * 300
    test = StdinTest(
        Program("python", b"import sys\nsys.stdout.buffer.write(sys.stdin.buffer.read())"), every, LIMITS
    )
    outcome = box.one(test)
    assert outcome.stdout == every
    assert outcome.stdout_bytes == len(every)


def test_outcomes_tell_what_was_used(box: Box) -> None:
    busy = box.one(python("import time\nend = time.process_time() + 0.3\nwhile time.process_time() < end: pass"))
    idle = box.one(python("import time\ntime.sleep(0.3)"))
    large = box.one(python("x = bytearray(b'1') * (100 << 20)"))
    assert idle.cpu_s < 0.25 < busy.cpu_s < 2
    assert idle.wall_s >= 0.3
    assert large.memory_kb > 100 << 10


def test_a_carriage_return_stays_in_its_line(box: Box) -> None:
    """As in a file that the interpreter opens as standard input on Linux."""
    assert box.one(python("print(len(input()))\n", "a\r\n")).stdout == b"2\n"

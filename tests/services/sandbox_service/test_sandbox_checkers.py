"""Outputs that a checker of the data judges, on the real service: who is right, and whose fault it is where it fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from asking import ask, measure, reason_of, value_of
from fusion_server import FusionServer
from sandbox_jobs import job, verdicts

from rulereward.rules.code_pass_rate import CodePassRateParams, code_pass_rate
from rulereward.services.sandbox import checks
from rulereward.services.sandbox.http_backend import HttpBackend
from rulereward.services.sandbox.service import SandboxService
from rulereward.text.code_work import Comparison

HEAD = """\
import sys
given, expected, printed = (open(path).read() for path in sys.argv[1:4])
"""
SUMS_TO = HEAD + "a, b = map(int, printed.split())\nprint(1 if a + b == int(given) else 0)\n"
"""Any two numbers are right whose sum is the input; `expected` is one such pair. Anything else makes it raise."""

ANY = "n = int(input())\nprint(n - 1, 1)"
CHECKED = {"inputs": ["5", "7"], "outputs": ["2 3", "3 4"]}


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Checkers have less time than usual."""
    monkeypatch.setattr(checks, "_LIMITS", replace(checks._LIMITS, cpu_s=1.5))


def checked(code: str, checker: str = SUMS_TO, tests: Any = CHECKED, **changes: Any) -> Any:
    return job(code, {**tests, "checker": checker}, comparison=Comparison("checker"), **changes)


CASES = [
    ("as expected", checked("n = int(input())\nprint(n // 2, n - n // 2)"), "AC AC"),
    ("another answer that is right", checked(ANY), "AC AC"),
    ("wrong", checked("print(1, 1)"), "WA WA"),
    ("right for one", checked("print(4, 1)"), "AC WA"),
    ("text that breaks the checker", checked("print('x')"), "WA WA"),
    ("nothing", checked(""), "WA WA"),
    ("no end", checked("while True: pass", time_s=0.3), "TLE TLE"),
    ("an error behind the right output", checked(f"{ANY}\n1/0"), "RE RE"),
    ("no Python", checked("print("), "CE CE"),
    ("NUL", checked(f"{ANY}\nprint('\\0')"), "WA WA"),
    ("bytes that are no text", checked("import sys\nsys.stdout.buffer.write(b'\\xff\\xfe')"), "WA WA"),
    ("a verdict of its own", checked("print(1)"), "WA WA"),
    ("a verdict printed in the checker's place", checked("print(0)\nprint(1)", HEAD + "print('got', printed)"), "NR NR"),
    ("a verdict in the words of a checker", checked("print('x\\n1')", HEAD + "print('wrong:' + printed if 'x' in printed else 1)"), "WA WA"),
    ("a megabyte", checked("print('9' * 1_000_000, 1)"), "WA WA"),
    ("more than a megabyte", checked("print('9' * 2_000_000, 1)"), "OLE OLE"),
    ("a checker that hangs on it", checked(ANY, HEAD + "while printed.split()[1] == '1': pass\nprint(1)"), "TLE TLE"),
    ("outputs it hangs on, one after the other", checked(ANY, HEAD + "while printed.split()[1] == '1': pass\nprint(1)", most_timeouts=1), "TLE TLE"),
    ("a checker that hangs on all", checked(ANY, HEAD + "while True: pass"), "NR NR"),
    ("a checker that takes too much memory for it", checked(ANY, HEAD + "x = bytearray(10 ** (11 if ' 1' in printed else 3))\nprint(1)"), "WA WA"),
    ("a checker that raises for all", checked(ANY, HEAD + "open('nothing.txt')\nprint(1)"), "NR NR"),
    ("a checker that is no Python", checked(ANY, HEAD + "print("), "NR NR"),
    ("a checker that takes nothing", checked(ANY, HEAD + "print(0)"), "WA WA"),
    ("a checker that says nothing", checked(ANY, HEAD), "NR NR"),
    ("a checker that says more than a score", checked(ANY, HEAD + "print(1)\nprint('well done')"), "NR NR"),
    ("a checker that ends badly", checked(ANY, HEAD + "print(1)\nsys.exit(1)"), "NR NR"),
    ("a part of the score", checked(ANY, HEAD + "print(0.99)"), "WA WA"),
    ("all of the score", checked(ANY, HEAD + "print('1.0')"), "AC AC"),
    ("of a hundred", checked(ANY, HEAD + "print(50)"), "NR NR"),
    ("a checker that exits", checked(ANY, HEAD + "print(1)\nsys.exit(0)"), "AC AC"),
    ("files in the folder", checked("print(3)", HEAD + "import os\nprint(int(sorted(os.listdir()) == sorted(sys.argv[1:])))"), "AC AC"),
    ("nothing of the program's is left", checked("import os, sys\nopen('x', 'w').write('y')\nopen('os.py', 'w')\nos.environ['A'] = 'b'\nif os.fork() == 0:\n    os.setsid()\n    import time\n    time.sleep(20)\nprint(1)", HEAD + "import os\nprint(int(len(os.listdir()) == 3 and 'A' not in os.environ))"), "AC AC"),
    ("what is expected is out of reach", checked("import os\nfor top, _, names in os.walk('/box'):\n    print(top, names)\n", HEAD + "print(int('correct' not in printed and expected == '2 3' or expected == '3 4'))"), "AC AC"),
    ("one fork for all", checked(ANY, isolation="sample"), "AC AC"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "asked", "expected"), CASES, ids=[name for name, _, _ in CASES])
def test_verdicts(sandbox: SandboxService, name: str, asked: Any, expected: str) -> None:
    assert verdicts(ask(sandbox, [asked])[asked]) == expected


def test_what_people_are_shown(sandbox: SandboxService) -> None:
    jobs = [checked("print(1, 1)"), checked("print('x')"), checked(ANY, HEAD + "raise KeyError('no')")]
    answers: Any = ask(sandbox, jobs)
    wrong, broken, unusable = (answers[asked]["tests"][0] for asked in jobs)
    assert (wrong["got"], wrong["why"]) == ("1 1\n", "the checker gives it 0")
    assert (broken["got"], "nothing of the output" in broken["why"]) == ("x\n", True)
    assert "even the expected output" in unusable["why"]


@pytest.fixture
def fusion() -> Iterator[SandboxService]:
    server = FusionServer()
    service = SandboxService(HttpBackend(f"{server.address}?slots=4"))
    yield service
    service.close()
    server.stop()


def test_over_http(fusion: SandboxService) -> None:
    wanted = [
        ("another answer that is right", checked(ANY), "AC AC"),
        ("right for one", checked("print(4, 1)"), "AC WA"),
        ("text that breaks the checker", checked("print('x')"), "WA WA"),
        ("a checker that raises for all", checked(ANY, HEAD + "open('nothing.txt')\nprint(1)"), "NR NR"),
        ("one that begins with a future", checked(ANY, f"from __future__ import annotations\n{SUMS_TO}"), "AC AC"),
        ("tests that might share a process", job("print(input())", {"inputs": ["1", "2"], "outputs": ["1", "2"]}, isolation="sample"), "AC AC"),
    ]  # fmt: skip
    answers = ask(fusion, [asked for _, asked, _ in wanted])
    assert [(name, verdicts(answers[asked])) for name, asked, _ in wanted] == [(name, e) for name, _, e in wanted]


CPP = "#include <testlib.h>\nint main(int argc, char** argv) {\n}\n"


@pytest.mark.parametrize(
    ("row", "compare", "value", "reason"),
    [
        ({"checker": SUMS_TO}, "auto", 1.0, None),
        ({"checker": SUMS_TO}, "checker", 1.0, None),
        ({"checker": SUMS_TO}, "lines", 0.0, "wrong_answer"),
        ({}, "auto", 0.0, "wrong_answer"),
        ({}, "checker", None, "checker_missing"),
        ({"checker": "exact"}, "auto", 0.0, "wrong_answer"),
        ({"checker": CPP}, "auto", None, "tests_unsupported"),
        ({"checker": CPP}, "lines", 0.0, "wrong_answer"),
        ({"checker": HEAD}, "auto", None, "tests_unusable"),
    ],
)
def test_the_kind(sandbox: SandboxService, row: Any, compare: Any, value: float | None, reason: str | None) -> None:
    (result,) = measure(
        code_pass_rate, sandbox, [(ANY, {**CHECKED, **row})], CodePassRateParams(compare=compare)
    )
    assert (value_of(result), reason_of(result)) == (value, reason)


def test_functions_need_no_checker(sandbox: SandboxService) -> None:
    tests = {"fn_name": "f", "inputs": [[1]], "outputs": [1], "checker": SUMS_TO}
    for compare in ("auto", "checker"):
        params = CodePassRateParams(compare=compare)  # type: ignore[arg-type] # one of the literals
        (result,) = measure(code_pass_rate, sandbox, [("def f(x): return x", tests)], params)
        assert value_of(result) == 1.0

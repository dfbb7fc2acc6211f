"""Programs that want a reward without the answer get none, in any way of testing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from sandbox_links import Box

from rulereward.services.sandbox.endings import ending, reply
from rulereward.services.sandbox.inside.plain_data import NotPlainDataError
from rulereward.services.sandbox.inside.plain_reading import decode
from rulereward.services.sandbox.shapes import AssertTest, CallTest, Limits, Outcome, Program, StdinTest

FILE = Path(__file__).parents[2] / "cases" / "sandbox" / "attacks" / "cheats.yaml"
CASES = yaml.safe_load(FILE.read_text("utf-8"))
HONEST = Program("python", b"def add(a, b):\n    return a + b\n")
SLOW_FOR_NOBODY = {
    "test_cheat_is_not_rewarded",
    "test_an_object_is_no_value",
    "test_what_is_read_in_two_ways_agrees",
    "test_no_name_is_a_way_out",
    "test_objects_that_cheat_otherwise",
}


def limits(case: dict[str, Any]) -> Limits:
    return Limits(**{"cpu_s": 2.0, "wall_s": 20.0, **case.get("limits", {})})


def value_of(outcome: Outcome) -> Any:
    """What a called function gave, or an exception where that is no plain data."""
    data = reply(outcome)
    if data is None:
        return NotPlainDataError("malformed", "nothing")
    try:
        found = decode(data)
    except NotPlainDataError as problem:
        return problem
    return found[0] if type(found) is tuple and found else NotPlainDataError("malformed", "no pair")


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: case["name"])
def test_cheat_is_not_rewarded(box: Box, case: dict[str, Any]) -> None:
    program = Program("python", case["code"].encode())
    checked = AssertTest(program, "add", "", CASES["test"], limits(case))
    called = [CallTest(program, "add", tuple(call["args"]), {}, limits(case)) for call in CASES["calls"]]
    first, *others = box.run([checked, *called])
    verdict = ending(checked, first).verdict
    assert verdict in ("WA", "RE", "TLE", "MLE", "CE"), first
    for call, outcome in zip(CASES["calls"], others, strict=True):
        value = value_of(outcome)
        assert type(value) is not type(call["value"]) or value != call["value"]
        assert ending(called[0], outcome).verdict != "IE"
    if case.get("stdin"):
        test = StdinTest(program, b"2 3\n", limits(case))
        outcome = box.one(test)
        assert outcome.stdout.strip() != b"5"
        assert ending(test, outcome).verdict != "IE"


def test_the_honest_function_is_rewarded(box: Box) -> None:
    checked = AssertTest(HONEST, "add", "", CASES["test"])
    called = [CallTest(HONEST, "add", tuple(call["args"])) for call in CASES["calls"]]
    first, *others = box.run([checked, *called])
    assert ending(checked, first).verdict == "AC"
    assert [value_of(outcome) for outcome in others] == [call["value"] for call in CASES["calls"]]
    box.assert_well()


@pytest.mark.parametrize(
    ("entry", "args", "kwargs", "value"),
    [
        ("plain", (1,), {}, [1]),
        ("plain", (), {"x": (1, {2: {3}})}, [(1, {2: {3}})]),
        ("in_class", (4,), {}, 5),
        ("Solution.in_class", (4,), {}, 5),
        ("Other.method", (4,), {}, 6),
        ("big", (), {}, 7**5000),
        ("text", (), {}, "\ud800 \0 é 字"),
        ("counted", ("abca",), {}, {"a": 2, "b": 1, "c": 1}),
    ],
)
def test_calls(box: Box, entry: str, args: tuple[Any, ...], kwargs: dict[str, Any], value: Any) -> None:
    source = (
        "from collections import Counter\n"
        "def plain(x): return [x]\n"
        "class Solution:\n    def in_class(self, x): return x + 1\n"
        "class Other:\n    def method(self, x): return x + 2\n"
        "def big(): return 7 ** 5000\n"
        "def text(): return '\\ud800 \\0 é 字'\n"
        "def counted(word): return Counter(word)\n"
        "if __name__ == '__main__': raise SystemExit(1)\n"
    )
    test = CallTest(Program("python", source.encode()), entry, args, kwargs)
    outcome = box.one(test)
    assert ending(test, outcome).verdict is None, outcome
    assert value_of(outcome) == value


def test_prints_of_a_called_function_are_no_reply(box: Box) -> None:
    test = CallTest(Program("python", b"def f(x):\n    print('5')\n    return x"), "f", (4,))
    outcome = box.one(test)
    assert value_of(outcome) == 4
    assert outcome.stdout == b"5\n"


@pytest.mark.parametrize(
    ("setup", "test", "verdict"),
    [
        ("", "assert add(1, 2) == 3", "AC"),
        ("", "assert add(1, 2) == 4", "WA"),
        ("", "values = [1]\ngrow(values)\nassert values == [1, 1]", "AC"),
        ("", "assert helper(2) == 4 and add(helper(1), 1) == 3", "AC"),
        ("", "node = Node(1)\nnode.left = Node(2, left=Node(7))\nassert depth(node) == 3", "AC"),
        ("node = Node(1)", "assert depth(node) == 2", "WA"),
        ("", "a = Node(1)\na.left = a\nassert loops(a)", "AC"),
        ("", "assert kinds(1, [int, str]) == [True, False]", "AC"),
        ("", "try:\n    fail()\nexcept ValueError as e:\n    assert str(e) == 'no'\nelse:\n    assert False", "AC"),
        ("", "try:\n    fail()\nexcept KeyError:\n    pass", "RE"),
        ("import math", "assert math.isclose(add(0.1, 0.2), 0.3)", "AC"),
        ("def add(a, b):\n    return a + b", "assert add(1, 2) == 3", "AC"),
        ("def twice(x):\n    return 2 * x", "assert add(1, twice(2)) == 5", "AC"),
        ("", "def check(candidate):\n    assert candidate(1, 1) == 2\ncheck(add)", "AC"),
        ("", "assert abs(add(1, 2) - 3) < 1e-6", "AC"),
        ("", "assert add(1, 2) is None", "WA"),
        ("", "assert len(add(1, 2)) == 1", "WA"),
        ("", "syntax error", "IE"),
        ("", "raise RuntimeError('the test is broken')", "IE"),
        ("", "assert add(1, object())", "IE"),
        ("", "assert add(1, lambda: 0)", "RE"),
        ("", "import solution_of_nobody", "IE"),
        ("", "assert missing(1) == 1", "RE"),
        ("", "assert not dies()", "RE"),
        ("", "try:\n    dies()\nexcept BaseException:\n    pass", "RE"),
        ("", "while True:\n    pass", "TLE"),
    ],
)
def test_asserts(box: Box, setup: str, test: str, verdict: str) -> None:
    source = (
        "import math, os\n"
        "def add(a, b): return a + b\n"
        "def helper(x): return 2 * x\n"
        "def grow(values): values.append(values[0])\n"
        "def fail(): raise ValueError('no')\n"
        "def dies(): os._exit(0)\n"
        "def kinds(x, types): return [isinstance(x, t) for t in types]\n"
        "def abs(x): return 0\n"
        "def len(x): return 1\n"
        "class Node:\n    def __init__(self, value, left=None): self.value, self.left = value, left\n"
        "def depth(node): return 0 if node is None else 1 + depth(node.left)\n"
        "def loops(node): return node.left is node\n"
    )
    checked = AssertTest(Program("python", source.encode()), "add", setup, test, Limits(cpu_s=1, wall_s=20))
    outcome = box.one(checked)
    assert ending(checked, outcome).verdict == verdict, outcome


def test_builtins_that_the_program_redefines_are_not_the_tests(box: Box) -> None:
    """`len` of the program above says 1 of everything; the checker has its own."""
    program = Program("python", b"def add(a, b): return [a, b]\ndef len(x): return 1\ndef sorted(x): return [1, 2]\n")
    for test in ("assert len(add(1, 2)) == 1", "assert sorted(add(5, 4)) == [1, 2]"):
        checked = AssertTest(program, "add", "", test)
        assert ending(checked, box.one(checked)).verdict == "WA"


WITHOUT = Program("python", b"def add(a, b):\n    return 1\nclass other:\n    pass\n")


@pytest.mark.parametrize(
    "test",
    [
        "assert other(3)[0] == 5",
        "assert add(1, 1) == 1\nassert len(other(3)) == 5",
        "assert sorted(other(3)) == add(2, 2)",
        "for got, want in zip(map(add, [1, 2], [1, 2]), [3, 4]):\n    assert got == want",
    ],
)
def test_a_class_in_place_of_a_function_fails_the_test(box: Box, test: str) -> None:
    """It is the program that says what `other` is: the test is not to blame, and counts."""
    asked = AssertTest(WITHOUT, "add", "", test)
    assert ending(asked, box.one(asked)).verdict in ("WA", "RE")


@pytest.mark.parametrize(
    "test",
    [
        "def check(candidate):\n    assert candidate(1, 1) == 3",
        "assert callable(add)",
        "if __name__ == 'x':\n    assert add(1, 1)",
    ],
)
def test_a_test_that_asks_nothing_cannot_be_used(box: Box, test: str) -> None:
    asked = AssertTest(HONEST, "add", "", test)
    assert ending(asked, box.one(asked)).verdict == "IE"


@pytest.mark.parametrize("case", CASES["objects"], ids=lambda case: case["name"])
def test_an_object_is_no_value(box: Box, case: dict[str, Any]) -> None:
    program = Program("python", f"{case['code']}\n{case.get('entry', '')}\n".encode())
    tests = [AssertTest(program, "add", "import math, operator", text, limits(case)) for text in CASES["judgements"]]
    for test, outcome in zip(tests, box.run(tests), strict=True):
        assert ending(test, outcome).verdict in ("WA", "RE"), (test.test, outcome)


@pytest.mark.parametrize("case", CASES["order_programs"], ids=lambda case: case["name"])
def test_what_is_read_in_two_ways_agrees(box: Box, case: dict[str, Any]) -> None:
    program = Program("python", case["code"].encode())
    tests = [AssertTest(program, "order", "", text) for text in CASES["orders"]]
    for test, outcome in zip(tests, box.run(tests), strict=True):
        assert ending(test, outcome).verdict in ("WA", "RE"), (test.test, outcome)


@pytest.mark.parametrize("case", CASES["name_programs"], ids=lambda case: case["name"])
def test_no_name_is_a_way_out(box: Box, case: dict[str, Any]) -> None:
    program = Program("python", case["code"].encode())
    tests = [AssertTest(program, "f", "", text) for text in CASES["name_tests"]]
    for test, outcome in zip(tests, box.run(tests), strict=True):
        assert ending(test, outcome).verdict in ("WA", "RE"), (test.test, outcome)


def test_the_honest_functions_pass_them_all(box: Box) -> None:
    tests = [AssertTest(HONEST, "add", "import math, operator", text) for text in CASES["judgements"]]
    order = Program("python", b"def order(things):\n    return sorted(things)\n")
    tests += [AssertTest(order, "order", "", text) for text in CASES["orders"]]
    for test, outcome in zip(tests, box.run(tests), strict=True):
        assert ending(test, outcome).verdict == "AC", (test.test, outcome)


TRUTH = """
class Turns:
    n = 0
    def __bool__(self):
        self.n += 1
        return self.n % 2 == 1
def f(x):
    return Turns()
"""
NUMBER = """
class Turns:
    n = 0
    @property
    def x(self):
        self.n += 1
        return 9 if self.n == 1 else 1
def f(x):
    return Turns()
"""


@pytest.mark.parametrize(
    ("program", "test"),
    [
        (TRUTH, "r = f(4)\nassert (r and False) or (not r and True)"),
        (NUMBER, "r = f(4)\nassert r.x > 5 and r.x < 3"),
        ("def f(x): return x('wanted')", "wanted = 41\nassert f(eval) == wanted"),
        ("def f(x): return x.__globals__.get('wanted')", "wanted = 41\nassert f(lambda: 0) == wanted"),
        (
            "def f(x):\n    try: x(0)\n    except AssertionError as e: return e.args[0]",
            "def no(x):\n    assert x, 41\nassert f(no) == 41",
        ),
        (
            "class f:\n    def __init__(self, x): pass\n    __exit__ = lambda *a: True\n    __enter__ = lambda s: s",
            "with f(1) as r:\n    assert r == 4",
        ),
        ("import itertools\ndef f(x): return itertools.repeat(0)", "assert 5 in f(1)"),
        ("class f(Exception): pass", "assert f(1) == 1"),
        ("f = int\nMyError = AssertionError", "try:\n    f(1)\n    assert False\nexcept MyError:\n    pass"),
        ("f = int\nE = (Exception, (BaseException,))", "try:\n    f(1)\n    assert False\nexcept E:\n    pass"),
        ("class f(BaseException): pass", "assert f(1) == 1"),
        ("f = 5", "assert f(1) == 5"),
        ("g = 5\nf = len", "assert g(1) == 5"),
        (
            "class M(type):\n    __instancecheck__ = lambda *a: True\nclass f(metaclass=M): pass",
            "assert isinstance(3, f)",
        ),
    ],
)
def test_objects_that_cheat_otherwise(box: Box, program: str, test: str) -> None:
    asked = AssertTest(Program("python", program.encode()), "f", "", test, Limits(cpu_s=1, wall_s=20))
    assert ending(asked, box.one(asked)).verdict in ("WA", "RE", "TLE", "MLE")

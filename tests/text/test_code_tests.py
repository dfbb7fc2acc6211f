"""Tests of code in the formats of data sets, made one suite: by cases, and that no value whatever makes it raise."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from rulereward.data import Reason
from rulereward.text.code_tests import CallTest, StdinTest, Suite, is_checker, suite_of
from rulereward.text.code_tests.pytest_files import MAX_COUNT
from rulereward.text.code_tests.python_source import MAX_SOURCE_CHARS, before_definition, defines, free_names
from rulereward.text.code_tests.reading import MAX_TESTS
from rulereward.text.code_tests.values import UnreadableError, read_value, written

CASES = Path(__file__).parents[1] / "cases" / "code_tests"
FORMATS = yaml.safe_load((CASES / "formats.yaml").read_text(encoding="utf-8"))
PROBLEMS = yaml.safe_load((CASES / "problems.yaml").read_text(encoding="utf-8"))
CODES = {"tests_missing", "tests_empty", "tests_unreadable", "tests_unsupported", "tests_too_large"}


def read(value: object) -> Suite:
    found = suite_of(value)
    assert isinstance(found, Suite), found
    return found


def refused(value: object) -> str:
    found = suite_of(value)
    assert isinstance(found, Reason)
    assert 5 < len(found.message) < 300
    return found.code


def same(found: object, wanted: object) -> bool:
    """Equal, and of the same types throughout: 1, 1.0 and true differ. A tuple is a list."""
    if isinstance(found, tuple | list) and isinstance(wanted, list):
        return len(found) == len(wanted) and all(map(same, found, wanted))
    if isinstance(found, dict) and isinstance(wanted, dict):
        return list(found) == list(wanted) and all(same(found[key], wanted[key]) for key in wanted)
    return type(found) is type(wanted) and found == wanted


def of_test(test: Any, name: str) -> object:
    if name in ("args", "kwargs"):
        return test.arguments()[name == "kwargs"]
    return test.results() if name == "results" else getattr(test, name)


@pytest.mark.parametrize("case", FORMATS, ids=lambda case: case["name"])
def test_formats(case: dict[str, Any]) -> None:
    suite = read(case["value"])
    wanted = dict(case["suite"])
    tests = wanted.pop("tests", None)
    for name, value in wanted.items():
        assert same(getattr(suite, name), value), (name, getattr(suite, name))
    if tests is not None:
        assert len(suite.tests) == len(tests)
        for test, known in zip(suite.tests, tests, strict=True):
            for name, value in known.items():
                assert same(of_test(test, name), value), (name, of_test(test, name))


@pytest.mark.parametrize("case", FORMATS, ids=lambda case: case["name"])
def test_a_suite_is_plain_and_comes_back(case: dict[str, Any]) -> None:
    suite = read(case["value"])
    plain = suite.to_plain()
    assert_plain(plain)
    assert hash(plain) == hash(suite.to_plain())
    assert Suite.from_plain(plain) == suite
    assert Suite.from_plain(plain).to_plain() == plain
    assert json.loads(json.dumps(plain, allow_nan=False))


def assert_plain(value: object) -> None:
    if isinstance(value, tuple):
        for item in value:
            assert_plain(item)
    else:
        assert value is None or type(value) in (str, int, float, bool)
        if isinstance(value, str):
            value.encode()


@pytest.mark.parametrize("case", FORMATS, ids=lambda case: case["name"])
def test_a_text_of_json_is_the_same(case: dict[str, Any]) -> None:
    if not isinstance(case["value"], str):
        assert read(json.dumps(case["value"])) == read(case["value"])


@pytest.mark.parametrize(
    ("code", "value"),
    [(code, value) for code, values in PROBLEMS.items() for value in values.values()],
    ids=[name for values in PROBLEMS.values() for name in values],
)
def test_problems(code: str, value: object) -> None:
    assert refused(value) == code


def test_what_frames_of_data_hold() -> None:
    """Parquet by way of pandas: arrays for lists, numbers of numpy, tuples, nulls for keys that other rows have."""
    row = {"inputs": np.array(["1", "2"], dtype=object), "outputs": ("1", "2"), "fn_name": None, "test_list": None}
    assert read(row).tests == (StdinTest("1", "1"), StdinTest("2", "2"))
    calls = {"fn_name": "f", "inputs": [np.array([1, 2])], "outputs": [np.float64(0.5)]}
    assert read(calls).tests == (CallTest("[1,2]", "{}", ("0.5",)),)
    assert refused({"inputs": [{1, 2}], "outputs": ["1"]}) == "tests_unreadable"


def test_suites_that_python_would_call_equal() -> None:
    """1, 1.0 and True are one key of a dict; jobs of such suites must not be one job."""
    suites = [read({"fn_name": "f", "inputs": [[value]], "outputs": [0]}) for value in (1, 1.0, True)]
    assert len({suite.to_plain() for suite in suites}) == 3


def test_too_large() -> None:
    assert refused({"inputs": ["1"] * (MAX_TESTS + 1), "outputs": ["1"] * (MAX_TESTS + 1)}) == "tests_too_large"
    assert refused(["assert f()"] * (MAX_TESTS + 1)) == "tests_too_large"
    assert refused("assert f()\n" + "x = 1\n" * (MAX_SOURCE_CHARS // 6)) == "tests_too_large"
    assert refused(["assert f(1)" + " " * MAX_SOURCE_CHARS]) == "tests_too_large"
    half = {"input": ["1"] * (MAX_TESTS // 2 + 1), "output": ["1"] * (MAX_TESTS // 2 + 1)}
    assert refused({"public_tests": half, "private_tests": half}) == "tests_too_large"
    many = "class TestA:\n" + "".join(f" def test_{place}(self): 0\n" for place in range(2000))
    classes = "".join(f"class TestB{place}(TestA): 0\n" for place in range(10))
    assert refused({"test": many + classes}) == "tests_too_large"


def test_integers_of_any_length_that_is_reasonable() -> None:
    digits = "9" * 4000
    suite = read(f'{{"fn_name": "f", "inputs": [[{digits}]], "outputs": [1]}}')
    (test,) = suite.tests
    assert isinstance(test, CallTest)
    assert test.arguments()[0] == [10**4000 - 1]
    assert refused(f'{{"fn_name": "f", "inputs": [[{digits}0]], "outputs": [1]}}') == "tests_unreadable"
    assert refused({"inputs": [10**5000], "outputs": ["1"]}) == "tests_unreadable"
    assert refused({"fn_name": "f", "inputs": [[10**5000]], "outputs": [1]}) == "tests_unreadable"
    assert refused("{'fn_name': 'f', 'inputs': [[0x" + "f" * 5000 + "]], 'outputs': [1]}") == "tests_unreadable"


@pytest.mark.parametrize(
    "source",
    [
        "(" * 5000, "-" * 50_000 + "1", "a" + ".a" * 20_000, "assert " + "1+" * 20_000 + "f(1)", "assert f(\0)",
        "assert f(" * 90 + ")" * 90, "assert f'{f(1)}' == '\\d'", "assert f(1) == 0_x", "assert 1if f(1)else 2",
        "def test_a():\n" + "".join(" " * depth + "if 1:\n" for depth in range(1, 120)) + " " * 120 + "0",
        "@" + "a" + ".a" * 5_000 + "\ndef test_a(): 0", "assert f(1) == 0x" + "f" * 5_000,
        "assert f(C(), 0x" + "f" * 5_000 + ") == 1", "@mark.parametrize(0x" + "f" * 5_000 + ")\ndef test_a(): 0",
    ],
    ids=range(14),
)  # fmt: skip
def test_hostile_source(source: str) -> None:
    """Neither an exception nor a warning, which the settings of these tests would make one."""
    for value in (source, [source], {"test": source}, {"test_setup_code": source, "test_list": ["assert f(1)"]}):
        found = suite_of(value)
        assert isinstance(found, Suite) or found.code in CODES


def test_counts_of_parametrized_tests_are_bounded() -> None:
    marks = "@pytest.mark.parametrize('a', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])\n" * 6
    (test,) = read(f"{marks}def test_a(): 0").tests
    assert getattr(test, "count", None) == MAX_COUNT


KEYS = [
    "inputs", "outputs", "fn_name", "input", "output", "testtype", "type", "test_cases", "public_test_cases", "",
    "private_test_cases", "metadata", "public_tests", "private_tests", "test_list", "test_setup_code", "module",
    "test_imports", "assert_case", "test", "entry_point", "prompt", "base_input", "base_output", "expected_output",
    "tests", "test_ids", "input_output", "verification_info", "ground_truth", "language", "time_limit", "atol",
    "memory_limit", "weight", "subtask", "weights", "subtasks", "subtask_points", "seconds", "nanos",
    "memory_limit_bytes",
]  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=20),
    st.sampled_from([
        "1", "[1]", '"a"', "functional", "stdin", "f", "assert f(1) == 1", "def test_a(): assert f()", "[]", "{}",
        "def check(f): pass", "def f():\n", '{"inputs": ["1"], "outputs": ["1"]}', "eJwDAAAAAAE=", "1 s", "\ud800",
        "{1: 2}", "0x" + "f" * 5000,
    ]),
)  # fmt: skip
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.one_of(st.sampled_from(KEYS), st.text(max_size=3)), inner)
    ),
    max_leaves=20,
)


def check_anything(value: object) -> None:
    found = suite_of(value)
    if isinstance(found, Suite):
        assert_plain(found.to_plain())
        assert Suite.from_plain(found.to_plain()).to_plain() == found.to_plain()
    else:
        assert found.code in CODES


@given(VALUES)
def test_no_value_makes_it_raise(value: object) -> None:
    check_anything(value)


@given(st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=5))
def test_no_row_makes_it_raise(row: dict[str, object]) -> None:
    check_anything(row)


UNICODE = st.text(st.characters(codec="utf-8"), max_size=5)
PLAIN_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), UNICODE),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.one_of(UNICODE, st.integers(), st.none()), inner)),
)


@given(PLAIN_VALUES)
def test_values_come_back(value: object) -> None:
    assert same(read_value(written(value)), value)


def test_values_that_json_has_no_form_for() -> None:
    assert written({1: {"": 2}, "a": float("inf")}) == '{"":[[1,{"":[["",2]]}],["a",Infinity]]}'
    with pytest.raises(UnreadableError):
        written(["\udc00"])


@pytest.mark.parametrize(
    "change",
    [
        lambda plain: (), lambda plain: plain[:-1], lambda plain: [*plain], lambda plain: (99, *plain[1:]),
        lambda plain: (plain[0], "shell", *plain[2:]), lambda plain: (*plain[:2], (), *plain[3:]),
        lambda plain: (*plain[:2], (("1",),), *plain[3:]), lambda plain: (*plain[:2], ("1",), *plain[3:]),
        lambda plain: (*plain[:3], None, *plain[4:]), lambda plain: (*plain[:2], ((1, "", 1.0, ""),), *plain[3:]),
        lambda plain: (*plain[:-2], ((1, 2.0),), ""), lambda plain: (*plain[:-2], "points", ""),
    ],
    ids=range(12),
)  # fmt: skip
def test_what_is_no_suite_is_refused(change: Any) -> None:
    plain = read({"inputs": ["1"], "outputs": ["1"]}).to_plain()
    assert len(plain) == len(fields(Suite)) + 1
    with pytest.raises(ValueError, match=r"suite|value|type"):
        Suite.from_plain(change(plain))


def test_names_that_source_takes() -> None:
    source = "import a\nb = c(a, len)\ndef d(e): return e + f\nassert [g for g in h] == d(i=1)"
    assert free_names(source) == {"c", "f", "h"}
    assert free_names("x = (") is None


def test_lines_that_define() -> None:
    assert defines("x\nasync  def f(): 0", "f")
    assert defines("f = 1", "f")
    assert defines("f: int = 1", "f")
    assert defines("class f:", "f")
    assert not defines("  def f(): 0\nf == 1\nff = 1\ndef ff(): 0", "f")
    assert not defines("f" + " " * 200_000 + "\n" + "def" + " " * 200_000, "f")
    assert before_definition("a\n@b\ndef f(): 0\nc\n@d\ndef f(): 1\n", "f") == "a\n@b\ndef f(): 0\nc\n"
    assert before_definition("  def f(): 0", "f") is None


@pytest.mark.parametrize(
    "left",
    ["(f(M(1)) == [1, 2])", "math.isclose(f(M(1)), 3.5)", "round(f(M(1)) - 3.5, 3)", "f(M(1)) - 3", "f(M(1) == 2)"],
)
def test_what_is_expected_is_not_handed_to_the_program(left: str) -> None:
    """Only the value of a call is worked out where the program is, not what a test makes of it."""
    suite = suite_of({"test_list": [f"assert {left} == True"]})
    assert isinstance(suite, Suite)
    assert suite.mode == "assert"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import sys\nprint(len(sys.argv))", True),
        ("from sys import argv\nprint(argv[1])", True),
        ("from sys import argv as paths\nprint(paths)", True),
        ("def check(given, printed):\n    return True", False),
        ("#include <testlib.h>\nint main(int argc, char** argv) {}", False),
        ("x = 'argv'\n", False),
        ("import sys\nprint(sys.argv", False),
    ],
)
def test_what_is_a_checker(source: str, expected: bool) -> None:
    assert is_checker(source) is expected


def test_a_checker_of_unreasonable_length() -> None:
    row = {"inputs": ["1"], "outputs": ["1"], "checker": "#\n" * (1 << 17) + "#\n"}
    assert refused(row) == "tests_too_large"

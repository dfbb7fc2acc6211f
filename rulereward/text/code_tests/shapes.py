"""From the value of a data column to the suite that it holds, told by its shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from rulereward.data import Reason
from rulereward.text.code_tests.asserts import (
    assert_case_suite,
    assert_suite,
    human_eval_suite,
    is_human_eval,
    mbpp_suite,
    script_suite,
)
from rulereward.text.code_tests.case_lists import (
    CODE_CONTESTS,
    LIVE_CODE_BENCH,
    case_list_suite,
    code_contests_suite,
    is_case,
    live_code_bench_suite,
)
from rulereward.text.code_tests.checkers import checker_of
from rulereward.text.code_tests.input_output import (
    evalplus_suite,
    input_output_suite,
    is_evalplus,
    is_input_output,
)
from rulereward.text.code_tests.packed import looks_packed, unpacked
from rulereward.text.code_tests.pytest_files import has_tests, pytest_suite
from rulereward.text.code_tests.python_source import literal
from rulereward.text.code_tests.reading import (
    Row,
    checked,
    empty,
    first_of,
    language_of,
    list_of,
    memory_limit_mb,
    source_text,
    subtask_points,
    time_limit_s,
    unreadable,
)
from rulereward.text.code_tests.suite import Suite
from rulereward.text.code_tests.values import UnreadableError, cut, json_value
from rulereward.text.plain_json import NotPlainError, plain_json

_WRAPPERS = ("input_output", "verification_info", "test_cases", "tests", "ground_truth", "reward_model")
"""Keys of rows under which the tests themselves may stand, in a text or not."""

_MOST_WRAPPED = 4
"""Rows within rows that are opened."""


def suite_of(value: object) -> Suite | Reason:
    """The suite that a value of a data column holds: a mapping (the row too), a list, or a text.

    A text is JSON, packed tests of LiveCodeBench, a test file of pytest, or asserts one below the other. Which
    formats there are say the modules of this package. Where there is no usable suite, the reason has one of the codes
    `tests_missing`, `tests_empty`, `tests_unreadable`, `tests_unsupported` (clear, but nothing here runs it) and
    `tests_too_large`. Never raises, whatever the value.
    """
    try:
        return checked(_suite(plain_json(value), {}, 0))
    except NotPlainError as error:
        return Reason("tests_unreadable", str(error))
    except UnreadableError as error:
        return Reason(error.code, error.message)


def _suite(value: object, around: Row, depth: int) -> Suite:
    """The suite of a plain value; `around` is the row that it stands in."""
    if value is None or value == {} or (isinstance(value, str) and not value.strip()):
        raise UnreadableError("tests_missing", "the row has no tests")
    if isinstance(value, str):
        return _suite_of_text(value, around, depth)
    if isinstance(value, list):
        return _with_limits(_suite_of_list(value, around), around)
    if not isinstance(value, Mapping):
        raise unreadable(f"tests are no {type(value).__name__}")
    return _with_limits(_suite_of_row(value, around, depth), value)


def _suite_of_text(text: str, around: Row, depth: int) -> Suite:
    start = text.lstrip()[:1]
    if start in ("{", "["):
        return _suite(_written_value(text), around, depth)
    if looks_packed(text):
        return _suite(json_value(unpacked(text), "the text of packed tests"), around, depth)
    if has_tests(text):
        return pytest_suite(source_text(text, "the test file"), around)
    return script_suite(text)


def _written_value(text: str) -> object:
    """The value of a JSON text, or of one that `str` of Python made of a list or dict, as some data sets have it."""
    try:
        return json_value(text, "the text of the tests")
    except UnreadableError:
        try:
            return plain_json(literal(text))
        except (ValueError, RecursionError):
            pass
        raise


def _suite_of_list(items: list[object], around: Row) -> Suite:
    if not items:
        raise empty()
    if all(isinstance(item, str) for item in items):
        return assert_suite(list_of(items, "the list of tests"), "")
    if all(map(is_case, items)):
        return case_list_suite(list_of(items, "the list of tests"), around)
    raise unreadable("the list of tests holds neither texts nor mappings with `input` and `output`")


def _suite_of_row(row: Row, around: Row, depth: int) -> Suite:
    for is_shape, read in _SHAPES:
        if is_shape(row):
            return read(row)
    source = first_of(row, "test", "test_code", "test_file")
    if isinstance(source, str):
        return _suite_of_text(source, row, depth)
    inside = next((row[key] for key in _WRAPPERS if row.get(key) is not None), source)
    if inside is None or depth >= _MOST_WRAPPED:
        named = ", ".join(f"`{key}`" for key in list(row)[:5]) or "none"
        raise unreadable(
            "a mapping has none of the keys that tests are known by, such as `inputs` and `outputs`, `test_list` or "
            f"`test`; its keys are {cut(named)}"
        )
    return _suite(inside, {**around, **row}, depth + 1)


def _with_limits(suite: Suite, row: Row) -> Suite:
    """The suite with what a row says besides: the row that is nearest to the tests comes first."""
    return replace(
        suite,
        language=suite.language or language_of(row),
        time_limit_s=suite.time_limit_s or time_limit_s(row),
        memory_limit_mb=suite.memory_limit_mb or memory_limit_mb(row),
        points=suite.points or subtask_points(row),
        checker=suite.checker or (checker_of(row) if suite.mode == "stdin" else ""),
    )


def _has(*keys: str) -> Callable[[Row], bool]:
    return lambda row: any(row.get(key) is not None for key in keys)


_SHAPES: tuple[tuple[Callable[[Row], bool], Callable[[Row], Suite]], ...] = (
    (_has(*LIVE_CODE_BENCH), live_code_bench_suite),
    (_has(*CODE_CONTESTS), code_contests_suite),
    (_has("assert_case"), assert_case_suite),
    (is_input_output, input_output_suite),
    (is_evalplus, evalplus_suite),
    (_has("test_list"), mbpp_suite),
    (is_human_eval, human_eval_suite),
)
"""Shapes of rows, told by their keys; the first that fits is read, also where its parts then are unreadable."""

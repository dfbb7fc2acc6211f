"""Tests as a list of cases, each with its input and its output: LiveCodeBench, PrimeIntellect, open-r1, CodeContests.

`{"input", "output", "testtype"? | "type"?, "fn_name"?, "weight"?, "subtask"?}`. A case that is `functional` or a
`function_call`, or that names a function, has one JSON value a line as arguments and a JSON value as result; a list
of arguments and a value that is no text also serve. All others are texts that a program reads and prints.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rulereward.text.code_tests.input_output import accepted_results, arguments_of
from rulereward.text.code_tests.packed import looks_packed, unpacked
from rulereward.text.code_tests.reading import Row, first_of, joined_text, list_of, name_of, unreadable, weighed
from rulereward.text.code_tests.suite import CallTest, StdinTest, Suite
from rulereward.text.code_tests.values import UnreadableError, cut, json_value, written

_CALLS = {"functional", "function_call", "call", "call_based"}
_TEXTS = {"stdin", "stdin_stdout", "standard_input", "stdio"}

LIVE_CODE_BENCH = ("public_test_cases", "private_test_cases")
CODE_CONTESTS = ("public_tests", "private_tests", "generated_tests", "official_tests")


def is_case(value: object) -> bool:
    return isinstance(value, Mapping) and "input" in value and "output" in value


def case_list_suite(cases: Sequence[object], row: Row) -> Suite:
    """The suite of a list of cases; `row` may name the function. Raises UnreadableError."""
    return _suite([(case, "") for case in cases], row)


def live_code_bench_suite(row: Row) -> Suite:
    """The suite of public and private test cases; subtasks say which is which. Raises UnreadableError."""
    found: list[tuple[object, str]] = []
    for key in LIVE_CODE_BENCH:
        if row.get(key) is not None:
            found += [(case, key.partition("_")[0]) for case in list_of(opened(row[key]), f"`{key}`")]
    return _suite(found, row)


def code_contests_suite(row: Row) -> Suite:
    """The suite of CodeContests: lists of inputs and outputs under three names. Raises UnreadableError."""
    if row.get("input_file") or row.get("output_file"):
        raise UnreadableError("tests_unsupported", "the program is to read or write a file, not its standard streams")
    found: list[tuple[object, str]] = []
    for key in CODE_CONTESTS:
        given = row.get(key)
        if isinstance(given, str):
            given = json_value(given, f"`{key}`")
        if isinstance(given, Mapping):
            given = _cases_of(given, key)
        if given is not None:
            found += [(case, key.partition("_")[0]) for case in list_of(given, f"`{key}`")]
    return _suite(found, row)


def opened(value: object) -> object:
    """A text with packed tests unpacked, and anything else as it is."""
    return unpacked(value) if isinstance(value, str) and looks_packed(value) else value


def _cases_of(columns: Row, key: str) -> list[object]:
    inputs = list_of(columns.get("input") or [], f"`input` of `{key}`")
    outputs = list_of(columns.get("output") or [], f"`output` of `{key}`")
    if len(inputs) != len(outputs):
        raise unreadable(f"`{key}` has {len(inputs)} inputs and {len(outputs)} outputs")
    return [{"input": one, "output": other} for one, other in zip(inputs, outputs, strict=True)]


def _suite(cases: Sequence[tuple[object, str]], row: Row) -> Suite:
    rows = [(case, group) for case, group in cases if isinstance(case, Mapping)]
    if len(rows) < len(cases) or not all(is_case(case) for case, _ in rows):
        raise unreadable("a test is no mapping with `input` and `output`")
    shared = _function(row)
    names = {name for case, _ in rows if (name := _function(case) or shared)}
    kinds = {_is_call(case, bool(names)) for case, _ in rows}
    if len(kinds) > 1:
        raise UnreadableError("tests_unsupported", "some tests call a function and others run the whole program")
    if kinds != {True}:
        return Suite("stdin", tuple(_texts(case, group) for case, group in rows), prelude=True)
    if len(names) != 1:
        raise unreadable("the tests call several functions" if names else "nothing names the function to call")
    results = [_result(case["output"]) for case, _ in rows]
    if any(case.get("testtype") is not None for case, _ in rows):  # LiveCodeBench, which never wraps a result
        accepted = accepted_results(results, may_wrap=False)
    else:
        accepted = accepted_results(results)
    tests = tuple(_call(case, group, right) for (case, group), right in zip(rows, accepted, strict=True))
    return Suite("call", tests, entry=names.pop(), prelude=True, text_keys=True)


def _function(row: Row) -> str:
    """The function that a case or a row names, also in the metadata of LiveCodeBench."""
    metadata = row.get("metadata")
    if isinstance(metadata, str) and metadata.strip().startswith("{"):
        metadata = json_value(metadata, "`metadata`")
    within = first_of(metadata, "func_name", "fn_name") if isinstance(metadata, Mapping) else None
    return name_of(first_of(row, "fn_name", "func_name", "entry_point") or within)


def _is_call(case: Row, is_named: bool) -> bool:
    kind = first_of(case, "testtype", "type")
    if kind is None:
        return is_named
    if not isinstance(kind, str) or kind.lower() not in _CALLS | _TEXTS:
        raise UnreadableError("tests_unsupported", f"tests of the type {cut(str(kind)[:100])} are unknown")
    return kind.lower() in _CALLS


def _result(output: object) -> object:
    return json_value(output, "an output") if isinstance(output, str) else output


def _call(case: Row, group: str, accepted: tuple[str, ...]) -> CallTest:
    weight, subtask = weighed(case)
    return CallTest(written(arguments_of(case["input"])), "{}", accepted, "", weight, subtask or group)


def _texts(case: Row, group: str) -> StdinTest:
    weight, subtask = weighed(case)
    return StdinTest(
        joined_text(case["input"], "an input"), joined_text(case["output"], "an output"), weight, subtask or group
    )

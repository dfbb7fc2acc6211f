"""The kind `code_pass_rate`."""

from __future__ import annotations

import functools
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Literal, cast

from rulereward.data import Reason
from rulereward.kind import (
    Answered,
    Asked,
    Bounds,
    ConstantError,
    FieldValue,
    Job,
    Missing,
    Outcome,
    Result,
    Unit,
    rule,
)
from rulereward.text.code_tests import (
    AssertTest,
    CallTest,
    Policy,
    PytestTest,
    StdinTest,
    Suite,
    Test,
    Verdict,
    is_checker,
    program_of,
    score,
    suite_of,
)
from rulereward.text.code_tests.values import Plain
from rulereward.text.code_work import Comparison, Isolation, Work, limits_of, plain_suite
from rulereward.text.output_match import OutputMode
from rulereward.text.value_result import Tolerance

_MOST_CODE_CHARS = 1 << 20
_SHOWN_TESTS = 5
_SHOWN_CHARS = 400
Compare = Literal[
    "auto", "lines", "exact", "tokens", "float", "unordered_lines", "json", "lcb", "prime", "verl", "checker"
]
_LANGUAGES = ("python", "cpp", "javascript", "bash")

_NO_CODE = Reason("no_code", "there is no code")
_TOO_LONG = Reason("code_too_long", f"the code has more than {_MOST_CODE_CHARS:,} characters")
_MISSING = Missing("tests_missing", "the row has no tests")
_NO_CHECKER = Missing("checker_missing", "the row has no checker, by which its tests are to be judged")
_STRANGE_CHECKER = Missing("tests_unsupported", "the row's checker is no Python program that is called with files")
_UNUSABLE = Missing("tests_unusable", "none of the tests that decide can be run: they fail before the code is asked")
_FAILED: Mapping[str, Reason] = {
    "CE": Reason("compile_error", "the code does not compile"),
    "WA": Reason("wrong_answer", "a test gets another result than it expects"),
    "TLE": Reason("too_slow", "a test takes more time than it may"),
    "MLE": Reason("too_much_memory", "a test takes more memory than it may"),
    "OLE": Reason("too_much_output", "the code prints more than it may"),
    "RE": Reason("run_error", "the code ends with an error"),
}


@dataclass(frozen=True, slots=True)
class CodePassRateParams:
    timeout_s: Annotated[float, Unit("s"), Bounds(lo=0.0, hi=600.0)] = 0.0
    memory_mb: Annotated[int, Bounds(lo=0, hi=65_536)] = 0
    language: Literal["auto", "python", "cpp", "javascript", "bash"] = "auto"
    scoring: Literal["pass_rate", "all_or_nothing", "weighted", "subtasks"] = "pass_rate"
    first: Annotated[int, Bounds(lo=0)] = 0
    compare: Compare = "auto"
    abs_tol: Annotated[float, Bounds(lo=0.0)] = 0.0
    rel_tol: Annotated[float, Bounds(lo=0.0)] = 0.0
    max_timeouts: Annotated[int, Bounds(lo=0)] = 5
    isolation: Isolation = "test"

    def __post_init__(self) -> None:
        if self.rel_tol >= 1:
            raise ConstantError("rel_tol", "a relative tolerance of 1 takes any number for right", "such as 1e-6")


@dataclass(frozen=True, slots=True)
class _Tests:
    """The tests of a row, and the plain form of their suite, which all rows with the same tests share."""

    suite: Suite
    plain: tuple[Plain, ...]


def _look(
    code: str | None, tests: object | None, params: CodePassRateParams
) -> Missing | Result | tuple[Work, _Tests]:
    """What is to be run. Whether the tests are missing depends on no code."""
    found = _MISSING if tests is None else _tests_of(tests, params)
    if isinstance(found, Missing):
        return found
    mode = _comparison_mode(found.suite, params.compare)
    if isinstance(mode, Missing):
        return mode
    if code is None or not code.strip():
        return _nothing_run(_NO_CODE, found)
    if len(code) > _MOST_CODE_CHARS:
        return _nothing_run(_TOO_LONG, found)
    time_s, memory_mb = limits_of(found.suite, params.timeout_s, params.memory_mb)
    comparison = Comparison(mode, Tolerance(params.abs_tol, params.rel_tol))
    policy = Policy(params.scoring)
    program = program_of(found.suite, code)
    work = Work(program, found.suite, time_s, memory_mb, policy, comparison, params.max_timeouts, params.isolation)
    return work, found


def _comparison_mode(suite: Suite, compare: Compare) -> OutputMode | Literal["checker"] | Missing:
    """How what is printed is compared. Where functions are called nothing is, and any way is as good."""
    if compare == "auto":
        compare = "checker" if suite.checker else "lines"
    if compare != "checker":
        return compare
    if suite.mode != "stdin":
        return "lines"
    if not suite.checker:
        return _NO_CHECKER
    return "checker" if is_checker(suite.checker) else _STRANGE_CHECKER


def _nothing_run(reason: Reason, tests: _Tests) -> Result:
    fields: dict[str, FieldValue] = {"passed": 0.0, "total": float(len(tests.suite.tests)), "compiled": False}
    return Result(0.0, {**fields, "ran": 0.0}, reason)


def _tests_of(tests: object, params: CodePassRateParams) -> _Tests | Missing:
    """The tests that count. What is the same is read once: the rows of a group have the same tests."""
    try:
        text = tests if isinstance(tests, str) else json.dumps(tests)
    except (TypeError, ValueError, RecursionError):
        return Missing("tests_unreadable", "the tests are no JSON")
    language = "" if params.language == "auto" else params.language
    return _read_tests(text, isinstance(tests, str), language, params.first)


@functools.lru_cache(maxsize=32)
def _read_tests(text: str, is_text: bool, language: str, first: int) -> _Tests | Missing:
    suite = suite_of(text if is_text else json.loads(text))
    if isinstance(suite, Reason):
        return Missing(suite.code, suite.message)
    if language:
        suite = replace(suite, language=language)
    problem = _unsupported(suite)
    if problem:
        return Missing("tests_unsupported", problem)
    if first:
        suite = replace(suite, tests=suite.tests[:first])
    return _Tests(suite, plain_suite(suite))


def _unsupported(suite: Suite) -> str:
    """Why nothing here runs these tests, in words; empty where something does."""
    language = program_of(suite, "").language
    if language not in _LANGUAGES:
        return f"the tests are for code in {language}, which is not one of {', '.join(_LANGUAGES)}"
    if suite.mode != "stdin" and language != "python":
        return f"the tests call functions, which is for Python only, and the code is in {language}"
    return ""


def _read(code: str | None, tests: object | None, params: CodePassRateParams, answer: Answered) -> Outcome:
    looked = _look(code, tests, params)
    assert isinstance(looked, tuple), "only a row with code to run asks"
    work = looked[0]
    verdicts = [cast(Verdict, record["verdict"]) for record in _records(answer)]
    value = score(work.policy, work.suite, verdicts)
    if value is None:
        return _UNUSABLE
    counts = Counter(verdicts)
    failed = next((verdict for verdict in verdicts if verdict in _FAILED), None)
    fields: dict[str, FieldValue] = {
        "passed": float(counts["AC"]),
        "total": float(len(verdicts)),
        "compiled": counts["CE"] == 0,
        "ran": float(sum("wall_s" in record for record in _records(answer))) if not counts["CE"] else 0.0,
        "verdict": failed or "AC",
    }
    return Result(value, fields, None if failed is None else _FAILED[failed])


def _records(answer: Answered | None) -> list[dict[str, object]]:
    assert isinstance(answer, dict), "one job has one answer"
    return cast(list[dict[str, object]], answer["tests"])


def _evidence(
    code: str | None, tests: object | None, params: CodePassRateParams, answer: Answered | None
) -> Mapping[str, object]:
    """How many tests had which verdict, and the first that failed: what went in, what was expected, what came."""
    looked = _look(code, tests, params)
    if answer is None or not isinstance(looked, tuple):
        reason = looked.reason if isinstance(looked, Missing | Result) else None
        return {"because": "" if reason is None else reason.message}
    work, records = looked[0], _records(answer)
    failed = [place for place, record in enumerate(records) if record["verdict"] not in ("AC", "NR")]
    shown = [
        _shown(work.suite, place, records[place]) for place in failed if records[place].keys() & {"wall_s", "why"}
    ]
    unusable = [place for place, record in enumerate(records) if record["verdict"] == "NR" and "why" in record]
    told = [_shown(work.suite, place, records[place]) for place in unusable[:_SHOWN_TESTS]]
    return {
        "verdicts": dict(Counter(str(record["verdict"]) for record in records)),
        "limits": {"time_s": work.time_s, "memory_mb": work.memory_mb},
        "language": work.program.language,
        **({"first_line": work.program.first_line} if work.program.first_line > 1 else {}),
        "failed": shown[:_SHOWN_TESTS],
        **({"unusable": told} if told else {}),
    }


def _shown(suite: Suite, place: int, record: Mapping[str, object]) -> Mapping[str, object]:
    said = {name: record[name] for name in ("why", "got", "stderr") if record.get(name)}
    return {"test": place + 1, "verdict": record["verdict"], **_told(suite, suite.tests[place]), **said}


def _told(suite: Suite, test: Test) -> Mapping[str, object]:
    """What a test puts in and expects."""
    match test:
        case StdinTest():
            return {"input": _cut(test.stdin), "expected": _cut(test.expected)}
        case CallTest():
            call = test.args[1:-1] + (f", **{test.kwargs}" if test.kwargs != "{}" else "")
            return {"input": _cut(f"{test.function or suite.entry}({call})"), "expected": _cut(test.accepted[0])}
        case AssertTest():
            return {"input": _cut(test.source)}
        case PytestTest():
            return {"input": _cut(test.test_id)}


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARS else f"{text[:_SHOWN_CHARS]}…"


@rule(
    version=2,
    returns="number",
    range=(0, 1),
    polarity="higher",
    null=("data",),
    fields={"passed": "number", "total": "number", "compiled": "bool", "ran": "number", "verdict": "text"},
    service="sandbox",
    read=_read,
    evidence=_evidence,
)
def code_pass_rate(code: str | None, tests: object | None, params: CodePassRateParams) -> Outcome | Asked:
    """The share of the tests that the code passes, run in a sandbox.

    Reads: the code as an extractor gives it (`code_block(completion)`), and the tests of the row, whose form is told
    by their shape: `inputs` and `outputs` with or without `fn_name` (APPS, TACO, PRIME), `test_cases`, the public
    and private tests of LiveCodeBench, `verification_info`, CodeContests, EvalPlus, `test_list` (MBPP), `prompt` with
    `test` and `entry_point` (HumanEval, as one mapping: the code may go on with the prompt), a text of asserts, or a
    test file of pytest (KodCode; it imports the code as `solution`, or as `module` in a mapping says); as JSON or as
    the text of it.
    Returns: passed over all tests. `scoring="all_or_nothing"` is 1 where all pass, `"weighted"` the share of weight,
    `"subtasks"` the share of points of groups that pass as a whole; each stops when the rest cannot change it. With
    `first=10` only the first 10 tests count. `.passed`, `.total` and `.ran` count tests; `.compiled` is false where
    there is no code, or it does not compile (for Python: a syntax error). `.verdict` is that of the first test that
    failed, `WA`, `TLE`, `MLE`, `OLE`, `RE` or `CE`, or else `AC`; null where there is no code.
    Printed text is compared by `compare`: `lines` (spaces at ends of lines and blank lines at the end do not count),
    `exact`, `tokens`, `float` (to 1e-6 where neither `abs_tol` nor `rel_tol` is given), `unordered_lines`, `json`,
    as LiveCodeBench (`lcb`), PRIME (`prime`) and verl (`verl`) do, or by the `checker` of the row: a Python program
    (`generated_checker` of open-r1, `checker`, `checker_code`) that is called with the paths of the input, the
    expected output and the program's, and prints 1 where that is right; less than 1 is wrong. `auto` is `checker`
    where the row has one, else `lines`. What functions return is compared by structure, numbers to `abs_tol` and
    `rel_tol`: a tuple is a list, true is not 1.
    A test may take `timeout_s` of processor time and `memory_mb` MiB; at 0 what the data says, at least 1 s and
    128 MiB, or else 6 s and 512 MiB. Behind `max_timeouts` tests that ran out of time the others count as if they
    had too, and so they do once the code has waited, doing nothing, for as long as it could in that many; 0 runs all.
    `language="auto"` is what the tests say, or else Python. Each test is run in a process of its own. With
    `isolation="sample"` tests by input or by calls of Python first share one, within the limits of one test; those
    that get no answer there, for a crash or a limit, are run by themselves: many times faster, and weaker, for a
    program that means to can keep state from test to test. Tests with a checker, asserts and other languages never
    share.
    Of a test file each test counts once, all of its cases together: enough must be collected, and pass; one that is
    skipped, or expected to fail, by the file itself does not count, and by the code's doing it fails.
    Evidence: `verdicts` counted, the `limits`, the `language`, and the first tests that `failed`: `input`,
    `expected`, `got`, the first difference (`why`) and the end of `stderr`, cut to size; so are tests that cannot be
    run (`unusable`), which do not count. Where something is put in front of the code, `first_line` is the line that
    tracebacks have for its first.
    Missing: a data null where tests are missing (`tests_missing`) or a checker that is asked for (`checker_missing`),
    where tests are empty (`tests_empty`), unreadable (`tests_unreadable`), too large (`tests_too_large`), of a kind
    that nothing here runs (`tests_unsupported`; also a checker that is no such program), or fail by themselves
    (`tests_unusable`; also where a checker does not take the expected output). What the code brings about is a
    value: 0 with the reason `no_code`, `code_too_long` or `compile_error`; less than 1 with that of the first test
    that failed (`wrong_answer`, `too_slow`, `too_much_memory`, `too_much_output`, `run_error`). Trouble of the
    sandbox is an error.
    Gamed by: answers written out for tests that the prompt shows; code that guesses among few outputs; outputs that a
    careless checker takes for right. Expected results never are where the code runs, so it cannot read them, nor
    claim to equal them.
    Source: own definition; the formats and presets are those of the data sets and projects named.
    """
    looked = _look(code, tests, params)
    if not isinstance(looked, tuple):
        return looked
    work, found = looked
    return Job("sandbox", work.to_plain(found.plain))

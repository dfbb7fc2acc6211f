"""The kind `math_equal`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from rulereward.data import Reason
from rulereward.kind import Answered, Asked, FieldValue, Job, Missing, Outcome, Result, rule
from rulereward.text.golds import gold_answers
from rulereward.text.math_answer import Verdict, Written, judge, read_written
from rulereward.text.parts import GOLD_NO_LIST, OTHER_COUNT, given_answers, lacks_list, share_of
from rulereward.text.reasons import NO_ANSWER

_UNPARSABLE = Reason("unparsable", "the answer is not a mathematical expression")
_UNREASONABLE = Reason("unreasonable", "the answer takes too much time or memory to evaluate")
_GOLD_MISSING = Missing("gold_missing", "there is no gold answer")
_NO_GOLD = "the gold answer cannot be read: it is empty, or neither a text nor a number"
_NO_PARTS = "the gold answer has no usable gold for each part"
_SHOWN_CHARS = 500
_ALGEBRA_SAYS = {
    "equal": "it is equal by algebra",
    "unequal": "algebra finds no equality",
    "unparsable": _UNPARSABLE.message,
    "unreasonable": _UNREASONABLE.message,
    "gold_unreadable": "the gold answer is not a mathematical expression",
    "gold_unreasonable": "the gold answer takes too much time or memory to evaluate",
}
_GOLD_VERDICTS = {code: Missing(code, _ALGEBRA_SAYS[code]) for code in ("gold_unreadable", "gold_unreasonable")}


@dataclass(frozen=True, slots=True)
class MathEqualParams:
    percent: Literal["strict", "loose"] = "strict"
    units: Literal["loose", "strict"] = "loose"
    parts: bool = False


@dataclass(frozen=True, slots=True)
class _Part:
    """What the texts of one part say, and about which golds algebra must decide where there is no verdict."""

    verdict: bool | None
    reason: Reason | None = None
    golds: tuple[Written, ...] = ()
    given: str = ""
    extracted: str | None = None
    unproved: tuple[Written, ...] = ()
    decided: Verdict | None = None

    def false(self, reason: Reason | None = None) -> _Part:
        return replace(self, verdict=False, reason=reason)

    def job(self, params: MathEqualParams) -> Job:
        golds = tuple(item.text for item in self.unproved)
        return Job("math", (golds, self.extracted, params.percent, params.units))


@dataclass(frozen=True, slots=True)
class _Row:
    """The parts that golds and answers pair up to, and all answers as they were given."""

    parts: tuple[_Part, ...]
    golds: int
    answers: tuple[str, ...]

    @property
    def open_parts(self) -> list[_Part]:
        return [part for part in self.parts if part.verdict is None]


def _look(text: str | list[str] | None, gold: object | None, params: MathEqualParams) -> _Row | Result | Missing:
    """Decide the parts as far as their texts prove something. Whether the gold is missing depends on no answer."""
    if gold is None:
        return _GOLD_MISSING
    if lacks_list(gold, params.parts):
        return Missing("gold_unreadable", GOLD_NO_LIST)
    golds = [tuple(map(read_written, texts)) for texts in gold_answers(gold, params.parts)]
    if not golds:
        return Missing("gold_unreadable", _NO_PARTS if params.parts else _NO_GOLD)
    unusable = [written for written in golds if not any(item.usable for item in written)]
    if unusable:
        return _unusable(unusable[0][0])
    answers = given_answers(text, golds, params.parts)
    if isinstance(answers, Reason):
        return Result(False, {"extracted": None, "share": 0.0}, answers)
    pairs = zip(golds, answers, strict=False)
    return _Row(tuple(_compare(*pair, params) for pair in pairs), len(golds), tuple(answers))


def _compare(golds: tuple[Written, ...], text: str, params: MathEqualParams) -> _Part:
    answer = read_written(text)
    usable = [item for item in golds if item.usable]
    part = _Part(None, golds=golds, given=text, extracted=None if answer.blank else answer.text)
    if answer.blank:
        return part.false(NO_ANSWER)
    verdicts = [judge(item, answer, params.percent, params.units) for item in usable]
    equal = next((verdict for verdict in verdicts if verdict.equal), None)
    if equal is not None:
        return replace(part, verdict=True, decided=equal)
    unproved = tuple(item for item, verdict in zip(usable, verdicts, strict=True) if verdict.equal is None)
    if not unproved:
        all_words = answer.verbal and all(item.verbal for item in usable)
        reason = _UNPARSABLE if answer.complaint or (answer.verbal and not all_words) else None
        return replace(part.false(reason), decided=verdicts[0])
    if answer.excess is not None:
        return part.false(Reason("unreasonable", answer.excess))
    return replace(part, unproved=unproved)


def _unusable(gold: Written) -> Missing:
    if gold.excess is not None:
        return Missing("gold_unreasonable", f"the gold answer is unusable: {gold.excess}")
    return Missing("gold_unreadable", f"the gold answer cannot be read: {gold.complaint}")


def _settled(part: _Part, answer: Mapping[str, object]) -> _Part | Missing:
    """What algebra said of a part that the texts left open."""
    verdict = str(answer["verdict"])
    if verdict in _GOLD_VERDICTS and len(part.unproved) == sum(item.usable for item in part.golds):
        return _GOLD_VERDICTS[verdict]  # none of the golds could be read, and none is proved to differ
    if verdict == "equal":
        return replace(part, verdict=True)
    if verdict == "unreasonable":
        return part.false(_UNREASONABLE)
    if verdict != "unequal" and verdict not in _GOLD_VERDICTS:
        raise ValueError(f"the math service answered {answer!r}")
    return part.false(_UNPARSABLE if answer.get("reason") == "unparsable" else None)


def _result(row: _Row) -> Result:
    """The verdict on a row whose parts all have one."""
    share = share_of([part.verdict is True for part in row.parts], range(row.golds), row.answers)
    reasons = [part.reason for part in row.parts if part.reason is not None]
    if all(reason == NO_ANSWER for reason in reasons) and len(reasons) == len(row.answers):
        return Result(False, {"extracted": None, "share": 0.0}, NO_ANSWER)
    forms = [part.extracted or "" for part in row.parts] + list(row.answers[len(row.parts) :])
    fields: dict[str, FieldValue] = {"extracted": "|".join(forms), "share": share}
    same_count = len(row.answers) == row.golds
    others = [reason for reason in reasons if reason != NO_ANSWER]
    return Result(share == 1.0, fields, (others[0] if others else None) if same_count else OTHER_COUNT)


def _read(text: str | list[str] | None, gold: object | None, params: MathEqualParams, answer: Answered) -> Outcome:
    row = _look(text, gold, params)
    assert isinstance(row, _Row), "only a row with open parts asks"
    answers = iter(answer if isinstance(answer, list) else [answer])
    settled = [part if part.verdict is not None else _settled(part, next(answers)) for part in row.parts]
    missing = next((part for part in settled if isinstance(part, Missing)), None)
    if missing is not None:
        return missing
    return _result(replace(row, parts=tuple(part for part in settled if isinstance(part, _Part))))


def _evidence(
    text: str | list[str] | None, gold: object | None, params: MathEqualParams, answer: Answered | None
) -> Mapping[str, object]:
    """The answer as written and in normal form, the golds, what decided, and why; by part a list of these."""
    row = _look(text, gold, params)
    if not isinstance(row, _Row):
        golds = tuple(read_written(item) for items in gold_answers(gold, params.parts) for item in items)
        given = text if isinstance(text, str) else ""
        return _shown(_Part(None, row.reason, golds, given, read_written(given).text or None), None)
    answers = iter(answer if isinstance(answer, list) else [answer])
    shown = [_shown(part, next(answers) if part.verdict is None else None) for part in row.parts]
    return {"parts": shown} if params.parts else shown[0]


def _shown(part: _Part, answer: Mapping[str, object] | None) -> Mapping[str, object]:
    path, why = _decision(part, answer)
    return {
        "answer": part.extracted,
        "as_written": part.given[:_SHOWN_CHARS],
        "gold": [item.text for item in part.golds],
        "decided_by": path,
        "because": why,
    }


def _decision(part: _Part, answer: Mapping[str, object] | None) -> tuple[str, str]:
    """What decided a part, and why it is as it is."""
    if answer is not None:
        code = str(answer.get("reason", answer["verdict"]))
        return "math-verify", _ALGEBRA_SAYS[code]
    if part.decided is not None:
        return part.decided.path, part.decided.why
    assert part.reason is not None, "nothing else ends a comparison"
    too_much = part.reason.code in ("unreasonable", "gold_unreasonable")
    return "limits" if too_much else "text", part.reason.message


@rule(
    version=2,
    returns="bool",
    polarity="higher",
    null=("data",),
    fields={"extracted": "text", "share": "share"},
    service="math",
    read=_read,
    evidence=_evidence,
)
def math_equal(text: str | list[str] | None, gold: object | None, params: MathEqualParams) -> Outcome | Asked:
    r"""Is the answer mathematically equal to the gold?

    Reads: the answer as an extractor gives it (`boxed(final)`), as a whole, in LaTeX or plain: numbers, expressions,
    equations, tuples, sets, intervals, matrices, or words; and the gold, a text, a number, or a list of alternatives.
    With `parts=true` the gold is a list with a gold for each part, and the answer a list (`boxed_all(final)`) or a
    text whose parts labels (`(1)`, `①`, `第1题`), else lines or semicolons, else commas outside brackets separate.
    Returns: true where some gold is equal; by part, where there are as many parts as golds and all are equal.
    Words are compared as words. Numbers, roots, multiples of π, i, polynomials and their quotients, and tuples,
    sets, intervals, unions, matrices and ratios of them are compared exactly, where that proves something; all
    else goes to math-verify in a worker process.
    `percent="strict"` takes 50% as one half, `"loose"` also as 50. With `units="loose"` a unit that one side
    leaves out does not count and two known ones must be the same; with `"strict"` both must write the same;
    nothing is converted. `.extracted` is the answer in normal form, parts with a `|` between. `.share` is right
    parts, by position, over the greater number of parts; without `parts` 1 or 0. A decimal of six or more places
    is also what was rounded to them or cut off behind them: 0.333333 is 1/3; 0.33 and 0.333334 are not. A set is
    no tuple, a word no product of its letters; letters of mathematics keep their case, words do not. What an
    answer says on the way must be true: `x = 5`, `a+b = 5` and `2+3 = 5` are 5, `3 = 5`, `x^2 = 5`, `5,5` and
    `5,\ldots` are not. `1 < x` is the interval from 1. 1{,}000, 1,000, 1\,000, 1 000, 1'000, 1.000.000, 1.5
    million and 1.5万 are numbers; `32, 349` is a list; 0,111 has a decimal comma.
    Evidence: `answer` and `gold` in normal form, the answer `as_written` and its `place` in the column in
    characters, what it was `decided_by` (`words`, `units`, `text` for equal normal forms, `exact`, `limits`,
    `math-verify`), and `because` of what.
    Missing: a data null where the gold is missing (`gold_missing`), is no expression (`gold_unreadable`: cut off, a
    time of day, words among mathematics, no value; by part no list, or one with such a part), or takes too much to
    evaluate (`gold_unreasonable`). An answer that is missing or blank is false with reason `no_answer`, one that is
    no expression false with `unparsable`, one that takes too much, also when tried a second time alone, false with
    `unreasonable`; by part the first such part gives the reason. A list of several without `parts`, which the
    compiler refuses, is false with `several_answers`, another number of parts with `other_number_of_parts`.
    Gamed by: an unsimplified copy of the question (`2+2` is 4). Lists of guesses are not equal to one value.
    Misses: ratios that look like a time (4:30), units in other units (100 cm, 1 m), words behind a number that
    change it and are on no list of ours, `i` as a plain letter beside others, chains through a formula in one
    letter (`A = \pi r^2 = 9\pi`), inequalities and equations to be solved (`2x > 4`), intersections, limits,
    absolute values and exponentials of complex numbers (`e^{i\pi}`), what math-verify cannot read (piecewise
    functions, congruences, families `k\in\mathbb{Z}`).
    Source: own definition around math-verify, which alone is unsafe with hostile text and takes `4t` for 4, 1/2006!
    for 1/2004!, `\{1,2\}` for (1,2) and 5 cm for 5 m.
    """
    row = _look(text, gold, params)
    if not isinstance(row, _Row):
        return row
    jobs = tuple(part.job(params) for part in row.open_parts)
    if not jobs:
        return _result(row)
    return jobs if params.parts else jobs[0]

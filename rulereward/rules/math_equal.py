"""The kind `math_equal`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from rulereward.data import Reason
from rulereward.kind import Job, Missing, Outcome, Result, rule
from rulereward.text.golds import gold_texts
from rulereward.text.math_answer import Written, prove, read_written

_NO_ANSWER = Reason("no_answer", "no answer was found")
_UNPARSABLE = Reason("unparsable", "the answer is not a mathematical expression")
_UNREASONABLE = Reason("unreasonable", "the answer takes too much time or memory to evaluate")
_GOLD_MISSING = Missing("gold_missing", "there is no gold answer")
_GOLD_VERDICTS = {
    "gold_unreadable": Missing("gold_unreadable", "the gold answer is not a mathematical expression"),
    "gold_unreasonable": Missing("gold_unreasonable", "the gold answer takes too much time or memory to evaluate"),
}


@dataclass(frozen=True, slots=True)
class MathEqualParams:
    percent: Literal["strict", "loose"] = "strict"
    units: Literal["loose", "strict"] = "loose"


@dataclass(frozen=True, slots=True)
class _Row:
    """What the texts of one row say, and about which golds algebra must decide where there is no verdict."""

    verdict: Result | Missing | None
    golds: tuple[Written, ...] = ()
    extracted: str | None = None
    unproved: tuple[Written, ...] = ()

    def false(self, reason: Reason | None = None) -> Result:
        return Result(False, {"extracted": self.extracted}, reason)

    def settled(self, verdict: Result | Missing) -> _Row:
        return replace(self, verdict=verdict)


def _look(text: str | None, gold: object | None, params: MathEqualParams) -> _Row:
    """Decide the row as far as its texts prove something. Whether the gold is missing depends on no answer."""
    if gold is None:
        return _Row(_GOLD_MISSING)
    row = _Row(None, tuple(read_written(item) for item in gold_texts(gold)))
    usable = [item for item in row.golds if item.usable]
    if not usable:
        return row.settled(_unusable(row.golds))
    answer = None if text is None else read_written(text)
    if answer is None or answer.blank:
        return row.settled(row.false(_NO_ANSWER))
    row = replace(row, extracted=answer.text)
    proofs = [prove(item, answer, params.percent, params.units) for item in usable]
    if True in proofs:
        return row.settled(Result(True, {"extracted": answer.text}))
    if None not in proofs:
        return row.settled(row.false(_UNPARSABLE if answer.complaint or answer.verbal else None))
    if answer.excess is not None:
        return row.settled(row.false(Reason("unreasonable", answer.excess)))
    return replace(row, unproved=tuple(item for item, proof in zip(usable, proofs, strict=True) if proof is None))


def _unusable(golds: tuple[Written, ...]) -> Missing:
    if golds and golds[0].excess is not None:
        return Missing("gold_unreasonable", f"the gold answer is unusable: {golds[0].excess}")
    why = golds[0].complaint if golds else "it is empty, or neither a text nor a number"
    return Missing("gold_unreadable", f"the gold answer cannot be read: {why}")


def _read(
    text: str | None, gold: object | None, params: MathEqualParams, answer: Mapping[str, object]
) -> Result | Missing:
    row = _look(text, gold, params)
    verdict = str(answer["verdict"])
    if verdict in _GOLD_VERDICTS and len(row.unproved) == sum(item.usable for item in row.golds):
        return _GOLD_VERDICTS[verdict]  # none of the golds could be read, and none is proved to differ
    if verdict == "equal":
        return Result(True, {"extracted": row.extracted})
    if verdict == "unreasonable":
        return row.false(_UNREASONABLE)
    if verdict != "unequal" and verdict not in _GOLD_VERDICTS:
        raise ValueError(f"the math service answered {answer!r}")
    return row.false(_UNPARSABLE if answer.get("reason") == "unparsable" else None)


def _evidence(
    text: str | None, gold: object | None, params: MathEqualParams, answer: Mapping[str, object] | None
) -> Mapping[str, object]:
    """The normal forms that were compared, what decided, and what it said."""
    row = _look(text, gold, params)
    return {
        "answer": row.extracted,
        "gold": [item.text for item in row.golds],
        "decided_by": "text" if answer is None else "math-verify",
        "verdict": None if answer is None else answer["verdict"],
    }


@rule(
    version=1,
    returns="bool",
    polarity="higher",
    null=("data",),
    fields={"extracted": "text"},
    service="math",
    read=_read,
    evidence=_evidence,
)
def math_equal(text: str | None, gold: object | None, params: MathEqualParams) -> Outcome | Job:
    r"""Is the answer mathematically equal to the gold?

    Reads: the answer as an extractor gives it (`boxed(final)`), as a whole, in LaTeX or plain: numbers, expressions,
    equations, tuples, sets, intervals, matrices, or words; and the gold, a text, a number, or a list of alternatives.
    Returns: true where some gold is equal. Numbers and lists of numbers are compared exactly, words as words, all
    else by math-verify in a worker process. `percent="strict"` takes 50% as one half, `"loose"` also as 50. With
    `units="loose"` a unit that one side leaves out does not count and two known ones must be the same; with
    `"strict"` both must write the same; nothing is converted. `.extracted` is the answer in normal form.
    Decimals of six or more places may be rounded values: 0.333333 is 1/3 and 0.33 is not. A set is no tuple, a word
    no product of its letters; letters of mathematics keep their case, words do not. What an answer says on the way
    must be true: `x = 5`, `a+b = 5` and `2+3 = 5` are 5, `3 = 5`, `x^2 = 5`, `5,5` and `5,\ldots` are not. 1{,}000
    and 1,000 are numbers; `32, 349` is a list; 0,111 has a decimal comma.
    Missing: a data null where the gold is missing (`gold_missing`), is no expression (`gold_unreadable`: cut off, a
    time of day, words among mathematics, no value), or takes too much to evaluate (`gold_unreasonable`). An answer
    that is missing or blank is false with reason `no_answer`, one that is no expression false with `unparsable`, one
    that takes too much, also when tried a second time alone, false with `unreasonable`.
    Gamed by: an unsimplified copy of the question (`2+2` is 4). Lists of guesses are not equal to one value.
    Misses: ratios that look like a time (4:30), units in other units (100 cm, 1 m), `i` as a plain letter beside
    others, chains through a formula in one
    letter (`A = \pi r^2 = 9\pi`), what math-verify cannot read (piecewise functions, congruences).
    Source: own definition around math-verify, which alone is unsafe with hostile text and takes `4t` for 4, 1/2006!
    for 1/2004!, `\{1,2\}` for (1,2) and 5 cm for 5 m.
    """
    row = _look(text, gold, params)
    if row.verdict is not None:
        return row.verdict
    return Job("math", (tuple(item.text for item in row.unproved), row.extracted, params.percent, params.units))

"""The kind `math_equal`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from rulereward.data import Reason
from rulereward.kind import Job, Missing, Outcome, Result, rule
from rulereward.text.golds import gold_texts
from rulereward.text.math_answer import Written, prove, read_written

_NO_ANSWER = Reason("no_answer", "no answer was found")
_UNPARSABLE = Reason("unparsable", "the answer is not a mathematical expression")
_TOO_COSTLY = "it takes too much time or memory to evaluate"
_GOLD_MISSING = Missing("gold_missing", "there is no gold answer")


@dataclass(frozen=True, slots=True)
class MathEqualParams:
    percent: Literal["strict", "loose"] = "strict"
    units: Literal["loose", "strict"] = "loose"


@dataclass(frozen=True, slots=True)
class _Row:
    """What the texts of one row say. `verdict` is None where algebra must decide on the golds in `unproved`."""

    verdict: Result | Missing | None
    golds: tuple[Written, ...] = ()
    answer: Written | None = None
    unproved: tuple[Written, ...] = ()


def _look(text: str | None, gold: object | None, params: MathEqualParams) -> _Row:
    if gold is None:
        return _Row(_GOLD_MISSING)
    golds = tuple(read_written(item) for item in gold_texts(gold))
    readable = [item for item in golds if item.usable]
    if not readable:
        return _Row(_unusable(golds), golds)
    if text is None or not text.strip():
        return _Row(_false(None, _NO_ANSWER), golds)
    answer = read_written(text)
    if not answer.text and answer.excess is None:
        return _Row(_false(None, _NO_ANSWER), golds, answer)
    proofs = [prove(item, answer, params.percent, params.units) for item in readable]
    if True in proofs:
        return _Row(Result(True, {"extracted": answer.text}), golds, answer)
    unproved = tuple(item for item, proof in zip(readable, proofs, strict=True) if proof is None)
    if not unproved:
        return _Row(_false(answer, _UNPARSABLE if answer.complaint or answer.verbal else None), golds, answer)
    if answer.excess is not None:
        return _Row(_false(answer, Reason("unreasonable", answer.excess)), golds, answer)
    return _Row(None, golds, answer, unproved)


def _unusable(golds: tuple[Written, ...]) -> Missing:
    if golds and golds[0].excess is not None:
        return Missing("gold_unreasonable", f"the gold answer is unusable: {golds[0].excess}")
    why = golds[0].complaint if golds else "it is empty, or neither a text nor a number"
    return Missing("gold_unreadable", f"the gold answer cannot be read: {why}")


def _false(answer: Written | None, reason: Reason | None) -> Result:
    return Result(False, {"extracted": answer.text if answer else None}, reason)


def _read(
    text: str | None, gold: object | None, params: MathEqualParams, answer: Mapping[str, object]
) -> Result | Missing:
    row = _look(text, gold, params)
    verdict = answer["verdict"]
    if verdict == "equal":
        return Result(True, {"extracted": row.answer.text if row.answer else None})
    some_gold_was_readable = len(row.unproved) < sum(item.usable for item in row.golds)
    if verdict in ("gold_unreadable", "gold_unreasonable") and not some_gold_was_readable:
        if verdict == "gold_unreadable":
            return Missing("gold_unreadable", "the gold answer is not a mathematical expression")
        return Missing("gold_unreasonable", f"the gold answer is unusable: {_TOO_COSTLY}")
    if verdict == "unreasonable":
        return _false(row.answer, Reason("unreasonable", _TOO_COSTLY))
    return _false(row.answer, _UNPARSABLE if answer.get("reason") == "unparsable" else None)


def _evidence(
    text: str | None, gold: object | None, params: MathEqualParams, answer: Mapping[str, object] | None
) -> Mapping[str, object]:
    """The normal forms that were compared, what decided, and what it said."""
    row = _look(text, gold, params)
    return {
        "answer": row.answer.text if row.answer else None,
        "gold": [item.text for item in row.golds],
        "decided_by": "text" if answer is None else "math-verify",
        "verdict": None if answer is None else answer.get("verdict"),
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

    TBD
    """
    row = _look(text, gold, params)
    if row.verdict is not None or row.answer is None:
        return row.verdict if row.verdict is not None else _GOLD_MISSING
    golds = tuple(item.text for item in row.unproved)
    return Job("math", (golds, row.answer.text, params.percent, params.units))

"""Rules that are the same on every row of a file, with the reason where one can be found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from rulereward.api import RuleScores, Ruleset
from rulereward.api.batches import Fields
from rulereward.data import Reason, State
from rulereward.insight.data import Data
from rulereward.insight.lazy.markers import markers_of
from rulereward.io import BadValueError, completion_text, pick, prompt_text
from rulereward.kind import Base
from rulereward.plan.below import nodes_below
from rulereward.plan.nodes import Op, Plan
from rulereward.text.sections import given_by_prompt

_CUT_OFF = ("length", "max_tokens", True)
_BOXES = frozenset({"boxed", "boxed_all"})


@dataclass(frozen=True, slots=True)
class RuleReport:
    """The cells of a rule, or of the reward. `why` counts (state, code) of cells without a value, with the first
    message of each. `constant` is the one value of all rows that have one; `at_best`: no rule of its kind is better.
    """

    name: str
    is_bool: bool
    ok: int
    null: int
    error: int
    mean: float | None
    low: float | None
    high: float | None
    why: tuple[tuple[str, str, str, int], ...]
    constant: float | None
    at_best: bool
    because: str | None

    @property
    def constant_text(self) -> str:
        """The value as the language writes it."""
        if self.is_bool:
            return "true" if self.constant else "false"
        return f"{self.constant:g}"


def rule_report(
    ruleset: Ruleset, name: str, node: int, cells: RuleScores, good: Sequence[int], data: Data
) -> RuleReport:
    """Of the rows `good`, which are those that no damage of the file explains."""
    at = np.array(good, dtype=np.int64)
    values, states = cells.values[at], cells.states[at]
    known = values[states == State.OK]
    constant = float(known[0]) if len(known) and bool((known == known[0]).all()) else None
    plan = ruleset.plan
    return RuleReport(
        name=name,
        is_bool=plan.nodes[node].base is Base.BOOL,
        ok=len(known),
        null=int(np.count_nonzero(states == State.NULL)),
        error=int(np.count_nonzero(states == State.ERROR)),
        mean=float(known.mean()) if len(known) else None,
        low=float(known.min()) if len(known) else None,
        high=float(known.max()) if len(known) else None,
        why=tuple(_reasons(cells, good)),
        constant=constant,
        at_best=constant is not None and _is_best(plan, node, constant),
        because=None if constant is None else _because(ruleset, node, cells, good, data),
    )


def _reasons(cells: RuleScores, good: Sequence[int]) -> Iterator[tuple[str, str, str, int]]:
    counts: Counter[tuple[int, str]] = Counter()
    first: dict[tuple[int, str], str] = {}
    for row in good:
        state = int(cells.states[row])
        if state in (State.NULL, State.ERROR):
            reason = cells.reasons[row] or Reason("unknown", "no reason is known")
            counts[state, reason.code] += 1
            first.setdefault((state, reason.code), reason.message)
    for (state, code), number in counts.most_common():
        yield State(state).name.lower(), code, first[state, code], number


def _is_best(plan: Plan, node: int, value: float) -> bool:
    """Is this the better end of what the rule's kind measures? Then its being constant is no fault."""
    found = plan.nodes[node]
    if found.op is not Op.MEASURE:
        return False
    ends = {"higher": found.range.hi, "lower": found.range.lo}
    return ends.get(found.payload.kind.polarity) == value


def _because(ruleset: Ruleset, node: int, cells: RuleScores, good: Sequence[int], data: Data) -> str | None:
    """The first reason that explains every row: a column, a tag or a box that is not there, ends that are cut off,
    or what the kind itself gives as the reason of all cells.
    """
    below = nodes_below(ruleset.plan, node)
    rows = [row for place in good if not isinstance(row := data.rows[place], Reason)]
    texts = [_text(row, ruleset.plan.inputs["completion"].paths, completion_text) for row in rows]
    prompts = [_text(row, ruleset.plan.inputs["prompt"].paths, prompt_text) for row in rows]
    if not any(text.strip() for text in texts):
        return "every completion is empty"
    for opening, closing in markers_of(ruleset.plan, below).pairs:
        given = any(given_by_prompt(prompt, opening) for prompt in prompts)
        for tag, excused in ((opening, given), (closing, False)):
            if not excused and not any(tag in text for text in texts):
                return f"no `{tag}` in this file"
    if _calls(ruleset.plan, below) & _BOXES and not any("\\boxed" in text or "\\fbox" in text for text in texts):
        return "no `\\boxed{...}` in this file"
    finished = [pick(row, ruleset.plan.inputs["finish_reason"].paths) for row in rows]
    if finished and all(value in _CUT_OFF for value in finished):
        return "every completion was cut off"
    codes = {reason.code if (reason := cells.reasons[row]) is not None else None for row in good}
    reason = cells.reasons[good[0]] if good else None
    return reason.message if reason is not None and len(codes) == 1 else None


def _calls(plan: Plan, nodes: set[int]) -> set[str]:
    return {plan.nodes[node].payload.name for node in nodes if plan.nodes[node].op is Op.TEXT}


def _text(row: Fields, paths: Sequence[str], read: Callable[[object], str]) -> str:
    value = pick(row, paths)
    try:
        return "" if value is None else read(value)
    except BadValueError:
        return ""

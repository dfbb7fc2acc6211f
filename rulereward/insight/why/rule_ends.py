"""The worst and the best that a rule can be, as far as its type, its range and other rows say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rulereward.kind import Base
from rulereward.plan.nodes import Plan
from rulereward.plan.stubs import field_owner
from rulereward.plan.typed import Checked, Default, Measure, Ref, Typed

BOUNDED = 1e9
"""Ends of a range beyond this say no more than that there is no bound."""

Seen = Mapping[str, tuple[float, float]]
"""The smallest and the largest value that other rows have, by rule."""


@dataclass(frozen=True, slots=True)
class Ends:
    """The two ends of a rule's values, None where one is not known. `higher_is_better` is None where nobody says so.

    Then the end that pays more is the better one.
    """

    low: float | bool | None
    high: float | bool | None
    higher_is_better: bool | None
    notes: tuple[str, ...] = ()


def ends_of(checked: Checked, plan: Plan, rule: str, seen: Seen) -> Ends:
    """The ends of a reported rule."""
    node = plan.nodes[plan.reported[rule]]
    polarity = _polarity(checked, checked.named[rule])
    if node.base is Base.BOOL:
        return Ends(False, True, polarity != "lower")
    better = {"higher": True, "lower": False}.get(polarity)
    shown = _spread(seen, rule)
    low, low_note = _end(node.range.lo, "lower", "least", None if shown is None else shown[0])
    high, high_note = _end(node.range.hi, "upper", "most", None if shown is None else shown[1])
    return Ends(low, high, better, (*low_note, *high_note))


def _end(bound: float, word: str, most: str, shown: float | None) -> tuple[float | None, tuple[str, ...]]:
    """One end, and what there is to say about it."""
    if abs(bound) < BOUNDED:
        return float(bound), ()
    if shown is None:
        return None, (f"it has no {word} bound, and no other row shows another value",)
    return shown, (f"it has no {word} bound: {shown:g} is the {most} that rows show",)


def _spread(seen: Seen, rule: str) -> tuple[float, float] | None:
    """The smallest and the largest value seen, None where they are one."""
    ends = seen.get(rule)
    return None if ends is None or ends[0] == ends[1] else ends


def _polarity(checked: Checked, value: Typed) -> str:
    """Which way is better for the one kind a rule is about, through `when`, `on_error` and `??`."""
    value = field_owner(checked.named, value)
    while isinstance(value, Default | Ref):
        value = field_owner(checked.named, value.left if isinstance(value, Default) else value)
    return value.kind.polarity if isinstance(value, Measure) else "none"

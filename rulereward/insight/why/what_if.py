"""What a row would get if one of its rules were at its worst or at its best, all other rules being as they are.

Rules are given their values instead of being measured (`Ruleset.with_stubs`), so that nothing is measured again that
is a rule. Every alternative is a row, or where the row has a group a copy of the whole group in which only that row
differs.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from rulereward.api import Ruleset
from rulereward.api.batches import Fields
from rulereward.data import Reason
from rulereward.engine.outcome import RunResult
from rulereward.insight.why.explanation import Scenario, WhatIf
from rulereward.insight.why.measuring import measured
from rulereward.insight.why.node_tree import told_cell
from rulereward.insight.why.rule_ends import Ends, Seen, ends_of
from rulereward.insight.why.standing import standing
from rulereward.insight.why.told import Told
from rulereward.kind import Base, Services
from rulereward.plan.below import measured_at, nodes_below
from rulereward.plan.nodes import Op, Plan
from rulereward.plan.stubs import STUB

NO_FIELD = Reason("no_field", "the kind gave no such field")
NOT_MEASURED = Reason("not_measured", "the rule could not be measured")


StubValue = bool | float | Reason | None
"""A value that a row gives for a rule; a Reason stands for an error, None for null."""


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """A measured row to ask about: `rows` are its group, or it alone; `keys` are None where there are no groups."""

    ruleset: Ruleset
    rows: Sequence[Fields | Reason]
    keys: Sequence[Hashable] | None
    place: int
    step: int | None
    result: RunResult


@dataclass(frozen=True, slots=True)
class Change:
    """A rule of the subject's row with another value."""

    rule: str
    value: StubValue


def what_ifs(subject: Subject, rules: Sequence[str], seen: Seen, services: Services | None = None) -> list[WhatIf]:
    """The alternatives for some rules, the widest swing first. `seen` are ends of rules that other rows show."""
    ruleset = subject.ruleset
    known = _widened(subject, seen)
    ends = {rule: ends_of(ruleset.checked, ruleset.plan, rule, known) for rule in rules}
    changes = [Change(rule, end) for rule in rules for end in (ends[rule].low, ends[rule].high) if end is not None]
    found = dict(zip(changes, alternatives(subject, changes, services), strict=True))
    held = _held(subject)
    entries = [_entry(subject, rule, ends[rule], found, held.get(rule, ())) for rule in rules]
    return sorted(entries, key=lambda entry: -1.0 if entry.swing is None else entry.swing, reverse=True)


def alternatives(subject: Subject, changes: Sequence[Change], services: Services | None = None) -> list[Scenario]:
    """What comes of each change, all of them measured in one batch."""
    if not changes:
        return []
    stubbed = subject.ruleset.with_stubs(subject.ruleset.rules)
    members = [_with_values(subject, stubbed.plan, row) for row in range(len(subject.rows))]
    own = members[subject.place]
    assert not isinstance(own, Reason), "nothing can be said about a row that was not read"
    rows: list[Fields | Reason] = []
    keys: list[Hashable] = []
    for number, change in enumerate(changes):
        rows += [
            *members[: subject.place],
            {**own, f"{STUB}{change.rule}": change.value},
            *members[subject.place + 1 :],
        ]
        keys += [None if key is None else (number, key) for key in subject.keys or [None] * len(members)]
    result = measured(stubbed, rows, None if subject.keys is None else keys, subject.step, services)
    return [_scenario(subject, result, change.value, number * len(members)) for number, change in enumerate(changes)]


def _scenario(subject: Subject, result: RunResult, value: StubValue, start: int) -> Scenario:
    rewards = [_reward(result, start + row) for row in range(len(subject.rows))]
    at = start + subject.place
    return Scenario(
        value=None if isinstance(value, Reason) else value,
        reward=rewards[subject.place],
        gate=result.gate_name(at),
        route=result.route_name(at),
        standing=None if subject.keys is None else standing([reward.number for reward in rewards], subject.place),
    )


def _reward(result: RunResult, row: int) -> Told:
    return told_cell(result, result.reward, Base.NUMBER, row)


def _with_values(subject: Subject, plan: Plan, row: int) -> Fields | Reason:
    """A row with the values that its rules, and the fields of rules that the ruleset reads, were measured to have."""
    fields = subject.rows[row]
    if isinstance(fields, Reason):
        return fields
    given: dict[str, object] = {}
    for column in plan.reads:
        if column.startswith(STUB):
            rule, _, field = column.removeprefix(STUB).partition(".")
            told = _field(subject.result, rule, field, row) if field else own_value(subject.result, rule, row)
            given[column] = told
    return {**fields, **given}


def own_value(result: RunResult, rule: str, row: int) -> StubValue:
    """What a rule was measured to be, as a row gives the value of a rule that stands in for a measurement."""
    node = result.plan.nodes[result.plan.reported[rule]]
    told = told_cell(result, result.values[node.id], node.base, row)
    if told.state == "error":
        return told.reason or NOT_MEASURED
    return told.value if isinstance(told.value, bool) else told.number


def _field(result: RunResult, rule: str, field: str, row: int) -> object:
    """What a kind told besides its value; nothing where it was not called, or told nothing."""
    node = result.plan.nodes[measured_at(result.plan, result.plan.reported[rule])]
    told = told_cell(result, result.values[node.id], node.base, row)
    if told.state == "error":
        return told.reason or NOT_MEASURED
    if told.state != "ok" or node.op is not Op.MEASURE:
        return None
    value = result.field(node.id, field, row)
    is_text = node.payload.kind.fields[field].base is Base.TEXT
    return NO_FIELD if value is None and not is_text else value


def _widened(subject: Subject, seen: Seen) -> Seen:
    """The ends that other rows show, with those of the row's group and of itself."""
    found: dict[str, tuple[float, float]] = dict(seen)
    for rule, node in subject.ruleset.plan.reported.items():
        base = subject.ruleset.plan.nodes[node].base
        cells = (
            told_cell(subject.result, subject.result.values[node], base, row) for row in range(len(subject.rows))
        )
        numbers = [cell.number for cell in cells if cell.number is not None]
        if numbers:
            low, high = found.get(rule, (numbers[0], numbers[0]))
            found[rule] = min(low, *numbers), max(high, *numbers)
    return found


def _held(subject: Subject) -> dict[str, list[str]]:
    """What is made of each rule and stays as it was measured, whatever value the rule is given here: its fields that
    the ruleset reads, and other rules.
    """
    stubbed = subject.ruleset.with_stubs(subject.ruleset.rules).plan
    found: dict[str, list[str]] = {}
    for column in sorted(stubbed.reads):
        rule, _, field = column.removeprefix(STUB).partition(".")
        if column.startswith(STUB) and field:
            found.setdefault(rule, []).append(f"{rule}.{field}")
    plan = subject.ruleset.plan
    for other, node in plan.reported.items():
        below = nodes_below(plan, node) - {node}
        for rule, inner in plan.reported.items():
            if rule != other and inner != node and measured_at(plan, inner) in below:
                found.setdefault(rule, []).append(other)
    return found


def _entry(subject: Subject, rule: str, ends: Ends, found: Mapping[Change, Scenario], held: Sequence[str]) -> WhatIf:
    node = subject.result.plan.reported[rule]
    now = told_cell(subject.result, subject.result.values[node], subject.result.plan.nodes[node].base, subject.place)
    low, high = (None if end is None else found[Change(rule, end)] for end in (ends.low, ends.high))
    worst, best = (low, high) if _is_better(ends, low, high) else (high, low)
    reward = _reward(subject.result, subject.place)
    others = [scenario.reward for scenario in (worst, best) if scenario is not None]
    known = [told.number for told in (reward, *others) if told.number is not None]
    swing = max(known) - min(known) if len(known) > 1 else None
    matters = any((other.state, other.value) != (reward.state, reward.value) for other in others)
    if held and not matters:  # nothing is known of it then
        note = f"not tried: {', '.join(held)}, made of it, would stay as {'it is' if len(held) == 1 else 'they are'}"
        return WhatIf(rule, now, None, None, None, False, (note,))
    return WhatIf(rule, now, worst, best, swing, matters, ends.notes)


def _is_better(ends: Ends, low: Scenario | None, high: Scenario | None) -> bool:
    """Is the high end the better one? Where the kind does not say, the one that pays more is."""
    if ends.higher_is_better is not None or low is None or high is None:
        return ends.higher_is_better is not False
    below, above = low.reward.number, high.reward.number
    return below is None or above is None or above >= below

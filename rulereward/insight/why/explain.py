"""Why a row has the reward it has: `explain`."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import replace

from rulereward.api import Ruleset
from rulereward.api.batches import Fields, group_keys
from rulereward.data import Reason
from rulereward.engine.breakdown import Breakdowns
from rulereward.engine.outcome import RunResult
from rulereward.errors import ConfigurationError, InputError
from rulereward.insight.why.explanation import Explanation, GroupTold, StoredTold, WhatIf
from rulereward.insight.why.found_row import find_row
from rulereward.insight.why.measuring import measured
from rulereward.insight.why.node_tree import NodeTrees, told_cell
from rulereward.insight.why.rule_ends import Seen
from rulereward.insight.why.score_told import gates_told, routes_told, score_told
from rulereward.insight.why.standing import standing
from rulereward.insight.why.stored import Stored
from rulereward.insight.why.told import RuleTold, ScoreTold, Step, Told
from rulereward.insight.why.what_if import Subject, what_ifs
from rulereward.kind import Base, Services
from rulereward.plan.node_finder import NodeFinder
from rulereward.plan.nodes import Op

_CUTTING = frozenset({Op.TEXT, Op.DEFAULT, Op.IF})
"""Nodes whose text may be a part of another text."""


def explain(
    ruleset: Ruleset,
    rows: Sequence[Fields | Reason],
    row: int,
    *,
    group: Sequence[object] | None = None,
    where: Sequence[str] | None = None,
    step: int | None = None,
    rule: str | None = None,
    seen: Seen | None = None,
    services: Services | None = None,
) -> Explanation:
    """Explain the reward of `rows[row]`; the other rows are looked at as far as they are in its group.

    `group` gives the key of each row's group as in `Ruleset.score_rows`, `where` the name of each row. `rule` leaves
    out all other rules. `seen` are the smallest and the largest value of rules in further rows. Raises InputError for
    a row that is not there or was not read, ConfigurationError for a rule the ruleset does not report, and where it
    needs groups or `step` and they are missing.
    """
    named = where if where is not None else [f"row {number}" for number in range(len(rows))]
    _check(ruleset, rows, row, named, rule)
    members, keys = _group(ruleset, rows, row, group)
    place = members.index(row)
    picked = [rows[member] for member in members]
    result = measured(ruleset, picked, keys, step, services)
    subject = Subject(ruleset, picked, keys, place, step, result)
    rules = ruleset.rules if rule is None else (rule,)
    told_group = None if keys is None else _group_told(result, [named[member] for member in members], place, ruleset)
    return _explanation(subject, named[row], rules, told_group, seen or {}, services)


def explain_in_file(ruleset: Ruleset, name: str, *, step: int | None = None, rule: str | None = None) -> Explanation:
    """Explain the row that `name` (`out.jsonl:12`) names; a row that was scored already is compared with what it got.

    Where no `step` is given, that of a scored row is taken. Raises as `explain` and `find_row` do.
    """
    if rule is not None:
        ruleset.check_rule(rule)
    found = find_row(ruleset, name)
    stored = found.stored
    if step is None and stored is not None and ruleset.plan.uses_step:
        step = stored.step
    if step is None and ruleset.plan.uses_step:
        raise ConfigurationError(f"the ruleset `{ruleset.name}` uses `step`: say which with --step N")
    told = explain(
        ruleset,
        found.rows,
        found.place,
        group=found.keys,
        where=found.where,
        step=step,
        rule=rule,
        seen=found.seen,
    )
    return told if stored is None else replace(told, stored=_compared(told, stored))


def _compared(told: Explanation, stored: Stored) -> StoredTold:
    return StoredTold(
        reward=stored.reward,
        state=stored.state,
        same=stored.reward == told.reward.number and stored.state.partition(":")[0] == told.reward.state,
        fingerprint=stored.fingerprint,
        same_ruleset=None if stored.fingerprint is None else stored.fingerprint == told.fingerprint,
    )


def _check(
    ruleset: Ruleset, rows: Sequence[Fields | Reason], row: int, named: Sequence[str], rule: str | None
) -> None:
    if rule is not None:
        ruleset.check_rule(rule)
    if not 0 <= row < len(rows):
        raise InputError(f"there is no row {row}: there are {len(rows)}, counted from 0")
    own = rows[row]
    if isinstance(own, Reason):
        raise InputError(f"{named[row]} cannot be read: {own.message} ({own.code})")


def _group(
    ruleset: Ruleset, rows: Sequence[Fields | Reason], row: int, given: Sequence[object] | None
) -> tuple[list[int], list[Hashable] | None]:
    """The rows of the row's group and their keys; it alone and None where neither keys nor prompts tell groups."""
    plan = ruleset.plan
    if given is not None and len(given) != len(rows):
        raise InputError(f"`group` has {len(given)} values for {len(rows)} rows")
    try:
        keys, _ = group_keys(plan.group, rows, given, plan.inputs["prompt"].paths)
    except ConfigurationError:
        if plan.uses_groups:
            raise
        return [row], None
    if keys[row] is None:
        return [row], [None] if plan.uses_groups else None
    members = [member for member, key in enumerate(keys) if key == keys[row]]
    return members, [keys[member] for member in members]


def _explanation(
    subject: Subject,
    where: str,
    rules: Sequence[str],
    group: GroupTold | None,
    seen: Seen,
    services: Services | None,
) -> Explanation:
    ruleset, result, row = subject.ruleset, subject.result, subject.place
    finder = NodeFinder(ruleset.checked, ruleset.plan)
    trees = NodeTrees(result, row, finder.names())
    told_rules = tuple(_rules(subject, rules, trees))  # first: what others share with a rule is taken apart there
    score = score_told(ruleset.checked, result, row, trees, finder)
    entries = tuple(what_ifs(subject, rules, seen, services))
    return Explanation(
        ruleset=ruleset.name,
        fingerprint=ruleset.fingerprint,
        where=where,
        step=subject.step,
        params=ruleset.params,
        inputs=dict(_inputs(result, row)),
        parted=tuple(_parted(result, row)),
        reward=told_cell(result, result.reward, Base.NUMBER, row),
        route=result.route_name(row),
        gate=result.gate_name(row),
        rules=told_rules,
        routes=routes_told(result, trees),
        gates=gates_told(result, row, trees),
        score=score,
        group=group,
        what_if=entries,
        verdict=_verdict(result, row, score, entries),
    )


def _verdict(result: RunResult, row: int, score: ScoreTold, entries: Sequence[WhatIf]) -> str | None:
    """Why none of the rules would change the reward; None where one would, or where nobody knows."""
    if not entries or any(entry.matters or (entry.worst is None and entry.best is None) for entry in entries):
        return None
    who = "no rule matters" if len(entries) > 1 else f"the rule `{entries[0].rule}` does not matter"
    gate, reward = result.gate_name(row), told_cell(result, result.reward, Base.NUMBER, row)
    if gate is not None:
        return f"{who}: the gate `{gate}` gave the reward"
    if reward.state != "ok":
        why = "" if reward.reason is None else f" ({reward.reason.code})"
        return f"{who}: no single one would give a reward{why}"
    held = score.clamp is not None and score.limited is not None and score.limited.number != score.total.number
    if held and score.clamp is not None and len(entries) == len(result.plan.reported):
        return f"{who}: the clamp {score.clamp[0]:g}..{score.clamp[1]:g} holds the score"
    return f"{who}: the reward stays the same"


def _rules(subject: Subject, rules: Sequence[str], trees: NodeTrees) -> Iterator[RuleTold]:
    result = subject.result
    found = Breakdowns(result)[subject.place]
    first: dict[int, str] = {}
    for name, node in result.plan.reported.items():
        first.setdefault(node, name)
    for name in rules:
        node = result.plan.reported[name]
        entry = found[name]
        assert isinstance(entry, Mapping)
        same = first[node] if first[node] in rules else name
        tree = trees.rule(node) if same == name else Step(same, same, "", trees.cell(node), told_before=True)
        yield RuleTold(
            name=name,
            cell=trees.cell(node),
            weight=entry.get("weight"),
            contribution=entry.get("contribution"),
            fields=entry.get("fields", {}),
            evidence=entry.get("evidence", {}),
            tree=tree,
        )


def _inputs(result: RunResult, row: int) -> Iterator[tuple[str, Told]]:
    """What the ruleset reads of the row, the completion first, whether or not anything reads it."""
    names = sorted(result.plan.reads - {"step"}, key=lambda name: (name != "completion", name != "prompt", name))
    for name in names:
        column = result.batch.columns[name]
        base = next(node.base for node in result.plan.nodes if node.op is Op.INPUT and node.payload == name)
        yield name, told_cell(result, column, base, row)


def _parted(result: RunResult, row: int) -> Iterator[str]:
    """The texts that a rule measures, where they were cut out of another: a boxed answer, the part behind a tag."""
    for node in result.plan.nodes:
        if node.op is not Op.MEASURE:
            continue
        for arg in node.args:
            if result.plan.nodes[arg].base is Base.TEXT and result.plan.nodes[arg].op in _CUTTING:
                told = told_cell(result, result.values[arg], Base.TEXT, row)
                if isinstance(told.value, str) and told.value:
                    yield told.value


def _group_told(result: RunResult, where: Sequence[str], place: int, ruleset: Ruleset) -> GroupTold:
    rewards = tuple(told_cell(result, result.reward, Base.NUMBER, row) for row in range(len(where)))
    return GroupTold(
        rewards=rewards,
        where=tuple(where),
        place=place,
        standing=standing([reward.number for reward in rewards], place),
        expected_size=ruleset.plan.group.size,
    )

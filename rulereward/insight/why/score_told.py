"""How the reward of one row comes about: its route, its gates, and the parts of its score."""

from __future__ import annotations

from collections.abc import Sequence

from rulereward.engine.outcome import RunResult
from rulereward.insight.why.node_tree import NodeTrees
from rulereward.insight.why.told import Condition, Outcome, ScorePart, ScoreTold, Told
from rulereward.plan.addends import addends
from rulereward.plan.node_finder import NodeFinder
from rulereward.plan.nodes import Branch, Gate, Plan
from rulereward.plan.typed import Checked, CheckedScore

CONDITION_ERROR = -1
"""In the place of a route or a gate: a condition before it is an error, so that nobody knows which is taken."""


def routes_told(result: RunResult, trees: NodeTrees) -> tuple[Condition, ...]:
    """Every route with its condition, up to the one that is taken and beyond."""
    told: list[Condition] = []
    decided = False
    for branch in result.plan.branches:
        if branch.condition is None or branch.name is None:
            continue
        outcome = "not_reached" if decided else _outcome(trees.cell(branch.condition))
        decided |= outcome in ("gave", "error")
        told.append(Condition(branch.name, outcome, trees.step(branch.condition), None))
    return tuple(told)


def gates_told(result: RunResult, row: int, trees: NodeTrees) -> tuple[Condition, ...]:
    """Every gate of the row's route with its condition and what it gives."""
    told: list[Condition] = []
    branch = branch_of(result, row)
    decided = int(result.branch[row]) == CONDITION_ERROR
    for gate, value in _gates(result.plan, branch):
        outcome = "not_reached" if decided else _outcome(trees.cell(gate.condition))
        decided |= outcome in ("gave", "error")
        told.append(Condition(gate.name, outcome, trees.step(gate.condition), trees.step(value)))
    return tuple(told)


def branch_of(result: RunResult, row: int) -> Branch:
    """The branch a row is in; that of all other rows where a route's condition is an error."""
    return result.plan.branches[int(result.branch[row])]


def _outcome(condition: Told) -> Outcome:
    if condition.state == "not_needed":
        return "not_reached"
    if condition.state == "error":
        return "error"
    return "gave" if condition.value is True else "passed"


def _gates(plan: Plan, branch: Branch) -> list[tuple[Gate, int]]:
    """Each gate with the node of what it gives: the reward is a chain of choices, one for each gate."""
    found: list[tuple[Gate, int]] = []
    node = branch.reward
    for gate in branch.gates:
        _, value, node = plan.nodes[node].args
        found.append((gate, value))
    return found


def score_told(checked: Checked, result: RunResult, row: int, trees: NodeTrees, finder: NodeFinder) -> ScoreTold:
    """The parts of the row's score, their sum, and what is done with it."""
    branch = branch_of(result, row)
    score = checked.scores[result.plan.branches.index(branch)]
    parts = _terms(branch, trees) if score.expression is None else _addends(checked, score, branch, trees, finder)
    return ScoreTold(
        parts=tuple(parts),
        counted=int(result.branch[row]) != CONDITION_ERROR and int(result.gate[row]) < 0,
        total=trees.cell(branch.base),
        clamp=score.clamp,
        limited=None if score.clamp is None else trees.cell(_limited(result.plan, branch, score)),
        final_null=score.final_null,
        null_is_zero=score.on_null == "zero" and any(t.value.type.null for t in score.terms if not t.metric),
    )


def _limited(plan: Plan, branch: Branch, score: CheckedScore) -> int:
    """The node of the clamp: behind the gates, and behind what becomes of a null."""
    node = branch.reward
    for _ in branch.gates:
        node = plan.nodes[node].args[2]
    return node if score.final_null is None else plan.nodes[node].args[0]


def _terms(branch: Branch, trees: NodeTrees) -> Sequence[ScorePart]:
    return [
        ScorePart(
            name=term.rule,
            value=trees.step(term.value),
            weight=None if term.weight is None else trees.step(term.weight),
            contribution=None if term.contribution is None else trees.cell(term.contribution),
            metric=term.contribution is None,
        )
        for term in branch.terms
    ]


def _addends(
    checked: Checked, score: CheckedScore, branch: Branch, trees: NodeTrees, finder: NodeFinder
) -> Sequence[ScorePart]:
    """The parts of a sum; what is no sum is its own only part."""
    assert score.expression is not None
    found: list[ScorePart] = []
    for addend in addends(checked.named, frozenset(rule.name for rule in checked.rules), score.expression):
        node = finder.node(addend.value)
        value = trees.step(branch.base if node is None else node)
        counted = _signed(value.cell, negative=addend.negative)
        found.append(ScorePart(value.text, value, None, counted, negative=addend.negative))
    return found


def _signed(cell: Told, *, negative: bool) -> Told:
    number = cell.number
    if number is None:
        return cell
    return Told(cell.state, -number if negative else number, cell.reason)

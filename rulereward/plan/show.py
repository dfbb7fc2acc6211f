"""The plan of a ruleset as text: what is read, what is shared, what each rule costs, and how the score is made."""

from __future__ import annotations

from collections.abc import Iterator

from rulereward.kind import Base, Type
from rulereward.plan.layout import aligned
from rulereward.plan.node_text import NodeText
from rulereward.plan.nodes import Branch, Gate, Op, Plan
from rulereward.plan.null_conditions import reward_null_conditions
from rulereward.plan.params import constant_text
from rulereward.plan.typed import Checked, CheckedScore

_MARKED = frozenset(Op) - {Op.CONST, Op.INPUT, Op.FIELD, Op.CONVERT, Op.IS_TRUE, Op.SPREAD, Op.NOT, Op.NEGATE}
"""Shared nodes worth a name of their own; the others are as short as a name."""

_UNSEEN = frozenset({Op.IS_TRUE, Op.SPREAD})


def headline(checked: Checked, plan: Plan) -> str:
    """`4 rules, score in [-0.7, 1.1], fingerprint rr1:...`."""
    count = len(plan.reported)
    rules = f"{count} rule" if count == 1 else f"{count} rules"
    return f"{rules}, score in {checked.range}, fingerprint {plan.fingerprint}"


def plan_text(checked: Checked, plan: Plan) -> str:
    """The whole plan, several sections of aligned lines."""
    return "\n".join(_Page(checked, plan).lines())


class _Page:
    def __init__(self, checked: Checked, plan: Plan) -> None:
        self._checked = checked
        self._plan = plan
        self._rule_of = {node: name for name, node in reversed(list(plan.reported.items()))}
        shared = [node for node in self._shared() if node not in self._rule_of]
        self._shared_names = {node: f"#{number}" for number, node in enumerate(shared, 1)}
        self._text = NodeText(plan, self._rule_of | self._shared_names)

    def lines(self) -> Iterator[str]:
        yield f"{self._plan.name}: {headline(self._checked, self._plan)}"
        sections = [
            ("parameters, set with --set", aligned(self._params())),
            ("reads", aligned(self._reads())),
            ("shared, computed once", aligned(self._shared_rows())),
            ("rules", aligned(self._rules())),
            *self._scores(),
            ("over the completions of a group", aligned(self._folds())),
            ("the reward is null where", aligned([[clause] for clause in reward_null_conditions(self._checked)])),
            ("monitors, of which no reward depends on any", aligned(self._monitors())),
        ]
        for title, lines in sections:
            if lines:
                yield ""
                yield title
                yield from lines

    def _roots(self) -> list[int]:
        """What is shown for itself: rules, conditions of routes and gates, what gates give, parts of scores."""
        found = list(self._plan.reported.values())
        for branch, score in zip(self._plan.branches, self._checked.scores, strict=True):
            found += [] if branch.condition is None else [branch.condition]
            found += [node for gate, value in _gates(self._plan, branch) for node in (gate.condition, value)]
            if score.expression is not None:
                found.append(branch.base)
            else:
                found += [part for term in branch.terms for part in (term.value, term.weight) if part is not None]
        return found

    def _shared(self) -> list[int]:
        """Nodes with more than one user, in the order of the plan; a user is a node or a root that shows it."""
        users: dict[int, set[object]] = {}
        pending: list[tuple[int, object]] = [(root, ("root", place)) for place, root in enumerate(self._roots())]
        while pending:
            node, user = pending.pop()
            known = node in users
            users.setdefault(node, set()).add(user)
            here = self._plan.nodes[node]
            if here.op in _UNSEEN:
                pending += [(arg, user) for arg in here.args]
            elif not known:
                pending += [(arg, node) for arg in here.args]
        return sorted(node for node, by in users.items() if len(by) > 1 and self._plan.nodes[node].op in _MARKED)

    def _reads(self) -> list[list[str]]:
        plan = self._plan
        rows = [[name, ", ".join(item.paths)] for name, item in plan.inputs.items() if name in plan.reads]
        rows += [[name, "a column of that name"] for name in sorted(plan.reads) if name.startswith("row.")]
        if plan.uses_groups:
            otherwise = "" if plan.group.declared else "; else rows with equal prompts"
            size = f"; {plan.group.size} rows each" if plan.group.size is not None else ""
            rows.append(["group", ", ".join(plan.group.by) + otherwise + size])
        if plan.uses_step:
            rows.append(["step", "the training step, given with the call"])
        return rows

    def _shared_rows(self) -> list[list[str]]:
        return [[name, self._cost(node), self._text.definition(node)] for node, name in self._shared_names.items()]

    def _rules(self) -> list[list[str]]:
        rows: list[list[str]] = []
        for name, node in self._plan.reported.items():
            type = self._checked.named[name].type
            text = self._text.definition(node) if self._rule_of[node] == name else self._rule_of[node]
            rows.append([name, _values(type, str(self._plan.nodes[node].range)), self._cost(node), text])
        return rows

    def _cost(self, root: int) -> str:
        """What computing the node takes, other rules apart."""
        stop = set(self._plan.reported.values()) - {root}
        found: set[int] = set()
        pending = [root]
        while pending:
            node = pending.pop()
            if node not in found and node not in stop:
                found.add(node)
                pending += self._plan.nodes[node].args
        nodes = [self._plan.nodes[node] for node in found]
        services = sorted({node.payload.kind.service for node in nodes if node.served})
        if services:
            return f"served: {', '.join(services)}"
        return "text" if any(node.op in (Op.MEASURE, Op.TEXT) for node in nodes) else "arithmetic"

    def _params(self) -> list[list[str]]:
        return [
            [name, constant_text(self._checked.named, self._checked.named[name])] for name in self._checked.params
        ]

    def _scores(self) -> Iterator[tuple[str, list[str]]]:
        """For each route, and then for all other rows, its gates and its score."""
        several = len(self._plan.branches) > 1
        for branch, score in zip(self._plan.branches, self._checked.scores, strict=True):
            who = "" if not several else " of all other rows" if branch.name is None else f" on route {branch.name}"
            if branch.condition is not None:
                yield f"route {branch.name}, where", aligned([[self._text.reference(branch.condition)]])
            gates = [
                [gate.name, self._text.reference(gate.condition), f"gives {self._text.reference(value)}"]
                for gate, value in _gates(self._plan, branch)
            ]
            yield f"gates{who}, of which the first that is true gives the reward", aligned(gates)
            yield f"score{who}", self._score(branch, score)

    def _score(self, branch: Branch, score: CheckedScore) -> list[str]:
        """A line for each part of the score, then what is done with their sum."""
        rows = self._terms(branch, score) if score.expression is None else self._addends(branch)
        whole = [] if score.expression is None else [[self._text.definition(branch.base)]]
        notes: list[str] = []
        if score.on_null == "zero" and any(term.value.type.null for term in score.terms if not term.metric):
            notes.append("a term that is null counts as 0")
        if score.clamp is not None:
            notes.append("held in {:g}..{:g}".format(*score.clamp))
        if score.final_null is not None:
            notes.append(f"where that is null: {score.final_null:g}")
        rows.append(["reward", "", str(score.range), ""])
        return [*aligned(whole), *aligned(rows), *(f"  {note}" for note in notes)]

    def _terms(self, branch: Branch, score: CheckedScore) -> list[list[str]]:
        rows: list[list[str]] = []
        for term, checked in zip(branch.terms, score.terms, strict=True):
            assert term.weight is not None
            part = term.contribution
            reach = "a metric, not counted" if part is None else str(self._plan.nodes[part].range)
            text = self._text.reference(term.value)
            weight = f"× {self._text.reference(term.weight)}"
            rows.append([checked.name, weight, reach, "" if text == checked.name else text])
        return rows

    def _addends(self, branch: Branch) -> list[list[str]]:
        """The parts that are one rule's; the whole expression stands above them."""
        rows = [(term.rule, term.value, self._text.reference(term.value)) for term in branch.terms]
        return [
            [name, "", str(self._plan.nodes[node].range), "" if text == name else text] for name, node, text in rows
        ]

    def _monitors(self) -> list[list[str]]:
        return [
            [
                monitor.level,
                monitor.text,
                "" if monitor.steps == 1 else f"told of when it has failed for {monitor.steps} steps in a row",
            ]
            for monitor in self._plan.monitors
        ]

    def _folds(self) -> list[list[str]]:
        return [[self._text.definition(node.id)] for node in self._plan.nodes if node.op is Op.FOLD]


def _gates(plan: Plan, branch: Branch) -> list[tuple[Gate, int]]:
    """Each gate with the node of what it gives: the reward is a chain of choices, one for each gate."""
    found: list[tuple[Gate, int]] = []
    node = branch.reward
    for gate in branch.gates:
        _, value, node = plan.nodes[node].args
        found.append((gate, value))
    return found


def _values(type: Type, reach: str) -> str:
    """What a rule's values are: `true/false`, or a range with its unit, and whether they can be missing."""
    found = "true/false" if type.base is Base.BOOL else f"{reach} {type.unit}" if type.unit else reach
    return f"{found} or null" if type.null else found

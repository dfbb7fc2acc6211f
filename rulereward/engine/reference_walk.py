"""The reference evaluator's walk: the value of a checked node for a row, lazily, each at most once."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rulereward.data.cached import cached_property
from rulereward.data.cells import Reason, State
from rulereward.data.levels import Level
from rulereward.engine.reference_cells import (
    NULL_CONST,
    Cell,
    compute,
    compute_plain,
    lacking,
    measured,
    strictly,
    told,
)
from rulereward.engine.reference_folds import folded, places, plain, summary
from rulereward.kind import Answer, Base, Failure, Job, Kind, Missing, Outcome, jobs_of
from rulereward.plan.convert import convert, holds, item_of, items_of, same_json
from rulereward.plan.origin import everything_below, names_used
from rulereward.plan.stubs import STUB, Stubs
from rulereward.plan.typed import (
    Apply,
    Arithmetic,
    Cases,
    Caught,
    Checked,
    Choice,
    Comparison,
    Const,
    Contains,
    Convert,
    Default,
    Field,
    Fold,
    Gather,
    Guarded,
    Input,
    Inverse,
    Item,
    Junction,
    Measure,
    Negated,
    NullTest,
    Pick,
    Ref,
    Typed,
)

Inputs = Mapping[str, Cell]
Answers = Callable[[Job], Answer]


class Walker:
    """Evaluates nodes for rows, each at most once."""

    def __init__(
        self,
        checked: Checked,
        rows: Sequence[Inputs],
        answers: Answers,
        groups: Sequence[Sequence[int]],
        step: int | None,
        stubs: frozenset[str],
    ) -> None:
        self.checked = checked
        self._stubs = stubs
        self._given = Stubs(checked.named, stubs)
        self.jobs: set[Job] = set()
        self._rows = rows
        self._answers = answers
        self._groups = groups
        self._group_of = {row: number for number, members in enumerate(groups) for row in members}
        self._step = step
        self._known: dict[tuple[int, int], Cell] = {}
        self._ranked: dict[tuple[int, int], dict[int, Cell]] = {}

    def cell(self, node: Typed, row: int) -> Cell:
        """The value of a node for a row."""
        if isinstance(node, Ref):
            return self.named(node.name, row)
        key = (id(node), row)
        if key not in self._known:
            self._known[key] = _EVALUATE[type(node)](self, node, row)
        return self._known[key]

    def named(self, name: str, row: int) -> Cell:
        """What a name stands for on a row."""
        return self._rows[row][f"{STUB}{name}"] if name in self._stubs else self.cell(self.checked.named[name], row)

    def is_known(self, node: Typed, row: int) -> bool:
        """Has something needed this node on this row already?"""
        while isinstance(node, Ref):
            node = self.checked.named[node.name]
        return (id(node), row) in self._known

    def is_expensive(self, node: Typed) -> bool:
        """Does a service have to be asked, anywhere below?"""
        below = everything_below(self.checked.named, node, self._stubs, self._given.parts)
        return any(isinstance(part, Measure) and part.kind.service is not None for part in below)

    def is_costly_rule(self, name: str) -> bool:
        return name not in self._stubs and self.is_expensive(self.checked.named[name])

    def is_left_out(self, rule: str, place: int) -> bool:
        """Does the score at this place have no use for a rule that another one uses?"""
        uses = [rule in names for names in self._names_used]
        return any(uses) and not uses[place]

    @cached_property
    def _names_used(self) -> list[frozenset[str]]:
        return [names_used(self.checked.named, score) for score in self.checked.scores]

    def const(self, node: Const, _: int) -> Cell:
        if isinstance(node.value, tuple):
            return Cell(State.OK, list(node.value))
        return NULL_CONST if node.value is None else Cell(State.OK, node.value)

    def input(self, node: Input, row: int) -> Cell:
        if node.column == "step":
            assert self._step is not None, "a ruleset that uses `step` is refused without one"
            return Cell(State.OK, float(self._step))
        missing = Cell(State.NULL, None, Reason("no_column", f"there is no column `{node.column}`"))
        return self._rows[row].get(node.column, missing)

    def measure(self, node: Measure, row: int) -> Cell:
        cells = [self.cell(arg, row) for arg in node.args]
        blocked = lacking(cells, node.takes_null)
        if blocked is not None:
            return blocked
        values = [cell.value if cell.state is State.OK else None for cell in cells]
        extra = [] if node.kind.params is None else [node.params]
        try:
            outcome = self._outcome(node.kind, values, extra)
        except Exception as error:  # noqa: BLE001  (an exception of a kind is an error cell, here as in the engine)
            return Cell(State.ERROR, None, Reason("kind_failed", f"{type(error).__name__}: {str(error)[:200]}"))
        return outcome if isinstance(outcome, Cell) else measured(node.kind, outcome)

    def _outcome(self, kind: Kind, values: Sequence[object], extra: Sequence[object]) -> Outcome | Cell:
        if kind.row is not None:
            return kind.row(*values, *extra)
        assert kind.ask is not None
        assert kind.read is not None
        asked = kind.ask(*values, *extra)
        if not isinstance(asked, Job | tuple):
            return asked
        jobs = jobs_of(asked)
        self.jobs.update(jobs)
        answers = [self._answers(job) for job in jobs]
        for answer in answers:
            if isinstance(answer, Failure):
                return Cell(State.ERROR, None, Reason(answer.code, answer.message))
        return kind.read(*values, *extra, answers[0] if isinstance(asked, Job) else answers)

    def field(self, node: Field, row: int) -> Cell:
        owner = self._given.rule_of(node)
        if owner is not None:
            return self._rows[row][f"{STUB}{owner}.{node.name}"]
        cell = self.cell(node.measure, row)
        if cell.state is not State.OK:
            return Cell(cell.state, None, cell.reason)
        value = cell.fields.get(node.name)
        if value is not None:
            return Cell(State.OK, value if node.type.base is Base.TEXT else float(value))
        if node.type.base is Base.TEXT:
            return Cell(State.NULL, None, cell.reason)
        return Cell(State.ERROR, None, Reason("no_field", f"the kind gave no field `{node.name}`"))

    def apply(self, node: Apply, row: int) -> Cell:
        function = node.function
        cells = [self.cell(arg, row) for arg in node.args]
        declared = list(function.signature.args)
        nullable = [declared[min(index, len(declared) - 1)].nullable for index in range(len(cells))]
        blocked = lacking(cells, nullable)
        if blocked is not None:
            return blocked
        values: list[Any] = [cell.value if cell.state is State.OK else None for cell in cells]
        if function.base not in (Base.TEXT, Base.LIST):
            return compute_plain(function.scalar, values, function.name)
        found = function.scalar(*values)
        if found is None:
            return Cell(State.NULL, None, Reason("nothing_found", f"`{function.name}` found nothing"))
        return Cell(State.OK, values[0][found[0] : found[1]] if function.gives == "span" else found)

    def convert(self, node: Convert, row: int) -> Cell:
        cell = self.cell(node.value, row)
        if cell.state is not State.OK:
            return cell
        return told(convert(cell.value, node.to))

    def arithmetic(self, node: Arithmetic, row: int) -> Cell:
        return compute(_ARITHMETIC[node.op], self.cell(node.left, row), self.cell(node.right, row))

    def negated(self, node: Negated, row: int) -> Cell:
        return compute(operator.neg, self.cell(node.value, row))

    def comparison(self, node: Comparison, row: int) -> Cell:
        left, right = self.cell(node.left, row), self.cell(node.right, row)
        if node.left.type.base in (Base.NUMBER, Base.BOOL):
            return strictly(left, right) or Cell(State.OK, _COMPARE[node.op](left.value, right.value))
        return strictly(left, right) or Cell(State.OK, same_json(left.value, right.value) == (node.op == "=="))

    def contains(self, node: Contains, row: int) -> Cell:
        needle, text = self.cell(node.needle, row), self.cell(node.text, row)
        absent = strictly(needle, text)
        if absent is not None:
            return absent
        return told(holds(text.value, needle.value))

    def null_test(self, node: NullTest, row: int) -> Cell:
        cell = self.cell(node.value, row)
        return cell if cell.state is State.ERROR else Cell(State.OK, cell.state is State.NULL)

    def inverse(self, node: Inverse, row: int) -> Cell:
        cell = self.cell(node.value, row)
        return Cell(State.OK, not cell.value) if cell.state is State.OK else cell

    def junction(self, node: Junction, row: int) -> Cell:
        decisive = node.op == "or"
        left = self.cell(node.left, row)
        if left.state is State.OK and bool(left.value) is decisive:
            return left
        right = self.cell(node.right, row)
        if right.state is State.OK and bool(right.value) is decisive:
            return right
        return strictly(left, right) or Cell(State.OK, not decisive)

    def choice(self, node: Choice, row: int) -> Cell:
        condition = self.cell(node.condition, row)
        if condition.state is not State.OK:
            return condition
        return self.cell(node.then if condition.value else node.otherwise, row)

    def cases(self, node: Cases, row: int) -> Cell:
        for condition, value in node.arms:
            test = self.cell(condition, row)
            if test.state is State.ERROR:
                return test
            if test.true:
                return self.cell(value, row)
        return self.cell(node.otherwise, row)

    def default(self, node: Default, row: int) -> Cell:
        left = self.cell(node.left, row)
        return self.cell(node.right, row) if left.state is State.NULL else left

    def guarded(self, node: Guarded, row: int) -> Cell:
        if self._given.lifts(node):
            return self.cell(node.value, row)
        condition = self.cell(node.condition, row)
        if condition.state is State.ERROR:
            return condition
        if condition.true:
            return self.cell(node.value, row)
        return Cell(State.NULL, None, Reason("not_applicable", "the rule's `when` is not true here"))

    def caught(self, node: Caught, row: int) -> Cell:
        cell = self.cell(node.value, row)
        if cell.state is not State.ERROR:
            return cell
        if node.replacement is None:
            return Cell(State.NULL, None, cell.reason)
        return Cell(State.OK, node.replacement, cell.reason)

    def item(self, node: Item, row: int) -> Cell:
        value, index = self.cell(node.value, row), self.cell(node.index, row)
        absent = strictly(value, index)
        if absent is not None:
            return absent
        return told(item_of(value.value, index.value))

    def pick(self, node: Pick, row: int) -> Cell:
        index = self.cell(node.index, row)
        if index.state is not State.OK:
            return index
        count = len(node.items)
        there = float(index.value).is_integer() and -count <= index.value < count
        return self.cell(node.items[int(index.value)], row) if there else NULL_CONST

    def gather(self, node: Gather, row: int) -> Cell:
        cells = [self.cell(item, row) for item in node.items]
        for cell in cells:
            if cell.state is State.ERROR or (node.each and cell.state is State.NULL):
                return Cell(cell.state, None, cell.reason)
        if node.each is None:
            values = [
                plain(cell, item.type.base)
                for cell, item in zip(cells, node.items, strict=True)
                if cell.state is State.OK
            ]
        else:
            found = items_of(cells[0].value, node.each)
            if isinstance(found, Missing):
                return Cell(State.NULL, None, found.reason)
            values = found
        if len(values) < node.aggregate.needs:
            return Cell(State.NULL, None, Reason("too_few_items", "too few items of the list have a value"))
        return folded(node.aggregate, node.params, values)

    def fold(self, node: Fold, row: int) -> Cell:
        group = self._group_of[row]
        if node.excluding_self:
            return self._fold_others(node, row, self._groups[group])
        key = (id(node), group)
        if key not in self._ranked:
            self._ranked[key] = self._fold_group(node, self._groups[group])
        return self._ranked[key][row]

    def _incomplete(self, members: Sequence[int]) -> Cell | None:
        size = self.checked.group.size
        if size is None or len(members) == size:
            return None
        return Cell(State.ERROR, None, Reason("incomplete_group", f"the group has {len(members)} of {size} members"))

    def _fold_others(self, node: Fold, row: int, members: Sequence[int]) -> Cell:
        """The aggregate of the group without the row itself."""
        incomplete = self._incomplete(members)
        if incomplete is not None:
            return incomplete
        others = [self._member(node, other) for other in members if other != row]
        return summary(node.aggregate, node.params, others, node.value.type.base)

    def _fold_group(self, node: Fold, members: Sequence[int]) -> dict[int, Cell]:
        """The aggregate's cell for each member: one for all, or a place for each."""
        incomplete = self._incomplete(members)
        if incomplete is not None:
            return dict.fromkeys(members, incomplete)
        cells = {row: self._member(node, row) for row in members}
        base = node.value.type.base
        if node.aggregate.level is Level.ROW:
            return places(node.aggregate, node.params, cells, base)
        return dict.fromkeys(members, summary(node.aggregate, node.params, list(cells.values()), base))

    def _member(self, node: Fold, row: int) -> Cell:
        """A member's value, or why it is not counted."""
        if node.where is not None:
            selected = self.cell(node.where, row)
            if selected.state is State.ERROR:
                return selected
            if not selected.true:
                return Cell(State.NULL, None, Reason("left_out", "`where` leaves this row out"))
        return self.cell(node.value, row)


_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": math.pow,
}

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}

_EVALUATE: dict[type[Typed], Callable[[Walker, Any, int], Cell]] = {
    Const: Walker.const,
    Input: Walker.input,
    Measure: Walker.measure,
    Field: Walker.field,
    Apply: Walker.apply,
    Convert: Walker.convert,
    Arithmetic: Walker.arithmetic,
    Negated: Walker.negated,
    Comparison: Walker.comparison,
    Contains: Walker.contains,
    NullTest: Walker.null_test,
    Inverse: Walker.inverse,
    Junction: Walker.junction,
    Choice: Walker.choice,
    Cases: Walker.cases,
    Default: Walker.default,
    Guarded: Walker.guarded,
    Caught: Walker.caught,
    Item: Walker.item,
    Pick: Walker.pick,
    Gather: Walker.gather,
    Fold: Walker.fold,
}

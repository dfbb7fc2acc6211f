"""The checked tree: every name resolved, every type known. Lowering and the reference evaluator both start here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from rulereward.kind import Aggregate, Base, Function, Interval, Kind, LocalFile, Type
from rulereward.lang.source import Span


@dataclass(frozen=True, slots=True, eq=False)
class Typed:
    """Base of all checked nodes. `range` is where a number can lie; it means nothing for other types."""

    span: Span
    type: Type
    range: Interval


@dataclass(frozen=True, slots=True, eq=False)
class Const(Typed):
    """A literal: bool, float, str, a tuple of those for a list, or None for `null`."""

    value: bool | float | str | tuple[bool | float | str, ...] | None


@dataclass(frozen=True, slots=True, eq=False)
class Input(Typed):
    """A column of the batch: `completion`, `answer`, `row.source`, or `step`.

    `written` marks what the policy decides: its text, its tokens, how it ended, under whatever name.
    """

    column: str
    written: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True, eq=False)
class Ref(Typed):
    """The value of a `let` entry, a rule or a valued term."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Measure(Typed):
    """A rule kind applied to per-row arguments, with its constants in `params` (None if the kind has none).

    `takes_null` says of each argument whether the kind is handed its null; elsewhere null in is null out.
    """

    kind: Kind
    args: tuple[Typed, ...]
    params: Any
    takes_null: tuple[bool, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Field(Typed):
    """A further value of a measurement: `accuracy.extracted`."""

    measure: Typed
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Apply(Typed):
    """A function of the language; windows are already two arguments."""

    function: Function
    args: tuple[Typed, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Convert(Typed):
    """A JSON value read as text, number, bool or list of texts; what does not fit is a data null."""

    value: Typed
    to: Base


ArithmeticOp = Literal["+", "-", "*", "/", "**"]


@dataclass(frozen=True, slots=True, eq=False)
class Arithmetic(Typed):
    op: ArithmeticOp
    left: Typed
    right: Typed


@dataclass(frozen=True, slots=True, eq=False)
class Negated(Typed):
    value: Typed


ComparisonOp = Literal["<", "<=", ">", ">=", "==", "!="]


@dataclass(frozen=True, slots=True, eq=False)
class Comparison(Typed):
    """One comparison of two numbers, bools, texts or objects."""

    op: ComparisonOp
    left: Typed
    right: Typed


@dataclass(frozen=True, slots=True, eq=False)
class Contains(Typed):
    """`needle in text`: of a text, a list of texts, or a value of the row, which may be a text or a list."""

    needle: Typed
    text: Typed


@dataclass(frozen=True, slots=True, eq=False)
class NullTest(Typed):
    value: Typed


@dataclass(frozen=True, slots=True, eq=False)
class Inverse(Typed):
    """`not value`, Kleene."""

    value: Typed


@dataclass(frozen=True, slots=True, eq=False)
class Junction(Typed):
    """`left and right`, `left or right`, Kleene; the right side is asked only where the left does not decide."""

    op: Literal["and", "or"]
    left: Typed
    right: Typed


@dataclass(frozen=True, slots=True, eq=False)
class Choice(Typed):
    """`then if condition else otherwise`. A null condition gives null."""

    condition: Typed
    then: Typed
    otherwise: Typed


@dataclass(frozen=True, slots=True, eq=False)
class Cases(Typed):
    """`case { ... }`. A null condition counts as not true."""

    arms: tuple[tuple[Typed, Typed], ...]
    otherwise: Typed


@dataclass(frozen=True, slots=True, eq=False)
class Default(Typed):
    """`left ?? right`."""

    left: Typed
    right: Typed


@dataclass(frozen=True, slots=True, eq=False)
class Fold(Typed):
    """An aggregate `over group`, with its constants, over the members where `where` is true (all if None).

    With `excluding_self` each row has its own result: of all other members.
    """

    aggregate: Aggregate
    params: Any
    value: Typed
    where: Typed | None
    excluding_self: bool


@dataclass(frozen=True, slots=True, eq=False)
class BatchFold(Typed):
    """An aggregate `over batch`, as only a monitor has it."""

    aggregate: Aggregate
    params: Any
    value: Typed
    where: Typed | None


@dataclass(frozen=True, slots=True, eq=False)
class Reward(Typed):
    """The reward of a row, which only a monitor can read."""


@dataclass(frozen=True, slots=True, eq=False)
class Window(Typed):
    """`lo..hi`: only ever an argument of `in`, a window parameter or `clamp`. An open side is None."""

    lo: Typed | None
    hi: Typed | None
    open_end: bool


@dataclass(frozen=True, slots=True, eq=False)
class Items(Typed):
    """`[a, b, c]`: the right side of `in`, what an aggregate takes, or a constant list; it is no value of a row."""

    items: tuple[Typed, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Gather(Typed):
    """An aggregate of a list: of the values `items`, or, with `each`, of what the one list among them holds.

    `each` is what the items of such a list are read as.
    """

    aggregate: Aggregate
    params: Any
    items: tuple[Typed, ...]
    each: Base | None


@dataclass(frozen=True, slots=True, eq=False)
class Item(Typed):
    """`value[index]`: an item of a list of texts, or of a list or an object of the row."""

    value: Typed
    index: Typed


@dataclass(frozen=True, slots=True, eq=False)
class Pick(Typed):
    """`[a, b, c][index]`: one of several values; the others are not touched."""

    index: Typed
    items: tuple[Typed, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Guarded(Typed):
    """A rule with `when`: its value where the condition is true, else null; the value is not touched elsewhere."""

    condition: Typed
    value: Typed


@dataclass(frozen=True, slots=True, eq=False)
class Caught(Typed):
    """A rule with `on_error`: its value, or `replacement` (None for null) where it is an error."""

    value: Typed
    replacement: float | None


@dataclass(frozen=True, slots=True, eq=False)
class CheckedRule:
    """A reported rule; `when` and `on_error` are part of `value`. `aborts`: an error in it stops the run."""

    name: str
    span: Span
    value: Typed
    aborts: bool


@dataclass(frozen=True, slots=True, eq=False)
class CheckedGate:
    name: str
    when: Typed
    value: Typed


@dataclass(frozen=True, slots=True, eq=False)
class CheckedTerm:
    """`metric` terms have a weight that folds to 0: measured and reported, never part of the score."""

    name: str
    value: Typed
    weight: Typed
    metric: bool


@dataclass(frozen=True, slots=True, eq=False)
class CheckedScore:
    """Gates first; then the expression, or the weighted terms; then clamp; then what a null becomes."""

    gates: tuple[CheckedGate, ...]
    expression: Typed | None
    terms: tuple[CheckedTerm, ...]
    on_null: Literal["zero", "propagate"]
    clamp: tuple[float, float] | None
    final_null: float | None
    range: Interval


@dataclass(frozen=True, slots=True, eq=False)
class CheckedRoute:
    """Rows for which `when` is true have a score of their own, already laid over the ruleset's."""

    name: str
    when: Typed
    score: CheckedScore


@dataclass(frozen=True, slots=True, eq=False)
class CheckedMonitor:
    """What is expected of a batch: `text` is the condition as it is written."""

    text: str
    expect: Typed
    steps: int
    level: str


@dataclass(frozen=True, slots=True)
class InputDeclaration:
    """Where an input comes from: dotted column paths, tried in order; `text` inputs become text columns."""

    name: str
    paths: tuple[str, ...]
    text: bool


@dataclass(frozen=True, slots=True)
class GroupDeclaration:
    """What a group is: the columns whose equal values make one, and its size where that is declared."""

    by: tuple[str, ...]
    size: int | None
    declared: bool


@dataclass(frozen=True, slots=True, eq=False)
class Checked:
    """A ruleset without errors. `named` holds the value of every parameter, let entry, rule and valued term."""

    name: str
    span: Span
    inputs: Mapping[str, InputDeclaration]
    group: GroupDeclaration
    named: Mapping[str, Typed]
    rules: tuple[CheckedRule, ...]
    score: CheckedScore
    routes: tuple[CheckedRoute, ...] = ()
    monitors: tuple[CheckedMonitor, ...] = ()
    params: tuple[str, ...] = ()
    tokenizer: LocalFile | None = None

    @property
    def scores(self) -> tuple[CheckedScore, ...]:
        """The scores of the routes in their order, then that of all other rows."""
        return (*(route.score for route in self.routes), self.score)

    @property
    def range(self) -> Interval:
        """Where a reward can lie, whichever route a row takes."""
        return Interval(min(score.range.lo for score in self.scores), max(score.range.hi for score in self.scores))


def children(node: Typed) -> tuple[Typed, ...]:
    """The direct parts of a node, in evaluation order; a Ref has none."""
    match node:
        case Measure() | Apply():
            return node.args
        case Field():
            return (node.measure,)
        case Convert() | Negated() | NullTest() | Inverse() | Caught():
            return (node.value,)
        case Arithmetic() | Comparison() | Junction() | Default():
            return (node.left, node.right)
        case Contains():
            return (node.needle, node.text)
        case Guarded():
            return (node.condition, node.value)
        case Choice():
            return (node.condition, node.then, node.otherwise)
        case Cases():
            return (*(part for arm in node.arms for part in arm), node.otherwise)
        case Fold() | BatchFold():
            return (node.value,) if node.where is None else (node.where, node.value)
        case _:
            return _listed(node)


def _listed(node: Typed) -> tuple[Typed, ...]:
    """The parts of what has to do with lists and ranges."""
    match node:
        case Items() | Gather():
            return node.items
        case Item():
            return (node.value, node.index)
        case Pick():
            return (node.index, *node.items)
        case Window():
            return tuple(end for end in (node.lo, node.hi) if end is not None)
        case _:
            return ()

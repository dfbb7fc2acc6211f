"""The plan: a ruleset as a tuple of nodes in evaluation order. Equal work is one node."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rulereward.data import Level
from rulereward.kind import Aggregate, Base, Interval, Kind
from rulereward.lang.source import Span
from rulereward.plan.typed import GroupDeclaration, InputDeclaration


class Op(StrEnum):
    """What a node does. `payload` holds what the comment names.

    MEASURE and TEXT nodes look at texts and are computed only on demanded rows; all others are cheap and computed
    on whole blocks.
    """

    CONST = "const"  # payload: the value
    INPUT = "input"  # payload: the column's name
    MEASURE = "measure"  # payload: Measurement
    FIELD = "field"  # payload: the field's name; its arg is a MEASURE
    TEXT = "text"  # payload: a Function that gives a text, a span or a list of texts
    NUMERIC = "numeric"  # payload: a Function that gives a number or bool
    ARITHMETIC = "arithmetic"  # payload: the operator
    NEGATE = "negate"
    CLAMP = "clamp"  # payload: (lo, hi)
    COMPARE = "compare"  # payload: the operator
    CONTAINS = "contains"
    CONVERT = "convert"  # payload: the Base to read a JSON value as
    IS_NULL = "is_null"
    IS_TRUE = "is_true"  # null counts as not true
    NOT = "not"
    AND = "and"
    OR = "or"
    IF = "if"
    DEFAULT = "default"
    GUARD = "guard"
    CATCH = "catch"  # payload: the replacement, None for null
    ITEM = "item"  # an item of a list, or of a JSON value: (value, index)
    GATHER = "gather"  # payload: Gathering; an aggregate of a list
    FOLD = "fold"  # payload: Folding; level GROUP, or ROW where each member has its own result
    SPREAD = "spread"  # a group's value to each of its rows


@dataclass(frozen=True, slots=True)
class Measurement:
    """A kind with its constants, and which nulls it is handed: with the args, all that a MEASURE node is."""

    kind: Kind
    params: Any
    takes_null: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Folding:
    """An aggregate with its constants; with `excluding_self` each member has that of the others."""

    aggregate: Aggregate
    params: Any
    excluding_self: bool = False


@dataclass(frozen=True, slots=True)
class Gathering:
    """An aggregate of a list, with its constants. With `each`, the one argument is a list of such items."""

    aggregate: Aggregate
    params: Any
    each: Base | None


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One step. `args` are ids of earlier nodes; `served` marks a MEASURE that asks a service.

    `expensive` marks a node that needs a served measurement somewhere below it.
    """

    id: int
    op: Op
    args: tuple[int, ...]
    payload: Any
    base: Base
    level: Level
    range: Interval
    span: Span
    expensive: bool

    @property
    def served(self) -> bool:
        return self.op is Op.MEASURE and self.payload.kind.service is not None


@dataclass(frozen=True, slots=True)
class Term:
    """A part of the score: `rule` is the name it is shown under. A `metric` is measured but not part of the score."""

    rule: str
    value: int
    weight: int | None
    contribution: int | None


@dataclass(frozen=True, slots=True)
class Gate:
    name: str
    condition: int


@dataclass(frozen=True, slots=True)
class Branch:
    """The score of one route, or, without a name and a condition, that of all other rows.

    A row is in the first branch whose condition is true.
    """

    name: str | None
    condition: int | None
    gates: tuple[Gate, ...]
    terms: tuple[Term, ...]
    base: int
    """The node of the sum, before gates, clamp and what becomes of a null."""
    reward: int
    uses: frozenset[str] = frozenset()
    """The names that the score reads."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A `case` or an `if`: its conditions in their order. Where none of them is true, the `else` is taken.

    `result` is the node with its value.
    """

    span: Span
    conditions: tuple[int, ...]
    result: int


@dataclass(frozen=True, slots=True)
class BatchFolding:
    """An aggregate over the rows of a batch, of the values of a node, on rows where another is true (None: all)."""

    folding: Folding
    value: int
    where: int | None


@dataclass(frozen=True, slots=True, eq=False)
class MonitorPlan:
    """What is expected of a batch: the reward of `plan`, which reads the results of `folds` as `batch.<place>`."""

    text: str
    steps: int
    level: str
    folds: tuple[BatchFolding, ...]
    plan: Plan


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """`reported` maps rule names to nodes, in the author's order; `reward` is the node of the reward.

    `reads` lists the columns of the batch the plan looks at. `aborts` names rules whose errors stop the run.
    """

    name: str
    nodes: tuple[Node, ...]
    reward: int
    reported: Mapping[str, int]
    branches: tuple[Branch, ...]
    decisions: tuple[Decision, ...]
    monitors: tuple[MonitorPlan, ...]
    aborts: frozenset[str]
    inputs: Mapping[str, InputDeclaration]
    group: GroupDeclaration
    reads: frozenset[str]
    uses_groups: bool
    uses_step: bool
    services: frozenset[str]
    fingerprint: str

    @property
    def gates(self) -> tuple[Gate, ...]:
        """The gates of rows that no route takes."""
        return self.branches[-1].gates

    @property
    def terms(self) -> tuple[Term, ...]:
        """The parts of the score of rows that no route takes."""
        return self.branches[-1].terms

    @property
    def watched(self) -> tuple[int, ...]:
        """The nodes whose values the monitors look at."""
        folds = [fold for monitor in self.monitors for fold in monitor.folds]
        return tuple(node for fold in folds for node in (fold.value, fold.where) if node is not None)

"""The run: one loop over unknown cells, until nothing that is wanted is unknown.

Each round computes the demand from the roots downwards, submits every demanded job, computes every demanded local
cell whose arguments are known, and, when only flights are left, waits for one. A cell in flight is simply unknown, so
gates, `when`, `??`, conditionals, group barriers and asynchrony are one mechanism.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, cast

import numpy as np

from rulereward.data import (
    I64,
    Batch,
    Bools,
    Cells,
    Column,
    Groups,
    Level,
    Reason,
    ReasonTable,
    State,
    Texts,
    all_ok,
)
from rulereward.engine import listing, operations
from rulereward.engine.branches import needing, sort_rows
from rulereward.engine.constants import constant_column
from rulereward.engine.demand import Demanded, demand, first_demand
from rulereward.engine.fields import field_value, written
from rulereward.engine.flights import Arrival, Flights
from rulereward.engine.folding import Folder
from rulereward.engine.leaves import (
    Block,
    blank,
    measure,
    numeric,
    write_error,
    write_outcome,
)
from rulereward.engine.outcome import RunResult
from rulereward.engine.texts import convert_values, read_text
from rulereward.engine.values import (
    ERROR,
    OK,
    UNKNOWN,
    is_known,
    restated,
    uniform,
    unknown,
    write_cells,
    write_column,
)
from rulereward.errors import ConfigurationError, InternalError, RunAbortedError
from rulereward.kind import Base, Features, FieldColumn, Outcome, Services
from rulereward.plan.nodes import Node, Op, Plan

Evaluate = Literal["all", "needed"]


@dataclass(frozen=True, slots=True, eq=False)
class Options:
    """How to run. `deadline` is a `time.monotonic` instant; `cancelled` is set by whoever wants the run to end."""

    evaluate: Evaluate = "all"
    deadline: float | None = None
    cancelled: threading.Event | None = None


def run(plan: Plan, batch: Batch, services: Services, options: Options) -> RunResult:
    """Score one block of rows. Raises ConfigurationError where the batch lacks what the plan needs as a whole."""
    if plan.uses_step and batch.step is None:
        raise ConfigurationError(f"the ruleset `{plan.name}` uses `step`: pass the training step")
    if plan.uses_groups and batch.groups is None:
        raise ConfigurationError(f"the ruleset `{plan.name}` has group functions: pass the group of each row")
    with np.errstate(all="ignore"):
        return _Run(plan, batch, services, options).result()


@dataclass(slots=True, eq=False)
class _Run:
    """The state of one run: a column per node, filled in round by round."""

    plan: Plan
    batch: Batch
    services: Services
    options: Options
    features: Features = field(default_factory=Features)
    values: list[Column] = field(default_factory=list)
    complete: list[bool] = field(default_factory=list)
    asked: dict[int, Bools] = field(default_factory=dict)
    fields: dict[int, dict[str, FieldColumn]] = field(default_factory=dict)
    seconds: dict[int, float] = field(default_factory=dict)
    reasons: ReasonTable = field(init=False)
    flights: Flights = field(init=False)
    folder: Folder | None = None
    late: Bools | None = None
    """Once the run is stopped: the rows whose flights came in last, for which local cells are still measured."""

    def result(self) -> RunResult:
        self._start()
        try:
            self._loop()
        except BaseException:
            self.flights.give_up()
            raise
        self._check_aborts()
        return RunResult(
            plan=self.plan,
            batch=self.batch,
            values=self.values,
            reasons=self.reasons,
            answers=self.flights.answers,
            seconds=self.seconds,
            partial=None if self.folder is None else self.folder.partial,
            fields=self.fields,
        )

    def _start(self) -> None:
        size = self.batch.size
        self.reasons = self.batch.reasons
        self.flights = Flights(self.services, self.reasons)
        if self.batch.groups is not None:
            self.folder = Folder(self.batch.groups, size, self.reasons)
        blank: dict[tuple[Base, Level], Column] = {}
        for node in self.plan.nodes:
            key = (node.base, node.level)
            if key not in blank:
                blank[key] = unknown(node.base, size if node.level is Level.ROW else self._groups().count)
            self.values.append(blank[key])
            self.complete.append(size == 0)

    def _groups(self) -> Groups:
        assert self.batch.groups is not None
        return self.batch.groups

    def _loop(self) -> None:
        demanded = self._first_demand()
        while True:
            stopped = self._stopped()
            progressed = stopped is not None
            if stopped is not None:
                self._abandon(demanded, stopped)
            else:
                progressed = self._forward(demanded) | self._land(timeout_s=0.0)
            demanded = self._demand()
            if not any(wanted is not None for wanted in demanded):
                return
            if not progressed:
                if not self.flights.pending:
                    raise InternalError(f"a plan of `{self.plan.name}` demands cells that nothing computes")
                self._wait()
                demanded = self._demand()  # what landed can leave open what was not needed before

    def _first_demand(self) -> Demanded:
        """As `_demand`, while nothing is known: then it follows from the plan alone, if every group is complete."""
        groups = self.batch.groups
        if self.batch.size == 0 or (groups is not None and groups.incomplete().any()):
            return self._demand()
        nodes = first_demand(self.plan, self.options.evaluate == "needed")
        if nodes is None:
            return self._demand()
        demanded: Demanded = [None] * len(self.plan.nodes)
        row_wise = np.ones(self.batch.size, dtype=np.bool_)
        group_wise = None if groups is None else np.ones(groups.count, dtype=np.bool_)
        for node in nodes:
            demanded[node] = row_wise if self.plan.nodes[node].level is Level.ROW else group_wise
        return demanded

    def _demand(self) -> Demanded:
        return demand(self.plan, self.values, self.complete, self._roots(), self.batch.groups)

    def _roots(self) -> list[tuple[int, Bools]]:
        """What must be known in the end: the reward everywhere; rules everywhere, or, where only what is needed is
        evaluated, expensive ones on rows whose gates are open and whose route does not leave them out; the parts of
        each score on the rows that have it, and where a gate gives the reward their values only.
        """
        plan = self.plan
        everywhere = np.ones(self.batch.size, dtype=np.bool_)
        sorted_rows = sort_rows(plan, self.values, self.batch.size)
        thrifty = self.options.evaluate == "needed"
        roots = [(plan.reward, everywhere)]
        for node in (*plan.reported.values(), *plan.watched):
            costly = thrifty and plan.nodes[node].expensive
            roots.append((node, needing(plan, node, sorted_rows) if costly else everywhere))
        for branch, rows in zip(plan.branches, sorted_rows.branches, strict=True):
            for term in branch.terms:
                costly = thrifty and plan.nodes[term.value].expensive
                roots.append((term.value, rows.open if costly else rows.all))
                roots += [(part, rows.open) for part in (term.weight, term.contribution) if part is not None]
        return roots

    def _forward(self, demanded: Demanded) -> bool:
        """Compute what is demanded and can be; True if a cell became known or a job was submitted."""
        progressed = False
        for node in self.plan.nodes:
            wanted = demanded[node.id]
            if wanted is None or self.complete[node.id]:
                continue
            if node.op in (Op.MEASURE, Op.TEXT):
                progressed |= self._leaf(node, wanted)
            else:
                known_before = self.values[node.id].states
                self._store(node, self._operate(node))
                progressed |= self.complete[node.id] or bool((self.values[node.id].states != known_before).any())
        return progressed

    def _store(self, node: Node, column: Column) -> None:
        self.values[node.id] = column
        self.complete[node.id] = is_known(column)

    def _operate(self, node: Node) -> Column:
        args = [self.values[arg] for arg in node.args]
        operation = _OPERATIONS.get(node.op)
        if operation is not None:
            return operation(node, args, self.reasons)
        return _SPECIAL[node.op](self, node, args)

    def _bases(self, node: Node) -> list[Base]:
        return [self.plan.nodes[arg].base for arg in node.args]

    def _constant(self, node: Node, _: Sequence[Column]) -> Column:
        return constant_column(node.payload, self.batch.size, self.reasons)

    def _input(self, node: Node, _: Sequence[Column]) -> Column:
        if node.payload == "step":
            assert self.batch.step is not None
            return all_ok(np.full(self.batch.size, float(self.batch.step)))
        column = self.batch.columns.get(node.payload)
        if column is None:
            reason = Reason("no_column", f"there is no column `{node.payload}`")
            return uniform(node.base, self.batch.size, State.NULL, self.reasons.add(reason))
        return column

    def _field(self, node: Node, args: Sequence[Column]) -> Column:
        (value,) = args
        column = self.fields.get(node.args[0], {}).get(node.payload, [None] * len(value))
        found = [field_value(column, row) for row in range(len(value))]
        if node.base is Base.TEXT:
            texts = Texts.of([item if isinstance(item, str) else None for item in found])
            states = np.where(value.states == OK, texts.states, value.states)
            return Texts(texts.view, states, value.reasons)
        numbers = np.array([np.nan if item is None else float(item) for item in found])
        absent = (value.states == OK) & np.isnan(numbers)
        missing = self.reasons.add(Reason("no_field", f"the kind gave no field `{node.payload}`"))
        return Cells(
            numbers, np.where(absent, ERROR, value.states), np.where(absent, np.uint16(missing), value.reasons)
        )

    def _numeric(self, node: Node, args: Sequence[Column]) -> Column:
        return numeric(node, args, self._bases(node), self.reasons)

    def _convert(self, node: Node, args: Sequence[Column]) -> Column:
        value = self.plan.nodes[node.args[0]]
        name = value.payload if value.op is Op.INPUT else "a value of the row"
        return convert_values(args[0], node.payload, self.reasons, name)

    def _fold(self, node: Node, args: Sequence[Column]) -> Column:
        assert self.folder is not None
        return self.folder.fold(node, args)

    def _spread(self, _: Node, args: Sequence[Column]) -> Column:
        assert self.folder is not None
        return self.folder.spread(args[0])

    def _leaf(self, node: Node, wanted: Bools) -> bool:
        """Compute a text leaf or a measurement on wanted rows whose arguments are known."""
        ready = wanted
        for arg in node.args:
            if not self.complete[arg]:
                ready = ready & (self.values[arg].states != UNKNOWN)
        if node.id in self.asked:
            ready = ready & ~self.asked[node.id]
        if self.late is not None:
            ready = ready & self.late
        rows: I64 = ready.nonzero()[0]
        if not len(rows) or (self._stopped() is not None and (self.late is None or node.served)):
            return False
        started = time.thread_time()  # other threads may be at work as well
        everything = len(rows) == self.batch.size
        args = [self.values[arg] if everything else self.values[arg].take(rows) for arg in node.args]
        if node.op is Op.TEXT:
            texts = read_text(node, args, self._bases(node), self.reasons, self.features)
            self._store(node, write_column(self.values[node.id], rows, texts))
        elif node.served:
            self._ask(node, args, rows)
        else:
            block = measure(node, args, self._bases(node), len(rows), self.reasons, self.features)
            self._write(node, rows, block)
        self.seconds[node.id] = self.seconds.get(node.id, 0.0) + time.thread_time() - started
        return True

    def _ask(self, node: Node, args: Sequence[Column], rows: I64) -> None:
        block, waiting = self.flights.ask(node, args, self._bases(node), rows)
        asked = self.asked.setdefault(node.id, np.zeros(self.batch.size, dtype=np.bool_))
        asked[rows] = True
        block.states[waiting] = UNKNOWN
        self._write(node, rows, block)

    def _write(self, node: Node, rows: I64, block: Block) -> None:
        """Put freshly measured cells, and their fields, into a node's column."""
        old = cast(Cells, self.values[node.id])
        self._store(node, write_cells(old, rows, block.values, block.states, block.reasons))
        kept = self.fields.setdefault(node.id, {})
        for name, values in block.fields.items():
            kept[name] = written(kept.get(name), rows, values, self.batch.size)

    def _wait(self) -> None:
        """Wait for a flight; the time counts for the kinds that are waited for."""
        started = time.perf_counter()
        nodes = self.flights.waiting_nodes
        self._land(timeout_s=_PATIENCE_S)
        for node in nodes:
            self.seconds[node] = self.seconds.get(node, 0.0) + (time.perf_counter() - started) / len(nodes)

    def _land(self, timeout_s: float) -> bool:
        """Take in answers that have arrived; True if any has."""
        return self._take_in(self.flights.arrivals(timeout_s))

    def _take_in(self, found: Sequence[Arrival]) -> bool:
        arrivals = sorted(found, key=lambda arrival: arrival.seat.row)
        by_node: dict[int, list[int]] = {}
        for index, arrival in enumerate(arrivals):
            by_node.setdefault(arrival.seat.node.id, []).append(index)
        for node_id, indices in by_node.items():
            node = self.plan.nodes[node_id]
            rows = np.array([arrivals[index].seat.row for index in indices], dtype=np.int64)
            block = blank(len(rows))
            for place, index in enumerate(indices):
                arrival = arrivals[index]
                if arrival.error is not None:
                    write_error(block, place, arrival.error, self.reasons)
                else:
                    outcome = cast(Outcome, arrival.outcome)  # whatever the kind gave, which may be no outcome
                    write_outcome(block, place, outcome, node.payload.kind, self.reasons)
            self._write(node, rows, block)
        return bool(arrivals)

    def _stopped(self) -> Reason | None:
        """Why the run must end now, if it must."""
        if self.options.cancelled is not None and self.options.cancelled.is_set():
            return Reason("cancelled", "the run was cancelled")
        if self.options.deadline is not None and time.monotonic() >= self.options.deadline:
            return Reason("deadline", "the deadline passed before this was measured")
        return None

    def _abandon(self, demanded: Demanded, reason: Reason) -> None:
        """Make every cell that is still wanted an error; flights are given up, arithmetic is still done.

        First come the flights that had landed, and answers that are as good as known (`Flights.last_arrivals`): a
        slow answer must not be able to buy an error. What its rows then want is measured, however late it is.
        """
        if self.late is None:
            arrivals = self.flights.last_arrivals()
            self._take_in(arrivals)
            self.late = np.zeros(self.batch.size, dtype=np.bool_)
            self.late[[arrival.seat.row for arrival in arrivals]] = True
            demanded = self._demand()
            while arrivals and self._forward(demanded):
                demanded = self._demand()
        for node in self.plan.nodes:
            wanted = demanded[node.id]
            if wanted is None or node.op not in (Op.MEASURE, Op.TEXT):
                continue
            why = self.reasons.add(reason)
            column = self.values[node.id]
            states = np.where(wanted, ERROR, column.states)
            reasons = np.where(wanted, np.uint16(why), column.reasons)
            self._store(node, restated(column, states, reasons))
        self._forward(self._demand())

    def _check_aborts(self) -> None:
        for name in sorted(self.plan.aborts):
            column = self.values[self.plan.reported[name]]
            broken = np.flatnonzero(column.states == ERROR)
            if len(broken):
                reason = self.reasons[int(column.reasons[broken[0]])]
                raise RunAbortedError(
                    f"the rule `{name}` says `on_error: abort`, and could not be measured on {len(broken)} rows; "
                    f"first: {reason.message if reason else 'no reason known'}"
                )


_PATIENCE_S = 0.05
"""How long one wait lasts at most, so that deadlines and cancellation are noticed."""


_OPERATIONS: dict[Op, operations.Operation] = {
    Op.ARITHMETIC: operations.arithmetic,
    Op.NEGATE: operations.negate,
    Op.CLAMP: operations.clamp,
    Op.COMPARE: operations.compare,
    Op.CONTAINS: operations.contains,
    Op.IS_NULL: operations.is_null,
    Op.IS_TRUE: operations.is_true,
    Op.NOT: operations.invert,
    Op.AND: operations.both,
    Op.OR: operations.either,
    Op.IF: operations.choose,
    Op.DEFAULT: operations.default,
    Op.GUARD: operations.guard,
    Op.CATCH: operations.catch,
    Op.ITEM: listing.item,
    Op.GATHER: listing.gather,
}

_SPECIAL: dict[Op, Callable[[_Run, Node, Sequence[Column]], Column]] = {
    Op.CONST: _Run._constant,
    Op.INPUT: _Run._input,
    Op.FIELD: _Run._field,
    Op.NUMERIC: _Run._numeric,
    Op.CONVERT: _Run._convert,
    Op.FOLD: _Run._fold,
    Op.SPREAD: _Run._spread,
}

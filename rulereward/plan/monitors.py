"""Checks of `monitor`: conditions over a batch, which no reward depends on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rulereward.kind import ANY_NUMBER, BY_DATA, NUMBER, Base
from rulereward.lang.document import MonitorEntry
from rulereward.lang.print import print_expression
from rulereward.plan.context import Context, fold
from rulereward.plan.typed import BatchFold, CheckedMonitor, Fold, Input, Measure, Ref, Reward, Typed, children

MOST_STEPS = 1_000_000


def check_monitors(context: Context, entries: Sequence[MonitorEntry]) -> tuple[CheckedMonitor, ...]:
    """The conditions, in which `over batch` and `reward` may stand. What is wrong is reported."""
    if not entries:
        return ()
    scope = context.scope
    reward = Reward(entries[0].span, NUMBER.or_null(BY_DATA), ANY_NUMBER)
    context.scope = replace(scope, inputs={**scope.inputs, "reward": reward})
    found = [_check_monitor(context, entry) for entry in entries]
    context.scope = scope
    return tuple(monitor for monitor in found if monitor is not None)


def _check_monitor(context: Context, entry: MonitorEntry) -> CheckedMonitor | None:
    steps = 1 if entry.steps is None else _check_steps(context, entry)
    if entry.expect is None:
        return None
    context.over_batch = True
    expect = context.infer_as(entry.expect, Base.BOOL, "`expect`")
    context.over_batch = False
    if expect.type.base is Base.UNDECIDED:
        return None
    loose = next(_row_values(context, expect), None)
    if loose is not None:
        context.error(
            "E0408",
            "this is a value of one row, and `expect` is about a batch",
            loose.span,
            help="aggregate it: `mean(x) over batch >= 0.5`",
        )
    level = entry.level.text if entry.level is not None else "warn"
    return CheckedMonitor(print_expression(entry.expect), expect, steps, level)


def _check_steps(context: Context, entry: MonitorEntry) -> int:
    assert entry.steps is not None
    node = context.infer_as(entry.steps, Base.NUMBER, "`for`")
    steps = fold(context, node)
    if node.type.base is Base.UNDECIDED:
        return 1
    whole = isinstance(steps, float) and steps.is_integer() and 1 <= steps <= MOST_STEPS
    if not whole or not (node.type.bare or node.type.unit == "step"):
        context.error("E0410", "`for` is a whole number of steps", entry.steps.span, help="write `for: 20step`")
    return int(steps) if isinstance(steps, float) and whole else 1


def _row_values(context: Context, node: Typed) -> Iterator[Typed]:
    """What is read of single rows outside of an aggregate over the batch."""
    if isinstance(node, BatchFold):
        return
    if isinstance(node, Measure | Fold | Reward) or (isinstance(node, Input) and node.column != "step"):
        yield node
    elif isinstance(node, Ref):
        if next(_row_values(context, context.named[node.name]), None) is not None:
            yield node
    else:
        for part in children(node):
            yield from _row_values(context, part)

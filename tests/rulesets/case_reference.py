"""A case in the reference evaluator, which asks the real services, held against what the engine makes of it."""

from __future__ import annotations

import queue
from functools import cache

from rulereward import Ruleset, State
from rulereward.api.batches import group_keys, groups_of, make_batch
from rulereward.api.shared import shared_services
from rulereward.data import Column, Objects, Texts
from rulereward.engine.reference import Cell, reference
from rulereward.insight.cases.reading import Case, variant
from rulereward.insight.cases.running import group_of, row_of, run_case
from rulereward.kind import Answer, Job


@cache
def answer_to(job: Job) -> Answer:
    """What the service says, waited for."""
    landed: queue.SimpleQueue[Answer] = queue.SimpleQueue()
    shared_services().get(job.service).submit([job], lambda _, answer: landed.put(answer))
    return landed.get(timeout=60)


def disagreements(ruleset: Ruleset, case: Case) -> list[str]:
    """Where the engine, measuring everything, differs from the reference on a case, to the last bit."""
    used = variant(ruleset, case)
    rows = [row_of(used, row) for row in case.rows]
    keys, _ = group_keys(used.plan.group, rows, group_of(used, rows), ())
    groups = groups_of(keys, range(len(rows)), used.plan.group.size)
    batch = make_batch(used.plan, rows, groups, case.step)
    inputs = [{name: _cell(column, row) for name, column in batch.columns.items()} for row in range(len(rows))]
    told = reference(
        used.checked,
        inputs,
        answer_to,
        groups=[list(map(int, members)) for members in groups.members()],
        step=case.step,
        stubs=frozenset(case.rows[0].stubs),
    )
    scores = run_case(ruleset, case, "all").scores
    found: list[str] = []
    for row, expected in enumerate(told.rows):
        pairs = {name: (cell, scores[name].values, scores[name].states) for name, cell in expected.rules.items()}
        pairs["reward"] = (expected.reward, scores.reward, scores.states)
        for name, (cell, values, states) in pairs.items():
            alike = int(states[row]) == cell.state
            if alike and cell.state is State.OK:
                alike = float(values[row]).hex() == float(cell.value).hex()
            if not alike:
                found.append(f"row {row}: {name}: {State(int(states[row])).name} {values[row]}, not {cell}")
    return found


def _cell(column: Column, row: int) -> Cell:
    state = State(int(column.states[row]))
    if state is not State.OK:
        return Cell(state)
    if isinstance(column, Texts):
        return Cell(state, column.view.text(row))
    return Cell(state, column.values[row] if isinstance(column, Objects) else float(column.values[row]))

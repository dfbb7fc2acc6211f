"""Where the time of one call goes: extracting, reading and deciding by text, algebra, waiting, and the engine."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from math_steps import Rows, box_of, fresh_services, percentile, timed

from rulereward.api import Ruleset, Scores
from rulereward.kind import Asked, Job, Outcome, jobs_of, result_of
from rulereward.plan.nodes import Op
from rulereward.rules.math_equal import MathEqualParams, math_equal

Pair = tuple[str | None, str]


def where_time_goes(ruleset: Ruleset, rows: Rows) -> None:
    """Print it for one step, with worker processes up and nothing cached, and for the same step again."""
    fresh_services(up=True)
    print(f"\nWhere the time of a step of {len(rows.golds)} rollouts goes, ms")
    for name in ("workers up", "again"):
        wall, scores = timed(lambda: ruleset.score(rows.completions, answer=rows.golds))
        extracting, judging = (node_seconds(scores, op) for op in (Op.TEXT, Op.MEASURE))
        print(f"  {name}: {ms(wall)} in all")
        print(f"    extracting the answers (text nodes)            {ms(extracting)}")
        print(f"    the measuring node, waiting included           {ms(judging)}")
        print(f"    engine and what stands around it               {ms(wall - extracting - judging)}")
    print("  the same work called by itself:")
    by_itself(rows)


def by_itself(rows: Rows) -> None:
    """Our functions in this process, one after the other, then the jobs in a process like a worker."""
    seconds, boxes = timed(lambda: [box_of(text) for text in rows.completions])
    row(f"boxes of {len(boxes)} completions", seconds)
    pairs: list[Pair] = list(zip(boxes, rows.golds, strict=True))
    asked = outcomes(list(dict.fromkeys(pairs)))
    jobs = {job: None for outcome, _ in asked.values() if _is_job(outcome) for job in jobs_of(outcome)}
    for path, of_path in by_path(asked).items():
        spent = [asked[pair][1] for pair in of_path]
        note = f"{len(of_path)} distinct pairs, {sum(pair in set(of_path) for pair in pairs)} rows"
        row(f"reading, decided {path}: {note}", sum(spent))
    waiting = [pair for pair in pairs if _is_job(asked[pair][0])]
    row(f"reading answers for {len(waiting)} rows", timed(lambda: read_answers(waiting))[0])
    print(f"    jobs: {sum(len(jobs_of(asked[pair][0])) for pair in waiting)} of rows, {len(jobs)} distinct")
    inside(list(jobs))


def outcomes(pairs: Sequence[Pair]) -> dict[Pair, tuple[Outcome | Asked, float]]:
    """What the rule says of each pair of answer and gold before anything is asked, and in how many seconds."""
    ask: Callable[..., Outcome | Asked] | None = math_equal.ask
    assert ask is not None
    found = {}
    for pair in pairs:
        started = time.perf_counter()
        outcome = ask(*pair, MathEqualParams())
        found[pair] = outcome, time.perf_counter() - started
    return found


def by_path(asked: dict[Pair, tuple[Outcome | Asked, float]]) -> dict[str, list[Pair]]:
    """The pairs by what decides them."""
    found: dict[str, list[Pair]] = {}
    for pair, (outcome, _) in asked.items():
        path = "by algebra" if _is_job(outcome) else _verdict(outcome)
        found.setdefault(path, []).append(pair)
    return found


def _is_job(outcome: Any) -> bool:
    return isinstance(outcome, Job) or (type(outcome) is tuple and all(isinstance(item, Job) for item in outcome))


def _verdict(outcome: Any) -> str:
    value = result_of(outcome).value
    return f"by text as {'equal' if value is True else 'unequal' if value is False else 'unjudged'}"


def read_answers(pairs: Sequence[Pair]) -> None:
    """What the engine asks of the kind for every row whose answer has come."""
    read: Callable[..., Outcome] | None = math_equal.read
    assert read is not None
    for pair in pairs:
        read(*pair, MathEqualParams(), {"verdict": "unequal"})


def inside(jobs: Sequence[Job]) -> None:
    """The jobs one after the other in a process of its own."""
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("math_inside.py"))],
        input=json.dumps([job.payload for job in jobs]), capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = json.loads(done.stdout)
    row("one worker, processor time: reading golds", found["gold"])
    row("one worker, processor time: reading answers", found["answer"])
    row("one worker, processor time: comparing", found["compare"])
    each = found["each"]
    shown = f"median {ms(statistics.median(each))}, p99 {ms(percentile(each, 0.99))}, max {ms(max(each))}"
    row("one worker, processor time: all of it", sum(found[part] for part in ("gold", "answer", "compare")))
    print(f"    a job there, wall time: {shown}")


def row(name: str, seconds: float) -> None:
    print(f"    {name:<66} {ms(seconds):>8}")


def ms(seconds: float) -> str:
    return f"{1000 * seconds:.1f}"


def node_seconds(scores: Scores, op: Op) -> float:
    """What a run says its nodes of a sort took."""
    total = Counter[Op]()
    for part in scores.parts:
        for node, seconds in part.result.seconds.items():
            total[part.result.plan.nodes[node].op] += seconds  # type: ignore[assignment]
    return total[op]

"""Services that take their time: what lands after a wait can ask for what nobody needed before."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

import pytest
from oracle import KINDS, assert_agree, by_reference
from oracle_kinds import FakeService, answer_to

from rulereward import Ruleset
from rulereward.kind import Answer, Job
from rulereward.services.pool import Services

DELAY_S = 0.02


class SlowService(FakeService):
    def submit(self, jobs: Sequence[Job], done: Callable[[Job, Answer], None]) -> FakeService:
        self.asked += jobs

        def answer() -> None:
            time.sleep(DELAY_S)
            for job in jobs:
                done(job, answer_to(job))

        threading.Thread(target=answer).start()
        return self


ROWS: list[dict[str, object]] = [
    {"completion": "a", "prompt": "b", "s": "c"},
    {"completion": "b", "prompt": "a", "s": "b"},
]
"""`probe` is true of a text with a `b`."""


@pytest.mark.parametrize("evaluate", ["all", "needed"])
@pytest.mark.parametrize(
    "expression",
    [
        "probe(completion) or (probe(prompt) and probe(row.s))",
        "(probe(completion) and probe(prompt)) or (probe(row.s) and vowel(prompt))",
        "case { probe(completion) => probe(prompt), probe(prompt) => probe(row.s), else => false }",
        "(probe(row.none) ?? probe(completion)) if probe(prompt) else probe(row.s)",
    ],
)
def test_each_answer_asks_for_the_next(expression: str, evaluate: str) -> None:
    ruleset = Ruleset(
        "slow.yaml", f"rulereward: 1\nlet:\n  x: |\n    {expression}\nscore: 1 if x ?? false else 0\n", KINDS
    )
    service = SlowService()
    with Services(factories={"fake": lambda: service}) as services:
        scores = ruleset.score_rows(ROWS, evaluate=evaluate, services=services, group=[0, 0])  # type: ignore[arg-type]
    expected = by_reference(ruleset, ROWS, evaluate)
    assert_agree(scores, set(service.asked), expected, expected)

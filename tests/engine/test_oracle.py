"""The engine against the reference evaluator: values, states and jobs, however the work is cut and ordered."""

from __future__ import annotations

import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_rulesets import batches, rulesets
from oracle import KINDS, assert_agree, bits, by_engine, by_reference

from rulereward.api import Ruleset

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=300, deadline=None, suppress_health_check=SLOW)
@given(text=rulesets(), rows=batches(), evaluate=st.sampled_from(["all", "needed"]))
def test_engine_and_reference_agree(text: str, rows: list[dict[str, object]], evaluate: str) -> None:
    ruleset = Ruleset("made.yaml", text, KINDS)
    scores, jobs = by_engine(ruleset, rows, evaluate)
    assert_agree(scores, jobs, by_reference(ruleset, rows, evaluate), by_reference(ruleset, rows, "all"))


@settings(max_examples=100, deadline=None, suppress_health_check=SLOW)
@given(text=rulesets(), rows=batches(), seed=st.integers(0, 2**16))
def test_rewards_do_not_depend_on_order_laziness_or_cuts(text: str, rows: list[dict[str, object]], seed: int) -> None:
    ruleset = Ruleset("made.yaml", text, KINDS)
    whole, _ = by_engine(ruleset, rows, "all")
    order = list(range(len(rows)))
    random.Random(seed).shuffle(order)
    shuffled, _ = by_engine(ruleset, [rows[row] for row in order], "needed")
    by_row = {row: place for place, row in enumerate(order)}
    if not ruleset.plan.uses_groups:
        single = [by_engine(ruleset, [row], "needed")[0] for row in rows]
        assert bits(whole.reward) == [bits(scores.reward)[0] for scores in single]
        assert whole.states.tolist() == [int(scores.states[0]) for scores in single]
    assert whole.states.tolist() == [int(shuffled.states[by_row[row]]) for row in range(len(rows))]
    # sums over groups run through math.fsum, so that the order of the members changes no bit either
    assert bits(whole.reward) == [bits(shuffled.reward)[by_row[row]] for row in range(len(rows))]

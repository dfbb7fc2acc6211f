"""A rule that is given the value it has changes nothing: on random rulesets, rows and groups."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_rulesets import batches, rulesets
from oracle import KINDS
from oracle_kinds import FakeService

from rulereward.api import Ruleset
from rulereward.api.batches import group_keys
from rulereward.insight.why.explain import explain
from rulereward.insight.why.measuring import measured
from rulereward.insight.why.node_tree import told_cell
from rulereward.insight.why.what_if import Change, Subject, alternatives, own_value
from rulereward.kind import Base
from rulereward.services.pool import Services


def digits(value: object) -> object:
    return value.hex() if isinstance(value, float) else value


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(text=rulesets(), rows=batches(), place=st.integers(0, 6))
def test_a_rule_at_its_own_value_gives_the_reward_the_row_had(
    text: str, rows: list[dict[str, object]], place: int
) -> None:
    ruleset = Ruleset("made.yaml", text, KINDS)
    keys, _ = group_keys(ruleset.plan.group, rows, None, ("prompt",))
    with Services(factories={"fake": FakeService}) as services:
        result = measured(ruleset, rows, keys, None, services)
        subject = Subject(ruleset, rows, keys, place % len(rows), None, result)
        changes = [Change(rule, own_value(result, rule, subject.place)) for rule in ruleset.rules]
        found = alternatives(subject, changes, services)
    reward = told_cell(result, result.reward, Base.NUMBER, subject.place)
    for change, scenario in zip(changes, found, strict=True):
        assert scenario.reward.state == reward.state, change
        assert digits(scenario.reward.value) == digits(reward.value), change
        assert scenario.gate == result.gate_name(subject.place), change


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(text=rulesets(), rows=batches(), place=st.integers(0, 6))
def test_every_row_of_every_ruleset_can_be_explained(text: str, rows: list[dict[str, object]], place: int) -> None:
    ruleset = Ruleset("made.yaml", text, KINDS)
    with Services(factories={"fake": FakeService}) as services:
        told = explain(ruleset, rows, place % len(rows), services=services)
        scores = ruleset.score_rows(rows, evaluate="all", services=services)
    expected = scores.reward[place % len(rows)]
    assert told.reward.state == scores.record_objects()[place % len(rows)].state.name.lower()
    assert told.reward.number is None or digits(told.reward.number) == digits(float(expected))
    assert {rule.name for rule in told.rules} == {entry.rule for entry in told.what_if} == set(ruleset.rules)
    assert told.to_json()["schema"] == 1

"""Routes: what is measured where, what a breakdown tells, and what stubs put in the place of rules."""

from __future__ import annotations

from oracle import KINDS, assert_agree, by_engine, by_reference

from rulereward import Reason, Ruleset, State
from rulereward.engine.reference import Cell, reference

TEXT = """
rulereward: 1
rules:
  first: probe(completion)
  second: probe(prompt)
  beside: probe(row.other)
score: {terms: {first: 1}, on_null: zero}
route:
  - name: prompts
    when: row.which == "prompt"
    score: {terms: {first: null, second: 2}}
"""
ROWS: list[dict[str, object]] = [
    {"completion": "ab", "prompt": "b", "other": "o", "group": 0},
    {"completion": "cb", "prompt": "db", "other": "u", "which": "prompt", "group": 0},
]


def test_an_expensive_rule_is_measured_only_where_the_route_has_a_use_for_it() -> None:
    ruleset = Ruleset("routes.yaml", TEXT, KINDS)
    scores, jobs = by_engine(ruleset, ROWS, "needed")
    assert scores.reward.tolist() == [1, 2]
    assert [State(state).name for state in scores["first"].states] == ["OK", "SKIPPED"]
    assert [State(state).name for state in scores["second"].states] == ["SKIPPED", "OK"]
    # no score needs `beside`, so no route says that it is not needed
    assert [State(state).name for state in scores["beside"].states] == ["OK", "OK"]
    assert scores["first"].reasons[1] == Reason("not_on_route", "the route `prompts` does not need this")
    assert {job.payload for job in jobs} == {"ab", "o", "u"}  # `d...` is decided without the service
    assert_agree(scores, jobs, by_reference(ruleset, ROWS, "needed"), by_reference(ruleset, ROWS, "all"))


def test_the_breakdown_has_the_parts_of_the_route() -> None:
    scores, _ = by_engine(Ruleset("routes.yaml", TEXT, KINDS), ROWS, "all")
    first, second = (record["reward_details"] for record in scores.records(details=True))
    assert (first["route"], second["route"]) == (None, "prompts")
    assert (first["rules"]["first"]["contribution"], "contribution" in first["rules"]["second"]) == (1, False)
    assert (second["rules"]["second"]["contribution"], "contribution" in second["rules"]["first"]) == (2, False)
    assert {name: values.tolist() for name, values in scores.contributions().items()} == {
        "first": [1, 0],
        "second": [0, 2],
    }


STUBBED = """
rulereward: 1
rules:
  judge: {value: 'gauge(completion)', when: 'row.on == true'}
  sized: size(completion)
  double: 2 * (judge ?? 0) + (sized.half ?? 0)
score:
  gates: [{name: low, when: judge < 0, value: -7}]
  terms: {double: 1}
  on_null: zero
"""


def test_stubs_stand_in_for_rules_and_their_fields_in_both_evaluators() -> None:
    ruleset = Ruleset("stubs.yaml", STUBBED, KINDS).with_stubs(["judge", "sized"])
    given: list[tuple[object, object]] = [(3, 1.5), (None, 2), (-1, 0), (Reason("broken", "it broke"), 1)]
    rows = [
        {"completion": "x", "stub.judge": judge, "stub.sized": 1, "stub.sized.half": half} for judge, half in given
    ]
    scores = ruleset.score_rows(rows)  # `size` raises on x, and `gauge` has no service here: neither is measured
    assert scores.reward[:3].tolist() == [7.5, 2, -7]
    assert State(scores.states[3]) is State.ERROR
    assert scores.reasons[3] == Reason("broken", "it broke")
    assert scores["double"].values[2] == -2

    cells = [{name: _cell(value) for name, value in row.items()} for row in rows]
    told = reference(ruleset.checked, cells, lambda _: None, stubs=frozenset({"judge", "sized"}))  # type: ignore[arg-type, return-value]
    assert [row.reward.value for row in told.rows[:3]] == [7.5, 2, -7]
    assert told.rows[3].reward.state is State.ERROR
    assert told.rows[2].gate == "low"
    assert told.jobs == frozenset()


def _cell(value: object) -> Cell:
    if isinstance(value, Reason):
        return Cell(State.ERROR, None, value)
    return Cell(State.NULL) if value is None else Cell(State.OK, value)

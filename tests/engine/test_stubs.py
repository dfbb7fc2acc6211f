"""Values in place of rules: the engine and the reference evaluator make the same of them."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_rulesets import batches, rulesets
from oracle import KINDS, assert_agree, by_engine, by_reference

from rulereward import Reason, Ruleset, State
from rulereward.errors import ConfigurationError, InputError

GONE = Reason("gone", "it is given as an error")

TEXT = """\
rulereward: 1
rules:
  sized: size(completion)
  guarded:
    value: size(prompt)
    when: row.b
    on_error: 7
  probed: probe(completion)
  half: sized.half + (guarded.half ?? 0)
  mean: mean(sized) over group
score:
  gates:
    - {name: wrong, when: not probed, value: -1}
  terms:
    sized: 1
    guarded: 10
    mean: 100
  on_null: zero
"""


def row(**given: object) -> dict[str, object]:
    return {"completion": "db", "prompt": "ab", "b": True, "group": 0, **given}


def checked(rules: set[str], rows: list[dict[str, object]], evaluate: str = "needed") -> list[float | str]:
    """The rewards, after the two evaluators agreed on all cells; a state where there is no value."""
    ruleset = Ruleset("stubs.yaml", TEXT, KINDS).with_stubs(rules)
    stubs = frozenset(rules)
    scores, jobs = by_engine(ruleset, rows, evaluate)
    full = by_reference(ruleset, rows, "all", stubs=stubs)
    assert_agree(scores, jobs, by_reference(ruleset, rows, evaluate, stubs=stubs), full)
    states = [State(int(state)) for state in scores.states]
    return [
        float(value) if state is State.OK else state.name for value, state in zip(scores.reward, states, strict=True)
    ]


@pytest.mark.parametrize("evaluate", ["needed", "all"])
def test_a_value(evaluate: str) -> None:
    # sized 5, guarded 2 (of `ab`), mean 5: 5 + 20 + 500
    given = row(**{"stub.sized": 5, "stub.sized.half": 2.5})
    assert checked({"sized"}, [given], evaluate) == [525]


def test_a_null_counts_as_the_score_says_and_is_left_out_of_the_group() -> None:
    # the first: 0 + 20 + 100 * 3; the second: 3 + 20 + 300
    rows = [row(**{"stub.sized": value, "stub.sized.half": value}) for value in (None, 3)]
    assert checked({"sized"}, rows) == [320, 323]


def test_an_error_is_contagious_where_nothing_catches_it() -> None:
    rows = [row(**{"stub.sized": value, "stub.sized.half": value}) for value in (GONE, 3)]
    assert checked({"sized"}, rows) == ["ERROR", 323]


def test_a_stub_replaces_when_and_on_error_too() -> None:
    # `when` is not true on the first row, and the stub counts: 2 + 40 + 200; an error stays one, though on_error is 7
    rows = [
        row(b=False, **{"stub.guarded": 4, "stub.guarded.half": 2}),
        row(**{"stub.guarded": GONE, "stub.guarded.half": GONE}),
        row(**{"stub.guarded": None, "stub.guarded.half": None}),
    ]
    assert checked({"guarded"}, rows) == [242, "ERROR", 202]


def test_a_field_is_given_where_when_is_not_true_too() -> None:
    rows = [row(b=flag, **{"stub.guarded": 4, "stub.guarded.half": 2}) for flag in (False, None, True)]
    checked({"guarded"}, rows)
    scores = Ruleset("stubs.yaml", TEXT, KINDS).with_stubs(["guarded"]).score_rows(rows)
    assert scores["half"].values.tolist() == [3, 3, 3]  # 1 of `db`, and 2


WHENS = """\
rulereward: 1
rules:
  sized: {value: size(completion), when: probe(prompt) ?? false}
  own: {value: sized.half, when: row.b}
score: {terms: {own: 1, sized: 0}, on_null: propagate}
"""


@pytest.mark.parametrize("evaluate", ["needed", "all"])
def test_a_when_of_another_rule_over_a_field_stays(evaluate: str) -> None:
    ruleset = Ruleset("whens.yaml", WHENS, KINDS).with_stubs(["sized"])
    assert ruleset.plan.services == frozenset()
    rows = [row(b=flag, prompt="ac", **{"stub.sized": 9, "stub.sized.half": 4}) for flag in (True, False)]
    scores, jobs = by_engine(ruleset, rows, evaluate)
    told = by_reference(ruleset, rows, evaluate, stubs=frozenset({"sized"}))
    assert_agree(scores, jobs, told, told)
    assert scores.reward[0] == 4
    assert [State(state).name for state in scores.states] == ["OK", "NULL"]


def test_a_gate() -> None:
    rows = [row(**{"stub.probed": value}) for value in (False, True, GONE)]
    assert checked({"probed"}, rows) == [-1, 222, "ERROR"]


def test_a_rule_that_is_stubbed_asks_no_service() -> None:
    ruleset = Ruleset("stubs.yaml", TEXT, KINDS).with_stubs(["probed"])
    assert ruleset.plan.services == frozenset()
    assert by_engine(ruleset, [row(**{"stub.probed": True})], "all")[1] == set()


def test_what_is_refused() -> None:
    ruleset = Ruleset("stubs.yaml", TEXT, KINDS)
    with pytest.raises(ConfigurationError, match="has no rule `seized`"):
        ruleset.with_stubs(["seized"])
    with pytest.raises(InputError, match=r"a row has no `stub\.sized"):
        ruleset.with_stubs(["sized"]).score_rows([row()])
    with pytest.raises(InputError, match=r"`stub\.sized` cannot be 'much'"):
        ruleset.with_stubs(["sized"]).score_rows([row(**{"stub.sized": "much", "stub.sized.half": 1})])


VALUES = st.one_of(st.none(), st.just(GONE), st.sampled_from([0, 1, 2.5]))
FLAGS = st.one_of(st.none(), st.just(GONE), st.booleans())
STUBS = st.sets(st.sampled_from(["r1", "r2", "b1", "b2", "extra"]), min_size=1)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(text=rulesets(), rows=batches(), stubs=STUBS, evaluate=st.sampled_from(["all", "needed"]), data=st.data())
def test_engine_and_reference_agree_on_random_stubs(
    text: str, rows: list[dict[str, object]], stubs: set[str], evaluate: str, data: st.DataObject
) -> None:
    ruleset = Ruleset("made.yaml", text, KINDS).with_stubs(stubs)
    columns = sorted({f"stub.{rule}" for rule in stubs} | {c for c in ruleset.plan.reads if c.startswith("stub.")})
    given = [
        row | {c: data.draw(FLAGS if c.startswith("stub.b") else VALUES, label=c) for c in columns} for row in rows
    ]
    scores, jobs = by_engine(ruleset, given, evaluate)
    full = by_reference(ruleset, given, "all", stubs=frozenset(stubs))
    assert_agree(scores, jobs, by_reference(ruleset, given, evaluate, stubs=frozenset(stubs)), full)

"""A failed measurement stays an error whatever the ruleset does with it, and touches no other row."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import yaml
from fault_rows import ACCURACY, FAULTY, ROWS, Done, FakeMath, compiled, honest, number_of, score

from rulereward.data import Reason, State
from rulereward.errors import RunAbortedError
from rulereward.kind import Failure, Job

CASES = yaml.safe_load(Path(__file__).with_name("absorbers.yaml").read_text(encoding="utf-8"))["cases"]
FAILURE = Failure("service_died", "the fake worker died twice")


def failing(job: Job, done: Done) -> None:
    if number_of(job) in FAULTY:
        done(job, FAILURE)
    else:
        honest(job, done)


def expected(case: dict[str, Any], row: dict[str, Any], faults: bool) -> float | str:
    word = "right" if row["n"] % 2 == 0 else "wrong"
    if row["sure"]:
        word = word if f"{word}_sure" not in case else f"{word}_sure"
    if faults and row["n"] in FAULTY:
        value = case.get("faulty", "error")
        return case.get("faulty_sure", value) if row["sure"] else value
    return float(case[word])


@pytest.mark.parametrize("evaluate", ["all", "needed"])
@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_an_error_is_absorbed_by_nothing(case: dict[str, Any], evaluate: str) -> None:
    ruleset = compiled(case["ruleset"])
    whole = score(ruleset, FakeMath(), evaluate=evaluate)
    assert whole.reward.tolist() == [expected(case, row, faults=False) for row in ROWS]

    scores = score(ruleset, FakeMath(failing), evaluate=evaluate)
    for row, reward, state, reason in zip(ROWS, scores.reward, scores.states, scores.reasons, strict=True):
        wanted = expected(case, row, faults=True)
        if wanted == "error":
            assert math.isnan(reward)
            assert state == State.ERROR
            assert reason is not None
            assert (reason.code, reason.message) == (FAILURE.code, FAILURE.message)
        else:
            assert (reward, state) == (float(wanted), State.OK)


def test_the_record_of_a_failed_row_names_the_rule() -> None:
    scores = score(compiled("score: accuracy"), FakeMath(failing))
    record = scores.records()[3]
    assert record["reward"] is None
    assert record["reward_state"] == "error: service_died: accuracy: the fake worker died twice"
    assert record["reward_components"] == {"accuracy": None}


ON_ERROR = "rules:\n  accuracy: {{value: 'math_equal(boxed(completion), answer)', on_error: {}}}\nscore: {}\n"


@pytest.mark.parametrize(
    ("word", "formula", "faulty"),
    [
        ("propagate", "accuracy", None),
        ("propagate", "accuracy ?? 9", None),
        ("null", "accuracy ?? 9", 9.0),
        ("null", "5 if accuracy is null else 1", 5.0),
        ("false", "accuracy", 0.0),
        ("true", "accuracy + 2", 3.0),
    ],
)
def test_on_error_is_the_way_to_say_otherwise(word: str, formula: str, faulty: float | None) -> None:
    ruleset = compiled(ON_ERROR.format(word, formula))
    whole, scores = score(ruleset, FakeMath()), score(ruleset, FakeMath(failing))
    for row, reward, state in zip(ROWS, scores.reward, scores.states, strict=True):
        if row["n"] not in FAULTY:
            assert (reward, state) == (whole.reward[row["n"]], State.OK)
        elif faulty is None:
            assert state == State.ERROR
        else:
            assert (reward, state) == (faulty, State.OK)


@pytest.mark.parametrize(("on_null", "state", "reward"), [("zero", State.OK, 0.0), ("propagate", State.NULL, None)])
def test_an_error_made_null_is_a_null_of_the_data(on_null: str, state: State, reward: float | None) -> None:
    formula = f"{{terms: {{accuracy: 1}}, on_null: {on_null}}}"
    scores = score(compiled(ON_ERROR.format("null", formula)), FakeMath(failing))
    for number in FAULTY:
        assert scores.states[number] == state
        assert math.isnan(scores.reward[number]) if reward is None else scores.reward[number] == reward
        assert scores["accuracy"].states[number] == State.NULL
        assert scores["accuracy"].reasons[number] == (FAILURE.code, FAILURE.message), "the error is still to be seen"


def test_abort_stops_the_run_and_says_why() -> None:
    ruleset = compiled(ON_ERROR.format("abort", "accuracy"))
    assert score(ruleset, FakeMath()).reward.tolist() == [1.0, 0.0] * 20
    with pytest.raises(RunAbortedError, match=r"`accuracy`.*4 rows.*the fake worker died twice"):
        score(ruleset, FakeMath(failing))


def test_an_errored_member_is_left_out_of_its_group_and_marks_it() -> None:
    rows = [{**row, "group": row["n"] // 4} for row in ROWS]
    ruleset = compiled("score: mean(accuracy) over group")
    scores = score(ruleset, FakeMath(failing), rows)
    for row, reward, reason in zip(rows, scores.reward, scores.reasons, strict=True):
        members = [n for n in range(4 * row["group"], 4 * row["group"] + 4) if n not in FAULTY]
        assert reward == sum(n % 2 == 0 for n in members) / len(members)
        assert (reason is not None) == (len(members) < 4)


def test_a_row_that_could_not_be_read_is_an_error_too() -> None:
    rows = [*ROWS[:3], Reason("not_json", "the line is not JSON"), *ROWS[4:]]
    for case in CASES:
        ruleset = compiled(case["ruleset"])
        scores = score(ruleset, FakeMath(), rows)
        if case.get("faulty", "error") == "error":
            assert scores.states[3] == State.ERROR
            assert scores.reasons[3] == ("not_json", "the line is not JSON")
        assert scores.reward[4] == expected(case, ROWS[4], faults=False)


def test_rules_without_the_service_do_not_notice() -> None:
    ruleset = compiled(
        ACCURACY + "  size: length(completion, unit='char')\nscore: {terms: {accuracy: 1}, on_null: zero}"
    )
    whole, scores = score(ruleset, FakeMath()), score(ruleset, FakeMath(failing))
    assert scores["size"].values.tolist() == whole["size"].values.tolist()
    assert not scores["size"].states.any()

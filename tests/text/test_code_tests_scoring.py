"""From verdicts to a score: by cases, and that stopping early never changes it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from rulereward.text.code_tests import Policy, StdinTest, Suite, Verdict, pointless, score, worth_running
from rulereward.text.code_tests.scoring import PolicyName

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases" / "code_tests" / "scores.yaml").read_text(encoding="utf-8")
)
VERDICTS: list[Verdict] = list(get_args(Verdict))
JUDGED = [verdict for verdict in VERDICTS if verdict != "NR"]
POLICIES = [Policy(), Policy("all_or_nothing"), Policy("first", 3), Policy("weighted"), Policy("subtasks")]


def suite_of_tests(weights: list[float], subtasks: list[str], points: dict[str, float]) -> Suite:
    tests = [StdinTest("", "", float(weight), group) for weight, group in zip(weights, subtasks, strict=True)]
    return Suite("stdin", tuple(tests), points=tuple((name, float(worth)) for name, worth in points.items()))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_scores(case: dict[str, Any]) -> None:
    verdicts = case["verdicts"]
    size = len(verdicts)
    suite = suite_of_tests(case.get("weights", [1] * size), case.get("subtasks", [""] * size), case.get("points", {}))
    policy = Policy(case["policy"], case.get("count", 0))
    wanted = case["score"]
    assert score(policy, suite, verdicts) == (None if wanted is None else pytest.approx(wanted, abs=1e-12))
    assert worth_running(policy, suite, verdicts) == case["worth"]


def test_all_policies_have_cases() -> None:
    assert {case["policy"] for case in CASES} == set(get_args(PolicyName))


TESTS = st.lists(
    st.tuples(st.sampled_from([0.0, 0.1, 1.0, 2.5]), st.sampled_from(["", "a", "b"]), st.sampled_from(JUDGED)),
    min_size=1,
    max_size=8,
)


@given(
    TESTS,
    st.sampled_from(POLICIES),
    st.dictionaries(st.sampled_from(["", "a", "b"]), st.sampled_from([0.0, 0.3, 2.0])),
)
def test_stopping_early_changes_nothing(
    tests: list[tuple[float, str, Verdict]], policy: Policy, points: dict[str, float]
) -> None:
    """Tests are run one by one while one is worth it; the score is that of running them all."""
    suite = suite_of_tests([weight for weight, _, _ in tests], [group for _, group, _ in tests], points)
    verdicts: list[Verdict] = ["NR"] * len(tests)
    while worth := worth_running(policy, suite, verdicts):
        verdicts[worth[-1]] = tests[worth[-1]][2]
    assert not worth_running(policy, suite, verdicts)
    early, late = score(policy, suite, verdicts), score(policy, suite, [verdict for _, _, verdict in tests])
    assert early == late
    assert early is None or 0.0 <= early <= 1.0


@given(TESTS, st.sampled_from(POLICIES))
def test_passing_more_never_pays_less(tests: list[tuple[float, str, Verdict]], policy: Policy) -> None:
    suite = suite_of_tests([weight for weight, _, _ in tests], [group for _, group, _ in tests], {})
    verdicts: list[Verdict] = [verdict for _, _, verdict in tests]
    before = score(policy, suite, verdicts)
    for place in range(len(tests)):
        better: list[Verdict] = [*verdicts[:place], "AC", *verdicts[place + 1 :]]
        after = score(policy, suite, better)
        assert (before is None) == (after is None)
        assert before is None or after is None or after >= before


def test_what_cannot_be() -> None:
    suite = suite_of_tests([1], [""], {})
    with pytest.raises(ValueError, match="1 tests have 2 verdicts"):
        score(Policy(), suite, ["AC", "AC"])
    with pytest.raises(ValueError, match="'IE' is no verdict"):
        score(Policy(), suite, ["IE"])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="no policy"):
        Policy("best")  # type: ignore[arg-type]
    for name, count in (("first", 0), ("first", -1), ("pass_rate", 2)):
        with pytest.raises(ValueError, match="count"):
            Policy(name, count)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("policy", "verdicts", "expected"),
    [
        ("all_or_nothing", ["NR", "WA", "AC", "NR"], {2, 3}),
        ("all_or_nothing", ["AC", "AC", "NR", "NR"], set()),
        ("pass_rate", ["NR", "WA", "AC", "NR"], set()),
        ("subtasks", ["TLE", "NR", "AC", "NR"], {1}),
        ("subtasks", ["NR", "AC", "NR", "RE"], set()),
    ],
)
def test_what_a_failure_makes_pointless(policy: PolicyName, verdicts: list[Verdict], expected: set[int]) -> None:
    """Of the four tests the first two are one subtask, and the others another."""
    suite = suite_of_tests([1.0] * 4, ["a", "a", "b", "b"], {})
    assert pointless(Policy(policy), suite, verdicts) == expected

"""From the verdicts of a suite's tests to a number from 0 to 1, and which tests are still worth running.

A verdict is one of `AC` (right), `WA`, `TLE`, `MLE`, `OLE`, `RE`, `CE` (wrong, by the program's doing) and `NR` (not
run, by ours). Trouble of the infrastructure is no verdict. Tests that a program leaves unrun because it used up the
time are its doing: whoever runs them must say `TLE`, else slow programs would be judged by their easy tests alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from rulereward.text.code_tests.suite import Suite

Verdict = Literal["AC", "WA", "TLE", "MLE", "OLE", "RE", "CE", "NR"]

PolicyName = Literal["pass_rate", "all_or_nothing", "first", "weighted", "subtasks"]


@dataclass(frozen=True, slots=True)
class Policy:
    """How verdicts become a score.

    pass_rate: the share of judged tests that pass.
    all_or_nothing: 1 where all tests pass, else 0.
    first: the share among the first `count` tests; others are not run.
    weighted: the share of weight.
    subtasks: the share of points, which a subtask gives where all of its tests pass. Tests without a subtask are one
        together. The suite says what one is worth; what it is silent about is worth 1.

    Raises ValueError for another name, and for a count that does not fit the name.
    """

    name: PolicyName = "pass_rate"
    count: int = 0

    def __post_init__(self) -> None:
        if self.name not in get_args(PolicyName):
            raise ValueError(f"there is no policy `{self.name}`")
        if (self.name == "first") != (self.count > 0):
            raise ValueError("`first` has a count of at least 1, other policies have none")


def score(policy: Policy, suite: Suite, verdicts: Sequence[Verdict]) -> float | None:
    """The score from 0 to 1; None where too little was run to tell: nothing, or what decides between all and nothing.

    `verdicts` has one for each test of the suite, in its order. Raises ValueError for another number of them.
    """
    _check(suite, verdicts)
    if policy.name == "subtasks":
        return _subtask_score(suite, verdicts)
    if policy.name == "all_or_nothing":
        if any(verdict not in ("AC", "NR") for verdict in verdicts):
            return 0.0
        return None if "NR" in verdicts else 1.0
    weights = _weights(policy, suite)
    judged = [(weight, verdict) for weight, verdict in zip(weights, verdicts, strict=True) if verdict != "NR"]
    total = sum(weight for weight, _ in judged)
    return sum(weight for weight, verdict in judged if verdict == "AC") / total if total > 0 else None


def worth_running(policy: Policy, suite: Suite, verdicts: Sequence[Verdict]) -> list[int]:
    """The places, counted from 0, of tests without a verdict (`NR`) that can still change the score."""
    _check(suite, verdicts)
    waiting = [place for place, verdict in enumerate(verdicts) if verdict == "NR"]
    if policy.name == "all_or_nothing":
        return [] if any(verdict not in ("AC", "NR") for verdict in verdicts) else waiting
    if policy.name == "subtasks":
        worth, failed = _worth(suite), _failed(suite, verdicts)
        groups = [test.subtask for test in suite.tests]
        return [place for place in waiting if groups[place] not in failed and worth[groups[place]] > 0]
    weights = _weights(policy, suite)
    return [place for place in waiting if weights[place] > 0]


def pointless(policy: Policy, suite: Suite, verdicts: Sequence[Verdict]) -> set[int]:
    """The places of tests that a failure before them makes pointless: run one by one, they would not be run.

    Tests that run at once may fail in any order. What is told of them must not hang on that.
    """
    _check(suite, verdicts)
    found: set[int] = set()
    if policy.name not in ("all_or_nothing", "subtasks"):
        return found
    failed: set[str] = set()
    for place, (test, verdict) in enumerate(zip(suite.tests, verdicts, strict=True)):
        group = test.subtask if policy.name == "subtasks" else ""
        if group in failed:
            found.add(place)
        elif verdict not in ("AC", "NR"):
            failed.add(group)
    return found


def _check(suite: Suite, verdicts: Sequence[Verdict]) -> None:
    if len(verdicts) != len(suite.tests):
        raise ValueError(f"{len(suite.tests)} tests have {len(verdicts)} verdicts")
    unknown = set(verdicts) - set(get_args(Verdict))
    if unknown:
        raise ValueError(f"{sorted(unknown)[0]!r} is no verdict")


def _weights(policy: Policy, suite: Suite) -> list[float]:
    """What each test counts; only those that count need to run."""
    if policy.name == "weighted":
        return [test.weight for test in suite.tests]
    if policy.name == "first":
        return [1.0 if place < policy.count else 0.0 for place in range(len(suite.tests))]
    return [1.0] * len(suite.tests)


def _subtask_score(suite: Suite, verdicts: Sequence[Verdict]) -> float | None:
    worth, failed = _worth(suite), _failed(suite, verdicts)
    open_groups = {
        test.subtask for test, verdict in zip(suite.tests, verdicts, strict=True) if verdict == "NR"
    } - failed
    total = sum(worth.values())
    if total <= 0 or any(worth[group] > 0 for group in open_groups):
        return None
    return sum(points for group, points in worth.items() if group not in failed) / total


def _worth(suite: Suite) -> Mapping[str, float]:
    """The points of each subtask that has tests."""
    said = dict(suite.points)
    return {test.subtask: said.get(test.subtask, 1.0) for test in suite.tests}


def _failed(suite: Suite, verdicts: Sequence[Verdict]) -> set[str]:
    by_group: dict[str, set[Verdict]] = defaultdict(set)
    for test, verdict in zip(suite.tests, verdicts, strict=True):
        by_group[test.subtask].add(verdict)
    return {group for group, found in by_group.items() if found - {"AC", "NR"}}

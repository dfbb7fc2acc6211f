"""Jobs for the sandbox, as rule kinds make them, and what became of them in few letters."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from rulereward.data import Reason
from rulereward.kind import Answer, Failure, Job
from rulereward.text.code_tests import Policy, program_of, suite_of
from rulereward.text.code_work import Work

SUMS = {"inputs": ["1 2\n", "3 4\n", "5 6\n"], "outputs": ["3\n", "7\n", "11\n"]}
GOOD = "a, b = map(int, input().split())\nprint(a + b)\n"
SLEEPER = "import time\ntime.sleep(1000)\n"


def work(code: str, tests: Any = SUMS, **changes: Any) -> Work:
    suite = suite_of(tests)
    assert not isinstance(suite, Reason), suite
    made = Work(program_of(suite, code), suite, time_s=2.0)
    return dataclasses.replace(made, **changes)


def job(code: str, tests: Any = SUMS, **changes: Any) -> Job:
    return Job("sandbox", work(code, tests, **changes).to_plain())


def all_or_nothing(code: str, tests: Any = SUMS) -> Job:
    return job(code, tests, policy=Policy("all_or_nothing"))


def numbered(count: int) -> list[Job]:
    """As many different programs, each of which passes all of its tests."""
    return [job(f"{GOOD}# {number}\n") for number in range(count)]


def verdicts(answer: Answer) -> str:
    """The verdicts of an answer, with spaces between; the code of a Failure."""
    if isinstance(answer, Failure):
        return answer.code
    records: Any = answer["tests"]
    return " ".join(record["verdict"] for record in records)


def all_verdicts(answers: Mapping[Job, Answer]) -> set[str]:
    return {verdicts(answer) for answer in answers.values()}

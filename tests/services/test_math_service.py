"""The service `math` itself: whose fault a limit was, and what its worker survives."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from asking import ask, measure, reason_of, value_of

from rulereward.kind import Job, Service, result_of
from rulereward.rules.math_equal import MathEqualParams, math_equal
from rulereward.services import Services, Supervisor
from rulereward.text.boxed import boxed_span

ROLLOUTS = Path(__file__).parents[3] / "shared" / "data" / "math_rollouts.jsonl"
SLOW = "(x+y+z+1)^{300}"


def math_job(gold: str | tuple[str, ...], answer: str, percent: str = "strict") -> Job:
    return Job("math", ((gold,) if isinstance(gold, str) else gold, answer, percent, "loose"))


def verdicts(service: Service, jobs: list[Job]) -> list[Any]:
    answers = ask(service, jobs)
    return [answers[job] for job in jobs]


def test_whose_fault_it_was(hasty: Supervisor) -> None:
    jobs = [
        math_job("x+2", SLOW),
        math_job(SLOW, "x+2"),
        math_job(("1+", SLOW), SLOW),
        math_job("1+", "x"),
        math_job("x", "1+"),
        math_job("x", "y"),
        math_job("\\frac{x}{x}", "1"),
    ]
    assert verdicts(hasty, jobs) == [
        {"verdict": "unreasonable"},
        {"verdict": "gold_unreasonable"},
        {"verdict": "equal"},
        {"verdict": "gold_unreadable"},
        {"verdict": "unequal", "reason": "unparsable"},
        {"verdict": "unequal"},
        {"verdict": "equal"},
    ]


def test_hostile_answers_between_honest_ones(hasty: Supervisor) -> None:
    """None of these is stopped by a limit on the text: they go to a worker, and it or its successor answers."""
    hostile = [
        "((9!)!)!",
        "(((9^9)^9)^9)^9",
        "\\binom{10^9}{5 \\cdot 10^8}",
        "\\prod_{n=1}^{99999} n",
        "-" * 1_900 + "5",
        "+".join(["x"] * 900),
        "1/" * 900 + "1",
        "\\{" * 40 + "1" + "\\}" * 40,
        "!" * 1_000,
        "5\u0000",
        "\ud800",
        "\u202e5)(",
    ]
    rows = [(text, "5\\pi") for text in hostile]
    honest = [(f"{number}\\pi + x", f"x + \\pi \\cdot {number}") for number in range(2, 30)]
    results = measure(math_equal, hasty, [*rows, *honest], MathEqualParams())
    assert [value_of(result) for result in results[: len(rows)]] == [False] * len(rows)
    assert {reason_of(result) for result in results[: len(rows)]} <= {None, "unreasonable", "unparsable"}
    assert all(value_of(result) is True for result in results[len(rows) :])


def test_loose_percent_by_algebra(services: Services) -> None:
    jobs = [math_job("5x\\%", "5x"), math_job("5x\\%", "5x", "loose"), math_job("x=50%", "0.5")]
    assert [answer["verdict"] for answer in verdicts(services.get("math"), jobs)] == ["unequal", "equal", "equal"]


def test_equal_rows_ask_equal_jobs() -> None:
    assert math_equal.ask is not None
    ask_of = math_equal.ask
    first = ask_of("$\\sin x$", ["\\cos x"], MathEqualParams())
    second = ask_of(" \\sin  x.", "\\cos x", MathEqualParams())
    assert isinstance(first, Job)
    assert first == second
    assert hash(first) == hash(second)


def test_evidence_shows_what_was_compared() -> None:
    assert math_equal.evidence is not None
    by_text = math_equal.evidence("$1{,}000$", "1000", MathEqualParams(), None)
    assert by_text == {
        "answer": "1000",
        "as_written": "$1{,}000$",
        "gold": ["1000"],
        "decided_by": "text",
        "because": "the normal forms are the same",
    }
    by_algebra = math_equal.evidence("\\sin x", ["\\cos x"], MathEqualParams(), {"verdict": "unequal"})
    assert (by_algebra["decided_by"], by_algebra["because"]) == ("math-verify", "algebra finds no equality")
    no_answer = math_equal.evidence(None, ["x+1"], MathEqualParams(), None)
    assert (no_answer["answer"], no_answer["because"]) == (None, "no answer was found")
    no_gold = math_equal.evidence("5", "4:30p..", MathEqualParams(), None)
    assert "time of day" in str(no_gold["because"])
    too_long = math_equal.evidence("x+" * 50_000, "\\sin x", MathEqualParams(), None)
    assert (too_long["decided_by"], len(str(too_long["as_written"]))) == ("limits", 500)


@pytest.mark.parametrize(
    ("gold", "answer", "value", "reason"),
    [
        ("\\sin x", {"verdict": "equal"}, True, None),
        ("\\sin x", {"verdict": "unequal"}, False, None),
        ("\\sin x", {"verdict": "unequal", "reason": "unparsable"}, False, "unparsable"),
        ("\\sin x", {"verdict": "unreasonable"}, False, "unreasonable"),
        ("\\sin x", {"verdict": "gold_unreadable"}, None, "gold_unreadable"),
        ("\\sin x", {"verdict": "gold_unreasonable"}, None, "gold_unreasonable"),
        (["Friday", "\\sin x"], {"verdict": "gold_unreadable"}, False, None),
    ],
)
def test_reading_answers_from_a_dictionary(
    gold: object, answer: dict[str, str], value: Any, reason: str | None
) -> None:
    assert math_equal.read is not None
    result = result_of(math_equal.read("\\cos x", gold, MathEqualParams(), answer))
    assert (value_of(result), reason_of(result)) == (value, reason)


def test_the_calling_process_imports_no_algebra() -> None:
    code = (
        "import sys, rulereward.services, rulereward.rules.math_equal as m;"
        "m.math_equal.ask('x', 'x', m.MathEqualParams());"
        "print(sorted({'sympy', 'math_verify', 'multiprocessing', 'asyncio'} & set(sys.modules)))"
    )
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {root!r}); {code}"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "[]\n"


@pytest.mark.skipif(not ROLLOUTS.exists(), reason="the shared data folder is absent")
def test_real_rollouts(services: Services) -> None:
    """Against the grader that came with the data. The only rows we see otherwise, and rightly: 10000 is 10{,}000, and
    `4:30p..` is no gold.
    """
    rows, theirs = [], []
    for line in ROLLOUTS.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        span = boxed_span(record["completion"])
        rows.append((record["completion"][slice(*span)] if span else None, record["answer"]))
        theirs.append(record["their_correct"])
    results = measure(math_equal, services.get("math"), rows, MathEqualParams())
    others = Counter(
        (row[1], value_of(result)) for row, result, their in zip(rows, results, theirs, strict=True)
        if value_of(result) is not their
    )  # fmt: skip
    assert others == {("10{,}000", True): 1, ("4:30p..", None): 8}

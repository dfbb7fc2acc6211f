"""What the three say of a pair: our exact path alone, our whole rule, and math-verify as TRL's reward calls it."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from latex2sympy2_extended import NormalizationConfig
from math_pairs import Pair
from math_verify import LatexExtractionConfig, parse, verify
from math_verify.errors import TimeoutException

from rulereward.rules.math_equal import MathEqualParams, math_equal
from rulereward.services import Services
from rulereward.text.boxed import boxed_span
from rulereward.text.math_answer import judge, read_written

sys.path.append(str(Path(__file__).parents[1] / "services"))
from asking import measure, value_of

_BATCH = 64
_ANSWER = [
    LatexExtractionConfig(
        normalization_config=NormalizationConfig(units=True), boxed_match_priority=0, try_extract_without_anchor=False
    )
]


@dataclass(frozen=True, slots=True)
class Judged:
    """A pair with the verdicts. None: the exact path leaves it open; the gold cannot be read."""

    pair: Pair
    exact: bool | None
    path: str
    why: str
    whole: bool | None
    theirs: bool | None


def exact_path(pair: Pair) -> tuple[bool | None, str, str]:
    found = judge(read_written(pair.gold), read_written(pair.answer), "strict", "loose")
    return found.equal, found.path, found.why


def whole_rule(pairs: Sequence[Pair]) -> list[bool | None]:
    """Through the real service, some at a time."""
    found: list[bool | None] = []
    with Services() as services:
        service = services.get("math")
        for start in range(0, len(pairs), _BATCH):
            rows = [(pair.answer, pair.gold) for pair in pairs[start : start + _BATCH]]
            found += map(value_of, measure(math_equal, service, rows, MathEqualParams()))
    return found


def math_verify(pair: Pair) -> bool | None:
    """Gold and answer in a box each; the gold by the default configuration, the answer as LaTeX."""
    try:
        gold = parse(f"\\boxed{{{pair.gold}}}")
        if not gold:
            return None
        answer = parse(f"\\boxed{{{pair.answer}}}", extraction_config=_ANSWER, extraction_mode="first_match")
        return bool(verify(gold, answer))
    except TimeoutException:
        return False


def judged(pairs: Sequence[Pair]) -> list[Judged]:
    wholes = whole_rule(pairs)
    return [
        Judged(pair, *exact_path(pair), whole, math_verify(pair)) for pair, whole in zip(pairs, wholes, strict=True)
    ]


def rollout_pairs(path: Path) -> list[Pair]:
    """The distinct golds and boxed answers of the rollouts; their truth is what the file's own grader says."""
    found: dict[tuple[str, str], Pair] = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        row = json.loads(line)
        span = boxed_span(row["completion"])
        if span is not None:
            answer = row["completion"][slice(*span)]
            found.setdefault((row["answer"], answer), Pair("rollouts", row["answer"], answer, row["their_correct"]))
    return list(found.values())

"""The peers' rewards for mathematics: TRL's released function, and open-r1's as their definitions say them.

open-r1 is on no package registry. Its accuracy reads the gold and the completion by math-verify and compares them;
its cosine reward and its length reward (that of Kimi k1.5) each do the same again before they look at a length.
"""

from __future__ import annotations

import importlib.util
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from latex2sympy2_extended import NormalizationConfig
from math_verify import LatexExtractionConfig, parse, verify
from sympy.core.cache import clear_cache

RIGHT_SHORT, RIGHT_LONG, WRONG_SHORT, WRONG_LONG = 1.0, 0.5, -1.0, -0.5
"""What the cosine goes between, as open-r1 has it unless told otherwise."""

_STRICT_LATEX = NormalizationConfig(basic_latex=True, units=True, malformed_operators=False, nits=False, boxed="all")
_ANSWERS = [
    LatexExtractionConfig(
        try_extract_without_anchor=False, boxed_match_priority=0, normalization_config=_STRICT_LATEX
    )
]


def trl_accuracy() -> Any | None:
    """`trl.rewards.accuracy_reward` from the file that holds it, None where TRL is absent.

    The package around it needs torch, which an accuracy does not; of that package the file asks only whether
    math-verify is there.
    """
    package = importlib.util.find_spec("trl")
    if package is None or not package.submodule_search_locations:
        return None
    path = Path(package.submodule_search_locations[0]) / "rewards" / "accuracy_rewards.py"
    spec = importlib.util.spec_from_file_location("trl.rewards.accuracy_rewards", path)
    assert spec is not None
    assert spec.loader is not None
    asked = ModuleType("trl.import_utils")
    asked.is_math_verify_available = lambda: True  # type: ignore[attr-defined]
    module = importlib.util.module_from_spec(spec)
    sys.modules[asked.__name__] = asked
    try:
        spec.loader.exec_module(module)
    finally:
        del sys.modules[asked.__name__]
    return module.accuracy_reward


def trl_reads(accuracy: Any, completion: str, solution: str) -> tuple[str, str]:
    """What TRL's function says that it read as the gold and as the answer."""
    said: dict[str, list[str]] = {}
    accuracy([[{"content": completion}]], [solution], log_extra=said.__setitem__)
    return said["gold_parsed"][0], said["answer_parsed"][0]


def forget() -> None:
    """Empty sympy's memory, which holds what earlier calls computed. math-verify's own holds 20 texts."""
    clear_cache()


def read_both(completion: str, solution: str) -> tuple[list[Any], list[Any]]:
    """What open-r1 reads as the gold and as the answer."""
    gold = parse(solution, [LatexExtractionConfig()], extraction_mode="first_match")
    return gold, parse(completion, _ANSWERS, extraction_mode="first_match") if gold else []


def verdict(completion: str, solution: str) -> bool | None:
    """Is the answer right? None where the gold cannot be read."""
    gold, answer = read_both(completion, solution)
    return bool(verify(gold, answer)) if gold else None


def accuracy(completions: Sequence[str], solutions: Sequence[str]) -> list[float | None]:
    """open-r1's accuracy reward."""
    verdicts = [verdict(*pair) for pair in zip(completions, solutions, strict=True)]
    return [None if right is None else float(right) for right in verdicts]


def cosine_scaled(completions: Sequence[str], solutions: Sequence[str], room: int) -> list[float | None]:
    """open-r1's cosine reward: from the short to the long value of the verdict over half a turn."""
    found: list[float | None] = []
    for completion, solution in zip(completions, solutions, strict=True):
        right = verdict(completion, solution)
        short, long = (RIGHT_SHORT, RIGHT_LONG) if right else (WRONG_SHORT, WRONG_LONG)
        share = (1.0 + math.cos(math.pi * len(completion) / room)) / 2.0
        found.append(None if right is None else long + (short - long) * share)
    return found


def kimi_length(completions: Sequence[str], solutions: Sequence[str]) -> list[float | None]:
    """The length reward of Kimi k1.5 among the completions of one problem."""
    verdicts = [verdict(*pair) for pair in zip(completions, solutions, strict=True)]
    lengths = [len(completion) for completion in completions]
    shortest, spread = min(lengths), max(lengths) - min(lengths)
    found: list[float | None] = []
    for right, length in zip(verdicts, lengths, strict=True):
        score = 0.5 - (length - shortest) / spread if spread else 0.0
        found.append(None if right is None else score if right else min(0.0, score))
    return found

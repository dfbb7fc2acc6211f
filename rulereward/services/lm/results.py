"""What comes of scoring a text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Progress = Callable[[int, int], None]
"""Told after each pass: tokens that the model has been given, and how many there are in all."""


@dataclass(frozen=True, slots=True)
class Scored:
    """`log_probs` (natural, float32) of the last tokens of a completion, all but its first `unscored`, which were cut
    off. `passes`: how many windows it took, 0 where there is no token to score.
    """

    log_probs: tuple[float, ...]
    unscored: int = 0
    passes: int = 1


@dataclass(frozen=True, slots=True)
class Unscored:
    """A text that was not scored: with its prompt it is longer than the model sees at once, or the prompt alone is,
    or it takes more than there is memory for.
    """

    code: Literal["too_long", "prompt_too_long", "out_of_memory"]
    message: str

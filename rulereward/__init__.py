"""rulereward: a readable YAML ruleset, compiled into a fast and exact reward function.

    import rulereward as rr

    ruleset = rr.load("math")
    scores = ruleset.score(completions, prompt=prompts, answer=answers)
    scores.reward

Names are loaded on first use, so that importing the package costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rulereward.api import Monitor, RuleScores, Ruleset, Scores, load
    from rulereward.data import Reason, State
    from rulereward.errors import RuleRewardError
    from rulereward.kind import Kind, Missing, Result, rule

__all__ = [
    "Kind",
    "Missing",
    "Monitor",
    "Reason",
    "Result",
    "RuleRewardError",
    "RuleScores",
    "Ruleset",
    "Scores",
    "State",
    "load",
    "rule",
]

_HOMES = {
    "rulereward.api": ("Monitor", "Ruleset", "RuleScores", "Scores", "load"),
    "rulereward.data": ("Reason", "State"),
    "rulereward.errors": ("RuleRewardError",),
    "rulereward.kind": ("Kind", "Missing", "Result", "rule"),
}


def __getattr__(name: str) -> object:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(home), name)
    raise AttributeError(f"module `rulereward` has no attribute `{name}`")


def __dir__() -> list[str]:
    return sorted(__all__)

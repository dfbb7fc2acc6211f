"""Wiring: finds kinds, makes services, compiles rulesets and scores with them."""

from rulereward.api.ruleset import Ruleset, compile_text, load
from rulereward.api.scores import RuleScores, Scores

__all__ = ["RuleScores", "Ruleset", "Scores", "compile_text", "load"]

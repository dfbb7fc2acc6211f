"""Wiring: finds kinds, makes services, compiles rulesets and scores with them."""

from rulereward.api.compiling import compile_text
from rulereward.api.loading import load
from rulereward.api.monitors import Monitor
from rulereward.api.ruleset import Ruleset
from rulereward.api.scores import RuleScores, Scores

__all__ = ["Monitor", "RuleScores", "Ruleset", "Scores", "compile_text", "load"]

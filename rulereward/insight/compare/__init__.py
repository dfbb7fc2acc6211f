"""A ruleset against anybody's Python reward function, with differences grouped by their cause."""

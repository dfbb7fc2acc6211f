"""The cases of a ruleset: read, run with stubs and parameters, reported, and what they covered."""

"""What a ruleset teaches, before a training run shows it: cases, explanations, comparisons, lazy policies.

Each tool is a module with plain functions that give plain objects; `cli/` prints them.
"""

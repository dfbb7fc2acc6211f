"""Syntax only: a ruleset file to a tree with exact places. Knows no rule kind."""

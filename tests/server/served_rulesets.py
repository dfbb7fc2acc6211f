"""Rulesets that the server's tests serve."""

from __future__ import annotations

import json
from pathlib import Path

import rulereward as rr

PLAIN = """\
rulereward: 1
name: plain
rules:
  right: exact_match(completion, answer)
  size: length(completion, unit="char")
score: right - size / 100char
"""
GROUPED = """\
rulereward: 1
name: grouped
rules:
  size: length(completion, unit="char")
score: (size - mean(size) over group) / 10char
"""
STEPPED = """\
rulereward: 1
name: stepped
rules:
  size: length(completion, unit="char")
score: size / 10char * step / 10step
"""
ABORTING = """\
rulereward: 1
name: aborting
rules:
  size: {value: 'length(completion, unit="tok")', on_error: abort}
score: size / 10tok
"""
SIZE = """\
rulereward: 1
name: size
rules:
  size: length(completion, unit="char")
score: size / 10char
"""
SLOW = """\
rulereward: 1
name: slow
rules:
  slept: dawdle(completion)
score: slept
"""
BRITTLE = """\
rulereward: 1
name: brittle
rules:
  size: brittle(completion)
score: size / 10
"""

SAMPLE = [
    json.loads(line)
    for line in (Path(__file__).parents[2] / "rulesets" / "sample.jsonl").read_text("utf-8").splitlines()
]
"""The rows that ship with the package: English and Chinese, right and wrong, with golds that cannot be read."""


def ruleset(text: str) -> rr.Ruleset:
    return rr.Ruleset("made.yaml", text, ("served_kinds",))


def written(text: str, folder: Path) -> Path:
    path = folder / "made.yaml"
    path.write_text(text, "utf-8")
    return path

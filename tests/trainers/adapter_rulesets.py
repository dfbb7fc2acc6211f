"""Small rulesets whose rewards are plain to see, for the tests of adapters."""

from __future__ import annotations

import rulereward as rr

SUM = """\
rulereward: 1
name: sum
rules:
  right: exact_match(completion, answer)
  size: length(completion, unit="char")
score: right - 0.1 * size / 1char
"""
"""1 for the answer, less a tenth for each character; null without an answer."""

TERMS = """\
rulereward: 1
name: terms
rules:
  right: exact_match(completion, answer)
  digits: regex_match(completion, pattern="[0-9]")
score:
  terms: {right: 1, digits: 0.5}
  on_null: zero
"""
GATED = """\
rulereward: 1
name: gated
rules:
  size: length(completion, unit="char")
score:
  gates: [{name: empty, when: size == 0, value: -1}]
  terms: {short: {value: "1 - size / 10char", weight: 1}}
"""
GROUPED = """\
rulereward: 1
name: grouped
rules:
  size: length(completion, unit="char")
score: (size - mean(size) over group) / 1char
"""
STEPPED = """\
rulereward: 1
name: stepped
rules:
  right: exact_match(completion, answer) ?? false
score: ramp(step, 0step..100step, from=0, to=1) * right
"""
TOKENS = """\
rulereward: 1
name: tokens
rules:
  size: length(completion, unit="tok")
  cut: truncated()
score: size / 10tok - (cut ?? false)
"""
TOOLS = """\
rulereward: 1
name: tools
rules:
  called: tool_call(transcript, row.calls)
  right: exact_match(completion, answer)
score: called + right
"""
THOUGHT = """\
rulereward: 1
name: thought
rules:
  format: think_format(trailing=true)
  right: exact_match(final, answer)
let:
  final: after(completion, "</think>") ?? completion
score: format + right
"""
PARAMS = """\
rulereward: 1
name: params
params: {top: 4char, marks: ["a", "b"]}
rules:
  size: min(length(completion), top) / 1char
  marked: 1 if lower(completion) in marks else 0
score: size + marked
"""


def ruleset(text: str) -> rr.Ruleset:
    return rr.Ruleset("made.yaml", text)

"""Whatever stands under `cases`: findings with places, or cases that can be run; never an exception."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

import rulereward as rr
from rulereward.insight.cases.reading import checked_cases
from rulereward.insight.cases.running import run_case
from rulereward.insight.cases.text import failure_text
from rulereward.lang.diagnostics import Diagnostics

RULESET = (Path(__file__).parents[1] / "cases" / "tests_of_rulesets" / "ruleset.yaml").read_text("utf-8")
NAMES = st.sampled_from(
    ["reward", "right", "size", "marks", "gate", "route", "value", "reason", "share", "most", "other"]
)
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 3), st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["~1", "0..1", "1..0", "error", "skipped", "empty", "chat", "3tok", "", "<think>"]),
    st.text(alphabet="ab1#:{},'中 \n~", max_size=3),
)  # fmt: skip
ANY = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=6,
)
ROWS = st.dictionaries(st.sampled_from(["completion", "answer", "source", "letters", "golds"]), ANY)
VALUES = st.dictionaries(NAMES, ANY, max_size=3)
CASES = st.fixed_dictionaries(
    {"name": st.sampled_from(["a", "b"])},
    optional={
        "given": st.one_of(ROWS, ANY), "rows": st.one_of(st.lists(ROWS, max_size=2), ANY), "step": ANY, "set": VALUES,
        "stub": st.one_of(VALUES, st.lists(VALUES, max_size=2), ANY), "todo": ANY,
        "expect": st.one_of(VALUES, st.lists(VALUES, max_size=2), ANY),
    },
)  # fmt: skip


def unquoted(value: object) -> str:
    """As JSON, which is YAML; but words and numbers in texts as plain scalars, where they can be."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)}: {unquoted(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(unquoted, value)) + "]"
    plain = (
        isinstance(value, str)
        and value
        and all(char.isascii() and (char.isalnum() or char in ".~") for char in value)
    )
    return str(value) if plain else json.dumps(value, ensure_ascii=False)


@settings(max_examples=200, deadline=None)
@given(cases=st.lists(st.one_of(CASES, CASES, ANY), max_size=2))
def test_any_cases(cases: list[object]) -> None:
    diagnostics = Diagnostics()
    ruleset = rr.Ruleset("any.yaml", f"{RULESET}cases: {unquoted(cases)}\n")
    for case in checked_cases(ruleset, diagnostics):
        outcome = run_case(ruleset, case)
        assert outcome.holds == (failure_text(outcome) == case.place)
    for found in diagnostics.found:
        span = found.primary.span
        assert 0 <= span.start <= span.end <= len(span.source.text)
        assert found.message

"""Lists, votes and pins in the plan: ranges, causes of null, the text of a plan, the fingerprint."""

from __future__ import annotations

import pytest

from rulereward.api import Ruleset, compile_text
from rulereward.plan.show import plan_text


def ruleset(expression: str) -> Ruleset:
    """One in which `x` is the expression, and `it` a rule that needs it."""
    lines = ["rulereward: 1", "let:", "  said: boxed(completion)", f"  x: |\n    {expression}"]
    rules = [
        "rules:",
        "  right: math_equal(said, answer)",
        "  size: length(completion)",
        "  it: x is null",
        "score: 1",
    ]
    return Ruleset("lists.yaml", "\n".join([*lines, *rules]))


@pytest.mark.parametrize(
    ("expression", "shown"),
    [
        ("mean([right, size > 3])", "[0, 1]"),
        ("count([right, size > 3, row.b])", "[0, 3]"),
        ("sum([right, 2])", "[0, 4]"),  # each item lies in [0, 2]
        ("sum([-1, right])", "[-2, 2]"),
        ("std([right, 3])", "[0, 3]"),
        ("distinct([row.n, 1])", "[0, 2]"),
        ("max([1, right])", "[0, 1]"),
        ("majority([1, 2, right])", "[0, 2]"),
        ("[1, 5, 3][row.n]", "[1, 5]"),
        ("reciprocal_rank(size) over group", "[0, 1]"),
        ("mean(right excluding self) over group", "[0, 1]"),
        ("quantile(right, q=0.9) over group", "[0, 1]"),
    ],
)
def test_where_results_lie(expression: str, shown: str) -> None:
    assert str(ruleset(expression).checked.named["x"].range) == shown


@pytest.mark.parametrize(
    ("expression", "causes"),
    [
        ("mean([size, 1char])", ""),
        ("mean([row.n, row.k])", "DATA"),
        ("mean([row.n, 1])", ""),  # one item is always there
        ("std([row.n, 1])", "DATA"),
        ("count([row.b == true, row.c == true])", ""),
        ("count(row.l)", "DATA"),
        ("distinct(boxed_all(completion))", "TEXT"),
        ("distinct(said) over group", ""),
        ("majority(row.n) over group", "DATA"),
        ("majority(size) over group", "TEXT"),
        ("majority([row.n])", "DATA"),
        ("majority([size])", ""),
        ("mean(size) over group", ""),
        ("mean(size excluding self) over group", "DATA"),
        ("count(right excluding self) over group", ""),
        ("at_least(1, [size > 3, row.b])", "DATA"),
        ('at_least(1, [size > 3, said == "4"])', "TEXT"),
        ("[1, 2][row.n]", "DATA"),
        ("[1, 2][size / 1char]", "TEXT"),
        ("[1, 2][1]", ""),
        ("row.l[0] + 1", "DATA"),
        ('row.l[size / 1char] == "a"', "DATA TEXT"),
        ('boxed_all(completion)[0] == "4"', "TEXT"),
        ('boxed_all(prompt)[0] == "4"', "DATA"),
        ('"4" in row.l', "DATA"),
    ],
)
def test_who_can_bring_about_a_null(expression: str, causes: str) -> None:
    found = ruleset(expression).checked.named["x"].type.null
    assert {cause.name for cause in found} == set(causes.split())


@pytest.mark.parametrize(
    "expression",
    [
        "mean([right, row.n])",
        "quantile([right, 3], q=0.25)",
        "max(row.l)",
        "distinct(boxed_all(completion))",
        "mean(size where right excluding self) over group",
        "majority(row.n) over group",
        "at_least(2, [right, row.n > 3, row.b])",
        "row.l[row.i].name",
        'row.l["b c"][0]',
        "boxed_all(completion)[-1]",
    ],
)
def test_a_plan_shows_what_was_written(expression: str) -> None:
    made = ruleset(expression)
    assert f"{expression} is null" in " ".join(plan_text(made.checked, made.plan).split())


def test_a_pin_is_no_part_of_the_fingerprint() -> None:
    pinned, free = ruleset("math_equal@2(said, answer)"), ruleset("math_equal(said, answer)")
    assert pinned.plan.fingerprint == free.plan.fingerprint
    assert len(pinned.plan.nodes) == len(free.plan.nodes)


def test_a_pin_of_another_version_is_refused() -> None:
    text = "rulereward: 1\nrules:\n  a: math_equal@99(completion, answer)\nscore: a ?? 0\n"
    _, diagnostics = compile_text("pin.yaml", text)
    assert [item.code for item in diagnostics] == ["E0211"]


def test_a_plan_says_when_a_vote_or_a_list_leaves_the_reward_null() -> None:
    made = Ruleset("tie.yaml", "rulereward: 1\nscore: (majority(row.n) over group) + (1 if row.s in row.l else 0)\n")
    shown = " ".join(plan_text(made.checked, made.plan).split())
    assert "`majority` is a tie" in shown
    assert "neither a list nor a text" in shown

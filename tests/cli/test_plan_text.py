"""The text of a plan: expressions that mean what they meant, conditions of a null, columns under one another."""

from __future__ import annotations

import pytest

from rulereward.api import Ruleset
from rulereward.plan.layout import aligned, display_width
from rulereward.plan.node_text import NodeText
from rulereward.plan.null_conditions import reward_null_conditions

EXPRESSIONS = [
    "length(completion) / 10",
    "length(completion, unit=\"word\") / 10",
    "-length(completion) / 7 - 2 * -0.5",
    "(ngram_repetition(completion, n=4) + 1) * 2",
    "1 - (0.5 - ngram_repetition(completion))",
    "2 ** ngram_repetition(completion)",
    "exact_match(completion, answer, normalize=\"none\")",
    "exact_match(completion, row.gold) ?? 0",
    "(exact_match(completion, answer) ?? exact_match(completion, row.b)) ?? 0",
    "boxed(completion) is not null",
    "boxed(completion, \"first\") is null",
    "not think_format()",
    "think_format(trailing=true, min_chars=3).tags",
    "(think_format() or \"x\" in completion) and \"y\" not in completion",
    "1 if length(completion) > 10 else 0.25",
    "case { length(completion) > 10 => 1, length(completion) > 5 => 0.5, else => 0 }",
    "(1 if think_format() else 2) + 1",
    "ramp(length(completion), 10..20)",
    "ramp(length(completion), 10..20, from=1, to=0.5)",
    "decay(length(completion), ..200, scale=30, shape=\"exp\")",
    "clamp(length(completion) / 5, 0..)",
    "soft_overlong(length(completion), max=80, buffer=20)",
    "min(length(completion), 10, 20) / 10",
    "mean(length(completion)) over group / 10",
    "(mean(length(completion) where think_format()) over group ?? 3) / 10",
    "rank(length(completion)) over group",
    "row.meta.level + 1",
    "length(after(completion, \"a\\\"b\") ?? \"\") / 3",
]  # fmt: skip


def compiled(rules, score="0", more=""):
    lines = [f"  {name}: |-\n    {rule}\n" if isinstance(rule, str) else rule for name, rule in rules.items()]
    return Ruleset("made", f"rulereward: 1\nrules:\n{''.join(lines)}{more}score: {score}\n")


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_the_text_of_a_rule_means_the_rule(expression):
    """Written again from its nodes, a rule is the same rule to the compiler."""
    ruleset = compiled({"r": expression})
    text = NodeText(ruleset.plan, {}).definition(ruleset.plan.reported["r"])
    assert compiled({"r": text}).fingerprint == ruleset.fingerprint, text


def test_names_stand_for_nodes():
    ruleset = compiled({"a": "length(completion) / 10", "b": "a + 1"})
    names = {node: name for name, node in ruleset.plan.reported.items()}
    text = NodeText(ruleset.plan, names)
    assert text.definition(ruleset.plan.reported["b"]) == "a + 1"
    assert text.reference(ruleset.plan.reported["a"]) == "a"
    assert text.definition(ruleset.plan.reported["a"]) == "length(completion) / 10"


MATCH = "exact_match(completion, answer)"

NULLS = [
    ("length(completion) / 1char", []),
    (MATCH, ["`answer` is missing, or `exact_match` cannot read it"]),
    (f"{MATCH} ?? 0", []),
    (f"{MATCH} ?? row.x", ["`row.x` is missing or not true or false"]),
    ("row.level + 1", ["`row.level` is missing or not a number"]),
    ("row.a + row.b", ["`row.a` is missing or not a number", "`row.b` is missing or not a number"]),
    ("1 if row.ok else 0", ["`row.ok` is missing or not true or false"]),
    (f"case {{ row.ok => {MATCH}, else => 0 }}", ["`answer` is missing, or `exact_match` cannot read it"]),
    ("exact_match(completion, prompt)", ["`prompt` is missing, or `exact_match` cannot read it"]),
    ("std(length(completion)) over group / 9char", ["the group has too few members for `std`"]),
    ("mean(row.x) over group", ["no member of the group has a value, because `row.x` is missing or not a number"]),
    ("0 if row.x is null else 1", []),
]


@pytest.mark.parametrize(("score", "conditions"), NULLS)
def test_when_a_reward_is_null(score, conditions):
    ruleset = compiled({"n": "length(completion)"}, f"|-\n  {score}")
    assert reward_null_conditions(ruleset.checked) == conditions


TERMS = "terms: {r: 1.0}"


@pytest.mark.parametrize(
    ("score", "conditions"),
    [
        (f"{{{TERMS}, on_null: propagate}}", ["`answer` is missing, or `exact_match` cannot read it"]),
        (f"{{{TERMS}, on_null: zero}}", []),
        (f"{{{TERMS}, on_null: propagate, final_null: 0}}", []),
        ("{terms: {r: 0}}", []),
        (
            f"{{gates: [{{name: g, when: row.skip == true, value: null}}], {TERMS}, on_null: zero}}",
            ["the gate `g` is taken, which masks the row"],
        ),
        (
            f"{{gates: [{{name: g, when: row.skip == true, value: row.v}}], {TERMS}, on_null: zero}}",
            ["`row.v` is missing or not a number"],
        ),
    ],
)
def test_when_a_sum_of_terms_is_null(score, conditions):
    assert reward_null_conditions(compiled({"r": MATCH}, score).checked) == conditions


@pytest.mark.parametrize(
    ("rule", "conditions"),
    [
        ("{value: length(completion), when: row.a == 1}", ["the `when` of a rule is not true"]),
        ("{value: length(completion), on_error: null}", ["a rule with `on_error: null` cannot be measured"]),
        ("{value: length(completion), on_error: 3char}", []),
    ],
)
def test_when_a_rule_in_mapping_form_is_null(rule, conditions):
    text = f"rulereward: 1\nrules:\n  n: {rule}\nscore: n / 1char\n"
    assert reward_null_conditions(Ruleset("made", text).checked) == conditions


def test_cells_stand_under_one_another():
    assert aligned([["a", "", "x"], ["bbb", "", "y"]]) == ["  a    x", "  bbb  y"]


def test_wide_characters_take_two_columns():
    assert display_width("中文比例") == 8
    assert aligned([["中", "x"], ["abc", "y"]]) == ["  中   x", "  abc  y"]


def test_the_last_cell_is_folded_under_itself():
    lines = aligned([["name", "word " * 30]])
    assert len(lines) == 2
    assert lines[0].startswith("  name  word")
    assert lines[1].startswith("        word")
    assert max(map(len, lines)) <= 100


def test_no_rows_are_no_lines():
    assert aligned([]) == []

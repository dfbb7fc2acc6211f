"""What `check_data` says of rows whose numbers are counted by hand."""

from __future__ import annotations

from typing import Any

import pytest

from rulereward import load
from rulereward.api import Ruleset
from rulereward.data import Reason
from rulereward.errors import ConfigurationError
from rulereward.insight.data import Data
from rulereward.insight.data_check.report import DataReport, check_data, without_cut_group

TYPED = """
rulereward: 1
rules: {near: row.n * 2, right: 'exact_match(completion, answer)'}
score: (near ?? 0) + (right ?? 0)
"""
SIZE = """
rulereward: 1
rules: {size: 'length(completion, unit="char")'}
score: size / 1char
"""


def data_of(*rows: Any) -> Data:
    return Data(rows, [f"rows.jsonl:{number}" for number in range(1, len(rows) + 1)])


def checked(text: str, *rows: Any, step: int | None = None) -> DataReport:
    return check_data(Ruleset("ruleset.yaml", text), data_of(*rows), step=step)


def messages(report: DataReport, code: str | None = None) -> list[str]:
    return [f"{found.level}: {found.message}" for found in report.observations if code in (None, found.code)]


def test_columns_are_counted_and_the_first_unfit_value_is_shown() -> None:
    rows = [{"completion": "a", "answer": "a", "n": 1}] * 3
    rows += [{"completion": "b", "answer": "a", "n": "many"}, {"completion": "c", "n": [2]}]
    report = checked(TYPED, *rows)
    found = {column.name: column for column in report.columns}
    assert set(found) == {"completion", "answer", "row.n"}
    assert (found["row.n"].present, found["row.n"].rows, found["row.n"].used_as) == (5, 5, "a number")
    assert (found["row.n"].unfit, found["row.n"].first_unfit, found["row.n"].found) == (2, "rows.jsonl:4", '"many"')
    assert (found["answer"].present, found["answer"].first_absent) == (4, "rows.jsonl:5")
    assert messages(report, "column_type") == [
        'warning: `row.n` is used as a number, and is something else on 2 of 5 rows, first at rows.jsonl:4: "many"'
    ]
    assert messages(report, "column_gaps") == ["note: `answer` is not there on 1 of 5 rows, first at rows.jsonl:5"]


def test_a_column_that_nobody_has() -> None:
    report = checked(TYPED, {"completion": "a"}, {"completion": "b"})
    assert messages(report, "column_absent") == [
        (
            "warning: no row has `answer` (tried `answer`, `ground_truth`, `reward_model.ground_truth`, `solution`): "
            "use --map answer=COLUMN"
        ),
        "warning: no row has `row.n` (tried `n`)",
    ]


def test_a_completion_that_is_none() -> None:
    report = checked(TYPED, {"completion": 5, "answer": "a", "n": 1}, {"completion": "a", "answer": "a", "n": 1})
    assert messages(report) == [
        (
            "warning: `completion` is used as a text or chat messages, and is something else on 1 of 2 rows, "
            "first at rows.jsonl:1: 5"
        )
    ]
    assert (report.reward.ok, report.reward.mean) == (1, 3.0)  # 2 * 1 + 1


FORMAT = "rulereward: 1\nrules: {format: think_format(trailing=true)}\nscore: 0.5 * format\n"


@pytest.mark.parametrize(
    ("text", "completion", "extra", "message"),
    [
        (FORMAT, "four", {}, "format is false on 12 of 12 rows: no `<think>` in this file"),
        (FORMAT, "<think>four", {}, "format is false on 12 of 12 rows: no `</think>` in this file"),
        (FORMAT, "four", {"prompt": "<think>"}, "format is false on 12 of 12 rows: no `</think>` in this file"),
        (FORMAT, " ", {}, "format is false on 12 of 12 rows: every completion is empty"),
        (
            "rulereward: 1\nrules: {right: 'math_equal(boxed(completion), answer)'}\nscore: right ?? 0\n",
            "4", {"answer": "4"}, "right is false on 12 of 12 rows: no `\\boxed{...}` in this file",
        ),
        (
            "rulereward: 1\nrules: {right: 'exact_match(answer_line(completion), answer)'}\nscore: right ?? 0\n",
            "4", {"answer": "4"}, "right is false on 12 of 12 rows: no answer was found",
        ),
        (
            "rulereward: 1\nrules: {long: 'length(completion, unit=\"char\")'}\nscore: long / 1char\n",
            "abc", {"finish_reason": "length"}, "long is 3 on 12 of 12 rows: every completion was cut off",
        ),
        (
            "rulereward: 1\nrules: {long: 'length(completion, unit=\"char\")'}\nscore: long / 1char\n",
            "abc", {}, "long is 3 on 12 of 12 rows",
        ),
    ],
)  # fmt: skip
def test_constant_rules_with_their_reason(text: str, completion: str, extra: dict[str, Any], message: str) -> None:
    report = checked(text, *[{"completion": completion, **extra}] * 12)
    assert f"warning: {message}" in messages(report, "constant")


def test_a_rule_at_its_best_end_is_a_note_and_few_rows_say_nothing() -> None:
    good = {"completion": "<think>x</think>y"}
    assert "note: format is true on 10 of 10 rows" in messages(checked(FORMAT, *[good] * 10))
    assert messages(checked(FORMAT, *[good] * 9)) == []


def test_missing_values_are_counted_with_their_reason() -> None:
    text = "rulereward: 1\nrules: {right: 'exact_match(completion, answer)'}\nscore: right\n"
    rows = [{"completion": "a", "answer": "a"}, {"completion": "b", "answer": "a"}] * 10
    report = checked(text, *rows, {"completion": "a"})
    (rule,) = report.rules
    assert (rule.ok, rule.null, rule.error, rule.mean) == (20, 1, 0, 0.5)
    assert messages(report, "rule_null") == [
        "note: right is null on 1 of 21 rows: gold_missing (there is no gold answer)"
    ]
    many = checked(text, *rows, *[{"completion": "a"}] * 2)  # 2 of 22 rows are more than 5%
    assert messages(many, "rule_null")[0].startswith("warning: right is null on 2 of 22 rows: gold_missing (first: ")


def test_groups_without_spread() -> None:
    groups = {"a": ("x", "x"), "b": ("x", "xx"), "c": ("xx", "xx"), "d": ("x",)}
    rows = [{"group": key, "completion": text} for key, texts in groups.items() for text in texts]
    report = checked(SIZE, *rows)
    assert (report.groups, report.tied) == (3, 2)  # `d` is alone
    assert messages(report, "tied_groups") == [
        "warning: 2 of 3 groups have no spread: all their rewards are equal, so no advantage"
    ]


def test_rows_that_cannot_be_read_are_left_out() -> None:
    bad = Reason("bad_json", "no JSON")
    report = check_data(load("r1"), data_of(bad, {"completion": "\\boxed{4}", "answer": "4"}))
    assert (report.rows, report.unreadable, report.reward.ok) == (2, 1, 1)
    assert messages(report, "unreadable") == ["warning: 1 of 2 rows cannot be read, first rows.jsonl:1: no JSON"]
    assert messages(check_data(load("r1"), data_of())) == ["warning: there is no row in this file"]


def test_a_step_that_is_missing_is_refused() -> None:
    text = "rulereward: 1\nscore: ramp(step, 0step..4step)\n"
    with pytest.raises(ConfigurationError):
        checked(text, {"completion": "a"})
    assert checked(text, {"completion": "a"}, step=2).reward.mean == 0.5


def test_a_limit_does_not_cut_the_last_group() -> None:
    ruleset = Ruleset("rank.yaml", "rulereward: 1\nscore: rank(length(completion)) over group\n")
    rows = [{"group": key, "completion": "x"} for key in "aabb"]
    assert len(without_cut_group(ruleset, data_of(*rows[:3]), 3).rows) == 2
    assert len(without_cut_group(ruleset, data_of(*rows), 9).rows) == 4
    assert len(without_cut_group(load("r1"), data_of(*rows[:3]), 3).rows) == 3

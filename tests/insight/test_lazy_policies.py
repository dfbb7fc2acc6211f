"""The lazy-policy table finds planted holes, and nothing in the shipped rulesets."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hole_files import FILES, HOLES, SAMPLE, SHARED, counted, read_hole

from rulereward import load
from rulereward.api import Ruleset
from rulereward.api.sandbox import asked_for, chosen_backend
from rulereward.api.shipped import shipped_rulesets
from rulereward.data import Reason
from rulereward.errors import ConfigurationError
from rulereward.insight.data import Data, read_data
from rulereward.insight.lazy.honest import Form
from rulereward.insight.lazy.markers import THINK, Gold, markers_of
from rulereward.insight.lazy.policies import canned_policies
from rulereward.insight.lazy.sampling import Case, sample_cases, with_completion
from rulereward.insight.lazy.table import LazyTable, lazy_table
from rulereward.insight.lazy.texts import filler
from rulereward.insight.lazy.trials import try_texts

BOXED = Form((THINK,), "\\boxed{", "}")
COUNT_TOKENS = ["cosine_length", "dapo", "gr3", "kimi_k15", "lcpo", "trl"]
BY_SAMPLE = ["chinese_cot", "math", "open_r1", "r1"]
SET: dict[str, dict[str, bool]] = {"open_r1": {"anywhere": False}}
"""open-r1's own function takes boxes in the thinking for answers; `anywhere` says whether ours does."""
BY_HAND = {"instructions": "instructions.jsonl", "quality_filter": "prose.jsonl", "tool_use": "tool_use.jsonl"}
BY_SHARED = ["chinese_exam"]
IN_A_SANDBOX = {"code": "code.jsonl"}
BY_A_MODEL = ["fluent"]
"""What they pay is up to the model that is named."""


def rows(*given: dict[str, Any]) -> Data:
    return Data(given, [f"rows.jsonl:{number}" for number in range(1, len(given) + 1)])


def case(**changed: Any) -> Case:
    fields: dict[str, Any] = {
        "row": {}, "others": (), "where": "", "prompt": "2 + 2?", "completion": "<think>sum</think>\n\\boxed{4}",
        "reward": 1.0, "gold": ("4",), "wrong": ("5",), "chinese": False, "long": 100,
    }  # fmt: skip
    return Case(**fields | changed)


def written(
    name: str, *, form: Form = BOXED, pairs: tuple[tuple[str, str], ...] = (THINK,), **changed: Any
) -> str | None:
    (policy,) = [policy for policy in canned_policies() if policy.name == name]
    return policy.write(case(**changed), form, pairs)


def flags(table: LazyTable) -> dict[str, set[str]]:
    return {row.policy: {finding.code for finding in row.findings} for row in table.policies if row.findings}


# holes


def test_there_are_twelve_holes() -> None:
    assert len(FILES) == 12


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_holes_are_found(path: Any) -> None:
    hole = read_hole(path)
    table = lazy_table(Ruleset(f"{hole.name}.yaml", hole.ruleset), hole.data)
    assert hole.flagged <= flags(table).keys()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_nothing_is_found_where_the_hole_is_mended(path: Any) -> None:
    hole = read_hole(path)
    assert flags(lazy_table(Ruleset(f"{hole.name}.yaml", hole.mended), hole.data)) == {}


# shipped rulesets


def test_every_shipped_ruleset_is_tried() -> None:
    assert sorted([*COUNT_TOKENS, *BY_SAMPLE, *BY_HAND, *BY_SHARED, *IN_A_SANDBOX, *BY_A_MODEL]) == shipped_rulesets()


@pytest.mark.parametrize("name", [*COUNT_TOKENS, *BY_SAMPLE])
def test_no_shipped_ruleset_is_flagged_on_the_sample(name: str) -> None:
    data = read_data([str(SAMPLE)])
    table = lazy_table(load(name, params=SET.get(name)), counted(data) if name in COUNT_TOKENS else data)
    assert table.prompts >= 9
    assert flags(table) == {}


def test_a_recipe_with_a_hole_is_flagged_for_it() -> None:
    found = flags(lazy_table(load("open_r1"), read_data([str(SAMPLE)])))
    boxed_thoughts = ("unclosed_thinking", "box_in_thinking", "answer_tags_in_thinking")
    assert found == {policy: {"paid_as_right"} for policy in boxed_thoughts}


@pytest.mark.parametrize("name", BY_HAND)
def test_no_shipped_ruleset_is_flagged_on_rows_made_for_it(name: str) -> None:
    table = lazy_table(load(name), read_data([str(HOLES / BY_HAND[name])]))
    assert table.prompts == 4
    assert flags(table) == {}


@pytest.mark.parametrize("name", IN_A_SANDBOX)
def test_no_shipped_ruleset_is_flagged_whose_rows_run_code(name: str) -> None:
    try:
        chosen_backend(asked_for())
    except ConfigurationError as problem:
        pytest.skip(str(problem))
    data = read_data([str(HOLES / IN_A_SANDBOX[name])])
    # what passes of the tests of each row, counted by hand: 3 of 4, 2 of 4, ...
    assert load(name).score_rows(data.rows).reward.tolist() == [1, 1, 0.75, 1, 1, 0.5, 1, 0.75, 0.5, 1, 1, 0.25]
    table = lazy_table(load(name), data)
    assert (table.prompts, table.honest) == (4, 1.0)
    assert flags(table) == {}
    earned = {row.policy: row.mean for row in table.policies if row.policy not in ("dropped_section", "noise_behind")}
    assert set(earned.values()) == {-1.0}  # none of them writes code


@pytest.mark.parametrize(
    ("name", "file"),
    [
        *((name, "math_rollouts.jsonl") for name in [*COUNT_TOKENS, *BY_SAMPLE]),
        *((name, "gaokao_zh_rollouts.jsonl") for name in BY_SHARED),
    ],
)
def test_no_shipped_ruleset_is_flagged_on_real_rollouts(name: str, file: str) -> None:
    if not (SHARED / file).is_file():
        pytest.skip(f"{file} is not there: its rows are data that the project does not ship")
    data = read_data([str(SHARED / file)], 400)
    table = lazy_table(
        load(name, params=SET.get(name)), counted(data) if name in COUNT_TOKENS else data, most_prompts=32
    )
    assert table.prompts == 32
    assert flags(table) == {}


@pytest.mark.parametrize("name", ["math", "r1"])
def test_a_file_of_wrong_answers_is_no_hole(name: str) -> None:
    """The median honest row is worth no more than its form, which any policy has for nothing."""
    data = read_data([str(SAMPLE)])
    golds = {row["prompt_id"]: row["answer"] for row in data.rows if not isinstance(row, Reason)}
    names = list(golds)
    other = dict(zip(names, [golds[name] for name in names[1:] + names[:1]], strict=True))
    wrong = [{**row, "answer": other[row["prompt_id"]]} for row in data.rows if not isinstance(row, Reason)]
    table = lazy_table(load(name), Data(wrong, data.where))
    assert table.honest is not None
    assert table.honest <= 0.1
    assert flags(table) == {}


# hand-worked tables

FORMAT = """
rulereward: 1
rules:
  format: think_format(trailing=true)
  right: exact_match(after(completion, "</think>"), answer)
score: right + 0.25 * format
"""


def test_a_table_by_hand() -> None:
    data = rows(
        {"prompt": "2 + 2?", "completion": "<think>a sum</think>4", "answer": "4"},
        {"prompt": "3 + 3?", "completion": "<think>a sum</think>7", "answer": "6"},
        {"prompt": "4 + 4?", "completion": "8", "answer": "8"},
    )
    table = lazy_table(Ruleset("format.yaml", FORMAT), data)
    found = {row.policy: row for row in table.policies}
    # own rewards 1.25, 0.25 and 0: the median is 0.25; the form that pays most has its answer right behind the tag
    assert (table.prompts, table.rows, table.honest, table.right, table.wrong) == (3, 3, 0.25, 1.25, 0.25)
    assert (found["empty"].mean, found["empty"].against_honest, found["empty"].pays) == (0.0, -0.25, None)
    # text may follow the thinking and need not: one letter within the tags has the form
    assert (found["thought_only"].mean, found["gold_in_thinking"].mean) == (0.25, 0.25)
    assert (found["gold_in_thinking"].pays, found["gold_in_thinking"].paid) == ("format", 0.25)
    assert flags(table) == {}


def test_a_null_that_is_bought_is_always_told() -> None:
    text = """
rulereward: 1
rules: {right: 'exact_match(completion, answer)', size: 'length(completion, unit="char")'}
score:
  gates: [{name: tiny, when: size < 2char, value: null}]
  terms: {right: 1}
  on_null: zero
"""
    data = rows({"completion": "four", "answer": "four"}, {"completion": "six", "answer": "six"})
    table = lazy_table(Ruleset("tiny.yaml", text), data)
    assert flags(table) == {name: {"bought_null"} for name in ("empty", "bare_0", "bare_a", "thought_only")}
    (row,) = [row for row in table.policies if row.policy == "empty"]
    assert (row.mean, row.null, row.error, row.prompts) == (None, 2, 0, 2)
    assert row.findings[0].message == (
        "has no reward on 2 of 2 prompts, which have one otherwise (the ruleset says null)"
    )


def test_without_gold_answers_the_median_row_is_what_counts() -> None:
    short = "rulereward: 1\nrules:\n  size: length(completion)\nscore: max(0, 1 - size / 100char)\n"
    data = rows(*({"completion": "x" * size} for size in (40, 50, 60)))
    table = lazy_table(Ruleset("short.yaml", short), data)
    assert (table.honest, table.right, table.form) == (0.5, None, None)
    (row,) = [row for row in table.policies if row.policy == "empty"]
    assert row.against_honest == 0.5
    assert row.findings[0].code == "beats_honest"
    assert row.findings[0].message == "earns 1.00 on average, more than the median honest row (0.50); `size` pays"


def test_a_reward_nobody_has_leaves_nothing_to_compare() -> None:
    table = lazy_table(load("r1"), rows({"completion": "x"}))
    assert (table.prompts, table.policies) == (0, ())
    assert table.note is not None
    assert table.note.startswith("no row has a reward")


# the sample


def test_the_median_member_of_each_group_is_replaced() -> None:
    text = "rulereward: 1\nrules:\n  size: length(completion)\nscore: rank(size) over group\n"
    ruleset = Ruleset("rank.yaml", text)
    data = rows(*({"completion": "x" * size, "group": 1} for size in (9, 3, 6)))
    reward = ruleset.score_rows(data.rows).reward
    assert reward.tolist() == [1, 3, 2]
    (chosen,) = sample_cases(ruleset, data, reward, markers_of(ruleset.plan))
    assert (chosen.where, len(chosen.others)) == ("rows.jsonl:3", 2)
    # beside 9 and 3 characters: none is third, 4 are second, 20 are first
    trials = try_texts(ruleset, [chosen], [[""], ["x" * 4], ["x" * 20]], None)
    assert [trial.reward.tolist() for trial in trials] == [[3], [2], [1]]


def test_a_declared_group_size_stays_whole() -> None:
    text = """
rulereward: 1
inputs: {group: {by: group, size: 2}}
rules: {size: 'length(completion, unit="char")'}
score: rank(size) over group
"""
    ruleset = Ruleset("pairs.yaml", text)
    data = rows({"completion": "xx", "group": 1}, {"completion": "x", "group": 1})
    table = lazy_table(ruleset, data)
    assert all(row.error == 0 and row.null == 0 for row in table.policies)


def test_prompts_are_spread_evenly_and_without_chance() -> None:
    ruleset = Ruleset("size.yaml", "rulereward: 1\nscore: length(completion) / 1char\n")
    data = rows(*({"prompt": str(number), "completion": "x"} for number in range(10)))
    chosen = sample_cases(ruleset, data, np.ones(10), markers_of(ruleset.plan), most=4)
    assert [found.prompt for found in chosen] == ["0", "2", "5", "7"]


def test_a_replaced_completion_has_its_own_token_ids_and_end() -> None:
    row = {"completion": "long ago", "completion_ids": [1, 2, 3], "finish_reason": "length", "answer": "4"}
    changed = with_completion(load("r1"), row, "so so 4")
    assert {**changed, "completion_ids": None} == {
        "completion": "so so 4", "completion_ids": None, "finish_reason": "stop", "answer": "4",
    }  # fmt: skip
    ids = changed["completion_ids"]
    assert isinstance(ids, list)
    assert len(ids) == 3
    nested = {"meta_info": {"finish_reason": "length", "id": 7}, "completion": "a"}
    assert with_completion(load("r1"), nested, "b")["meta_info"] == {"finish_reason": "stop", "id": 7}


# what is read off a ruleset


def test_markers_of_a_ruleset() -> None:
    found = markers_of(load("chinese_exam").plan)
    assert set(found.pairs) == {("【答案】", "<eoa>"), ("【解析】", "<eoe>")}
    assert found.golds == (Gold("answer", by_part=True, calls=False),)
    assert markers_of(load("dapo").plan).pairs == (THINK,)
    marked = 'rulereward: 1\nscore: exact_match(after(completion, "####"), row.gold)\n'
    assert markers_of(Ruleset("marked.yaml", marked).plan).marks == ("####",)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("empty", ""),
        ("tags_only", "<think></think>"),
        ("closing_tag", "</think>"),
        ("prompt_copied", "2 + 2?"),
        ("guess_1", "\\boxed{1}"),
        ("empty_answer", "<think>x</think>\n\\boxed{}"),
        ("thought_only", "<think>x</think>"),
        ("dropped_section", "\n\\boxed{4}"),
        ("fence_only", "```\n```"),
        ("bare_0", "0"),
    ],
)
def test_what_policies_write(name: str, text: str) -> None:
    assert written(name) == text


def test_what_needs_a_gold_or_a_section_is_left_out_without_one() -> None:
    needs_gold = ("unclosed_thinking", "gold_in_thinking", "box_in_thinking", "hedging")
    assert [written(name, gold=()) for name in needs_gold] == [None] * 4
    plain = Form((), "", "")
    needs_tags = ("tags_only", "closing_tag", "box_in_thinking", "dropped_section")
    assert [written(name, form=plain, pairs=()) for name in needs_tags] == [None] * 4


def test_an_opening_tag_of_the_prompt_is_not_written_again() -> None:
    assert written("tags_only", prompt="2 + 2? <think>\n") == "</think>"


def test_fifty_boxes_hold_the_gold_but_not_last() -> None:
    text = written("fifty_boxes") or ""
    assert text.count("\\boxed{") == 50
    assert "\\boxed{4}" in text
    assert text.endswith("\\boxed{49}")


def test_lists_of_letters_hold_other_letters() -> None:
    text = written("hedging", gold=("B",), wrong=("C",)) or ""
    assert text.endswith("\\boxed{C}\n\\boxed{B}\n\\boxed{A}")


def test_filler_is_as_long_as_asked_and_no_loop() -> None:
    for chinese in (False, True):
        text = filler(3_000, chinese=chinese)
        assert len(text) == 3_000
        assert text == filler(3_000, chinese=chinese)
        halves = {text[start : start + 40] for start in range(0, 2_960, 40)}
        assert len(halves) == 74


@pytest.mark.parametrize(
    ("rule", "policy"),
    [
        ('ramp(keyword_count(completion, ["wait", "hmm"]), 0..5)', "wanted_words"),
        ("ramp(reasoning_steps(completion), 0..4)", "numbered_list"),
    ],
)
def test_what_the_ruleset_looks_for_can_be_written_down(rule: str, policy: str) -> None:
    text = "rulereward: 1\nrules:\n  right: math_equal(boxed(after(completion, '</think>')), answer)\n"
    table = lazy_table(
        Ruleset("words.yaml", f"{text}  found: |\n    {rule}\nscore: right + found\n"), read_data([str(SAMPLE)])
    )
    assert policy in flags(table)

"""`--set`, rulesets in several files, routes in the plan, and what a run warns of that was expected of it."""

from __future__ import annotations

import json

import pytest
from command_line import rulereward, write_rows

TEXT = """\
rulereward: 1
name: knobs
params: {top: 4char, weight: 0.5, word: "the"}
rules:
  size: min(length(completion), top) / 1char
  said: contains(completion, word)
score: size + weight * said
route:
  - {name: quiet, when: row.quiet == true, score: 0 - size}
monitor:
  - {expect: mean(size) over batch >= 3, for: 100step}
"""


@pytest.fixture
def files(tmp_path):
    (tmp_path / "knobs.yaml").write_text(TEXT, "utf-8")
    rows = [{"completion": "the cat"}, {"completion": "a", "quiet": True}]
    return str(tmp_path / "knobs.yaml"), str(write_rows(tmp_path / "rows.jsonl", rows))


def test_score_takes_parameters(files):
    ruleset, rows = files
    ran = rulereward("score", rows, "-r", ruleset)
    assert [record["reward"] for record in ran.records] == [4.5, -1]
    assert "expects mean(size) over batch >= 3; over the rows of this run it is 2.5" in ran.err
    ran = rulereward("score", rows, "-r", ruleset, "--set", "top=7", "--set", "weight=1/4", "--set", "word=cat")
    assert [record["reward"] for record in ran.records] == [7.25, -1]
    assert "expects" not in ran.err


def test_details_name_the_route(files):
    ruleset, rows = files
    ran = rulereward("score", rows, "-r", ruleset, "--details", "-q")
    assert [record["reward_details"]["route"] for record in ran.records] == [None, "quiet"]


def test_check_and_plan_take_parameters(files):
    ruleset, _ = files
    assert "score in [-4, 4.5]" in rulereward("check", ruleset).out
    assert "score in [-9, 9.5]" in rulereward("check", ruleset, "--set", "top=9char").out
    page = rulereward("plan", ruleset, "--set", "top=9").out
    assert '  top     9char\n  weight  0.5\n  word    "the"\n' in page
    assert "score on route quiet" in page


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("top", "--set top: write name=value"),
        ("tpo=3", "did you mean `top`?"),
        ("top=3word", "the parameter `top` takes characters"),
        ("top=true", "must be a number"),
        ("weight=size", "the parameter `weight` must be a constant"),
        ("weight=1 +", "the expression ends after `+`"),
        ("weight=", "E0120"),
        ("weight=1e999", "this number is too large"),
    ],
)
def test_what_does_not_fit_is_refused(files, written, said):
    ruleset, rows = files
    ran = rulereward("score", rows, "-r", ruleset, "--set", written)
    assert (ran.status, ran.out) == (2, "")
    assert said in ran.err


def test_a_parameter_given_twice(files):
    ran = rulereward("check", files[0], "--set", "top=3", "--set", "top=4")
    assert ran.status == 2
    assert "gives the parameter `top` twice" in ran.err


def test_findings_in_another_file_are_told_of_there(tmp_path):
    (tmp_path / "base.yaml").write_text("rulereward: 1\nlet: {n: lenght(completion)}\n", "utf-8")
    (tmp_path / "main.yaml").write_text("rulereward: 1\nextends: ./base.yaml\nscore: n / 1char\n", "utf-8")
    ran = rulereward("check", tmp_path / "main.yaml")
    assert f"--> {tmp_path}/base.yaml:2:10" in ran.out
    ran = rulereward("check", tmp_path / "main.yaml", "--format", "json")
    (found,) = json.loads(ran.out)["diagnostics"]
    assert found["file"] == str(tmp_path / "base.yaml")


def test_the_summary_counts_routes_and_gates(tmp_path):
    text = """\
rulereward: 1
rules: {n: row.n ?? 0}
score: {gates: [{name: low, when: row.n < 1, value: -1}], terms: {n: 1}}
route:
  - {name: odd, when: row.odd == true, score: {terms: {n: 2}}}
"""
    (tmp_path / "ways.yaml").write_text(text, "utf-8")
    given = [(0, False), (5, False), (None, None), (0, True), (3, True), (4, True)]
    rows = write_rows(tmp_path / "rows.jsonl", [{"completion": "", "n": n, "odd": odd} for n, odd in given])
    ran = rulereward("score", rows, "-r", tmp_path / "ways.yaml")
    assert [record["reward"] for record in ran.records] == [-1, 5, 0, -1, 6, 8]
    assert "routes taken: odd 3\n" in ran.err
    assert "rewards given by gates: odd/low 1, low 1\n" in ran.err
    assert "the condition of the gate low was null on 1 row, which counts as not true" in ran.err
    assert "the condition of the route odd was null on 1 row, which counts as not true" in ran.err


def test_diff_of_one_ruleset_with_other_parameters(files):
    ruleset, rows = files
    ran = rulereward("diff", ruleset, ruleset, rows, "--set-b", "top=7", "--format", "json")
    found = json.loads(ran.out)
    assert [(move["row"], move["a"], move["b"]) for move in found["moves"]] == [(0, 4.5, 7.5)]  # 7 characters
    assert rulereward("diff", ruleset, ruleset, rows, "--set-a", "tpo=7").status == 2


def test_a_ruleset_among_the_files_of_rows_is_refused(files):
    ruleset, rows = files
    ran = rulereward("score", ruleset, rows)
    assert (ran.status, ran.out) == (2, "")
    assert f"name it with -r {ruleset}" in ran.err


def test_the_ruleset_of_the_folder_is_what_commands_look_at(files, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for command in ("check", "plan", "test"):
        ran = rulereward(command)
        assert ran.status == 2
        assert "there is no ./rulereward.yaml here" in ran.err
    text = TEXT + "cases:\n  - {name: it, given: {completion: the cat}, expect: {reward: 4.5}}\n"
    (tmp_path / "rulereward.yaml").write_text(text, "utf-8")
    assert "rulereward.yaml: ok" in rulereward("check").out
    assert "knobs: 2 rules" in rulereward("plan").out
    assert rulereward("test").out == "rulereward.yaml: 1 case: 1 passed\n"

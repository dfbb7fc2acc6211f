"""The commands `diff` and `compare`, as they are run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import rulereward, write_rows

ONE = "rulereward: 1\nname: one\nrules: {right: 'exact_match(completion, answer)'}\nscore: right\n"
HALF = ONE.replace("score: right", "score: 0.5 * right").replace("name: one", "name: half")
ROWS = [
    {"prompt_id": 1, "completion": "4", "answer": "4"},
    {"prompt_id": 1, "completion": "5", "answer": "4"},
    {"prompt_id": 2, "completion": "", "answer": "6"},
    {"prompt_id": 2, "completion": "7"},
]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one.yaml").write_text(ONE, "utf-8")
    (tmp_path / "half.yaml").write_text(HALF, "utf-8")
    (tmp_path / "rewards.py").write_text(
        "def reward(completions, answer, **_):\n    print('noise')\n"
        "    return [float(c[0] == a) for c, a in zip(completions, answer)]\n",
        "utf-8",
    )
    write_rows(tmp_path / "rows.jsonl", ROWS)
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_diff_for_people():
    ran = rulereward("diff", "one.yaml", "half.yaml", "rows.jsonl")
    assert ran.status == 0
    assert "1 of 4 rows move: 0 up, 1 down, by -0.5 on average" in ran.out
    assert "rows.jsonl:1  right" in ran.out
    assert "2 rows" not in ran.err


@pytest.mark.usefixtures("folder")
def test_diff_for_programs():
    told = json.loads(rulereward("diff", "one.yaml", "half.yaml", "rows.jsonl", "--format", "json").out)
    assert told["moves"] == [
        {"row": 0, "where": "rows.jsonl:1", "a": 1.0, "b": 0.5, "by": "right", "change": -0.5, "move": -0.5}
    ]
    assert (told["equal"], told["appear"], told["disappear"]) == (False, 0, 0)


@pytest.mark.usefixtures("folder")
def test_diff_of_the_same():
    assert "mean the same" in rulereward("diff", "one.yaml", "./one.yaml", "rows.jsonl").out


@pytest.mark.usefixtures("folder")
def test_diff_without_groups():
    write_rows(Path("rows.jsonl"), [{"completion": "4", "answer": "4"}] * 2)
    assert "are left out: no two rows" in rulereward("diff", "one.yaml", "half.yaml", "rows.jsonl").out


@pytest.mark.usefixtures("folder")
def test_compare_for_people():
    ran = rulereward("compare", "one.yaml", "rewards.py:reward", "rows.jsonl")
    assert ran.status == 0
    assert "theirs: reward, called as --style trl" in ran.out
    assert "2 of 4 rows differ" in ran.out
    assert "theirs fails with IndexError on 1 row" in ran.out
    assert "ours is null, theirs is 0 on 1 row" in ran.out
    assert "noise" not in ran.out


@pytest.mark.usefixtures("folder")
def test_compare_for_programs():
    told = json.loads(rulereward("compare", "one.yaml", "rewards:reward", "rows.jsonl", "--format", "json").out)
    assert (told["rows"], told["agree"], told["differ"], told["style"]) == (4, 2, 2, "trl")
    assert {group["difference"] for group in told["groups"]} == {
        "theirs fails with IndexError",
        "ours is null, theirs is 0",
    }


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("compare", "one.yaml", "nowhere.py:f", "rows.jsonl"), "there is no file nowhere.py"),
        (("compare", "one.yaml", "rewards.py:rewrd", "rows.jsonl"), "did you mean `reward`?"),
        (("compare", "one.yaml", "no_such_module:f", "rows.jsonl"), "there is no module `no_such_module`"),
        (("compare", "one.yaml", "math:hypot", "rows.jsonl"), "say which with --style"),
        (("compare", "one.yaml", "rewards.py:reward", "rows.jsonl", "--rule", "rigt"), "did you mean `right`?"),
        (("compare", "one.yaml", "rewards.py:reward", "nowhere.jsonl"), "nowhere.jsonl"),
        (("diff", "one.yaml", "half.yaml", "rows.jsonl", "--map", "x=y"), "neither ruleset has an input `x`"),
    ],
)
def test_mistakes_are_told_with_the_next_step(args, said):
    ran = rulereward(*args)
    assert ran.status == 2
    assert said in ran.err
    assert ran.out == ""


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "command", [("diff", "step.yaml", "one.yaml"), ("compare", "step.yaml", "rewards.py:reward")]
)
def test_the_step_is_asked_for(command):
    Path("step.yaml").write_text(ONE.replace("score: right", "score: right * ramp(step, 0step..9step)"), "utf-8")
    assert "say which with --step N" in rulereward(*command, "rows.jsonl").err
    assert rulereward(*command, "rows.jsonl", "--step", "3").status == 0


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("style", ["text", "json"])
def test_what_a_model_wrote_is_no_command_for_a_terminal(style):
    """A lone surrogate, an escape sequence, a row that is no JSON, one without a completion."""
    lines = ['{"completion": "\\ud800 \\u001b[31m", "answer": "\\ud800"}', "no json", '{"completion": 5}']
    Path("rows.jsonl").write_text("\n".join(lines), "utf-8")
    ran = rulereward("compare", "one.yaml", "rewards.py:reward", "rows.jsonl", "--format", style)
    assert ran.status == 0
    assert "\x1b[31m" not in ran.out
    assert "\ufffd" in ran.out
    assert rulereward("diff", "one.yaml", "half.yaml", "rows.jsonl", "--format", style).status == 0


@pytest.mark.usefixtures("folder")
def test_no_rows_at_all():
    Path("rows.jsonl").write_text("", "utf-8")
    assert "0 of 0 rows differ" in rulereward("compare", "one.yaml", "rewards.py:reward", "rows.jsonl").out
    assert "0 of 0 rows move" in rulereward("diff", "one.yaml", "half.yaml", "rows.jsonl").out

"""`rulereward check` with data: what it prints, in each format, and how it exits."""

from __future__ import annotations

import json

import pytest
from command_line import rulereward, write_rows

from rulereward.cli.check_data import apart

LEAKY = """\
rulereward: 1
rules:
  format: think_format(trailing=true)
  accuracy: exact_match(boxed(completion), answer)
score: accuracy + 0.1 * format
"""


@pytest.fixture
def leaky(tmp_path):
    path = tmp_path / "leaky.yaml"
    path.write_text(LEAKY, encoding="utf-8")
    return path


@pytest.fixture
def rows(tmp_path):
    """Three prompts, of which the last is answered wrongly."""
    made = [
        {"prompt": f"{n} + {n}?", "completion": f"<think>a sum</think>\\boxed{{{said}}}", "answer": str(2 * n)}
        for n, said in ((2, 4), (3, 6), (4, 9))
    ]
    return write_rows(tmp_path / "rows.jsonl", made)


def test_a_file_of_rows_is_data_wherever_it_stands(leaky, rows):
    assert apart(["r1", "a.jsonl", "b.yaml", "c.json.gz", "D.PARQUET", "math"]) == (
        ("r1", "b.yaml", "math"),
        ("a.jsonl", "c.json.gz", "D.PARQUET"),
    )
    first, second = rulereward("check", leaky, rows), rulereward("check", "--data", rows, leaky)
    assert first.status == second.status == 0
    assert first.out == second.out


def test_what_people_read(leaky, rows):
    out = rulereward("check", leaky, rows).out
    assert "3 rows, rewards 0.10 to 1.10, mean 0.77" in " ".join(out.split())  # (1.1 + 1.1 + 0.1) / 3
    assert "the median honest row earns 1.10" in " ".join(out.split())
    (line,) = [line for line in out.splitlines() if line.startswith("box_in_thinking ")]
    assert line.split() == ["box_in_thinking", "1.10", "+0.00", "accuracy", "1.00", "paid_as_right"]
    assert "warning: `box_in_thinking` earns 1.10 on 3 of 3 prompts" in out
    assert "= help: look for the answer behind the thinking" in out


def test_nothing_is_wider_than_the_terminal(leaky, rows, monkeypatch):
    for width in (80, 120):
        monkeypatch.setenv("COLUMNS", str(width))
        lines = rulereward("check", leaky, rows).out.splitlines()[3:]  # those before are the ruleset's own
        assert max(len(line) for line in lines if str(rows) not in line) <= width


def test_findings_are_warnings_unless_strict(leaky, rows):
    assert rulereward("check", leaky, rows).status == 0
    assert rulereward("check", leaky, rows, "--strict").status == 1
    mended = leaky.with_name("mended.yaml")
    mended.write_text(LEAKY.replace("boxed(completion)", 'boxed(after(completion, "</think>"))'), encoding="utf-8")
    assert rulereward("check", mended, rows, "--strict").status == 0


def test_json_holds_everything(leaky, rows):
    found = json.loads(rulereward("check", leaky, "r1", rows, "--format", "json").out)
    assert found["errors"] == 0
    leak, shipped = found["data"]
    assert (leak["name"], leak["rows"], leak["files"]) == (str(leaky), 3, [str(rows)])
    assert [rule["name"] for rule in leak["rules"]] == ["format", "accuracy"]
    policies = {row["policy"]: row for row in leak["lazy"]["policies"]}
    assert policies["box_in_thinking"]["findings"][0]["code"] == "paid_as_right"
    assert policies["empty"]["example"] == ""
    assert [row for row in shipped["lazy"]["policies"] if row["findings"]] == []
    assert "data" not in json.loads(rulereward("check", leaky, "--format", "json").out)


def test_github_shows_findings_at_the_rules(tmp_path, leaky):
    rows = write_rows(
        tmp_path / "plain.jsonl", [{"completion": "\\boxed{4}", "answer": str(n % 5)} for n in range(20)]
    )
    lines = rulereward("check", leaky, rows, "--format", "github").out.splitlines()
    message = "format is false on 20 of 20 rows: no `<think>` in this file"
    assert f"::warning file={leaky},line=3,title=rulereward constant::{message}" in lines
    assert all(line.startswith(("::warning ", "::notice ")) for line in lines)


def test_options_reach_the_data(tmp_path, leaky, rows):
    renamed = write_rows(tmp_path / "renamed.jsonl", [{"text": "\\boxed{4}", "gold": "4"}] * 3)
    ran = rulereward("check", leaky, renamed, "--map", "completion=text", "--map", "answer=gold", "--limit", 2)
    assert "2 rows, 1 groups" not in ran.out
    assert "2 rows, rewards 1.00 to 1.00" in " ".join(ran.out.split())
    stepped = tmp_path / "stepped.yaml"
    stepped.write_text("rulereward: 1\nscore: ramp(step, 0step..4step)\n", encoding="utf-8")
    assert rulereward("check", stepped, rows).status == 2
    assert "rewards 0.50 to 0.50" in " ".join(rulereward("check", stepped, rows, "--step", 2).out.split())


def test_wrong_usage(leaky, rows, tmp_path):
    assert rulereward("check", leaky, "--step", 3).status == 2
    assert rulereward("check", rows).status == 2
    assert rulereward("check", leaky, "--data", tmp_path / "absent.jsonl").status == 2
    assert rulereward("check", leaky, rows, "--map", "answr=gold").status == 2


def test_a_ruleset_with_mistakes_does_not_keep_others_from_the_data(leaky, rows, tmp_path):
    broken = tmp_path / "broken.yaml"
    broken.write_text("rulereward: 1\nscore: nothing\n", encoding="utf-8")
    ran = rulereward("check", broken, leaky, rows)
    assert ran.status == 1
    assert "error[" in ran.out
    assert "lazy policies on 3 prompts" in ran.out

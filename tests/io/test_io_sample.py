"""The sample that ships: enough of everything a first look should show."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from rulereward.io import read_rows

SAMPLE = Path(__file__).parents[2] / "rulesets" / "sample.jsonl"

ROWS = [row.fields for row in read_rows([str(SAMPLE)])]


def test_shape():
    assert all(list(row) == ["prompt_id", "prompt", "completion", "answer", "note"] for row in ROWS)
    assert all(isinstance(value, str) for row in ROWS for value in row.values())
    assert set(Counter(row["prompt_id"] for row in ROWS).values()) == {4}
    assert len(ROWS) == 40


def test_one_prompt_and_one_answer_a_group():
    assert len({(row["prompt_id"], row["prompt"], row["answer"]) for row in ROWS}) == 10


def test_what_it_holds():
    notes = Counter(row["note"].split(":")[0].split(",")[0] for row in ROWS)
    assert notes["cheating"] == 6
    assert notes["looping"] == 2
    assert notes["wrong"] == 6
    assert sum("cut off" in note for note in notes) == 2
    assert sum("the gold is not an answer" in row["note"] for row in ROWS) == 4
    assert sum(row["prompt_id"].endswith("-zh") for row in ROWS) == 16
    assert sum("<think>" in row["completion"] for row in ROWS) == 37


def test_lengths():
    for row in ROWS:
        assert 100 <= len(row["completion"]) <= 1_500 or row["note"].startswith("cheating")

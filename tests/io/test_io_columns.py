"""The first path that is there and not null gives an input's value."""

from __future__ import annotations

import pytest

from rulereward.io import found_path, pick, wanted_columns

PATHS = ("answer", "ground_truth", "reward_model.ground_truth", "solution")


@pytest.mark.parametrize(
    ("fields", "value", "path"),
    [
        ({"answer": "4", "solution": "5"}, "4", "answer"),
        ({"answer": None, "solution": "5"}, "5", "solution"),
        ({"reward_model": {"ground_truth": "6"}, "solution": "5"}, "6", "reward_model.ground_truth"),
        ({"reward_model": {"ground_truth": None}, "solution": "5"}, "5", "solution"),
        ({"reward_model": "not an object", "solution": "5"}, "5", "solution"),
        ({"reward_model.ground_truth": "7", "reward_model": {"ground_truth": "6"}}, "7", "reward_model.ground_truth"),
        ({"answer": 0}, 0, "answer"),
        ({"answer": False, "solution": "5"}, False, "answer"),
        ({"answer": "", "solution": "5"}, "", "answer"),
        ({"answer": []}, [], "answer"),
        ({"answer": None}, None, None),
        ({}, None, None),
    ],
)
def test_first_present(fields, value, path):
    assert pick(fields, PATHS) == value
    assert found_path(fields, PATHS) == path


def test_deep_path():
    fields = {"row": {"extra_info": {"source": "gsm8k"}}}
    assert pick(fields, ("row.extra_info.source",)) == "gsm8k"
    assert pick(fields, ("row.extra_info.source.name",)) is None
    assert pick(fields, ("row.missing.source",)) is None


def test_columns_to_decode():
    assert wanted_columns(PATHS) == {
        "answer",
        "ground_truth",
        "reward_model",
        "reward_model.ground_truth",
        "solution",
    }

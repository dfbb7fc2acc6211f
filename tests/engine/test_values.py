"""The worked-out values of the language, in the engine, in the reference evaluator, row by row and shuffled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from oracle import KINDS, assert_agree, bits, by_engine, by_reference

from rulereward.api import Ruleset, Scores
from rulereward.data import MISSING, U8, U16, State, TextColumn, Texts, View
from rulereward.engine.values import pick

FILES = ("values.yaml", "routes.yaml", "lists.yaml")
FOLDER = Path(__file__).parents[1] / "cases" / "language"
CASES = [case for name in FILES for case in yaml.safe_load((FOLDER / name).read_text("utf-8"))["cases"]]
KEYS = ("params", "inputs", "let", "rules", "score", "route")


def ruleset_of(case: dict[str, Any]) -> Ruleset:
    content = {"rulereward": 1} | {key: case[key] for key in KEYS if key in case}
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
    return Ruleset("case.yaml", text, KINDS)


def rows_of(case: dict[str, Any]) -> list[dict[str, object]]:
    blank = {"completion": "", "group": 0}
    return [blank | {key: value for key, value in row.items() if key != "expect"} for row in case["rows"]]


def told(scores: Scores, name: str, row: int) -> float | str | None:
    values, states = (
        (scores.reward, scores.states) if name == "reward" else (scores[name].values, scores[name].states)
    )
    state = State(int(states[row]))
    return float(values[row]) if state is State.OK else None if state is State.NULL else state.name.lower()


@pytest.mark.parametrize("evaluate", ["all", "needed"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case(case: dict[str, Any], evaluate: str) -> None:
    scores, _ = by_engine(ruleset_of(case), rows_of(case), evaluate, case.get("step"))
    for row, given in enumerate(case["rows"]):
        for name, expected in given["expect"].items():
            value = told(scores, name, row)
            if isinstance(expected, float):
                assert value == pytest.approx(expected, abs=1e-12), (name, row)
            else:
                assert value == expected, (name, row)


@pytest.mark.parametrize("evaluate", ["all", "needed"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_reference_agrees(case: dict[str, Any], evaluate: str) -> None:
    ruleset, rows, step = ruleset_of(case), rows_of(case), case.get("step")
    scores, jobs = by_engine(ruleset, rows, evaluate, step)
    full = by_reference(ruleset, rows, "all", step)
    assert_agree(scores, jobs, by_reference(ruleset, rows, evaluate, step), full)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_reversed_rows_score_the_same(case: dict[str, Any]) -> None:
    ruleset, rows, step = ruleset_of(case), rows_of(case), case.get("step")
    forward, _ = by_engine(ruleset, rows, "all", step)
    backward, _ = by_engine(ruleset, rows[::-1], "all", step)
    assert bits(forward.reward) == bits(backward.reward)[::-1]


def test_a_list_of_constants_is_a_list_of_golds() -> None:
    text = 'rulereward: 1\nrules:\n  right: |\n    exact_match(completion, ["Paris", "Lyon"])\nscore: right\n'
    ruleset = Ruleset("list.yaml", text)
    rows: list[dict[str, object]] = [{"completion": name, "group": 0} for name in ("Lyon", "Paris", "Nice")]
    scores, jobs = by_engine(ruleset, rows, "all")
    assert scores.reward.tolist() == [1, 1, 0]
    assert_agree(scores, jobs, by_reference(ruleset, rows, "all"), by_reference(ruleset, rows, "all"))


def test_empty_instead_of_missing_texts_keep_where_the_others_came_from() -> None:
    """`boxed(x) ?? ""` still points into x, in whose first row there is no text at all."""
    texts = TextColumn.from_strings([None, "abc", "abcdef"])
    parts = View(texts, np.array([MISSING, 4, MISSING]), np.array([0, 6, 0]), np.arange(3))
    found = Texts(parts, np.array([1, 0, 1], dtype=np.uint8), np.zeros(3, dtype=np.uint16))
    empty = Texts(TextColumn.from_strings(["", "", ""]).view(), *cell_states(3))
    picked = pick(np.array([False, True, False]), found, empty)
    assert isinstance(picked, Texts)
    assert picked.view.column is texts
    assert picked.view.texts() == ["", "bc", ""]


def test_other_texts_instead_of_missing_ones_are_packed_anew() -> None:
    found = Texts(TextColumn.from_strings([None, "abc"]).view(), np.array([1, 0], dtype=np.uint8), cell_states(2)[1])
    other = Texts(TextColumn.from_strings(["x", ""]).view(), *cell_states(2))
    picked = pick(np.array([False, True]), found, other)
    assert isinstance(picked, Texts)
    assert picked.view.texts() == ["x", "abc"]


def cell_states(size: int) -> tuple[U8, U16]:
    return np.zeros(size, dtype=np.uint8), np.zeros(size, dtype=np.uint16)

"""Monitors: what is told of when, that a state survives a restart, and that no reward knows of them."""

from __future__ import annotations

import json
import logging
import pickle
from pathlib import Path
from typing import Any

import pytest
import yaml

import rulereward as rr
from rulereward.api.monitors import log_alerts
from rulereward.trainers.generic import reward_function

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "language" / "monitors.yaml").read_text("utf-8"))[
    "cases"
]


def ruleset_of(case: dict[str, Any]) -> rr.Ruleset:
    content = {"rulereward": 1} | {key: case[key] for key in ("rules", "score", "monitor")}
    return rr.Ruleset("case.yaml", yaml.safe_dump(content, sort_keys=False))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
@pytest.mark.parametrize("restarted", [False, True], ids=["", "restarted after every batch"])
def test_case(case: dict[str, Any], restarted: bool) -> None:
    ruleset = ruleset_of(case)
    monitor = rr.Monitor(ruleset)
    for number, batch in enumerate(case["batches"], 1):
        if restarted:
            monitor = rr.Monitor(ruleset, json.loads(json.dumps(monitor.state())))
        step = batch.get("step")
        scores = ruleset.score_rows([{"completion": "", **row} for row in batch["rows"]], step=step)
        alerts = monitor.observe(scores, step=step)
        for alert, expected in zip(alerts, batch["alerts"], strict=True):
            assert alert.values == pytest.approx(tuple(expected["values"])), number
            assert (alert.since, alert.step) == (expected["since"], step or number)
            assert alert.level == expected.get("level", "warn")
            assert expected.get("expect", alert.expect) == alert.expect


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_monitor_is_no_part_of_the_meaning(case: dict[str, Any]) -> None:
    with_it = ruleset_of(case)
    without = rr.Ruleset("case.yaml", with_it.text.partition("monitor:")[0])
    assert with_it.fingerprint == without.fingerprint
    rows = [{"completion": "", **row} for row in case["batches"][0]["rows"]]
    step = case["batches"][0].get("step")
    rewards = [ruleset.score_rows(rows, step=step).reward.tolist() for ruleset in (with_it, without)]
    assert str(rewards[0]) == str(rewards[1])


def test_several_calls_can_be_one_batch() -> None:
    ruleset = ruleset_of(CASES[0])
    monitor = rr.Monitor(ruleset)
    for number in (0, 3):
        monitor.add(ruleset.score_rows([{"completion": "", "n": number}]))
    (alert,) = pickle.loads(pickle.dumps(monitor)).observe(ruleset.score_rows([{"completion": "", "n": 1}]))
    assert alert.values == (1.0,)  # what was added before is not part of the state
    (alert,) = monitor.close_batch()
    assert alert.values == (1.5,)
    assert alert.message == "expected mean(n) over batch >= 2; at 1 it is 1.5"


def test_a_trainer_logs_alerts(caplog: pytest.LogCaptureFixture) -> None:
    text = "rulereward: 1\nrules: {n: length(completion) / 1char}\nscore: n\n"
    text += "monitor: [{expect: mean(n) over batch >= 2, for: 2step, level: error}]\n"
    score = reward_function(rr.Ruleset("made.yaml", text))
    with caplog.at_level(logging.INFO, "rulereward.monitor"):
        score(["a", "b"], step=1)
        assert not caplog.records
        pickle.loads(pickle.dumps(score))(["a"], step=2)  # what is sent to a worker takes its state along
        score(["a"], step=2)
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("ERROR", "expected mean(n) over batch >= 2; at 2 it is 1, and so since 1")
    ] * 2
    log_alerts([])

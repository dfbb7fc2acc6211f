"""The function for any other trainer, and where the numbers of a run go."""

from __future__ import annotations

import asyncio
import json
import math
import pickle
import sys
from types import ModuleType, SimpleNamespace

import pytest
from adapter_rulesets import GROUPED, PARAMS, SUM, ruleset

from rulereward.errors import ConfigurationError, InputError, RulesetError
from rulereward.trainers.generic import reward_function
from rulereward.trainers.sinks import JsonlSink, TensorBoardSink, WandbSink, open_sink


def test_rewards_and_details():
    score = pickle.loads(pickle.dumps(reward_function(ruleset(SUM))))
    assert score(["four", "five"], answer=["four", None]) == pytest.approx([0.6, None])
    assert asyncio.run(score.ascore(["four"], answer=["four"])) == [0.6]
    assert score.details(["four"], answer=[None]) == [{"reward": None, "right": None, "size": 4.0}]
    assert score([], answer=[]) == []


def test_parameters():
    assert reward_function(ruleset(PARAMS), params={"top": 2, "marks": ["xyz"]})(["xyz", "a"]) == [3.0, 1.0]
    with pytest.raises(RulesetError, match="has no parameter `topp`"):
        reward_function(ruleset(PARAMS), params={"topp": 2})


def test_masked():
    score = reward_function(ruleset(SUM), masked="group_mean", group_size=2)
    call = {"prompt": list("ppqq"), "answer": ["x", None, None, None]}
    assert score(["x", "x", "x", "x"], **call) == [0.9, 0.9, 0.0, 0.0]
    assert reward_function(ruleset(SUM), masked=-1)(["x"], answer=[None]) == [-1.0]


def test_groups_and_lengths():
    score = reward_function(ruleset(GROUPED), group_size=2)
    assert score(["x", "xx", "xxx", "xxxxxx"], prompt=list("pqpq")) == [-1.0, -2.0, 1.0, 2.0]
    named = ruleset(GROUPED + "inputs: {group: uid}\n")
    lengths = ["x", "xx", "xxx", "xxxxxx"]
    assert reward_function(named)(lengths, uid=list("pqpq")) == [-1.0, -2.0, 1.0, 2.0]
    assert reward_function(named)(lengths, group=list("pqpq")) == [-1.0, -2.0, 1.0, 2.0]
    with pytest.raises(InputError, match="`prompt` is a text: give a list"):
        score(["x", "xx"], prompt="pq")
    with pytest.raises(InputError, match="`prompt` has 1 values for 2 completions"):
        score(["x", "xx"], prompt=["p"])


def test_a_mean_of_no_group_is_refused():
    with pytest.raises(ConfigurationError, match="needs the prompt or a group key of each completion"):
        reward_function(ruleset(SUM), masked="group_mean")(["x"], answer=[None])


# ---- sinks


def test_a_sink_that_cannot_be_written_does_not_end_the_training(tmp_path):
    (tmp_path / "file").touch()
    score = reward_function(ruleset(SUM), sink=f"jsonl:{tmp_path}/file/run.jsonl")
    with pytest.warns(UserWarning, match="could not be logged"):
        assert score(["four"], answer=["four"]) == [0.6]


def test_a_file(tmp_path):
    path = tmp_path / "logs" / "run.jsonl"
    score = reward_function(ruleset(SUM), sink=f"jsonl:{path}")
    score(["four"], answer=["four"], step=3)
    score(["five"], answer=["four"])
    score([], answer=[])
    first, second = [json.loads(line) for line in path.read_text().splitlines()]
    assert (first["step"], first["rulereward/reward/mean"], second["step"]) == (3, 0.6, None)


def test_tensorboard(monkeypatch):
    written = []

    class Writer:
        def __init__(self, folder):
            self.folder = folder

        def add_scalar(self, name, value, step):
            written.append((self.folder, name, value, step))

        def flush(self):
            written.append("flushed")

    board = ModuleType("torch.utils.tensorboard")
    board.SummaryWriter = Writer
    for name in ("torch", "torch.utils"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", board)
    sink = pickle.loads(pickle.dumps(open_sink("tensorboard:runs")))
    sink.log({"a": 1.0}, 7)
    sink.log({"a": 2.0}, None)
    assert written == [("runs", "a", 1.0, 7), "flushed", ("runs", "a", 2.0, 2), "flushed"]


def test_wandb(monkeypatch):
    logged = []
    run = SimpleNamespace(log=lambda values, commit: logged.append((values, commit)))
    WandbSink(run).log({"a": 1.0}, 7)
    module = ModuleType("wandb")
    module.run = None
    monkeypatch.setitem(sys.modules, "wandb", module)
    open_sink("wandb").log({"a": 2.0}, 8)  # no run: nothing to tell
    module.run = run
    open_sink("wandb").log({"a": 3.0}, None)
    assert logged == [({"a": 1.0, "rulereward/step": 7.0}, False), ({"a": 3.0}, False)]


def test_sinks_that_are_not_there(monkeypatch):
    monkeypatch.setitem(sys.modules, "wandb", None)
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ConfigurationError, match="pip install wandb"):
        WandbSink().log({}, None)
    with pytest.raises(ConfigurationError, match="pip install torch tensorboard"):
        TensorBoardSink("runs").log({}, None)


def test_a_fault_in_a_sink_of_ones_own_is_warned_of():
    def broken(values, step):
        raise RuntimeError("lost the connection")

    score = reward_function(ruleset(SUM), sink=SimpleNamespace(log=broken))
    with pytest.warns(UserWarning, match="could not be logged: RuntimeError: lost the connection"):
        assert score(["four"], answer=["four"]) == [0.6]


@pytest.mark.parametrize("text", ["", "csv:x", "jsonl:", "tensorboard", "wandb:project"])
def test_a_text_that_names_no_sink(text):
    with pytest.raises(ConfigurationError, match="say `jsonl:FILE`"):
        open_sink(text)


def test_a_sink_of_ones_own():
    taken = []
    sink = SimpleNamespace(log=lambda values, step: taken.append((values["rulereward/reward/mean"], step)))
    reward_function(ruleset(SUM), sink=sink)(["four"], answer=["four"], step=1)
    assert taken == [(0.6, 1)]
    assert open_sink(None) is None
    with pytest.raises(ValueError, match="JSON"):  # no line is written that is no JSON
        JsonlSink("/dev/null").log({"a": math.nan}, 0)

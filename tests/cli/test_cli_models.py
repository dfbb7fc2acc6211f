"""Rulesets with a language model: none that cannot be had is used, and each command says so before the first row."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import pytest
from command_line import rulereward, write_rows

from rulereward.api.shared import shared_services
from rulereward.services.lm.service import LmService

WORKER = Path(__file__).parents[1] / "services" / "lm_service" / "fake_lm_worker.py"
"""Plays a model to which each letter is one token of one nat."""

ROWS = [{"completion": "a", "prompt": "b"}, {"completion": "c", "prompt": "b"}]


@pytest.mark.parametrize(
    "command",
    [
        "score ROWS -r fluent",
        "why ROWS:1 -r fluent",
        "calibrate fluent ROWS --of fluency.bpb",
        "check fluent --data ROWS",
        "diff fluent fluent ROWS --set-b low=0.7",
        "compare fluent zeros.py:reward ROWS",
        "serve -r fluent --port 0",
    ],
)
def test_a_model_that_cannot_be_had_ends_the_run(command, tmp_path, monkeypatch):
    """Where torch is not installed that is what stands in the way."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "zeros.py").write_text("def reward(completions, **columns):\n    return [0.0] * len(completions)\n")
    rows = write_rows(tmp_path / "rows.jsonl", ROWS)
    ran = rulereward(*command.replace("ROWS", str(rows)).split())
    assert ran.status == 2
    assert "error: the model `none: give one by --set model=PATH` " in ran.err
    assert not ran.out


def test_a_model_that_the_target_does_not_need_is_not_loaded(tmp_path):
    rows = write_rows(tmp_path / "rows.jsonl", ROWS)
    ran = rulereward("calibrate", "fluent", rows, "--of", "loop")
    assert ran.status == 0
    assert not ran.err


def test_an_output_is_looked_at_before_a_model_is_loaded(tmp_path):
    rows = write_rows(tmp_path / "rows.jsonl", ROWS)
    taken = tmp_path / "out.jsonl"
    taken.write_text("precious\n")
    ran = rulereward("score", rows, "-r", "fluent", "-o", taken)
    assert ran.status == 2
    assert ran.err == f"error: {taken} exists already: --overwrite replaces it, --resume goes on with it\n"
    assert taken.read_text() == "precious\n"


@pytest.fixture
def played(tmp_path, monkeypatch):
    """What the process that plays the models writes down."""
    log = tmp_path / "played.log"
    log.touch()
    command = [sys.executable, "-P", str(WORKER), str(log)]
    services = shared_services()
    services.close()
    monkeypatch.setitem(services._factories, "lm", lambda: LmService(lambda device: [*command, str(device)]))
    yield log
    services.close()


def test_a_run_is_told_and_its_first_block_is_small(played, tmp_path):
    """A model may take a second for a row, and what was not written is lost when a run is stopped."""
    texts = [f"completion number {number}" for number in range(60)]
    rows = write_rows(tmp_path / "rows.jsonl", [{"completion": text} for text in texts])
    out = tmp_path / "out.jsonl"
    ran = rulereward("score", rows, "-r", "fluent", "--set", "model=warns", "--details", "-o", out)
    assert ran.status == 0
    assert "loading the language model warns\n" in ran.err
    assert "warning: warns is run padded, which is slower\n" in ran.err
    assert "model warns: identity of warns\n" in ran.err
    batches = [int(line.split()[-1]) for line in played.read_text().splitlines() if "batch of" in line]
    assert batches[0] <= 16, "two threads may each have a first block of eight"
    assert sum(batches) == 60
    records = [json.loads(line) for line in out.read_text().splitlines()]
    assert [record["reward_components"]["fluency"] for record in records] == [
        pytest.approx(1 / math.log(2)) for _ in texts
    ]
    assert records[0]["reward_details"]["environment"]["lm warns"] == "identity of warns"

"""Rulesets with a language model: none that cannot be had is used, and each command says so before the first row."""

from __future__ import annotations

import pytest
from command_line import rulereward, write_rows

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

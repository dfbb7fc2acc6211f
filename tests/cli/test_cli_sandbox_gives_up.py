"""A sandbox that fails too often ends `rulereward score`; what it did measure is written, and the run can go on."""

import importlib
import sys
from collections import deque
from pathlib import Path

import pytest
from command_line import records_in, rulereward, write_rows

from rulereward.api.shared import shared_services

SUM = {"inputs": ["1 2\n"], "outputs": ["3\n"]}
GOOD = 40
ROWS = 400


@pytest.fixture
def server(monkeypatch):
    """A service on this host that runs programs."""
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "services" / "sandbox_service"))
    made = importlib.import_module("fusion_server").FusionServer()
    shared_services().close()
    yield made
    shared_services().close()
    made.stop()
    sys.modules.pop("fusion_server", None)


def test_what_was_measured_is_written_and_the_run_stops(server, tmp_path):
    code = "a, b = map(int, input().split())\nprint(a + b)\n"
    rows = [{"completion": f"```python\n{code}# {place}\n```", "tests": SUM} for place in range(ROWS)]
    source, out = write_rows(tmp_path / "rows.jsonl", rows), tmp_path / "out.jsonl"
    command = ("score", source, "-r", "code", "-o", out, "--sandbox", f"{server.address}?slots=1", "--workers", "1")
    server.faults = deque([None] * GOOD + ["sandbox"] * 10_000)

    stopped = rulereward(*command)
    assert stopped.status == 1
    assert "rule `passed`: the sandbox failed more than 1 in 20 of the tests of one batch" in stopped.err
    assert "the same command with --resume goes on" in stopped.err
    written = records_in(out)
    assert len(written) < ROWS  # a block, and not the others
    assert [row["reward"] for row in written[:GOOD]] == [1] * GOOD
    assert all(row["reward_state"].startswith("error: sandbox_") for row in written[GOOD:])

    server.faults = deque()
    shared_services().close()
    resumed = rulereward(*command, "--resume")
    assert resumed.status == 0, resumed.err
    assert [row["reward"] for row in records_in(out)[len(written) :]] == [1] * (ROWS - len(written))

"""Standard streams that are full or closed: a sentence and a status, never a traceback, and no row lost quietly."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import SHORT, records_in, write_rows

ROOT = Path(__file__).parents[2]
FULL_DEVICE = Path("/dev/full")

needs_full_device = pytest.mark.skipif(not FULL_DEVICE.exists(), reason="/dev/full is a Linux device")
needs_shell = pytest.mark.skipif(os.name != "posix", reason="the redirections are those of a POSIX shell")


def shell(redirections, *args):
    """Run `rulereward` with the redirections of a shell."""
    command = ["sh", "-c", f'exec "$@" {redirections}', "sh", sys.executable, "-m", "rulereward", *map(str, args)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, env=environment, capture_output=True, check=False, text=True, timeout=120)


@pytest.fixture
def source(tmp_path):
    return write_rows(tmp_path / "in.jsonl", [{"completion": "x", "answer": "x"}])


@needs_full_device
@pytest.mark.parametrize(
    "args",
    [
        ["--help"], ["--version"], ["score", "--help"], ["check", "math"], ["check", "--format", "json", "math"],
        ["rules"], ["plan", "math"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_full_output(args):
    done = shell("> /dev/full", *args)
    assert done.returncode == 2
    assert done.stderr == "error: standard output cannot be written: No space left on device\n"


@needs_full_device
def test_rows_to_a_full_output(source):
    done = shell("> /dev/full", "score", "-q", source, "-r", SHORT)
    assert done.returncode == 2
    assert done.stderr == "error: writing to standard output failed: No space left on device\n"


@needs_full_device
@pytest.mark.parametrize("args", [["check", "nosuch"], ["score", "nosuch.jsonl"], ["nosuch"], ["rules", "nosuch"]])
def test_a_message_that_cannot_be_told_leaves_the_status(args):
    done = shell("2> /dev/full", *args)
    assert (done.returncode, done.stdout) == (2, "")


@needs_shell
def test_rows_to_a_closed_output_are_not_lost_quietly(source):
    done = shell(">&-", "score", "-q", source, "-r", SHORT)
    assert done.returncode == 2
    assert done.stderr == "error: writing to standard output failed: Bad file descriptor\n"


@needs_shell
def test_a_page_to_a_closed_output():
    done = shell(">&-", "check", "math")
    assert done.returncode == 2
    assert done.stderr == "error: standard output cannot be written: Bad file descriptor\n"


@needs_shell
def test_all_streams_closed_with_files_on_both_sides(source, tmp_path):
    out = tmp_path / "out.jsonl"
    done = shell("<&- >&- 2>&-", "score", source, "-r", SHORT, "-o", out)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    (record,) = records_in(out)
    assert record["reward_state"] == "ok"


@needs_shell
def test_a_closed_input():
    done = shell("<&-", "score", "-q", "-", "-r", SHORT)
    assert done.returncode == 2
    assert done.stderr == "error: standard input is closed, so there is nothing to read from -\n"
    assert done.stdout == ""

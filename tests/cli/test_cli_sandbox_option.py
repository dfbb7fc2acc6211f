"""`--sandbox WHAT`: it holds for one run, is told where code is run at all, and `unsafe` is warned of."""

from __future__ import annotations

import importlib
import os

import pytest
from command_line import SHORT, records_in, rulereward, write_rows

from rulereward.api import sandbox
from rulereward.api.shared import shared_services
from rulereward.cli.main import COMMANDS
from rulereward.errors import ConfigurationError
from rulereward.services.sandbox.embedded_backend import trouble_with_bubblewrap

SUMS = {"inputs": ["1 2\n", "3 4\n", "2 2\n"], "outputs": ["3\n", "7\n", "4\n"]}
TELLING = "code runs in a fake\n"
WARNING = "warning: the code of the completions runs unsafe: whatever a program does, it does to this host"
RUNNERS = ["calibrate", "check", "compare", "diff", "score", "serve", "test", "why"]


def block(code):
    return f"```python\n{code}\n```"


@pytest.fixture
def rows(tmp_path):
    """Rows without code, for which nothing has to be run."""
    return write_rows(tmp_path / "rows.jsonl", [{"completion": "no", "tests": SUMS}] * 2)


@pytest.fixture
def seen(monkeypatch):
    """What the environment asked for when it was asked where code runs."""
    monkeypatch.setenv(sandbox.VARIABLE, "embedded")
    found = []

    def place():
        found.append(os.environ.get(sandbox.VARIABLE))
        return "a fake"

    monkeypatch.setattr(sandbox, "place_of_code", place)
    return found


def test_every_command_that_can_run_code_takes_it():
    def takes(name):
        command = getattr(importlib.import_module(f"rulereward.cli.{name}"), name)
        return any("--sandbox" in parameter.opts for parameter in command.params)

    assert sorted(name for name in COMMANDS if takes(name)) == RUNNERS


class TestScore:
    def test_it_is_told_and_holds_for_the_run(self, rows, seen):
        ran = rulereward("score", rows, "-r", "code", "--sandbox", "docker")
        assert ran.status == 0
        assert ran.err.startswith(TELLING)
        assert [record["reward"] for record in ran.records] == [-1, -1]
        assert seen == ["docker"]
        assert os.environ[sandbox.VARIABLE] == "embedded"

    def test_without_the_option_the_environment_counts(self, rows, seen):
        assert TELLING in rulereward("score", rows, "-r", "code").err
        assert seen == ["embedded"]

    def test_a_variable_that_was_not_set_is_not_set_afterwards(self, rows, seen, monkeypatch):
        monkeypatch.delenv(sandbox.VARIABLE)
        rulereward("score", rows, "-r", "code", "--sandbox", "docker")
        assert seen == ["docker"]
        assert sandbox.VARIABLE not in os.environ

    def test_quiet(self, rows, seen):
        assert rulereward("score", rows, "-r", "code", "-q").err == ""

    @pytest.mark.parametrize("quiet", [[], ["-q"]])
    def test_unsafe_is_warned_of_also_where_quiet_is_asked_for(self, rows, seen, quiet):
        ran = rulereward("score", rows, "-r", "code", "--sandbox", "unsafe", *quiet)
        assert ran.err.count(WARNING) == 1

    def test_unsafe_in_the_environment_is_warned_of_too(self, rows, seen, monkeypatch):
        monkeypatch.setenv(sandbox.VARIABLE, "unsafe")
        assert WARNING in rulereward("score", rows, "-r", "code").err

    def test_nothing_is_told_where_no_code_is_run(self, tmp_path, seen):
        rows = write_rows(tmp_path / "math.jsonl", [{"completion": "four", "answer": "four"}])
        ran = rulereward("score", rows, "-r", SHORT, "--sandbox", "unsafe")
        assert (ran.status, seen) == (0, [])
        assert "unsafe" not in ran.err

    @pytest.mark.parametrize("word", ["podman", "http:/x", "", "Docker"])
    def test_a_word_that_is_none(self, rows, word):
        ran = rulereward("score", rows, "-r", "code", "--sandbox", word)
        assert (ran.status, ran.out) == (2, "")
        assert "is none of auto, docker, embedded, unsafe, http://host:port" in ran.err

    def test_without_a_sandbox_nothing_is_begun(self, rows, tmp_path, monkeypatch):
        def missing():
            raise ConfigurationError("there is no sandbox to run code in")

        monkeypatch.setattr(sandbox, "place_of_code", missing)
        ran = rulereward("score", rows, "-r", "code", "-o", tmp_path / "out.jsonl")
        assert (ran.status, ran.out, ran.err) == (2, "", "error: there is no sandbox to run code in\n")
        assert not (tmp_path / "out.jsonl").exists()


def test_serve_tells_and_warns_too(seen, monkeypatch):
    monkeypatch.setattr(importlib.import_module("rulereward.cli.serve"), "_run", lambda ruleset, *_: 0)
    ran = rulereward("serve", "-r", "code", "--sandbox", "unsafe")
    assert (ran.status, seen) == (0, ["unsafe"])
    assert ran.err.startswith(f"{TELLING}{WARNING}")


@pytest.mark.parametrize(
    "command",
    [
        ["why", "ROWS:1", "-r", "code"],
        ["diff", "code", "code", "ROWS", "--set-b", "no_code=-2"],
        ["compare", "code", "REWARDS:reward", "ROWS", "--style", "row"],
        ["check", "code", "--data", "ROWS"],
        ["calibrate", "code", "ROWS", "--of", "passed"],
        ["test", "code"],
    ],
    ids=lambda command: command[0],
)
def test_others_warn_of_unsafe(rows, tmp_path, monkeypatch, command):
    monkeypatch.delenv(sandbox.VARIABLE, raising=False)
    (tmp_path / "rewards.py").write_text("def reward(completion):\n    return -1.0\n")
    places = {"ROWS": str(rows), "REWARDS": str(tmp_path / "rewards.py")}
    written = [
        next((part.replace(name, path) for name, path in places.items() if name in part), part) for part in command
    ]
    ran = rulereward(*written, "--sandbox", "unsafe")
    assert ran.status == 0, ran.err
    assert ran.err.count(WARNING) == 1
    assert WARNING not in rulereward(*written, "--sandbox", "embedded").err


@pytest.fixture
def embedded(monkeypatch):
    """The embedded sandbox for this test, whichever the services of this process were made with before."""
    trouble = trouble_with_bubblewrap()
    if trouble:
        pytest.skip(f"the embedded sandbox does not work here: {trouble}")
    monkeypatch.setenv(sandbox.VARIABLE, "embedded")
    shared_services().close()
    yield
    shared_services().close()


@pytest.mark.usefixtures("embedded")
def test_code_is_scored_in_the_embedded_sandbox(tmp_path):
    add, multiply = (f"a, b = map(int, input().split())\nprint(a {sign} b)" for sign in "+*")
    rows = [
        {"completion": block(add), "tests": SUMS},
        {"completion": block(multiply), "tests": SUMS},  # 2, 12 and 4: one of three
        {"completion": block("print("), "tests": SUMS},
        {"completion": "I cannot tell.", "tests": SUMS},
        {"completion": block(add)},
    ]
    out = tmp_path / "out.jsonl"
    ran = rulereward("score", write_rows(tmp_path / "rows.jsonl", rows), "-r", "code", "-o", out)
    assert ran.status == 0, ran.err
    assert ran.err.startswith("code runs in embedded")
    assert [record["reward"] for record in records_in(out)] == [1, pytest.approx(1 / 3), -0.1, -1, None]

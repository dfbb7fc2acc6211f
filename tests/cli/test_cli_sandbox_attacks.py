"""The attacks of `rulereward sandbox check` work where nothing stops them; else "stopped" would mean nothing."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from rulereward.api import sandbox_bait
from rulereward.api.sandbox_programs import ATTACKS, MARK
from rulereward.services.sandbox.shapes import Program, StdinTest

BY_NAME = {attack.name: attack.code for attack in ATTACKS}
HARMLESS = [
    "read this host's /etc/passwd",
    "look into the home folder",
    "read a file that is open to everybody",
    "read the environment of this process",
    "write outside of its folder",
]


def test_all_are_named_here():
    others = ["reach a listener on the loopback", "kill its parent", "fork without end", "take ten gigabytes"]
    assert list(BY_NAME) == [*HARMLESS, *others]


@pytest.fixture
def bait(tmp_path, monkeypatch):
    (tmp_path / "a file of mine").write_text("x")
    monkeypatch.setenv("HOME", str(tmp_path))
    with sandbox_bait.laid_out() as made:
        yield made


def run(bait, name):
    command = [sys.executable, "-c", bait.header() + BY_NAME[name]]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=30)


@pytest.mark.parametrize("name", HARMLESS)
def test_it_gets_what_it_wants(bait, name):
    assert MARK in run(bait, name).stdout
    assert not bait.taken()


def test_what_is_written_is_removed(bait):
    before = sorted(bait.folder.iterdir())
    assert str(bait.folder) in run(bait, "write outside of its folder").stdout
    assert sorted(bait.folder.iterdir()) == before


def test_the_listeners_are_reached(bait):
    assert not bait.taken()
    assert run(bait, "reach a listener on the loopback").stderr == ""
    assert bait.taken()
    connection, _ = bait.tcp.accept()
    with connection:
        assert connection.recv(10) == b"x"
    assert bait.udp.recv(10) == b"x"


def test_a_parent_is_killed(bait):
    """The parent is a process of this test's, and process 1 is nobody that an ordinary program may end."""
    code = BY_NAME["kill its parent"].replace("{1, os.getppid()}", "{os.getppid()}")
    assert code != BY_NAME["kill its parent"]
    parent = "import subprocess, sys\nsubprocess.run([sys.executable, '-c', sys.argv[1]])\nprint('alive')\n"
    done = subprocess.run(
        [sys.executable, "-c", parent, bait.header() + code],
        check=False,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode < 0
    assert "alive" not in done.stdout


def test_nothing_stays_behind(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    with sandbox_bait.laid_out() as made:
        folder, variable = made.folder, made.variable
        assert folder.is_dir()
        assert variable in os.environ
    assert not folder.exists()
    assert variable not in os.environ


def test_a_home_is_told_by_its_own_names(tmp_path):
    for name in (".bashrc", ".profile", "thesis", "data"):
        (tmp_path / name).write_text("")
    assert sandbox_bait._own_names(tmp_path) == ["data", "thesis"]
    assert sandbox_bait._own_names(tmp_path / "nowhere") == []


def test_each_is_a_program(bait):
    for attack in ATTACKS:
        compile(bait.header() + attack.code, attack.name, "exec")
        assert StdinTest(Program("python", attack.code.encode()), b"")

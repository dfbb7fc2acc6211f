"""Hostile programs: what is said of each, and that the runner is as it was before.

Those that reach for the network aim at a listener of this test on the host's own loopback, and at nothing else.
"""

from __future__ import annotations

import ast
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from sandbox_links import Box

from rulereward.services.sandbox.endings import ending
from rulereward.services.sandbox.shapes import Limits, Program, StdinTest

FOLDER = Path(__file__).parents[2] / "cases" / "sandbox" / "attacks"
FILES = ("resources", "reach", "survival", "bytes", "folder")
CASES = {name: yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8"))["cases"] for name in FILES}


def verdicts(case: dict[str, Any]) -> list[str]:
    """What may be said of a case; `ran` stands for a program that came to its end."""
    allowed = case.get("verdict", "ran")
    return [allowed] if isinstance(allowed, str) else allowed


def attack(case: dict[str, Any], port: int = 0) -> StdinTest:
    """Little time for what may run out of it; enough on a slow and full machine for what must end by itself."""
    source = eval_bytes(case["source"]) if "source" in case else case["code"].replace("PORT", str(port)).encode()
    limits = {"cpu_s": 0.6 if "TLE" in verdicts(case) else 10.0, "wall_s": 20.0, **case.get("limits", {})}
    return StdinTest(Program("python", source), b"", Limits(**limits))


def eval_bytes(expression: str) -> bytes:
    """What an expression of our own case files stands for."""
    made = eval(
        compile(ast.parse(expression.strip(), mode="eval"), "case", "eval"), {"__builtins__": {"range": range}}
    )
    assert isinstance(made, bytes)
    return made


def assert_ends(box: Box, case: dict[str, Any], test: StdinTest) -> None:
    outcome = box.one(test)
    assert (ending(test, outcome).verdict or "ran") in verdicts(case), outcome
    assert len(outcome.stdout) <= test.limits.output_bytes
    if "never" in case:
        assert case["never"].encode() not in outcome.stdout, outcome.stdout
    box.assert_well()


def named(group: str, quick: tuple[str, ...] | None = None) -> list[Any]:
    """The cases of a file as parameters; those that are not `quick`, if any are, take a second or two each."""
    slow = [pytest.mark.slow]
    cases = CASES[group]
    assert set(quick or ()) <= {case["name"] for case in cases}
    return [
        pytest.param(case, id=case["name"], marks=slow if quick and case["name"] not in quick else ())
        for case in cases
    ]


QUICK = (
    "fork bomb",
    "ten gigabytes at once",
    "eight processes of 400 megabytes",
    "endless output",
    "busy loop",
    "every signal ignored",
    "millions of files",
    "three thousand nested folders",
)


@pytest.mark.parametrize("case", named("resources", QUICK))
def test_wants_all_there_is(box: Box, case: dict[str, Any]) -> None:
    assert_ends(box, case, attack(case))


@pytest.mark.parametrize("case", named("survival"))
def test_wants_to_live_on(box: Box, case: dict[str, Any]) -> None:
    assert_ends(box, case, attack(case))


@pytest.mark.parametrize("case", named("bytes"))
def test_breaks_readers(box: Box, case: dict[str, Any]) -> None:
    assert_ends(box, case, attack(case))


LOOK = b"""
import os
here, names = os.stat("."), os.listxattr(".")
with open("own", "w") as file:
    file.write("mine")
print(oct(here.st_mode), here.st_mtime > 1e9, here.st_atime > 1e9, names, os.listdir(), open("own").read())
"""


@pytest.mark.parametrize("case", named("folder"))
def test_leaves_something_on_its_folder(box: Box, case: dict[str, Any]) -> None:
    look = StdinTest(Program("python", LOOK), b"", Limits())
    for outcome in box.run([attack(case), *[look] * 4], window=1)[1:]:
        assert (outcome.stdout, outcome.problem) == (b"0o40700 True True [] ['own'] mine\n", ""), outcome
    assert_ends(box, case, attack(case))


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


@pytest.mark.parametrize("case", named("reach"))
def test_reaches_out(box: Box, case: dict[str, Any], listener: socket.socket, monkeypatch: Any) -> None:
    monkeypatch.setenv("SECRET_OF_THE_HOST", "SECRET")
    marked = StdinTest(Program("python", b"print('MARKED', input())"), b"MARKED", Limits())
    assert box.one(marked).stdout == b"MARKED MARKED\n"
    assert_ends(box, case, attack(case, listener.getsockname()[1]))
    with pytest.raises(BlockingIOError):
        listener.accept()


def test_a_program_hides_nothing_in_the_next_one(box: Box) -> None:
    leave = b"open('left', 'w').write('x')\nimport builtins, sys\nbuiltins.left = sys.left = 1\n"
    look = b"import os, sys\nprint(os.listdir('.'), hasattr(sys, 'left'), 'left' in dir(__builtins__))"
    tests = [StdinTest(Program("python", source), b"", Limits()) for source in (leave, look) * 4]
    outcomes = box.run(tests, window=1)
    assert {outcome.stdout for outcome in outcomes[1::2]} == {b"[] False False\n"}


def test_many_hostile_programs_at_once_do_not_harm_honest_ones(box: Box) -> None:
    """In every second slot something is wrong; what is honest comes out right."""
    hostile = [case for case in CASES["survival"] if case.get("limits", {}).get("wall_s") is None][:8]
    honest = StdinTest(Program("python", b"print(sum(map(int, input().split())))"), b"1 2 3", Limits(5, 60))
    tests = [test for case in hostile for test in (attack(case), honest)]
    outcomes = box.run(tests)
    assert [outcome.stdout for outcome in outcomes[1::2]] == [b"6\n"] * len(hostile)
    box.assert_well()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can change users")
def test_slots_are_of_different_users() -> None:
    made = Box("root")
    try:
        code = b"import os, time\nprint(os.getuid(), os.getgid(), os.getgroups(), os.getcwd())\ntime.sleep(0.3)"
        test = StdinTest(Program("python", code), b"", Limits())
        shown = {outcome.stdout for outcome in made.run([test] * made.link.slots)}
        assert len(shown) == made.link.slots
        assert all(b" [] " in line and not line.startswith(b"0 ") for line in shown)
    finally:
        made.close()

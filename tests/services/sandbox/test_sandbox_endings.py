"""What an outcome alone says, without any process."""

from __future__ import annotations

import pytest

from rulereward.services.sandbox.endings import Ending, ending, reply
from rulereward.services.sandbox.inside import call_frames
from rulereward.services.sandbox.shapes import AssertTest, CallTest, Limits, Outcome, Program, StdinTest

PROGRAM = Program("python", b"")
STDIN = StdinTest(PROGRAM, b"", Limits(cpu_s=1, output_bytes=100))
CALL = CallTest(PROGRAM, "f", ())
ASSERT = AssertTest(PROGRAM, "f", "", "")
GOOD = {"said": "SC", "exit": 0}


@pytest.mark.parametrize(
    ("given", "verdict", "doubtful"),
    [
        (GOOD, None, False),
        ({**GOOD, "exit": 1}, "RE", False),
        ({**GOOD, "exit": 1, "stderr": b"Traceback\nMemoryError\n"}, "MLE", False),
        ({**GOOD, "exit": -1, "signal": 11}, "RE", False),
        ({**GOOD, "exit": -1, "signal": 9}, "MLE", True),
        ({**GOOD, "exit": -1, "signal": 9, "memory_was_short": True}, "MLE", True),
        ({**GOOD, "exit": -1, "signal": 9, "memory_was_short": False}, "RE", False),
        ({**GOOD, "exit": -1, "signal": 9, "stopped": "idle"}, "TLE", False),
        ({"said": "S", "exit": -1, "signal": 9, "stopped": "idle"}, "TLE", False),
        ({**GOOD, "exit": -1, "signal": 6, "stderr": b"what():  std::bad_alloc\n"}, "MLE", False),
        ({**GOOD, "exit": -1, "signal": 9, "stopped": "cpu"}, "TLE", False),
        ({**GOOD, "exit": -1, "signal": 9, "stopped": "wall"}, "TLE", True),
        ({**GOOD, "exit": -1, "signal": 9, "stopped": "memory"}, "MLE", False),
        ({**GOOD, "exit": -1, "signal": 9, "stopped": "output"}, "OLE", False),
        ({**GOOD, "exit": -1, "signal": 9, "stopped": "cancelled"}, "NR", False),
        ({**GOOD, "cpu_s": 1.01}, "TLE", False),
        ({**GOOD, "exit": -1, "signal": 24}, "TLE", False),
        ({**GOOD, "stdout_bytes": 101}, "OLE", False),
        ({**GOOD, "stdout_bytes": 100}, None, False),
        ({"said": "SE", "exit": 1}, "CE", False),
        ({"said": "S", "exit": -1, "signal": 11}, "CE", False),
        ({"said": "S", "exit": -1, "signal": 9, "stopped": "cpu"}, "TLE", False),
        ({"said": "", "exit": 126}, "IE", True),
        ({"said": "SC!", "exit": 126}, "IE", True),
        ({"problem": "no process"}, "IE", True),
        ({"said": "", "stopped": "cancelled"}, "NR", False),
    ],
)
def test_ends(given: dict[str, object], verdict: str | None, doubtful: bool) -> None:
    found = ending(STDIN, Outcome(**given))  # type: ignore[arg-type]
    assert (found.verdict, found.doubtful) == (verdict, doubtful)


@pytest.mark.parametrize(
    ("checker", "given", "verdict"),
    [
        ("SP", {}, "AC"),
        ("SF", {}, "WA"),
        ("SX", {}, "RE"),
        ("SG", {"exit": 1, "stderr": b"MemoryError"}, "MLE"),
        ("SG", {}, "RE"),
        ("SU", {}, "IE"),
        ("S", {}, "IE"),
        ("", {}, "IE"),
        ("SP", {"stopped": "cpu"}, "TLE"),
        ("SP", {"said": "SE"}, "CE"),
        ("SP", {"said": ""}, "IE"),
    ],
)
def test_checked(checker: str, given: dict[str, object], verdict: str) -> None:
    outcome = Outcome(**{**GOOD, "checker": checker, **given})  # type: ignore[arg-type]
    assert ending(ASSERT, outcome).verdict == verdict


def test_calls_end_with_a_value_or_not_at_all() -> None:
    value = call_frames.pack(call_frames.VALUE, (5, None))
    error = call_frames.pack(call_frames.EXCEPTION, ("KeyError", "5"))
    assert ending(CALL, Outcome(said="SC", exit=0, report=value)) == Ending(None)
    assert reply(Outcome(report=value)) == b'["u2","i5","n"]'
    for report in (error, b"", value[:-1], error + value, b"\xff" * 50):
        assert ending(CALL, Outcome(said="SC", exit=0, report=report)).verdict == "RE"
        assert reply(Outcome(report=report)) is None

"""What an outcome alone says about a test, before any output is compared."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from typing import Literal

from rulereward.services.sandbox.inside import call_frames
from rulereward.services.sandbox.inside.checker import FAILED, PASSED, UNUSABLE
from rulereward.services.sandbox.shapes import AssertTest, CallTest, Outcome, PytestTest, Test

Verdict = Literal["AC", "WA", "TLE", "MLE", "OLE", "RE", "CE", "NR", "IE"]


@dataclass(frozen=True, slots=True)
class Ending:
    """`verdict` None: the program came to a good end, and what it gave is to be compared.

    `doubtful`: the host may be to blame for it (it was slow, or out of memory), so that one more try, alone, is due;
    comes the same again, it stands. Of IE it is never the program's fault. `why` says in words what is not plain.
    """

    verdict: Verdict | None
    doubtful: bool = False
    why: str = ""


def ending(test: Test, outcome: Outcome) -> Ending:
    """How a test ended. What the program itself printed or replied decides nothing here but between RE and MLE."""
    if outcome.problem or outcome.said not in ("S", "SC", "SE"):
        return _not_run(outcome)
    over = _over_a_limit(test, outcome)
    if over is not None:
        return over
    if isinstance(test, AssertTest | PytestTest) and outcome.checker[-1:].encode() == UNUSABLE:
        # before it is asked whether the program compiled: it may have been ended before it could
        return Ending("IE", why="the test itself cannot be run")
    if outcome.said != "SC":
        return Ending("CE")
    if isinstance(test, AssertTest | PytestTest):
        return _checked(outcome)
    if outcome.signal or outcome.exit:
        return _crashed(outcome)
    return _replied(outcome) if isinstance(test, CallTest) else Ending(None)


def reply(outcome: Outcome) -> bytes | None:
    """The value that a called function gave, as encoded plain data, which anybody may have written; None if none."""
    for tag, data in call_frames.unpack(outcome.report):
        return data if tag == call_frames.VALUE else None
    return None


def _not_run(outcome: Outcome) -> Ending:
    if outcome.stopped == "cancelled":
        return Ending("NR")
    why = outcome.problem or f"a fork was not set up: {outcome.stderr.decode('utf-8', 'replace').strip()[-200:]}"
    return Ending("IE", doubtful=True, why=why)


def _over_a_limit(test: Test, outcome: Outcome) -> Ending | None:
    limits = test.limits
    if outcome.stopped == "cancelled":
        return Ending("NR")
    if outcome.stopped == "memory":
        return Ending("MLE")
    if outcome.stopped == "output" or outcome.stdout_bytes > limits.output_bytes:
        return Ending("OLE")
    if outcome.stopped == "cpu" or outcome.cpu_s > limits.cpu_s or outcome.signal == signal.SIGXCPU:
        return Ending("TLE")
    if outcome.stopped == "idle":  # no load of the host makes a program wait
        return Ending("TLE", why=f"it waited for more than {limits.most_idle_s:g} s, and did nothing")
    if outcome.stopped == "wall":
        return Ending("TLE", doubtful=True, why="it waited, or the host was slow")
    return None


def _checked(outcome: Outcome) -> Ending:
    last = outcome.checker[-1:].encode()
    if last == PASSED:
        return Ending("AC")
    if last == FAILED:
        return Ending("WA")
    if outcome.checker in ("", "S"):
        return Ending("IE", doubtful=True, why="the checker's process ended")
    return _crashed(outcome)


def _crashed(outcome: Outcome) -> Ending:
    if outcome.signal == signal.SIGKILL and outcome.memory_was_short is False:
        return Ending("RE", why="it was killed, and not for want of memory: by itself, or by what it started")
    if outcome.signal == signal.SIGKILL:
        return Ending("MLE", doubtful=True, why="the kernel killed it")
    lines = outcome.stderr.strip().splitlines()
    short = lines and (lines[-1].startswith(b"MemoryError") or b"std::bad_alloc" in outcome.stderr[-300:])
    return Ending("MLE" if short else "RE")


def _replied(outcome: Outcome) -> Ending:
    if reply(outcome) is not None:
        return Ending(None)
    return Ending("RE", why="the function raised, or gave no plain data")

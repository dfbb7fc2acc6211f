"""From a test's outcome to its verdict. Expected values are here and nowhere else: none of them is ever sent away."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from rulereward.services.sandbox.endings import Ending, Verdict, ending, reply
from rulereward.services.sandbox.inside.plain_data import NotPlainDataError
from rulereward.services.sandbox.inside.plain_reading import decode
from rulereward.services.sandbox.shapes import Outcome, Test
from rulereward.text.code_tests import AssertTest, CallTest, PytestTest, StdinTest, Suite
from rulereward.text.code_work import Comparison
from rulereward.text.output_match import match_output
from rulereward.text.plain_text import written_value
from rulereward.text.value_match import BUILDERS, match_values
from rulereward.text.value_result import Match, Tolerance

SHOWN_CHARS = 400
"""Characters of a program's output, and of its messages, that an answer keeps for people."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict, and what a person is shown of it. `doubtful` and `why` are as in `endings.Ending`.

    `together`: how many tests passed in the fork that it was run in; the times are shares of that fork's. 0 where it
    had one of its own.
    """

    verdict: Verdict
    doubtful: bool = False
    why: str = ""
    got: str = ""
    stderr: str = ""
    cpu_s: float = 0.0
    wall_s: float = 0.0
    idle_s: float = 0.0
    together: int = 0

    def record(self, *, shown: bool) -> dict[str, object]:
        """What an answer says of a test; the texts only where `shown`. One that cannot be run was not run."""
        if self.verdict == "IE":
            return {"verdict": "NR", **({"why": self.why} if shown and self.why else {})}
        times: dict[str, object] = {"cpu_s": round(self.cpu_s, 4), "wall_s": round(self.wall_s, 4)}
        if self.together:
            times["together"] = self.together
        texts = {"why": self.why, "got": self.got, "stderr": self.stderr} if shown else {}
        return {"verdict": self.verdict, **times, **{name: text for name, text in texts.items() if text}}


def judge(suite: Suite, place: int, comparison: Comparison, test: Test, outcome: Outcome) -> Judged:
    """The verdict on the test of a suite at `place`, counted from 0, that was run as `test`."""
    over = ending(test, outcome)
    got, match = "", Match(matched=False)
    if over.verdict is None:
        given = outcome.stdout if isinstance(suite.tests[place], StdinTest) else reply(outcome)
        got, match = compared(suite, place, comparison, given or b"")
        over = Ending("AC" if match.matched else "WA", why=match.difference)
        if match is NO_PLAIN_DATA:
            over = Ending("RE", why=match.difference)
    elif over.verdict != "AC" and not over.why and isinstance(suite.tests[place], AssertTest):
        over = replace(over, why=_cut(outcome.report, end=True).rpartition("\n")[2])  # the checker's last line
    elif over.verdict != "AC" and not over.why and isinstance(suite.tests[place], PytestTest):
        over = replace(over, why=_cut(outcome.report, end=True))
    return told(over, outcome, got)


def told(over: Ending, outcome: Outcome, got: str = "") -> Judged:
    """A verdict with what a person is shown of how the program came out; `got` is shown in place of its output."""
    failed = over.verdict != "AC"
    return Judged(
        over.verdict or "IE",
        over.doubtful,
        over.why,
        (got or _cut(outcome.stdout)) if failed else "",
        _cut(outcome.stderr, end=True) if failed else "",
        outcome.cpu_s,
        outcome.wall_s,
        outcome.idle_s,
    )


NO_PLAIN_DATA = Match(False, "the function gave no plain data")


def compared(suite: Suite, place: int, comparison: Comparison, given: bytes) -> tuple[str, Match]:
    """What the program gave, for people, and whether it is as expected.

    `given` is what it printed, or the encoded value of a call.
    """
    wanted = suite.tests[place]
    if isinstance(wanted, StdinTest):
        assert comparison.mode != "checker", "see checks.py"
        tolerance = comparison.tolerance if comparison.tolerance != Tolerance() else None
        if comparison.mode not in ("float", "json"):
            tolerance = None
        printed = given.decode("utf-8", "surrogateescape")  # a byte that is no text equals none
        return "", match_output(printed, wanted.expected, comparison.mode, tolerance)
    assert isinstance(wanted, CallTest), "checkers judge other tests"
    try:
        replied = decode(given, BUILDERS)
    except NotPlainDataError:
        return "", NO_PLAIN_DATA
    if not isinstance(replied, tuple) or len(replied) != 2:
        return "", NO_PLAIN_DATA  # the program's process wrote this, not our code in it
    tolerance = _tolerance(suite, comparison)
    matches = [match_values(replied[0], result, tolerance, text_keys=suite.text_keys) for result in wanted.results()]
    match = next((found for found in matches if found.matched), matches[0])
    return written_value(replied[0], SHOWN_CHARS), match


def _tolerance(suite: Suite, comparison: Comparison) -> Tolerance:
    said = suite.tolerance if math.isfinite(suite.tolerance) else 0.0
    return Tolerance(max(said, comparison.tolerance.abs), comparison.tolerance.rel)


def _cut(data: bytes, *, end: bool = False) -> str:
    """The beginning of some output, or its end, as text."""
    part = data[-SHOWN_CHARS:] if end else data[: SHOWN_CHARS + 4]
    text = part.decode("utf-8", "replace")
    return text.strip() if end else text[:SHOWN_CHARS]

"""Tests whose output another program judges: the checker that a data set has beside its tests.

A test is done in steps, each in a fork of its own that nothing of the one before is left in:

1. the program runs; where it comes to no good end that is the verdict, as without a checker;
2. the checker is given the input, the expected output and the program's, and prints a score from 0 to 1;
3. where that is no score (it crashed, it hung, it printed something else) it is given the expected output in place of
   the program's. Says it 1 to that, then the program's output brought it about, and is wrong (or has run out of time,
   where that is what the checker did: outputs on which it never ends must not be free); else the test is unusable,
   whatever the program is.

A checker that the host may have slowed down is tried once more before step 3. The expected output is in a sandbox in
steps 2 and 3, where the program is not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from rulereward.services.sandbox.endings import Ending, ending
from rulereward.services.sandbox.shapes import FilesTest, Limits, Outcome, Program, Test
from rulereward.services.sandbox.verdicts import Judged, told
from rulereward.text.code_tests import StdinTest, Suite

FILES = ("input.txt", "correct_output.txt", "solution_output.txt")
"""What a checker is given, in this order."""

_LIMITS = Limits(cpu_s=10.0, memory_mb=1024, file_mb=32)
_MOST_BYTES = 32 << 20
"""Of all files together."""
_MOST_SCORE = 64
_SCORE = re.compile(r"\d{1,20}(?:\.\d{0,30})?|\.\d{1,30}", re.ASCII)
_BREAKS = Ending("WA", why="the checker can make nothing of the output")
_HANGS = Ending("TLE", why="the checker takes too long over the output")


@dataclass(slots=True)
class _Printed:
    """A program's end, which waits for what the checker says."""

    outcome: Outcome
    step: Literal["output", "expected"] = "output"
    tries: int = 1
    too_slow: bool = False
    """Did the checker run out of time over the output?"""


class Checks:
    """The tests of one job. Not thread-safe."""

    def __init__(self, suite: Suite) -> None:
        self._suite = suite
        self._checker = Program("python", suite.checker.encode("utf-8", "surrogatepass"))
        self._waiting: dict[int, _Printed] = {}

    def next_step(self, place: int) -> FilesTest | None:
        """The run of the checker that is due for the test at `place`; None where the program's is.

        Raises ValueError where the files are too large.
        """
        printed, test = self._waiting.get(place), self._suite.tests[place]
        if printed is None or not isinstance(test, StdinTest):
            return None
        given, expected = (text.encode("utf-8", "surrogatepass") for text in (test.stdin, test.expected))
        judged = printed.outcome.stdout if printed.step == "output" else expected
        if len(given) + len(expected) + len(judged) > _MOST_BYTES:
            raise ValueError(f"its files are more than the {_MOST_BYTES >> 20} MiB that a checker is given")
        return FilesTest(self._checker, tuple(zip(FILES, (given, expected, judged), strict=True)), _LIMITS)

    def judge(self, place: int, test: Test, outcome: Outcome) -> Judged | None:
        """The verdict, once a step of the test has ended; None where another step is due."""
        over = ending(test, outcome)
        if not isinstance(test, FilesTest):
            if over.verdict is not None:
                return told(over, outcome)
            self._waiting[place] = _Printed(outcome)
            return None
        if over.verdict in ("IE", "NR"):
            return told(over, outcome)
        printed, score = self._waiting[place], _score(over, outcome)
        if printed.step == "expected":
            del self._waiting[place]
            if score is not None and score >= 1:
                return told(_HANGS if printed.too_slow else _BREAKS, printed.outcome)
            return told(Ending("IE", why="the checker does not take even the expected output"), outcome)
        if score is None:
            if over.doubtful and printed.tries == 1:
                printed.tries = 2
            else:
                printed.step, printed.too_slow = "expected", over.verdict == "TLE"
            return None
        del self._waiting[place]
        return told(Ending("AC") if score >= 1 else Ending("WA", why=_said(score)), printed.outcome)


def _score(over: Ending, outcome: Outcome) -> float | None:
    """The score that a checker printed, and nothing besides; None where it is none from 0 to 1."""
    text = outcome.stdout.strip()
    if over.verdict is not None or len(text) > _MOST_SCORE:
        return None
    found = _SCORE.fullmatch(text.decode("ascii", "replace"))
    score = float(found[0]) if found else 2.0
    return score if score <= 1 else None


def _said(score: float) -> str:
    return f"the checker gives it {score:g}" + (", and only 1 is right" if score else "")

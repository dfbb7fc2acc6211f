"""Tests whose output another program judges: the checker that a data set has beside its tests.

A test is done in steps, each in a fork of its own that nothing of the one before is left in:

1. the program runs; where it comes to no good end that is the verdict, as without a checker;
2. the checker is given the input and the expected output, which it must give the score 1; else the test is unusable,
   for every program and whatever it printed: by no output can one choose to have it left out. Nor by what a program
   may have left in a sandbox: that a test is unusable, two runs of the checker have to say;
3. the checker is given the program's output. A score of 1 is right. Less, or no score at all (it crashed, it printed
   something else) is wrong, and an output on which it takes too long has run out of time.

What came of step 2 is kept for other programs with the same test. In step 3 too a checker that the host may have
slowed down is tried once more. The expected output is in a sandbox in steps 2 and 3, where the program is not.
"""

from __future__ import annotations

import hashlib
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
_MOST_KNOWN = 1 << 18
_SCORE = re.compile(r"\d{1,20}(?:\.\d{0,30})?|\.\d{1,30}", re.ASCII)
_BREAKS = Ending("WA", why="the checker can make nothing of the output")
_HANGS = Ending("TLE", why="the checker takes too long over the output")
_TOO_LONG = Ending("WA", why=f"with it there is more than the {_MOST_BYTES >> 20} MiB that a checker is given")


@dataclass(slots=True)
class _Printed:
    """A program's end, which waits for what the checker says."""

    outcome: Outcome
    step: Literal["expected", "output"] = "expected"
    tries: int = 1


class Checks:
    """The tests of one job. Not thread-safe. `known`: which tests are usable, for all jobs of a service."""

    def __init__(self, suite: Suite, known: dict[bytes, bool]) -> None:
        self._suite = suite
        self._checker = Program("python", suite.checker.encode("utf-8", "surrogatepass"))
        self._waiting: dict[int, _Printed] = {}
        self._known = known

    def next_step(self, place: int) -> FilesTest | None:
        """The run of the checker that is due for the test at `place`; None where the program's is.

        Raises ValueError where the files are too large, whatever the program printed.
        """
        printed = self._waiting.get(place)
        if printed is None:
            return None
        given, expected = self._texts(place)
        judged = printed.outcome.stdout if printed.step == "output" else expected
        if len(given) + 2 * len(expected) > _MOST_BYTES:
            raise ValueError(f"its files are more than the {_MOST_BYTES >> 20} MiB that a checker is given")
        return FilesTest(self._checker, tuple(zip(FILES, (given, expected, judged), strict=True)), _LIMITS)

    def judge(self, place: int, test: Test, outcome: Outcome) -> Judged | None:
        """The verdict, once a step of the test has ended; None where another step is due."""
        over = ending(test, outcome)
        if not isinstance(test, FilesTest):
            return told(over, outcome) if over.verdict is not None else self._begin(place, outcome)
        if over.verdict in ("IE", "NR"):
            return told(over, outcome)
        printed, score = self._waiting[place], _score(over, outcome)
        unsure = score != 1 if printed.step == "expected" else score is None and over.doubtful
        if unsure and printed.tries == 1:
            printed.tries = 2
            return None
        if printed.step == "expected":
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[self._key(place)] = score == 1
            return self._begin(place, printed.outcome)
        del self._waiting[place]
        over = (_HANGS if over.verdict == "TLE" else _BREAKS) if score is None else _said(score)
        return told(over, printed.outcome)

    def _begin(self, place: int, outcome: Outcome) -> Judged | None:
        """The next step behind the program's, if there is one: the expected output, unless that is known."""
        usable = self._known.get(self._key(place))
        if usable is False:
            self._waiting.pop(place, None)
            return Judged("IE", why="the checker does not take the expected output")
        if usable and self._is_too_long(place, outcome.stdout):
            self._waiting.pop(place, None)
            return told(_TOO_LONG, outcome)
        self._waiting[place] = _Printed(outcome, "expected" if usable is None else "output")
        return None

    def _is_too_long(self, place: int, printed: bytes) -> bool:
        return len(printed) + sum(map(len, self._texts(place))) > _MOST_BYTES

    def _key(self, place: int) -> bytes:
        digest = hashlib.blake2b(digest_size=16)
        for part in (self._checker.source, *self._texts(place)):
            digest.update(b"%d " % len(part))
            digest.update(part)
        return digest.digest()

    def _texts(self, place: int) -> tuple[bytes, bytes]:
        """The input of a test and its expected output."""
        test = self._suite.tests[place]
        assert isinstance(test, StdinTest), "others have no checker"
        return test.stdin.encode("utf-8", "surrogatepass"), test.expected.encode("utf-8", "surrogatepass")


def _score(over: Ending, outcome: Outcome) -> float | None:
    """The score that a checker printed, and nothing besides; None where it is none from 0 to 1."""
    text = outcome.stdout.strip()
    if over.verdict is not None or len(text) > _MOST_SCORE:
        return None
    found = _SCORE.fullmatch(text.decode("ascii", "replace"))
    score = float(found[0]) if found else 2.0
    return score if score <= 1 else None


def _said(score: float) -> Ending:
    if score == 1:
        return Ending("AC")
    return Ending("WA", why=f"the checker gives it {score:g}" + (", and only 1 is right" if score else ""))

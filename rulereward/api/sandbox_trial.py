"""Trying a sandbox: does it run honest programs, and does it stop some hostile ones?"""

from __future__ import annotations

import select
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from rulereward.api.sandbox_bait import Bait, laid_out
from rulereward.api.sandbox_programs import ATTACKS, CANARIES, EXPECTED, MARK, STDIN, Attack
from rulereward.services.sandbox.backends import Backend, BackendError, BackendLink
from rulereward.services.sandbox.endings import ending
from rulereward.services.sandbox.link import LinkLostError
from rulereward.services.sandbox.shapes import Limits, Outcome, Program, StdinTest

_START_LIMIT_S = 60.0
_ANSWER_LIMIT_S = 120.0
_WARM_RUNS = 20
_HONEST = Limits(cpu_s=10.0, wall_s=60.0)
_HOSTILE = Limits(cpu_s=1.0, wall_s=20.0, memory_mb=256)


class TrialError(Exception):
    """The sandbox does not start, or does not answer. The message says what is known of it."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One program. `result`: `right` or `wrong` of honest ones, `stopped` or `not stopped` of hostile ones, `unknown`
    where the sandbox itself had trouble. `why` says more where it is neither `right` nor `stopped`.
    """

    name: str
    result: Literal["right", "wrong", "stopped", "not stopped", "unknown"]
    why: str = ""

    @property
    def well(self) -> bool:
        return self.result in ("right", "stopped")


@dataclass(frozen=True, slots=True)
class Trial:
    """`first_s`: from nothing to the end of the first test; `warm_s`: the median of tests one after the other.

    `slots`: how many tests one runner does at once, of `links` runners. `attacks` is empty where none were made.
    """

    slots: int
    links: int
    languages: tuple[Tried, ...]
    attacks: tuple[Tried, ...]
    first_s: float
    warm_s: float

    @property
    def well(self) -> bool:
        return all(tried.well for tried in (*self.languages, *self.attacks))


def try_sandbox(backend: Backend, *, attacks: bool = True, tell: Callable[[Tried], None] = lambda _: None) -> Trial:
    """Run the canaries, and the attacks if `attacks`; `tell` hears of each as it is over. Takes some seconds.

    Raises TrialError where no runner can be started, or none stays.
    """
    began = time.monotonic()
    runner = _Runner(backend)
    try:
        first = runner.run(_canary("python"))
        first_s = time.monotonic() - began
        tried = [_judged("python", first)]
        if tried[0].result == "unknown":
            raise TrialError(tried[0].why)
        tell(tried[0])
        slots, languages = runner.slots, runner.languages
        for language in languages:
            if language != "python":
                tried.append(_judged(language, runner.run(_canary(language))))
                tell(tried[-1])
        warm_s = _warm(runner)
        found = list(_attacked(runner, tell)) if attacks and tried[0].well else []
    except LinkLostError as problem:
        raise TrialError(f"the runner ended: {problem}") from problem
    finally:
        runner.close()
    return Trial(slots, backend.links, tuple(tried), tuple(found), first_s, warm_s)


def _warm(runner: _Runner) -> float:
    times = []
    for _ in range(_WARM_RUNS):
        began = time.monotonic()
        runner.run(_canary("python"))
        times.append(time.monotonic() - began)
    return statistics.median(times)


def _attacked(runner: _Runner, tell: Callable[[Tried], None]) -> Iterator[Tried]:
    with laid_out() as bait:
        for attack in ATTACKS:
            tried = _one_attack(runner, attack, bait)
            tell(tried)
            yield tried


def _one_attack(runner: _Runner, attack: Attack, bait: Bait) -> Tried:
    """Make an attack, and see whether the runner does honest work afterwards."""
    source = bait.header() + attack.code
    test = StdinTest(Program("python", source.encode("utf-8", "surrogateescape")), b"", _HOSTILE)
    try:
        outcome = runner.run(test)
        after = _judged("python", runner.run(_canary("python")))
    except LinkLostError as problem:
        runner.restart()
        return Tried(attack.name, "not stopped", f"it ended the runner: {problem}")
    if MARK.encode() in outcome.stdout or bait.taken():
        where = outcome.stdout.decode("utf-8", "replace").replace(MARK, "").split()
        return Tried(attack.name, "not stopped", ", ".join(dict.fromkeys(where)))
    if not after.well:
        return Tried(attack.name, "not stopped", f"honest work afterwards is {after.result}: {after.why}")
    over = ending(test, outcome)
    if over.verdict == "IE":
        return Tried(attack.name, "unknown", over.why)
    return Tried(attack.name, "stopped")


def _canary(language: str) -> StdinTest:
    return StdinTest(Program(language, CANARIES[language].encode()), STDIN, _HONEST)


def _judged(language: str, outcome: Outcome) -> Tried:
    over = ending(_canary(language), outcome)
    if over.verdict == "IE":
        return Tried(language, "unknown", over.why)
    if over.verdict is None and outcome.stdout == EXPECTED:
        return Tried(language, "right")
    said = outcome.stderr.decode("utf-8", "replace").strip().splitlines()
    why = [over.verdict or f"it printed {outcome.stdout[:100]!r}", *said[-1:]]
    return Tried(language, "wrong", ": ".join(why))


class _Runner:
    """One link, driven one test at a time. Raises LinkLostError, TrialError."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._link = self._started()

    @property
    def slots(self) -> int:
        return self._link.slots

    @property
    def languages(self) -> tuple[str, ...]:
        """Those that it says it has, of those that there are programs for; all of these where it says nothing."""
        there = self._link.languages or tuple(CANARIES)
        return tuple(language for language in CANARIES if language in there)

    def run(self, test: StdinTest) -> Outcome:
        """The outcome of a test, waited for."""
        number = self._link.submit(test)
        deadline = time.monotonic() + _ANSWER_LIMIT_S
        while time.monotonic() < deadline:
            for found, _, outcome in self._pumped(1.0):
                if found == number:
                    return outcome
        raise TrialError(f"there is no answer after {_ANSWER_LIMIT_S:g} s")

    def restart(self) -> None:
        """Begin again with a new link."""
        self._link.close()
        self._link = self._started()

    def close(self) -> None:
        self._link.close()

    def _started(self) -> BackendLink:
        try:
            self._link = self._backend.connect()
        except (BackendError, OSError) as problem:
            raise TrialError(str(problem)) from problem
        deadline = time.monotonic() + _START_LIMIT_S
        while not self._link.slots:
            if time.monotonic() > deadline:
                raise TrialError(f"it is not ready after {_START_LIMIT_S:g} s: {self._link.close()}")
            self._pumped(1.0)
        return self._link

    def _pumped(self, wait_s: float) -> list[tuple[int, object, Outcome]]:
        """Send and receive once, waiting for that at most `wait_s` seconds."""
        link = self._link
        readable, writable, _ = select.select([link.reading], [link.writing] if link.has_output else [], [], wait_s)
        if writable:
            link.send()
        return list(link.receive()) if readable else []

"""What is asked of a sandbox: one program, the tests that it is to pass, and how they are judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

from rulereward.text.code_tests import Policy, Program, Suite
from rulereward.text.code_tests.values import Plain
from rulereward.text.output_match import OUTPUT_MODES, OutputMode
from rulereward.text.value_result import Tolerance

VERSION = 2
"""Stands in the plain form of a piece of work; what was written by another version is refused."""

Isolation = Literal["test", "sample"]
_MODES = (*OUTPUT_MODES, "checker")

DEFAULT_TIME_S = 6.0
"""Processor time of one test where neither the ruleset nor the data says another."""

DEFAULT_MEMORY_MB = 512

DATA_TIME_S = (1.0, 60.0)
DATA_MEMORY_MB = (128, 4096)
"""Where limits that the data asks for are brought: an interpreter takes more than contests grant a compiled program,
and no row may ask for a machine of its own."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """How what a program prints, or what its function returns, is compared with what is expected.

    `mode` is for printed text (`output_match`); the tolerance is for returned values and, where one is given, for the
    modes `float` and `json`. Of the mode `checker` the suite's checker says whether a printed text is right. Raises
    ValueError for a tolerance that is none.
    """

    mode: OutputMode | Literal["checker"] = "lines"
    tolerance: Tolerance = field(default_factory=Tolerance)


@dataclass(frozen=True, slots=True)
class Work:
    """A program (`code_tests.program_of`), its suite, and what each test may use: seconds of processor, MiB.

    After `most_timeouts` tests that ran out of time, counted in the order of the tests, those behind them count as if
    they had too and need not run; 0 has all of them run. `isolation`: with `sample` the tests of a Python program
    share a process, as far as they can. The prompt of the suite is in the program.
    """

    program: Program
    suite: Suite
    time_s: float = DEFAULT_TIME_S
    memory_mb: int = DEFAULT_MEMORY_MB
    policy: Policy = field(default_factory=Policy)
    comparison: Comparison = field(default_factory=Comparison)
    most_timeouts: int = 0
    isolation: Isolation = "test"

    def to_plain(self, suite: tuple[Plain, ...] | None = None) -> tuple[Plain, ...]:
        """Nested tuples of texts and numbers, fit to be the payload of a job.

        `suite` is the plain form of the suite, if there is one already: `plain_suite`.
        """
        program, comparison = self.program, self.comparison
        return (
            VERSION,
            (program.language, program.source),
            plain_suite(self.suite) if suite is None else suite,
            (float(self.time_s), int(self.memory_mb), int(self.most_timeouts)),
            (self.policy.name, self.policy.count),
            (comparison.mode, float(comparison.tolerance.abs), float(comparison.tolerance.rel)),
            self.isolation,
        )


def plain_suite(suite: Suite) -> tuple[Plain, ...]:
    """The plain form of what has to be known of a suite besides the program."""
    return replace(suite, prompt="", language="", time_limit_s=None, memory_limit_mb=None).to_plain()


def work_of(plain: object, suites: Mapping[int, Suite] | None = None) -> Work:
    """The work that `to_plain` wrote. Raises ValueError for anything else.

    `suites` are those that are known already, by the id of their plain form.
    """
    written: Any = plain
    try:
        version, program, suite, limits, policy, comparison, isolation = written
        if version != VERSION:
            raise ValueError
        (language, source), (time_s, memory_mb, most_timeouts), (mode, abs_tol, rel_tol) = program, limits, comparison
        if mode not in _MODES or isolation not in get_args(Isolation):
            raise ValueError
        if not isinstance(source, str) or not isinstance(language, str):
            raise ValueError
        known = (suites or {}).get(id(suite))
        tests = Suite.from_plain(suite) if known is None else known
        if mode == "checker" and not tests.checker:
            raise ValueError
        return Work(
            Program(language, source, 1),
            tests,
            float(time_s),
            int(memory_mb),
            Policy(*policy),
            Comparison(mode, Tolerance(abs_tol, rel_tol)),
            int(most_timeouts),
            isolation,
        )
    except (TypeError, ValueError):
        raise ValueError("this is no work of this version for a sandbox") from None


def limits_of(suite: Suite, time_s: float, memory_mb: float) -> tuple[float, int]:
    """Seconds and MiB for each test: what is asked for here, or else in the data (within bounds), or the defaults."""
    if not time_s:
        said = suite.time_limit_s
        time_s = DEFAULT_TIME_S if said is None else _within(DATA_TIME_S, said)
    if not memory_mb:
        asked = suite.memory_limit_mb
        memory_mb = DEFAULT_MEMORY_MB if asked is None else _within(DATA_MEMORY_MB, asked)
    return float(time_s), int(memory_mb)


def _within(bounds: tuple[float, float], value: float) -> float:
    return min(max(value, bounds[0]), bounds[1])

"""Every exception this package raises on purpose.

RuleRewardError
├── RulesetError          the ruleset cannot be compiled; carries all diagnostics
├── InputError            the data handed in cannot be scored as asked (a missing column, a bad shape)
├── ConfigurationError    the surroundings are wrong (an unknown shipped name, no group key, no `step`)
├── KindError            a rule kind of one's own is declared wrongly
├── ConstantError        a rule kind cannot work with a constant it is given
├── BusyError             too much work is waiting; the same call may be taken later
├── OutputError           an output file cannot be written or resumed
├── RunAbortedError       a rule with `on_error: abort` met an error, or a service fails too often to go on
└── InternalError         a bug in rulereward: an illegal plan, a broken invariant

A failure that concerns one cell is data (`rulereward.data.State.ERROR`), never an exception.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rulereward.lang.diagnostics import Diagnostic


class RuleRewardError(Exception):
    """Base of every exception of this package."""


class RulesetError(RuleRewardError):
    """A ruleset that cannot be compiled. `diagnostics` holds every error and warning found in the one run."""

    def __init__(self, diagnostics: Sequence[Diagnostic], rendered: str) -> None:
        super().__init__(rendered)
        self.diagnostics = tuple(diagnostics)

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.diagnostics, str(self))


class InputError(RuleRewardError):
    """The data handed to a ruleset cannot be scored as asked."""


class ConfigurationError(RuleRewardError):
    """The surroundings of a run are wrong: an unknown ruleset name, a missing `step`, no group key."""


class KindError(RuleRewardError):
    """A rule kind is declared wrongly; the message says what is allowed."""


class ConstantError(RuleRewardError):
    """A rule kind cannot work with a constant it is given. The compiler reports it at that argument.

    Raised by the `__post_init__` of a kind's params; `help` is the next step.
    """

    def __init__(self, parameter: str, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.parameter, self.message, self.help = parameter, message, help

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.parameter, self.message, self.help)


class BusyError(RuleRewardError):
    """More rows are waiting to be scored than are taken, or no more are taken at all."""


class OutputError(RuleRewardError):
    """An output file cannot be written, or cannot be resumed."""


class RunAbortedError(RuleRewardError):
    """A rule with `on_error: abort` could not be measured on some row, or a service fails too often to go on."""


class InternalError(RuleRewardError):
    """A bug in rulereward itself; please report it with the ruleset."""

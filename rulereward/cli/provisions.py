"""What a ruleset needs besides itself, seen to before the first row: a place where code runs, and models."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rulereward.cli.options import tell_place_of_code

if TYPE_CHECKING:
    from rulereward.api import Ruleset
    from rulereward.cli.screen import Screen

_LOGGER = "rulereward.lm"
_DIGEST = re.compile(r"(?<=sha256 [0-9a-f]{12})[0-9a-f]{52}")


def tell_provisions(ruleset: Ruleset, say: Callable[[str], None]) -> None:
    """Say where code will be run and which models are used, if the ruleset needs any; models are loaded for that.

    Raises ConfigurationError where one of them cannot be had: most rows would be errors.
    """
    tell_place_of_code(ruleset, say)
    for name, identity in _loaded(ruleset):
        say(f"model {name}: {_DIGEST.sub('…', identity)}")


def _loaded(ruleset: Ruleset) -> list[tuple[str, str]]:
    from rulereward.api.environment import identity_of, resources  # noqa: PLC0415  slow to import
    from rulereward.api.shared import shared_services  # noqa: PLC0415

    return [(resource.name, identity_of(resource, shared_services())) for resource in resources(ruleset.plan)]


@contextmanager
def models_at_work(*rulesets: Ruleset) -> Iterator[None]:
    """Load the models of rulesets, and show on stderr what is logged of them while the block runs.

    Raises ConfigurationError where one cannot be had, of which else every row would tell. Where no ruleset has one
    nothing is done.
    """
    if not any("lm" in ruleset.plan.services for ruleset in rulesets):
        yield
        return
    from rulereward.cli.screen import Screen  # noqa: PLC0415  slow to import

    with models_heard(Screen()):
        for ruleset in rulesets:
            _loaded(ruleset)
        yield


@contextmanager
def models_heard(screen: Screen) -> Iterator[None]:
    """Show what is logged of models while the block runs: that one is loaded, how far a long pass is, warnings."""
    logger, handler = logging.getLogger(_LOGGER), _OnScreen(screen)
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)


class _OnScreen(logging.Handler):
    def __init__(self, screen: Screen) -> None:
        super().__init__(logging.INFO)
        self._screen = screen

    def emit(self, record: logging.LogRecord) -> None:
        tell = self._screen.warn if record.levelno >= logging.WARNING else self._screen.note
        tell(record.getMessage())

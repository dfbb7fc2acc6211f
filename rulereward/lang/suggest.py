"""Did you mean …?"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

PERHAPS = 0.6
"""How much alike two names must be for one to be suggested in place of the other (`difflib`'s ratio)."""

SURELY = 0.8
"""How much alike for one to be taken for a slip of the pen."""


def closest(name: str, known: Iterable[str], cutoff: float = PERHAPS) -> str | None:
    """The known name that looks most like `name`, or None if none is near."""
    names = list(known)
    found = difflib.get_close_matches(name, names, n=1, cutoff=cutoff)
    if found:
        return found[0]
    folded = {known_name.casefold(): known_name for known_name in names}
    return folded.get(name.casefold())


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """A line of help that names the closest known name, or None."""
    found = closest(name, known)
    return None if found is None else f"did you mean `{found}`?"

"""Did you mean …?"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def closest(name: str, known: Iterable[str]) -> str | None:
    """The known name that looks most like `name`, or None if none is near."""
    names = list(known)
    found = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if found:
        return found[0]
    folded = {known_name.casefold(): known_name for known_name in names}
    return folded.get(name.casefold())


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """A line of help that names the closest known name, or None."""
    found = closest(name, known)
    return None if found is None else f"did you mean `{found}`?"

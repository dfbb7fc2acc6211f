"""Rule kinds that take as long, or fail, as the text says."""

from __future__ import annotations

import time

from rulereward import rule


@rule(version=1, returns="number", range=(0, 100))
def dawdle(text: str) -> float:
    """Sleeps so many seconds; a text that is no number takes none."""
    seconds = float(text) if text.replace(".", "").isdecimal() else 0.0
    time.sleep(seconds)
    return seconds


@rule(version=1, returns="number", range=(0, 100))
def brittle(text: str) -> float:
    """The number of characters; fails on a text that asks for it."""
    if "fail" in text:
        raise LookupError("it was asked for")
    return float(len(text))

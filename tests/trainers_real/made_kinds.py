"""A rule kind that breaks on the texts that say so: how an error comes about in one row and not in its neighbours."""

from __future__ import annotations

from rulereward.kind import rule


@rule(version=1, returns="number", range=(0, 1))
def fragile(text: str) -> float:
    """1, or an exception where the text says `boom`."""
    if "boom" in text:
        raise RuntimeError("it broke")
    return 1.0

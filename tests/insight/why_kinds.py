"""A kind that fails on some texts, and says more than a number."""

from __future__ import annotations

from rulereward.kind import Result, rule


@rule(version=1, returns="number", range=(0, 10), polarity="higher", fields={"double": "number"})
def steps(text: str) -> Result:
    """Lines that begin with a dash; `!` raises."""
    if "!" in text:
        raise RuntimeError("the text says !")
    found = float(sum(line.startswith("-") for line in text.splitlines()))
    return Result(found, {"double": 2 * found})

"""The kind `random`."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import Annotated

from rulereward.kind import Implicit, rule


@dataclass(frozen=True, slots=True)
class RandomParams:
    seed: int = 0
    low: float = 0.0
    high: float = 1.0


@rule(version=1, returns="number", range_from=lambda params: (params.low, max(params.low, params.high)))
def random(text: Annotated[str, Implicit("completion")], params: RandomParams) -> float:
    """A number that depends on the text and a seed alone, spread evenly over [low, high).

    Reads: the text, the completion unless another is given. The same text and seed give the same number on any
    machine, in any order and in any batch, so a control run can be repeated.
    Returns: `low` at the least and less than `high`; `low` where the two are equal.
    Missing: only where the text is.
    Gamed by: nothing on purpose; it is the control that shows what a policy learns from noise. Equal texts get equal
    numbers, so a group that has collapsed to one completion has no spread.
    Source: the first 53 bits of BLAKE2b-64 over the seed, a newline and the text, as a share of 2^53.
    """
    digest = hashlib.blake2b(f"{params.seed}\n{text}".encode(), digest_size=8).digest()
    share = (int.from_bytes(digest, "big") >> 11) / 2**53
    value = params.low + (params.high - params.low) * share
    return value if value < params.high else max(params.low, math.nextafter(params.high, params.low))

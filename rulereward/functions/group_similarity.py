"""The group function `group_similarity`."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from rulereward.data import Level
from rulereward.kind import UNIT_INTERVAL, Base, Bounds, aggregate
from rulereward.text.words import RepetitionUnit, repetition_units


@dataclass(frozen=True, slots=True)
class GroupSimilarityParams:
    n: Annotated[int, Bounds(lo=1, hi=100)] = 3
    unit: RepetitionUnit = "auto"


@aggregate(level=Level.ROW, takes=Base.TEXT, needs=2, range=lambda *_: UNIT_INTERVAL)
def group_similarity(texts: Sequence[str], params: GroupSimilarityParams) -> list[float]:
    """How much of a completion its siblings say too: the mean overlap of its n-grams with theirs, 0 to 1.

    The overlap of two texts is the F1 of their n-grams as multisets: 2 * shared / (n-grams of both);
    units are those of `ngram_repetition`. Two texts without n-grams, being shorter than `n` units, overlap in full
    when they are equal and not at all otherwise. Less is more diverse. Gamed by noise: words that mean nothing differ
    from everything, so never reward a low value alone.
    Source: self-BLEU (Zhu et al. 2018) in spirit, with F1 in place of BLEU so that the measure is symmetric.
    """
    units = [repetition_units(text, params.unit) for text in texts]
    grams = [_grams(tokens, params.n) for tokens in units]
    totals = [sum(counts.values()) for counts in grams]
    overlaps: list[list[float]] = [[] for _ in texts]
    for first in range(len(texts)):
        for second in range(first):
            shared = _shared(grams[first], grams[second])
            both = totals[first] + totals[second]
            overlap = 2.0 * shared / both if both else float(units[first] == units[second])
            overlaps[first].append(overlap)
            overlaps[second].append(overlap)
    return [math.fsum(found) / len(found) for found in overlaps]  # the same in whatever order the members come


def _grams(units: Sequence[str], n: int) -> Counter[tuple[str, ...]]:
    return Counter(zip(*(units[start:] for start in range(n)), strict=False))


def _shared(one: Counter[tuple[str, ...]], other: Counter[tuple[str, ...]]) -> int:
    fewer, more = (one, other) if len(one) <= len(other) else (other, one)
    return sum(min(count, more[gram]) for gram, count in fewer.items() if gram in more)

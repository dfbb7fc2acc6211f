"""Pairs of a gold and an answer whose truth is known by how they were made.

Every family makes threes: a gold, an answer made from it by an identity (other order, common denominator, expanded,
another spelling), and one made by a change that alters the value (a sign, a coefficient of independent terms, a
bracket, an item). No verdict of a program takes part. What is no mathematics but convention (percents, units,
rounded decimals, what an answer says on the way) is as the docstring of `math_equal` has it.

    python tests/bench/math_pairs.py [math_rollouts.jsonl]     prints them, one a line
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import math_pairs_letters
import math_pairs_lists
import math_pairs_more
import math_pairs_numbers
import math_pairs_roots
import math_pairs_texts
from math_pairs_numbers import Triple

ROLLOUTS = Path(__file__).parents[3] / "shared" / "data" / "math_rollouts.jsonl"
SEED = 20240611
PER_FAMILY = 40
FAMILIES: dict[str, Callable[[random.Random], Triple]] = {
    **math_pairs_numbers.FAMILIES,
    **math_pairs_roots.FAMILIES,
    **math_pairs_letters.FAMILIES,
    **math_pairs_lists.FAMILIES,
    **math_pairs_texts.FAMILIES,
    **math_pairs_more.FAMILIES,
}
_PATIENCE = 20
"""How many tries a family has for each three that it shall make: some have few different ones."""


@dataclass(frozen=True, slots=True)
class Pair:
    family: str
    gold: str
    answer: str
    equal: bool


def _pairs_of(family: str, triples: Iterable[Triple], most: int) -> list[Pair]:
    """Distinct pairs; an answer that is its gold letter by letter tests nothing."""
    found: dict[tuple[str, str], Pair] = {}
    for gold, right, wrong in triples:
        if len(found) >= 2 * most:
            break
        if gold == right or (gold, right) in found or (gold, wrong) in found:
            continue
        found[gold, right] = Pair(family, gold, right, True)
        found[gold, wrong] = Pair(family, gold, wrong, False)
    return list(found.values())


def rollout_golds(path: Path) -> list[str]:
    """The distinct golds, in the order of the file; none where it is absent."""
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    return list(dict.fromkeys(str(json.loads(line)["answer"]) for line in lines))


def all_pairs(path: Path = ROLLOUTS, seed: int = SEED, most: int = PER_FAMILY) -> list[Pair]:
    found: list[Pair] = []
    for family, make in FAMILIES.items():
        chance = random.Random(f"{seed} {family}")
        found += _pairs_of(family, (make(chance) for _ in range(most * _PATIENCE)), most)
    golds = rollout_golds(path)
    found += _pairs_of("golds of the rollouts", math_pairs_texts.from_golds(golds), 4 * len(golds))
    distinct: dict[tuple[str, str], Pair] = {}
    for pair in found:
        again = distinct.setdefault((pair.gold, pair.answer), pair)
        assert again.equal is pair.equal, f"two families say the opposite of {pair}"
    return list(distinct.values())


if __name__ == "__main__":
    for pair in all_pairs(Path(sys.argv[1]) if len(sys.argv) > 1 else ROLLOUTS):
        print(f"{pair.family}\t{'=' if pair.equal else '≠'}\t{pair.gold!r}\t{pair.answer!r}")

"""Differences grouped by cause: a greedy search for predicates that tell differing rows from agreeing ones.

Each round takes the kind of difference and the predicate, or pair of predicates, with the best F-score among the rows
that are not explained yet, puts those rows into a group and goes on. The score is F0.5, in which being wrong about
agreeing rows weighs more than leaving rows over: several bugs can make the same difference, and the next rounds take
what is left over. A predicate must hold on more differing rows than chance would explain (the tail of the
hypergeometric distribution, times the number of predicates that were tried), so noise stays what it is: a remainder
without a common cause. The same rows give the same groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rulereward.data import F64, I64, Bools
from rulereward.insight.compare.chance import Evidence
from rulereward.insight.compare.differences import VALUES, Differences, Kind
from rulereward.insight.compare.features import Feature
from rulereward.insight.compare.predicates import Literal, Pool, distinct, holding, rests_on_weak, together

LEAST_ROWS = 3
"""Fewer rows are no group."""

LEAST_PRECISION = 0.6
EVERY_ROW_PRECISION = 0.8
PAIR_GAIN = 0.1
"""So much better than each of its predicates a pair must score."""

WEAK_COSTS = 0.5
"""What a score loses that rests on weak predicates alone. `the first box is the gold and accuracy is false` holds for
every bug that finds a wrong box right, so it says what happens, and puts rows of several causes into one group."""

SCORE_DIGITS = 2
"""Scores this close are equal: of two predicates that fit as well, the one that stands first is taken."""

MOST_GROUPS = 20
MOST_HINTS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Cause:
    """A group of rows. Without literals it is every row, or the remainder where `found` is false.

    `also` are predicates that hold on the very same rows as the first literal, in a remainder those that all of its
    rows have and no agreeing one; `agreeing` rows have the predicates and no difference.
    """

    kind: str
    relation: bool
    literals: tuple[Literal, ...]
    also: tuple[Feature, ...]
    rows: Bools
    agreeing: int
    found: bool = True


class _Choice(NamedTuple):
    score: float
    narrowness: int
    order: tuple[int, ...]
    kind: Kind
    literals: tuple[Literal, ...]


def causes(found: Differences, features: Sequence[Feature], units: I64) -> list[Cause]:
    """The groups, best explained first, then the remainder by kind of difference.

    `units` say which rows belong together: equal numbers for the completions of one prompt.
    """
    told = found.agree | found.differ
    pool = distinct(
        [feature for feature in features if 0 < int((feature.holds & told).sum()) < int(told.sum())], told
    )
    agree, open_rows = found.agree.copy(), found.differ.copy()
    groups: list[Cause] = []
    while len(groups) < MOST_GROUPS and (choice := _best(pool, found.kinds, agree, open_rows, units)) is not None:
        where = holding(choice.literals, len(told))
        rows = _taken(choice, where, found, open_rows)
        also = pool[choice.order[0]][1] if len(choice.literals) == 1 and choice.literals[0].holds else ()
        name = choice.kind.name if not (rows & ~choice.kind.rows).any() else _narrowest(found.kinds, rows) or DIFFERS
        groups.append(Cause(name, choice.kind.relation, choice.literals, also, rows, int((agree & where).sum())))
        open_rows &= ~rows
        if choice.kind.relation:  # these rows agree but for the relation: what else differs is told against them
            agree |= rows
    return groups + _remainder(found, open_rows, pool)


DIFFERS = "ours and theirs differ"


def _taken(choice: _Choice, where: Bools, found: Differences, open_rows: Bools) -> Bools:
    """The rows of the group: of a difference between numbers all with its direction, and enough of the other one."""
    rows = open_rows & where & choice.kind.rows
    if choice.kind.family != VALUES or choice.kind.relation or not choice.literals:
        return rows
    numbers = open_rows & where & found.numbers
    for direction in (numbers & (found.delta < 0), numbers & (found.delta > 0)):
        if (direction & rows).any() or direction.sum() >= LEAST_ROWS:
            rows |= direction
    return rows


def _best(pool: Pool, kinds: Sequence[Kind], agree: Bools, open_rows: Bools, units: I64) -> _Choice | None:
    negatives = together(pool, agree)
    best: _Choice | None = None
    for narrowness, kind in enumerate(kinds):
        target = kind.rows & open_rows
        if target.sum() < LEAST_ROWS:
            continue
        choices = [
            _every_row(kind, narrowness, target, agree | open_rows),
            _search(pool, kind, narrowness, Evidence(target, agree, units), negatives),
        ]
        for choice in choices:
            if choice is not None and (best is None or _rank(choice) > _rank(best)):
                best = choice
    return best


def _rank(choice: _Choice) -> tuple[float, int, int, tuple[int, ...]]:
    """Better score, then fewer predicates, then the narrower kind, then those that stand first."""
    order = tuple(-place for place in choice.order)
    return round(choice.score, SCORE_DIGITS), -len(choice.literals), choice.narrowness, order


def _every_row(kind: Kind, narrowness: int, target: Bools, rows: Bools) -> _Choice | None:
    """Of nearly all `rows` that are left an exact kind needs no predicate; `another number` would say nothing."""
    hits, wrong = int(target.sum()), int((rows & ~target).sum())
    if not kind.exact or hits < EVERY_ROW_PRECISION * (hits + wrong):
        return None
    return _Choice(_f_score(hits, wrong, 0), narrowness, (), kind, ())


def _search(pool: Pool, kind: Kind, narrowness: int, evidence: Evidence, negatives: F64) -> _Choice | None:
    """The best single predicate or pair that chance does not explain."""
    if not pool:
        return None
    hits = together(pool, evidence.differ)  # on the diagonal single predicates
    total, others = int(evidence.differ.sum()), int(evidence.agree.sum())
    scores = _scores(hits, negatives, total)
    size, single = len(pool), np.eye(2 * len(pool), dtype=np.bool_)
    alone = np.diagonal(scores)
    gains = single | (scores >= np.maximum(alone[:, None], alone[None, :]) + PAIR_GAIN)
    scores = scores - np.where(rests_on_weak(pool), WEAK_COSTS, 0.0) - np.where(single, 0.0, PAIR_GAIN)
    usable = (
        (hits >= LEAST_ROWS) & (hits >= LEAST_PRECISION * (hits + negatives)) & _lifts(hits, negatives, total, others)
    )
    usable &= gains & np.triu(np.ones_like(usable))  # each pair once
    scores = np.where(usable, scores, -1.0)
    for flat in np.argsort(-np.round(scores, SCORE_DIGITS), axis=None, kind="stable")[:_TRIED].tolist():
        first, second = divmod(flat, 2 * size)
        if scores[first, second] <= 0.0:
            return None
        order = (first,) if first == second else (first, second)
        literals = tuple(Literal(pool[place % size][0], place < size) for place in order)
        if evidence.is_sure(literals[0].where, literals[1].where if len(literals) > 1 else None, 2 * size):
            places = tuple(place % size for place in order)
            return _Choice(float(scores[first, second]), narrowness, places, kind, literals)
    return None


_TRIED = 200
"""How many of the best scores are looked at for one that chance does not explain."""


def _scores(hits: F64, wrong: F64, total: int) -> F64:
    return 1.25 * hits / np.maximum(1.25 * hits + 0.25 * (total - hits) + wrong, 1.0)


def _f_score(hits: int, wrong: int, left: int) -> float:
    return 1.25 * hits / (1.25 * hits + 0.25 * left + wrong)


def _lifts(hits: F64, wrong: F64, total: int, others: int) -> NDArray[np.bool_]:
    """At most half as many agreeing rows among those with the predicate as among all."""
    return wrong * (total + others) * 2 <= (hits + wrong) * others


def _remainder(found: Differences, open_rows: Bools, pool: Pool) -> list[Cause]:
    """What no predicate explains beyond chance, by kind."""
    groups: list[Cause] = []
    left = open_rows.copy()
    families = list(dict.fromkeys(kind.family for kind in found.kinds))
    for family in families:
        kinds = [kind for kind in found.kinds if kind.family == family]
        wide = kinds[1:3] if family == VALUES else kinds[:1]
        for kind in wide:
            rows = left & kind.rows
            if rows.any():
                name, shared = _narrowest(kinds, rows) or kind.name, _shared(pool, rows, found.agree)
                groups.append(Cause(name, False, (), shared, rows, 0, found=False))
                left &= ~rows
    return groups


def _shared(pool: Pool, rows: Bools, agree: Bools) -> tuple[Feature, ...]:
    """What all of these rows have, and no agreeing one: a hint, where rows are too few for more."""
    clear = (one for one, _ in pool if not one.weak and one.holds[rows].all() and not one.holds[agree].any())
    return tuple(islice(clear, MOST_HINTS))


def _narrowest(kinds: Sequence[Kind], rows: Bools) -> str | None:
    """The last kind that all of these rows have."""
    return next((kind.name for kind in reversed(kinds) if not (rows & ~kind.rows).any()), None)

"""Two rulesets within groups, where training looks: order, the signs of advantages, ties and credit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from rulereward.data import I64
from rulereward.engine.credit import REST, CreditTally
from rulereward.insight.judged import Judged
from rulereward.insight.ranks import advantages, pairs


@dataclass(frozen=True, slots=True)
class Flip:
    """A row that A pushes up and B down, or the reverse; `by` is the rule that moved its reward most.

    `by` is None for a row whose own reward stays, and whose group's mean passes it.
    """

    row: int
    where: str
    a: float
    b: float
    by: str | None


@dataclass(frozen=True, slots=True)
class RuleCredit:
    """A part's share of the advantage under A and under B; None where it has none there."""

    rule: str
    a: float | None
    b: float | None


@dataclass(frozen=True, slots=True)
class GroupsDiff:
    """Groups with two or more rewards on both sides.

    `order_changes` counts groups in which a pair stands differently (a tie made or broken counts), `turned` those in
    which a pair stands the other way round. `tau` is the mean of Kendall's tau-b over the `tau_groups` groups that
    have one. `flips` are rows whose advantage changes sign, the furthest first; `pushed` rows have an advantage
    under B only, `released` ones under A only.
    """

    groups: int
    order_changes: int
    turned: int
    tau: float | None
    tau_groups: int
    flips: tuple[Flip, ...]
    pushed: int
    released: int
    tied_a: int
    tied_b: int
    groups_a: int
    groups_b: int
    credit: tuple[RuleCredit, ...]

    def to_json(self, most_rows: int | None = None) -> dict[str, object]:
        """Plain values, the flips cut to `most_rows`."""
        return {
            "groups": self.groups,
            "order_changes": self.order_changes,
            "turned": self.turned,
            "kendall_tau_b": self.tau,
            "kendall_tau_b_groups": self.tau_groups,
            "sign_changes": len(self.flips),
            "pushed": self.pushed,
            "released": self.released,
            "flips": [asdict(flip) for flip in self.flips[:most_rows]],
            "tied": {"a": self.tied_a, "of_a": self.groups_a, "b": self.tied_b, "of_b": self.groups_b},
            "credit": [asdict(credit) for credit in self.credit],
        }


def compare_groups(
    a: Judged, b: Judged, members: Sequence[I64], where: Sequence[str], movers: Mapping[int, str]
) -> GroupsDiff:
    """Compare group by group. Rows without a reward on one side are left out of what needs both."""
    both = np.isfinite(a.reward) & np.isfinite(b.reward)
    found = [
        pairs(a.reward[rows[both[rows]]], b.reward[rows[both[rows]]]) for rows in members if both[rows].sum() > 1
    ]
    taus = [group.tau for group in found if group.tau is not None]
    flips, pushed, released = _advantages(a, b, members, where, movers)
    tally_a, tally_b = a.tally(members), b.tally(members)
    return GroupsDiff(
        groups=len(found),
        order_changes=sum(group.order_changes for group in found),
        turned=sum(group.opposite > 0 for group in found),
        tau=math.fsum(taus) / len(taus) if taus else None,
        tau_groups=len(taus),
        flips=flips,
        pushed=pushed,
        released=released,
        tied_a=tally_a.tied,
        tied_b=tally_b.tied,
        groups_a=tally_a.groups,
        groups_b=tally_b.groups,
        credit=_credit(tally_a, tally_b),
    )


def _advantages(
    a: Judged, b: Judged, members: Sequence[I64], where: Sequence[str], movers: Mapping[int, str]
) -> tuple[tuple[Flip, ...], int, int]:
    flips: list[Flip] = []
    pushed = released = 0
    for rows in members:
        before, after = advantages(a.reward, rows.tolist()), advantages(b.reward, rows.tolist())
        for row in before.keys() & after.keys():
            product = before[row] * after[row]
            if product < 0:
                flips.append(Flip(row, where[row], before[row], after[row], movers.get(row)))
            pushed += before[row] == 0 and after[row] != 0
            released += before[row] != 0 and after[row] == 0
    flips.sort(key=lambda flip: (-abs(flip.b - flip.a), flip.row))
    return tuple(flips), pushed, released


def _credit(a: CreditTally, b: CreditTally) -> tuple[RuleCredit, ...]:
    """A's rules in its order, then B's own; what is no single rule's at the end."""
    shares_a, shares_b = a.credit(), b.credit()
    names = [name for name in {**shares_a, **shares_b} if name != REST]
    if shares_a or shares_b:
        names.append(REST)
    return tuple(RuleCredit(name, shares_a.get(name), shares_b.get(name)) for name in names)

"""Where a row stands in its group: what its advantage is."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rulereward.insight.ranks import SAME
from rulereward.insight.why.explanation import Standing


def standing(rewards: Sequence[float | None], place: int) -> Standing:
    """The standing of the row at `place` among the rewards of its group; None stands for no reward."""
    known = [reward for reward in rewards if reward is not None]
    own = rewards[place]
    if len(known) < 2:
        return Standing()
    mean = math.fsum(known) / len(known)
    deviations = [reward - mean for reward in known]
    equal = max(known) - min(known) <= SAME
    std = 0.0 if equal else math.sqrt(math.fsum(part * part for part in deviations) / (len(known) - 1))
    advantage = None if own is None else 0.0 if equal else own - mean
    return Standing(mean, std, advantage, advantage / std if advantage is not None and std > 0 else None)

"""What a missing reward becomes where a trainer takes numbers only.

`masked` is a number, or `group_mean`: the mean of the group's other rewards, whose advantage is 0 wherever the
baseline is the group's mean. The mean stays what it is without the masked rows. Where the trainer divides by the
group's deviation too, the masked rows make that smaller: the others' advantages grow by sqrt((n - 1) / (n - 1 - k))
for k masked rows of n, and no number in their place could prevent it.
"""

from __future__ import annotations

import asyncio
import math
import threading
import time
import warnings
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from typing import Literal

from rulereward.data import F64
from rulereward.errors import ConfigurationError

GROUP_MEAN: Literal["group_mean"] = "group_mean"

Masked = float | Literal["group_mean"]

NEUTRAL = 0.0
"""What all members of a group get of which no reward is known: equal rewards have no advantage."""

GROUP_WAIT_S = 60.0
"""How long a missing reward waits for the rest of its group: well below the 180 s after which OpenRLHF gives up."""

MOST_GROUPS = 16_384
"""Groups that are remembered at a time; the oldest go first."""

FORGET_S = 600.0
"""A group of which nothing was heard for so long will not be completed; the next of its prompt begins a new one."""


def read_masked(value: object) -> Masked:
    """`masked` as configuration files and command lines give it: `group_mean`, a number, or a number as text.

    Raises ConfigurationError for anything else; NaN and infinities are no rewards.
    """
    if value == GROUP_MEAN:
        return GROUP_MEAN
    try:
        number = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else math.nan
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ConfigurationError(f"masked={value!r}: say `group_mean` or a finite number, such as masked=0")
    return number


def masked_rewards(rewards: F64, keys: Sequence[Hashable], masked: Masked) -> list[float]:
    """Rewards of shape (rows,) without NaN. `keys` are the rows' groups; a row with the key None is in none.

    A group of which no reward is known gets `NEUTRAL` throughout. Raises ConfigurationError for `group_mean` where a
    row is in no group: nothing but 0 would then stand for its missing reward.
    """
    listed: list[float] = rewards.tolist()
    if masked != GROUP_MEAN:
        return [masked if math.isnan(reward) else reward for reward in listed]
    lost = sum(key is None for key in keys)
    if lost:
        raise ConfigurationError(
            "masked=group_mean needs the prompt or a group key of each completion, "
            f"and {lost} of {len(keys)} have none"
        )
    known: dict[Hashable, list[float]] = {}
    for key, reward in zip(keys, listed, strict=True):
        if not math.isnan(reward):
            known.setdefault(key, []).append(reward)
    means = {key: _mean(members) for key, members in known.items()}
    return [
        means.get(key, NEUTRAL) if math.isnan(reward) else reward for key, reward in zip(keys, listed, strict=True)
    ]


_IN_VAIN = (
    "a missing reward waited {wait_s:g} s for the rest of its group, of which {size} of {of} have come, and became "
    "their mean, or 0 where none of them has a reward; this is told once"
)


@dataclass(slots=True, eq=False)
class _Group:
    """The rewards of one group that have come in. `touched` is the `time.monotonic` instant of the last one."""

    known: list[float] = field(default_factory=list)
    size: int = 0
    touched: float = field(default_factory=time.monotonic)
    complete: Future[None] = field(default_factory=Future)

    def mean(self) -> float:
        return _mean(self.known) if self.known else NEUTRAL


class GroupMeans:
    """Masks rewards that come one by one, as from a trainer that calls for each sample. Thread-safe.

    A missing reward waits for the rest of its group, and gets the mean of what has come in by then. Rewards that are
    there never wait.
    """

    def __init__(self, group_size: int, *, wait_s: float) -> None:
        """`group_size` is the number of completions of a prompt; nothing waits longer than `wait_s` seconds."""
        self._size = group_size
        self._wait_s = wait_s
        self._groups: OrderedDict[Hashable, _Group] = OrderedDict()
        self._lock = threading.Lock()
        self._released = False
        self._warned = False

    def masked(self, key: Hashable, reward: float) -> float:
        """The reward, or in place of NaN the mean of its group, for which the calling thread may have to wait.

        A reward whose key is None is in no group, and is `NEUTRAL` where it is missing.
        """
        group = self._entered(key, reward)
        if group is not None and math.isnan(reward):
            wait([group.complete], self._wait_s)
        return self._told(group, reward)

    async def amasked(self, keys: Sequence[Hashable], rewards: Sequence[float]) -> list[float]:
        """`masked` for several rewards, and for coroutines: waiting takes no thread."""
        groups = [self._entered(key, reward) for key, reward in zip(keys, rewards, strict=True)]
        waited = {group for group, reward in zip(groups, rewards, strict=True) if group and math.isnan(reward)}
        flights = [asyncio.shield(asyncio.wrap_future(group.complete)) for group in waited]
        if flights:
            await asyncio.wait(flights, timeout=self._wait_s)
        return [self._told(group, reward) for group, reward in zip(groups, rewards, strict=True)]

    def release(self) -> None:
        """Let all that wait, and will wait, have what is known by then: the rest of the groups will not come."""
        with self._lock:
            self._released = True
            for group in self._groups.values():
                _complete(group)

    def _told(self, group: _Group | None, reward: float) -> float:
        if not math.isnan(reward):
            return reward
        with self._lock:
            if group is not None and not group.complete.done() and not self._warned:
                self._warned = True
                warnings.warn(_IN_VAIN.format(wait_s=self._wait_s, size=group.size, of=self._size), stacklevel=3)
            return NEUTRAL if group is None else group.mean()

    def _entered(self, key: Hashable, reward: float) -> _Group | None:
        """The group of a key, with one more member in it.

        A complete one is forgotten, for the same prompt may come again in the next epoch; who waits for it holds it.
        """
        if key is None:
            return None
        with self._lock:
            now = time.monotonic()
            group = self._groups.get(key)
            if group is None or now - group.touched > FORGET_S:
                group = self._groups[key] = _Group()
            group.touched = now
            group.size += 1
            if not math.isnan(reward):
                group.known.append(reward)
            if group.size >= self._size:
                del self._groups[key]
            if group.size >= self._size or self._released:
                _complete(group)
            while len(self._groups) > MOST_GROUPS:
                _complete(self._groups.popitem(last=False)[1])
            return group


def _mean(rewards: Sequence[float]) -> float:
    try:
        return math.fsum(rewards) / len(rewards)
    except OverflowError:  # the sum is beyond all floats, the mean is not
        return math.fsum(reward / len(rewards) for reward in rewards)


def _complete(group: _Group) -> None:
    if not group.complete.done():
        group.complete.set_result(None)

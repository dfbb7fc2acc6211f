"""What a missing reward becomes where a trainer takes numbers only; values by hand."""

from __future__ import annotations

import asyncio
import math
import threading
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulereward.api.masking import GroupMeans, masked_rewards, read_masked
from rulereward.errors import ConfigurationError

NAN = math.nan


@pytest.mark.parametrize(
    ("value", "masked"), [("group_mean", "group_mean"), (0, 0.0), (-1.5, -1.5), ("0.25", 0.25), ("-1", -1.0)]
)
def test_read_masked(value, masked):
    assert read_masked(value) == masked


@pytest.mark.parametrize("value", ["mean", "", None, True, NAN, math.inf, "nan", [0], {"mean": 1}])
def test_read_what_is_no_mask(value):
    with pytest.raises(ConfigurationError, match="say `group_mean` or a finite number"):
        read_masked(value)


@pytest.mark.parametrize(
    ("rewards", "keys", "masked", "expected"),
    [
        ([1.0, NAN, 0.0], ["a", "a", "a"], "group_mean", [1.0, 0.5, 0.0]),
        ([1.0, NAN, NAN, 4.0], ["a", "b", "a", "b"], "group_mean", [1.0, 4.0, 1.0, 4.0]),
        ([NAN, NAN, 7.0], ["a", "a", "b"], "group_mean", [0.0, 0.0, 7.0]),  # nothing is known of a: all are equal
        ([1e308, NAN, 1e308], ["a", "a", "a"], "group_mean", [1e308, 1e308, 1e308]),
        ([NAN, 2.0], [None, None], 0.0, [0.0, 2.0]),
        ([NAN, 2.0], ["a", "a"], -1.0, [-1.0, 2.0]),
        ([], [], "group_mean", []),
    ],
)
def test_masked_rewards(rewards, keys, masked, expected):
    assert masked_rewards(np.array(rewards), keys, masked) == expected


def test_a_mean_of_no_group_is_refused():
    for keys in ([None, None], ["a", None]):
        with pytest.raises(ConfigurationError, match="needs the prompt or a group key"):
            masked_rewards(np.array([1.0, NAN]), keys, "group_mean")


@given(st.lists(st.one_of(st.just(NAN), st.floats(-10, 10)), min_size=2, max_size=8))
def test_the_others_keep_their_advantage_over_the_mean(rewards):
    known = [reward for reward in rewards if not math.isnan(reward)]
    if not known:
        return
    masked = masked_rewards(np.array(rewards), ["a"] * len(rewards), "group_mean")
    before, after = math.fsum(known) / len(known), math.fsum(masked) / len(masked)
    assert after == pytest.approx(before, abs=1e-12)


def test_one_by_one_a_missing_reward_waits_for_its_group():
    means = GroupMeans(3, wait_s=10.0)
    found = []
    waiting = threading.Thread(target=lambda: found.append(means.masked("a", NAN)))
    waiting.start()
    assert means.masked("a", 1.0) == 1.0
    assert means.masked("b", 9.0) == 9.0
    assert found == []
    assert means.masked("a", 2.0) == 2.0
    waiting.join(5)
    assert found == [1.5]


def test_a_missing_reward_that_comes_last_waits_for_nothing():
    means = GroupMeans(2, wait_s=10.0)
    means.masked("a", 4.0)
    begun = time.monotonic()
    assert means.masked("a", NAN) == 4.0
    assert time.monotonic() - begun < 5.0


def test_waiting_ends_and_is_told_once():
    means = GroupMeans(4, wait_s=0.05)
    means.masked("a", 3.0)
    with pytest.warns(UserWarning, match="waited 0.05 s for the rest of its group, of which 2 of 4 have come"):
        assert means.masked("a", NAN) == 3.0
    assert means.masked("c", NAN) == 0.0


def test_the_next_epoch_begins_a_new_group():
    means = GroupMeans(2, wait_s=0.05)
    means.masked("a", 1.0)
    means.masked("a", 1.0)
    means.masked("a", 5.0)
    assert means.masked("a", NAN) == 5.0


def test_in_coroutines_waiting_takes_no_thread():
    """500 missing rewards of 500 groups wait at a time, each for a second one."""
    means = GroupMeans(2, wait_s=30.0)

    async def ask():
        waiting = [asyncio.ensure_future(means.amasked([key], [NAN])) for key in range(500)]
        await asyncio.sleep(0.05)
        there = await means.amasked(list(range(500)), [float(key) for key in range(500)])
        return there, await asyncio.gather(*waiting)

    begun = time.monotonic()
    there, missing = asyncio.run(ask())
    assert there == [float(key) for key in range(500)]
    assert missing == [[float(key)] for key in range(500)]
    assert time.monotonic() - begun < 20.0


def test_several_of_one_call():
    means = GroupMeans(4, wait_s=0.05)
    with pytest.warns(UserWarning, match="1 of 4 have come"):
        rewards = asyncio.run(means.amasked(["a", "a", None, "b", "a", "a"], [1.0, NAN, NAN, NAN, 3.0, NAN]))
    assert rewards == [1.0, 2.0, 0.0, 0.0, 3.0, 2.0]


def test_released_nothing_waits():
    means = GroupMeans(3, wait_s=30.0)
    means.masked("a", 1.0)
    found = []
    waiting = threading.Thread(target=lambda: found.append(means.masked("a", NAN)))
    waiting.start()
    time.sleep(0.05)
    means.release()
    waiting.join(5)
    assert found == [1.0]
    assert means.masked("b", NAN) == 0.0


def test_members_of_a_group_that_was_given_up_are_no_part_of_the_next(monkeypatch):
    """One of two never came; much later the prompt is asked again, and its missing reward takes its own sibling's."""
    means = GroupMeans(2, wait_s=0.05)
    means.masked("a", 1.0)
    later = time.monotonic() + 601.0
    monkeypatch.setattr("rulereward.api.masking.time.monotonic", lambda: later)
    means.masked("a", 5.0)
    assert means.masked("a", NAN) == 5.0


def test_all_of_a_group_missing():
    means = GroupMeans(2, wait_s=5.0)
    found = []
    threads = [threading.Thread(target=lambda: found.append(means.masked("a", NAN))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert found == [0.0, 0.0]

"""A tiny model learns what a ruleset rewards: the toy run whose curve docs/trainers.md shows."""

from __future__ import annotations

import statistics

import pytest

pytest.importorskip("trl", reason="TRL is not installed: tests/trainers_real/README.md says how")

from toy_run import STEPS, picture, run

pytestmark = pytest.mark.filterwarnings("ignore")  # TRL's, torch's and datasets' own


def test_the_mean_reward_rises(tmp_path):
    curve = run(tmp_path)
    assert len(curve) == STEPS >= 100
    assert statistics.fmean(curve[:20]) < 0.1
    assert statistics.fmean(curve[-20:]) > 0.6
    assert picture(curve).count("<circle") == STEPS

"""verl's reward workers in Ray, as its trainers start them."""

from __future__ import annotations

import math
import os
import time
import uuid
from pathlib import Path

import pytest

pytest.importorskip("verl", reason="verl is not installed: tests/trainers_real/README.md says how")

import numpy as np
import ray
import torch
from made import JUDGED, KINDS, files_in, tokenizer
from made_verl import batch, config, function, manager
from verl.experimental.reward_loop.reward_loop import RewardLoopManager

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # Ray's own

MARK = f"RULEREWARD_RAY_TEST={uuid.uuid4()}"
"""In the environment of this process, and so of all that Ray and its workers start."""

PATIENCE_S = 60.0
ALGEBRA = """\
rulereward: 1
name: algebra
rules:
  right: math_equal(boxed(completion), answer)
score: right
"""


def started():
    """Processes that have the mark, but for this one."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            try:
                marked = MARK.encode() in (folder / "environ").read_bytes().split(b"\0")
            except OSError:  # ended meanwhile, or somebody else's
                continue
            if marked:
                found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ")[:200])
    return found


@pytest.fixture(scope="module", autouse=True)
def cluster():
    """Ray, which afterwards is gone with all it started: its own processes, the workers, and their math workers."""
    name, _, value = MARK.partition("=")
    os.environ[name] = value
    here = str(Path(__file__).parent)
    ray.init(
        num_cpus=3, include_dashboard=False, log_to_driver=False, configure_logging=False,
        runtime_env={"env_vars": {"PYTHONPATH": here, "OMP_NUM_THREADS": "1"}},
    )  # fmt: skip
    yield
    before = started()
    ray.shutdown()
    del os.environ[name]
    until = time.monotonic() + PATIENCE_S
    while started() and time.monotonic() < until:
        time.sleep(0.5)
    assert before
    assert started() == []


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("model")
    tokenizer().save_pretrained(made)
    return made


@pytest.fixture
def workers():
    """Makes verl's manager of reward workers; ends the workers, whose names Ray does not give twice."""
    made = []

    def make(*arguments):
        made.append(RewardLoopManager(config(*arguments)))
        return made[-1]

    yield make
    for one in made:
        for worker in one.reward_loop_workers:
            ray.kill(worker)
    until = time.monotonic() + PATIENCE_S
    while ray.util.list_named_actors() and time.monotonic() < until:
        time.sleep(0.1)


@pytest.mark.parametrize("form", ["function", "manager"])
@pytest.mark.parametrize("masked", [math.nan, -7.0])
def test_two_workers(tmp_path, folder, workers, form, masked):
    """1.6 for "four", an error for the boom, 0.6 for "five"; the two rows of the second prompt have no gold."""
    path = files_in(tmp_path, judged=JUDGED)["judged"]
    told = {"kinds": KINDS, "masked": masked}
    overrides = manager(path, workers=2, **told) if form == "manager" else function("acompute_score", path, **told)
    made = workers(folder, *overrides, "reward.num_workers=2")
    data = batch(tokenizer(), ["four", "boom", "five", "four", "x"], ["four", "four", "four", None, None])
    found = made.compute_rm_score(data)
    scores = found.batch["rm_scores"]
    np.testing.assert_allclose(scores.sum(1), [1.6, masked, 0.6, masked, masked], rtol=1e-6)
    assert torch.equal((scores != 0).sum(1), torch.ones(5, dtype=torch.long))
    keys = ["score", "right", "size", "sound", "valid", "reward_state"]
    assert found.meta_info["reward_extra_keys"] == keys
    told = found.non_tensor_batch
    assert told["valid"].tolist() == [1.0, 0.0, 1.0, 0.0, 0.0]
    np.testing.assert_array_equal(told["right"], [1.0, 0.0, 0.0, math.nan, math.nan])
    assert all(told[key].dtype.kind in "fU" for key in keys), "numbers and texts, no objects"
    begun = time.monotonic()
    again = made.compute_rm_score(data)
    assert time.monotonic() - begun < 5.0, "the second call loads nothing"
    assert torch.equal(again.batch["rm_scores"].nan_to_num(9.0), scores.nan_to_num(9.0))


def test_one_worker_knows_the_means_of_groups(tmp_path, folder, workers):
    """Four samples of a prompt, shuffled among another's: 1, 0 and nothing known of the gold twice is 0.5.

    The algebra is that of the worker's own math process, and 300 missing rewards wait at a time.
    """
    path = files_in(tmp_path, algebra=ALGEBRA)["algebra"]
    made = workers(folder, *manager(path, group_size=4))
    size = 150
    texts = [r"\boxed{2\ln x}", r"\boxed{3\ln x}", r"\boxed{1}", r"\boxed{2}"] * size
    golds = [r"\ln x+\ln x", r"\ln x+\ln x", None, None] * size
    order = np.random.default_rng(0).permutation(4 * size)
    uids = [f"prompt {row // 4}" for row in order]
    data = batch(tokenizer(), [texts[row] for row in order], [golds[row] for row in order], uid=uids)
    begun = time.monotonic()
    found = made.compute_rm_score(data)
    assert time.monotonic() - begun < 40.0, "no group waits for its time limit"
    expected = [[1.0, 0.0, 0.5, 0.5][row % 4] for row in order]
    assert found.batch["rm_scores"].sum(1).tolist() == expected
    assert found.non_tensor_batch["valid"].tolist() == [float(row % 4 < 2) for row in order]
    begun = time.monotonic()
    again = made.compute_rm_score(data)
    assert time.monotonic() - begun < 10.0
    assert torch.equal(again.batch["rm_scores"], found.batch["rm_scores"])

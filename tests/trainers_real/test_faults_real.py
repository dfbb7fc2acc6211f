"""One service call in ten fails: what the other rows learn in verl, OpenRLHF and ms-swift, by their own advantages.

Four groups of ten rows, with one faulty row in each (the third group's is its only right answer). Masked by the mean
m of the n - 1 known rewards, the row leaves the group's mean m, and its squared deviation is 0. So the sum of squares
stays and the deviation, a root over n - 1 instead of n - 2, is smaller by sqrt((n - 2) / (n - 1)) = sqrt(8 / 9).
"""

from __future__ import annotations

import asyncio
import math
import statistics
from types import SimpleNamespace

import pytest

pytest.importorskip("torch", reason="no trainer is installed: tests/trainers_real/README.md says how")

import torch
from flaky_math import RULES, completion, services

import rulereward as rr

SIZE = 10
ROWS = range(4 * SIZE)
FAULTY = (3, 14, 25, 36)
SOUND = [row for row in ROWS if row not in FAULTY]
SMALLER = math.sqrt(8 / 9)


def gold(row):
    """The sixth completion of each group is right."""
    return f"{row // SIZE * SIZE + 5}+\\ln x"


def by_hand(row):
    """What the ruleset gives: 1 where the answer is right, and a thousandth a character."""
    return (row % SIZE == 5) + len(completion(row)) / 1000


def known(row):
    """The known rewards of a row's group."""
    first = row // SIZE * SIZE
    return [by_hand(other) for other in range(first, first + SIZE) if other not in FAULTY]


def apart(row):
    """The distance from the mean of the known; 0 for a faulty row."""
    return 0.0 if row in FAULTY else by_hand(row) - statistics.fmean(known(row))


def deviation(row):
    return statistics.stdev(known(row))


@pytest.fixture(autouse=True)
def double_precision():
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


@pytest.fixture
def faulty(monkeypatch):
    made, math_service = services(FAULTY)
    monkeypatch.setattr("rulereward.api.ruleset.shared_services", lambda: made)
    yield math_service
    assert math_service.failed == len(FAULTY)
    made.close()


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "algebra.yaml"
    file.write_text(RULES, "utf-8")
    return str(file)


def check_rewards(rewards, rows=ROWS):
    """An error is the mean of its group and no other number; the others are as they are without it."""
    expected = [statistics.fmean(known(row)) if row in FAULTY else by_hand(row) for row in rows]
    assert rewards == pytest.approx(expected, abs=1e-12)


# ---- verl


def verl_scores(folder, path, rows, **told):
    """Rewards by verl's naive manager; `index` tells the groups."""
    from made import tokenizer
    from made_verl import batch, config, function
    from verl.trainer.ppo.reward import load_reward_manager

    tok = tokenizer()
    made = load_reward_manager(config(folder, *function("acompute_score", path, **told)), tok)
    groups = [row // SIZE for row in rows]
    infos = [{"index": group} for group in groups]
    data = batch(tok, [completion(row) for row in rows], [gold(row) for row in rows], infos, uid=groups)

    async def ask():
        return await asyncio.gather(*(made.run_single(data[row : row + 1]) for row in range(len(data))))

    return data, [one["reward_score"] for one in made.loop.run_until_complete(ask())]


def verl_advantages(data, rewards, estimator, *, divides):
    from omegaconf import OmegaConf
    from verl.trainer.ppo.ray_trainer import compute_advantage

    tokens = torch.zeros(data.batch["responses"].shape)
    tokens[:, 0] = torch.tensor(rewards)
    data.batch["token_level_rewards"] = tokens
    algorithm = OmegaConf.create({"norm_adv_by_std_in_grpo": divides})
    found = compute_advantage(data, estimator, norm_adv_by_std_in_grpo=divides, config=algorithm)
    return found.batch["advantages"][:, 0].tolist()


@pytest.fixture
def verl(monkeypatch):
    pytest.importorskip("verl", reason="verl is not installed: tests/trainers_real/README.md says how")
    import made_verl  # noqa: F401  it imports verl without its warnings
    from verl.trainer.ppo.core_algos import ADV_ESTIMATOR_REGISTRY

    from rulereward.trainers.verl_advantage import grpo_advantage

    monkeypatch.setitem(ADV_ESTIMATOR_REGISTRY, "rulereward_grpo", grpo_advantage)


@pytest.mark.parametrize("divides", [True, False])
def test_verl_with_our_estimator_is_exact(verl, tmp_path, path, faulty, divides):
    data, rewards = verl_scores(tmp_path, path, ROWS, masked="nan")
    assert [row for row in ROWS if math.isnan(rewards[row])] == list(FAULTY)
    found = verl_advantages(data, rewards, "rulereward_grpo", divides=divides)
    expected = [apart(row) / (deviation(row) + 1e-6 if divides else 1.0) for row in ROWS]
    assert found == pytest.approx(expected, abs=1e-9)
    assert [found[row] for row in FAULTY] == [0.0] * 4
    data, rewards = verl_scores(tmp_path, path, SOUND, masked="nan")
    without = verl_advantages(data, rewards, "grpo", divides=divides)
    assert [found[row] for row in SOUND] == pytest.approx(without, abs=1e-9), "verl's own, without those rows"


@pytest.mark.parametrize("divides", [False, True])
def test_verl_with_the_groups_mean(verl, tmp_path, path, faulty, divides):
    """Exact where verl does not divide; where it does, the others' advantages grow by the factor above."""
    data, rewards = verl_scores(tmp_path, path, ROWS, group_size=SIZE)
    check_rewards(rewards)
    found = verl_advantages(data, rewards, "grpo", divides=divides)
    expected = [apart(row) / (deviation(row) * SMALLER + 1e-6 if divides else 1.0) for row in ROWS]
    assert found == pytest.approx(expected, abs=1e-9)
    assert [found[row] for row in FAULTY] == pytest.approx([0.0] * 4, abs=1e-9)
    data, rewards = verl_scores(tmp_path, path, SOUND, group_size=SIZE)
    without = verl_advantages(data, rewards, "grpo", divides=divides)
    larger = 1 / SMALLER if divides else 1.0
    tolerance = 1e-4 if divides else 1e-9  # verl adds a millionth to deviations, of which the smallest are 0.005
    assert [found[row] for row in SOUND] == pytest.approx([value * larger for value in without], abs=tolerance)


# ---- OpenRLHF


def openrlhf_experiences(file, rows):
    """Experiences of the real executor, a group at a time."""
    from made_openrlhf import SingleTurnAgentExecutor, experiences

    executor = SingleTurnAgentExecutor(str(file))
    found = []
    for group in range(4):
        members = [row for row in rows if row // SIZE == group]
        prompts = [f"question {group}: "] * len(members)
        texts, golds = [completion(row) for row in members], [gold(row) for row in members]
        found += experiences(executor, texts, golds, prompts)
    return found


def openrlhf_advantages(found, estimator, *, size):
    """The advantage of each sample's last token, by the real code of a maker that has nothing else."""
    from made_openrlhf import RemoteExperienceMaker

    advantage = SimpleNamespace(estimator=estimator, gamma=1.0, lambd=1.0, no_std_norm=False)
    args = SimpleNamespace(
        algo=SimpleNamespace(advantage=advantage),
        reward=SimpleNamespace(clip_range=None, overlong_buffer_len=None, stop_properly_penalty_coef=None),
        rollout=SimpleNamespace(n_samples_per_prompt=size),
    )
    maker = object.__new__(RemoteExperienceMaker)
    vars(maker).update(
        strategy=SimpleNamespace(args=args), advantage_estimator=estimator, kl_ctl=SimpleNamespace(value=0.0)
    )
    for row, one in enumerate(found):
        one.index = [row]
        one.kl = torch.zeros(one.action_mask.shape)
    return [one.advantages[0, -1].item() for one in maker.compute_advantages_and_returns(found)]


@pytest.fixture
def openrlhf(tmp_path, path):
    """A reward file."""
    pytest.importorskip("openrlhf", reason="OpenRLHF is not installed: tests/trainers_real/README.md says how")
    import made_openrlhf  # noqa: F401  it imports OpenRLHF without its warnings

    file = tmp_path / "reward.py"
    file.write_text(
        "from rulereward.trainers.openrlhf import reward_function\n"
        f"reward_func = reward_function({path!r}, n_samples_per_prompt={SIZE})\n",
        "utf-8",
    )
    return file


@pytest.mark.parametrize("estimator", ["dr_grpo", "rloo", "group_norm"])
def test_openrlhf(openrlhf, faulty, estimator):
    """Without division exact. The deviation of group_norm is smaller by the factor above.

    Leave-one-out: r - (9 m + m - r) / 9 = 10 / 9 (r - m), and without the row r - (9 m - r) / 8 = 9 / 8 (r - m).
    """
    experiences = openrlhf_experiences(openrlhf, ROWS)
    check_rewards([one.rewards.item() for one in experiences])
    found = openrlhf_advantages(experiences, estimator, size=SIZE)
    without = openrlhf_advantages(openrlhf_experiences(openrlhf, SOUND), estimator, size=SIZE - 1)
    larger = {"dr_grpo": 1.0, "rloo": (10 / 9) / (9 / 8), "group_norm": 1 / SMALLER}[estimator]
    tolerance = 1e-6 if estimator == "group_norm" else 1e-9  # OpenRLHF adds 1e-9 to deviations
    assert [found[row] for row in SOUND] == pytest.approx([value * larger for value in without], abs=tolerance)
    assert [found[row] for row in FAULTY] == pytest.approx([0.0] * 4, abs=1e-9)
    if estimator == "group_norm":
        expected = [apart(row) / (deviation(row) * SMALLER + 1e-9) for row in ROWS]
        assert found == pytest.approx(expected, abs=1e-9)


def test_openrlhf_whitens_reinforce_baseline_over_all_tokens(openrlhf, faulty):
    """(a - mean) / std over the tokens of the whole batch, in which the 0 of a masked row counts as well.

    The mean over tokens is not 0 where a group's worse answers are its longer ones, as here. So a masked row, at the
    mean of its group, has an advantage all the same: that of any token at the mean of its group. This is no exact
    masking, and it is not ours to change. OpenRLHF computes it in single precision.
    """
    experiences = openrlhf_experiences(openrlhf, ROWS)
    tokens = [int(one.action_mask.sum()) for one in experiences]
    found = openrlhf_advantages(experiences, "reinforce_baseline", size=SIZE)
    mean = sum(apart(row) * tokens[row] for row in ROWS) / sum(tokens)
    variance = sum((apart(row) - mean) ** 2 * tokens[row] for row in ROWS) / sum(tokens)
    expected = [(apart(row) - mean) / math.sqrt(variance) for row in ROWS]
    assert found == pytest.approx(expected, abs=1e-5)
    assert [found[row] for row in FAULTY] == pytest.approx([-mean / math.sqrt(variance)] * 4, abs=1e-5)
    assert mean < 0


# ---- ms-swift


@pytest.mark.parametrize("scale", ["none", "group"])
def test_swift(faulty, scale):
    """Exact where ms-swift does not divide; where it does, by the factor above, beside the 1e-4 it adds."""
    pytest.importorskip("swift.rewards", reason="ms-swift is not installed: tests/trainers_real/README.md says how")
    from rulereward.trainers.swift import reward_classes

    judge = reward_classes(rr.Ruleset("made.yaml", RULES))["algebra"]()
    rewards = swift_rewards(judge, ROWS)
    check_rewards(rewards)
    found = swift_advantages(rewards, SIZE, scale)
    expected = [apart(row) / (deviation(row) * SMALLER + 1e-4 if scale == "group" else 1.0) for row in ROWS]
    assert found == pytest.approx(expected, abs=1e-9)
    assert [found[row] for row in FAULTY] == pytest.approx([0.0] * 4, abs=1e-9)
    if scale == "none":
        without = swift_advantages(swift_rewards(judge, SOUND), SIZE - 1, scale)
        assert [found[row] for row in SOUND] == pytest.approx(without, abs=1e-9)


def swift_rewards(judge, rows):
    """By the columns that ms-swift makes of its samples; it would put the list into single precision."""
    from swift.dataset import RowPreprocessor
    from swift.rl_core.data import GRPOSample

    samples = [
        GRPOSample.from_row(
            {
                "messages": [
                    {"role": "user", "content": "?"},
                    {"role": "assistant", "content": completion(row)},
                ],
                "solution": gold(row),
                "prompt_id": str(row // SIZE),
                "request_id": str(row),
            }
        )
        for row in rows
    ]
    columns = RowPreprocessor.rows_to_batched([one.to_reward_row() for one in samples])
    return judge([one.messages[-1]["content"] for one in samples], trainer_state=None, **columns)


def swift_advantages(rewards, size, scale):
    from swift.rl_core.advantage import compute_advantages

    found, _ = compute_advantages(torch.tensor(rewards)[:, None], torch.ones(1), size, scale_rewards=scale)
    return found.tolist()

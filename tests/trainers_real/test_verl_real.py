"""The adapters of verl in verl: its loader, its reward managers, its advantages and its validation metrics."""

from __future__ import annotations

import asyncio
import json
import math
import os
import subprocess
import sys

import pytest

pytest.importorskip("verl", reason="verl is not installed: tests/trainers_real/README.md says how")

import numpy as np
import torch
from made import GROUPED, JUDGED, KINDS, STEPPED, TOLD, files_in, judged, tokenizer
from made_verl import batch, config, function, manager
from verl.experimental.reward_loop.reward_loop import RewardLoopWorker
from verl.experimental.reward_loop.reward_manager.base import RewardManagerBase
from verl.trainer.ppo.core_algos import ADV_ESTIMATOR_REGISTRY
from verl.trainer.ppo.metric_utils import compute_data_metrics, process_validation_metrics
from verl.trainer.ppo.ray_trainer import compute_advantage
from verl.trainer.ppo.reward import load_reward_manager
from verl.utils.config import omega_conf_to_dataclass
from verl.workers.reward_manager.batch import BatchRewardManager

import rulereward as rr
from rulereward.errors import ConfigurationError
from rulereward.trainers.verl import compute_score, compute_scores
from rulereward.trainers.verl_manager import RuleRewardManager

KEYS = ["score", "right", "size", "sound", "valid", "reward_state"]


@pytest.fixture(scope="module")
def tok():
    return tokenizer()


@pytest.fixture(scope="module")
def folder(tmp_path_factory, tok):
    """A folder with the tokenizer, as verl's workers load it."""
    made = tmp_path_factory.mktemp("model")
    tok.save_pretrained(made)
    return made


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rulesets")
    return files_in(folder, judged=JUDGED, grouped=GROUPED, told=TOLD, stepped=STEPPED)


def run_all(made, data):
    """Every sample of a batch at once, as verl's workers ask."""

    async def ask():
        return await asyncio.gather(*(made.run_single(data[row : row + 1]) for row in range(len(data))))

    return made.loop.run_until_complete(ask()) if hasattr(made, "loop") else asyncio.run(ask())


def infos(found):
    return [one["reward_extra_info"] for one in found]


# ---- the reward function


@pytest.mark.parametrize("name", ["compute_score", "acompute_score"])
@pytest.mark.parametrize("kind", ["naive", "dapo"])
def test_verls_loader_takes_the_function(tok, folder, paths, name, kind):
    """1.6 for "four". In threads what is missing gets -3; in coroutines the boom waits for the 1.6 of its group, and
    of the second prompt nothing is known.
    """
    masked = {"masked": -3} if name == "compute_score" else {"group_size": 2}
    expected = [1.6, -3.0, -3.0, -3.0] if name == "compute_score" else [1.6, 1.6, 0.0, 0.0]
    overrides = function(name, paths["judged"], kinds=KINDS, **masked)
    made = load_reward_manager(config(folder, *overrides, f"reward.reward_manager.name={kind}"), tok)
    assert type(made).__module__ == f"verl.experimental.reward_loop.reward_manager.{kind}"
    found = run_all(made, batch(tok, ["four", "boom", "four", "x"], ["four", "four", None, None]))
    assert [one["reward_score"] for one in found] == pytest.approx(expected)
    assert [list(info) for info in infos(found)] == [KEYS] * 4
    assert [info["valid"] for info in infos(found)] == [1.0, 0.0, 0.0, 0.0]
    assert {type(value) for info in infos(found) for value in info.values()} == {float, str}
    assert [info["reward_state"].split(":")[0] for info in infos(found)] == ["ok", "error", "null", "null"]
    assert infos(found)[0]["right"] == 1.0, "the worked solution in extra_info.answer is not the answer"
    assert math.isnan(infos(found)[1]["sound"])
    assert math.isnan(infos(found)[2]["right"])


def test_dapos_penalty_is_added_to_ours(tok, folder, paths):
    """5 tokens with the end, at most 6 of which 4 are the buffer: (5 - 2) / 4 too long, twice."""
    overlong = "+reward.reward_kwargs.overlong_buffer_cfg"
    overrides = [
        *function("acompute_score", paths["judged"], kinds=KINDS, masked=0),
        "reward.reward_manager.name=dapo",
        "+reward.reward_kwargs.max_resp_len=6",
        f"{overlong}={{enable: true, len: 4, penalty_factor: 2.0, log: true}}",
    ]
    made = load_reward_manager(config(folder, *overrides), tok)
    (found,) = run_all(made, batch(tok, ["four"], ["four"]))
    assert found["reward_score"] == pytest.approx(1.6 - 1.5)
    assert found["reward_extra_info"]["score"] == pytest.approx(1.6)


@pytest.mark.parametrize("name", ["compute_score", "acompute_score"])
def test_a_worker_gets_what_the_ruleset_gives_to_the_texts(tok, folder, tmp_path, name):
    """64 samples of which 8 have no gold; as coroutines they are few batches."""
    log = tmp_path / "log.jsonl"
    told = {"masked": -7, "sink": f"jsonl:{log}", "log_rows": 1}
    worker = RewardLoopWorker(config(folder, *function(name, "math", **told)))
    texts = [rf"{'so ' * (row % 5)}it is \boxed{{{row % 4}}}" for row in range(64)]
    golds = [None if row % 8 == 0 else str(row % 3) for row in range(64)]
    found = worker.loop.run_until_complete(worker.compute_score_batch(batch(tok, texts, golds)))
    scores = rr.load("math").score(texts, answer=golds)
    assert np.isnan(scores.reward).sum() == 8
    assert [one["reward_score"] for one in found] == np.where(np.isnan(scores.reward), -7, scores.reward).tolist()
    for rule in scores:
        values = [info[rule] for info in infos(found)]
        np.testing.assert_array_equal(values, scores[rule].values)
    if name == "acompute_score":
        assert len(log.read_text().splitlines()) <= 16, "a line for each batch"


@pytest.mark.parametrize("masked", [math.nan, "nan"], ids=["number", "text"])
def test_hydra_makes_a_number_of_nan(tok, folder, paths, masked):
    overrides = function("acompute_score", paths["judged"], kinds=KINDS, masked=masked)
    made = load_reward_manager(config(folder, *overrides), tok)
    found = run_all(made, batch(tok, ["four", "boom"], ["four", "four"]))
    assert found[0]["reward_score"] == pytest.approx(1.6)
    assert math.isnan(found[1]["reward_score"])


def test_the_test_split_has_groups_of_its_own(tok, folder, paths):
    """Splits count their prompts anew: the test split's 0.9 is not in the training group's mean, which is 1.6."""
    overrides = function("acompute_score", paths["judged"], kinds=KINDS, group_size=2, group_wait_s=20)
    made = load_reward_manager(config(folder, *overrides), tok)
    told = [{"split": split, "index": 0} for split in ("test", "train", "train")]
    found = run_all(made, batch(tok, ["x", "four", "boom"], ["four"] * 3, told))
    assert [one["reward_score"] for one in found] == pytest.approx([0.9, 1.6, 1.6])


def test_the_function_knows_the_step_that_rollout_servers_tell(tok, folder, paths):
    overrides = function("acompute_score", paths["stepped"], masked=0)
    made = load_reward_manager(config(folder, *overrides), tok)
    data = batch(tok, ["four", "xx"], [None] * 2, tool_extra_fields=[{"global_steps": 3}, {"global_steps": 5}])
    assert [one["reward_score"] for one in run_all(made, data)] == [12.0, 10.0]


# ---- the batch manager


def test_the_batch_manager(tok, paths):
    """Four rewards of which two are missing: a boom beside 1.6, and a row without a gold beside 0.6."""
    made = BatchRewardManager(tok, 0, compute_scores, ruleset=paths["judged"], kinds=KINDS)
    data = batch(tok, ["four", "boom", "five", "five"], ["four", "four", "four", None])
    found = made(data, return_dict=True)
    assert list(found["reward_extra_info"]) == KEYS
    assert found["reward_tensor"].sum(1).tolist() == pytest.approx([1.6, 1.6, 0.6, 0.6])
    assert found["reward_tensor"].nonzero().tolist() == [[row, 4] for row in range(4)], "at the last token"
    assert found["reward_extra_info"]["valid"] == [1.0, 0.0, 1.0, 0.0]


def test_group_functions_where_the_rows_of_prompts_are_mixed(tok, paths):
    """p has the lengths 1 and 3, q 2 and 6."""
    made = BatchRewardManager(tok, 0, compute_scores, ruleset=paths["grouped"], group_size=2)
    data = batch(tok, ["x", "xx", "xxx", "xxxxxx"], [None] * 4, [{"group": key} for key in "pqpq"])
    assert made(data).sum(1).tolist() == [-1.0, -2.0, 1.0, 2.0]


def test_a_batch_whose_groups_nobody_knows_is_refused(tok, paths):
    made = BatchRewardManager(tok, 0, compute_scores, ruleset=paths["judged"], kinds=KINDS)
    with pytest.raises(ConfigurationError, match="`extra_info` has none of uid"):
        made(batch(tok, ["four"], ["four"], [{}]))


# ---- the reward manager


def test_the_manager_passes_on_the_prompt_the_tokens_and_the_end(tok, folder, paths):
    """The prompt `2 + 2?` has 6 characters. Tokens are the characters and the end token, which a cut one lacks."""
    made = load_reward_manager(config(folder, *manager(paths["told"], masked=0)), tok)
    assert isinstance(made, RuleRewardManager)
    data = batch(tok, ["four", "xx"], [None] * 2, cut={1})
    assert [one["reward_score"] for one in run_all(made, data)] == [605.0, 10602.0]


def test_the_manager_takes_the_prompts_messages_where_there_are_some(tok, folder, paths):
    """The question has 3 characters; verl makes an array of the messages."""
    made = load_reward_manager(config(folder, *manager(paths["told"], masked=0)), tok)
    messages = np.array([{"role": "user", "content": "4 ?"}])
    (found,) = run_all(made, batch(tok, ["four"], [None], raw_prompt=[messages]))
    assert found["reward_score"] == 305.0


@pytest.mark.parametrize(
    "told", [{"global_steps": [3, 5]}, {"tool_extra_fields": [{"global_steps": 3}, {"global_steps": 5}]}]
)
def test_the_manager_passes_on_the_step(tok, folder, paths, told):
    made = load_reward_manager(config(folder, *manager(paths["stepped"], masked=0)), tok)
    data = batch(tok, ["four", "xx"], [None] * 2, **told)
    assert [one["reward_score"] for one in run_all(made, data)] == [12.0, 10.0]


def test_groups_of_the_manager_are_verls(tok, folder, paths):
    """By uid, whatever `extra_info` says: 1.6 and 0.6 are a group with the boom, and x is alone with its boom."""
    made = load_reward_manager(config(folder, *manager(paths["judged"], kinds=KINDS, group_size=3)), tok)
    texts = ["four", "boom", "five", "x", "boom", "boom"]
    data = batch(tok, texts, ["four"] * 6, uid=["p", "q", "p", "q", "p", "q"])
    found = run_all(made, data)
    assert [one["reward_score"] for one in found] == pytest.approx([1.6, 0.9, 0.6, 0.9, 1.1, 0.9])
    assert [list(info) for info in infos(found)] == [KEYS] * 6


def test_the_manager_takes_nan_with_our_estimator(tok, folder, paths):
    overrides = manager(paths["judged"], kinds=KINDS, workers=8)
    made = load_reward_manager(config(folder, *overrides, "algorithm.adv_estimator=rulereward_grpo"), tok)
    found = run_all(made, batch(tok, ["four", "boom"], ["four"] * 2))
    assert found[0]["reward_score"] == pytest.approx(1.6)
    assert math.isnan(found[1]["reward_score"])


def test_scores_stand_where_verl_puts_its_own(tok):
    data = batch(tok, ["four", "xx"], [None] * 2)
    found = RuleRewardManager.assemble_rm_scores(data, [1.5, math.nan])
    assert torch.equal(found.nan_to_num(9.0), RewardManagerBase.assemble_rm_scores(data, [1.5, 9.0]))
    assert (found[0, 4], found[0].sum()) == (1.5, 1.5)
    assert found.isnan().nonzero().tolist() == [[1, 2]]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"name": "math", "workers": 8}, "set reward.num_workers=1"),
        ({"name": "math", "workers": 8, "masked": "group_mean"}, "set reward.num_workers=1"),
        ({"name": "grouped", "masked": 0}, "`grouped` compares the completions of a group, and verl asks"),
        ({"name": "math", "masked": "zero"}, "say `group_mean` or a finite number"),
        ({"name": "math", "kinds": ["absent_kinds"], "masked": 0}, "absent_kinds"),
    ],
)
def test_what_the_manager_refuses(tok, folder, paths, given, message):
    name = given.pop("name")
    with pytest.raises(ConfigurationError, match=message):
        load_reward_manager(config(folder, *manager(paths.get(name, name), **given)), tok)


def test_a_manager_without_a_ruleset_is_refused(tok, folder):
    overrides = [item for item in manager("math") if "ruleset" not in item]
    with pytest.raises(ConfigurationError, match=r"no ruleset is named: .reward\.reward_kwargs"):
        load_reward_manager(config(folder, *overrides), tok)


# ---- advantages and metrics


def test_verl_registers_the_estimator_where_the_environment_names_it():
    code = (
        "from verl.trainer.ppo.core_algos import get_adv_estimator_fn as get; "
        "print(get('rulereward_grpo').__module__)"
    )
    environment = {**os.environ, "VERL_USE_EXTERNAL_MODULES": "rulereward.trainers.verl_advantage"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split()[-1] == "rulereward.trainers.verl_advantage"


@pytest.fixture
def estimator(monkeypatch):
    from rulereward.trainers.verl_advantage import grpo_advantage

    monkeypatch.setitem(ADV_ESTIMATOR_REGISTRY, "rulereward_grpo", grpo_advantage)


def with_rewards(data, rewards):
    tokens = torch.zeros(data.batch["responses"].shape, dtype=torch.float64)
    tokens[:, 0] = torch.tensor(rewards, dtype=torch.float64)
    data.batch["token_level_rewards"] = data.batch["token_level_scores"] = tokens
    return data


@pytest.mark.parametrize("as_dataclass", [False, True])
@pytest.mark.parametrize("divides", [False, True])
def test_the_estimator_in_verls_compute_advantage(tok, folder, estimator, divides, as_dataclass):
    """p: 1 and 4, mean 2.5, deviation 1.5 * sqrt(2), one missing; q: all missing; r: one known of two."""
    data = batch(tok, ["xx"] * 7, [None] * 7, uid=list("pqppqrr"))
    data = with_rewards(data, [1.0, math.nan, math.nan, 4.0, math.nan, 7.0, math.nan])
    made = config(folder, "algorithm.adv_estimator=rulereward_grpo", f"algorithm.norm_adv_by_std_in_grpo={divides}")
    algorithm = omega_conf_to_dataclass(made.algorithm) if as_dataclass else made.algorithm
    found = compute_advantage(
        data, adv_estimator=made.algorithm.adv_estimator, num_repeat=2, norm_adv_by_std_in_grpo=divides,
        config=algorithm,
    )  # fmt: skip
    scale = 1.5 * math.sqrt(2) + 1e-6 if divides else 1.0
    expected = [-1.5 / scale, 0.0, 0.0, 1.5 / scale, 0.0, 0.0, 0.0]
    assert found.batch["advantages"][:, 0].tolist() == pytest.approx(expected, abs=1e-12)
    mask = found.batch["response_mask"]
    assert torch.equal(found.batch["advantages"] != 0, (mask == 1) & (found.batch["advantages"][:, :1] != 0))


def test_without_missing_rewards_it_is_verls_own_grpo(tok, folder, estimator):
    """Up to float32, in which verl has the deviation of a group of one."""
    rewards = [0.5, 2.0, -1.0, 3.0, 0.25, 0.25]
    found = []
    for name in ("grpo", "rulereward_grpo"):
        data = with_rewards(batch(tok, ["xx"] * 6, [None] * 6, uid=list("ppqqrp")), rewards)
        made = config(folder, f"algorithm.adv_estimator={name}")
        found.append(compute_advantage(data, adv_estimator=name, config=made.algorithm).batch["advantages"])
    assert torch.allclose(found[0], found[1], rtol=0, atol=1e-7)


def test_a_missing_reward_shows_as_nan_in_verls_own_mean_and_nowhere_else(tok, estimator):
    data = with_rewards(batch(tok, ["xx"] * 2, [None] * 2, uid=["p"] * 2), [1.0, math.nan])
    data = compute_advantage(data, adv_estimator="rulereward_grpo", config=None)
    log = compute_data_metrics(data, use_critic=False)
    assert {name for name, value in log.items() if math.isnan(value)} == {
        f"critic/{what}/{how}" for what in ("score", "rewards") for how in ("mean", "max", "min")
    }


def test_validation_metrics_take_our_extra_info(tok, folder, paths):
    """Of one prompt 1.6 and 0.6, of the other a row without a gold: its 0, and NaN for its rule."""
    made = load_reward_manager(config(folder, *manager(paths["judged"], kinds=KINDS, masked=0)), tok)
    found = infos(run_all(made, batch(tok, ["four", "five", "x"], ["four", "four", None])))
    columns = {name: [info[name] for info in found] for name in KEYS}
    metrics = process_validation_metrics(["made"] * 3, ["p", "p", "q"], columns)["made"]
    assert set(metrics) == set(KEYS) - {"reward_state"}, "texts are skipped"
    assert metrics["score"]["mean@2"] == pytest.approx(1.1)
    assert metrics["right"]["mean@2"] == pytest.approx(0.5)
    assert metrics["valid"]["mean@1"] == 0.0
    assert math.isnan(metrics["right"]["mean@1"])
    json.dumps(metrics)


def test_a_rule_cannot_take_the_place_of_verls_own_column(paths, tmp_path):
    """A rule `uid` would end up as the groups of the advantages."""
    path = files_in(tmp_path, own=GROUPED.replace("size", "uid").replace(" - mean(uid) over group", ""))["own"]
    with pytest.raises(ConfigurationError, match="a rule cannot be called `uid` with verl"):
        compute_score("made", "four", None, {}, ruleset=path, masked=0)


def test_the_ruleset_of_these_tests():
    """The numbers above, without verl."""
    scores = judged().score(["four", "five", "boom", "x"], answer=["four", "four", "four", None])
    assert scores.reward.tolist()[:2] == pytest.approx([1.6, 0.6])
    assert np.isnan(scores.reward[2:]).all()

"""One service call in ten fails: in the real trainer the other rows learn what they would learn without those."""

from __future__ import annotations

import math
import statistics
from pathlib import Path

import pytest

pytest.importorskip("trl", reason="TRL is not installed: tests/trainers_real/README.md says how")

import pandas as pd
import torch
from flaky_math import RULES, completion, services
from trl import GRPOConfig, GRPOTrainer, RLOOConfig, RLOOTrainer
from trl_made import data, model, tokenizer

import rulereward as rr
from rulereward.trainers.trl import reward, terms

pytestmark = pytest.mark.filterwarnings("ignore")  # TRL's, torch's and datasets' own

SIZE = 10
FAULTY = {3, 14}
"""Of twenty completions, in two groups of ten: one call in ten, and one in each group."""


@pytest.fixture(autouse=True)
def double_precision():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def one_step(kind, config, folder: Path, functions, tok, **options):
    """A trainer after one step whose completions are `completion(0)` to `completion(19)`; their table."""
    args = config(
        output_dir=str(folder), per_device_train_batch_size=2 * SIZE, num_generations=SIZE, max_completion_length=40,
        max_steps=1, logging_steps=1, log_completions=True, report_to="none", use_cpu=True, bf16=False,
        save_strategy="no", gradient_checkpointing=False, disable_tqdm=True, shuffle_dataset=False, beta=0.0,
        **options,
    )  # fmt: skip
    rows = data(["p", "q"], answer=["4+\\ln x", "15+\\ln x"])
    trainer = kind(model=model(tok), processing_class=tok, args=args, train_dataset=rows, reward_funcs=functions)
    texts = [completion(number) for number in range(2 * SIZE)]
    ids = tok(texts, add_special_tokens=False)["input_ids"]
    trainer._generate_single_turn = lambda *_, **__: (ids, None) if kind is GRPOTrainer else ids
    found = []
    judge = trainer._calculate_rewards

    def remembered(*arguments, **named):
        found.append(judge(*arguments, **named))
        return found[-1]

    trainer._calculate_rewards = remembered
    output = []
    score = trainer._generate_and_score_completions

    def scored(inputs):
        output.append(score(inputs))
        return output[-1]

    trainer._generate_and_score_completions = scored
    trainer.train()
    assert math.isfinite(trainer.state.log_history[0]["loss"])
    return found[0], output[0]["advantages"].tolist()


def expected(rewards, *, divides):
    """By hand, over the rows that have a reward: (r - mean) / (std + 1e-4), as TRL has it; the faulty ones 0."""
    advantages = []
    for group in (rewards[:SIZE], rewards[SIZE:]):
        known = [value for value in group if not math.isnan(value)]
        mean, deviation = statistics.fmean(known), statistics.stdev(known)
        scale = deviation + 1e-4 if divides else 1.0
        advantages += [0.0 if math.isnan(value) else (value - mean) / scale for value in group]
    return advantages


@pytest.fixture
def flaky(monkeypatch):
    made, service = services(FAULTY)
    monkeypatch.setattr("rulereward.api.ruleset.shared_services", lambda: made)
    return service


@pytest.mark.parametrize("scale_rewards", ["group", "none"])
@pytest.mark.parametrize("form", ["one", "terms"])
def test_grpo(tmp_path, flaky, scale_rewards, form):
    ruleset = rr.Ruleset("made.yaml", RULES)
    functions, weights = (reward(ruleset), None) if form == "one" else terms(ruleset)
    given = {} if weights is None else {"reward_weights": weights}
    found, advantages = one_step(
        GRPOTrainer, GRPOConfig, tmp_path, functions, tokenizer(), scale_rewards=scale_rewards, **given
    )
    scaled = found * torch.tensor([1.0] if weights is None else weights, dtype=torch.float32)
    rewards = scaled.sum(dim=1).tolist()  # NaN where any is: a row without a reward has none in any part
    assert flaky.failed == 2
    assert {row for row, value in enumerate(rewards) if math.isnan(value)} == FAULTY
    assert found[sorted(FAULTY)].isnan().all()
    assert rewards[4] == pytest.approx(1.0 + len(completion(4)) / 1000, abs=1e-6)
    assert advantages == pytest.approx(expected(rewards, divides=scale_rewards == "group"), abs=1e-9)
    assert [advantages[row] for row in sorted(FAULTY)] == [0.0, 0.0]


def test_rloo(tmp_path, flaky):
    """Leave-one-out over the nine known: r - (sum - r) / 8."""
    found, advantages = one_step(
        RLOOTrainer, RLOOConfig, tmp_path, reward(rr.Ruleset("made.yaml", RULES)), tokenizer()
    )
    rewards = found[:, 0].tolist()
    by_hand = []
    for group in (rewards[:SIZE], rewards[SIZE:]):
        total = math.fsum(value for value in group if not math.isnan(value))
        by_hand += [0.0 if math.isnan(value) else value - (total - value) / 8 for value in group]
    assert advantages == pytest.approx(by_hand, abs=1e-9)


def test_the_table_says_which_rows_and_why(tmp_path, flaky):
    one_step(GRPOTrainer, GRPOConfig, tmp_path, reward(rr.Ruleset("made.yaml", RULES)), tokenizer())
    (path,) = (tmp_path / "completions").glob("*.parquet")
    states = pd.read_parquet(path)["algebra/reward_state"].tolist()
    assert [row for row, state in enumerate(states) if state != "ok"] == sorted(FAULTY)
    assert states[3] == "error: worker_died: right: the worker died"

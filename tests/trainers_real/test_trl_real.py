"""The adapter of TRL in the real GRPOTrainer and RLOOTrainer, on a tiny model on the CPU."""

from __future__ import annotations

import asyncio
import json
import math
import pickle
from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace

import pytest

pytest.importorskip("trl", reason="TRL is not installed: tests/trainers_real/README.md says how")

import pandas as pd
import torch
from trl import GRPOConfig, GRPOTrainer, RLOOConfig, RLOOTrainer
from trl.chat_template_utils import parse_response, qwen3_template
from trl.experimental.async_grpo.async_rollout_worker import _AsyncRolloutLoop
from trl.rewards import get_repetition_penalty_reward, get_soft_overlong_punishment, think_format_reward
from trl_made import data, logged, losses, tokenizer, trained

import rulereward as rr
from rulereward.trainers.trl import reward, terms

pytestmark = pytest.mark.filterwarnings("ignore")  # TRL's, torch's and datasets' own

PROMPTS = ["What is 2 + 2?", "中文 问题", "What is 3?", "four"] * 4
MEASURED = """\
rulereward: 1
name: measured
rules:
  size: length(completion, unit="tok")
  chars: length(completion, unit="char")
  right: exact_match(completion, answer)
score:
  terms:
    long: {value: size / 12tok, weight: 1}
    wordy: {value: chars / 20char, weight: 0.5}
    right: 0.25
  on_null: propagate
"""
GROUPED = """\
rulereward: 1
name: grouped
rules:
  chars: length(completion, unit="char")
score: (chars - mean(chars) over group) / 10char
"""
STEPPED = """\
rulereward: 1
name: stepped
rules:
  chars: length(completion, unit="char")
score: chars / 10char * step / 1step
"""
PRESETS = """\
rulereward: 1
name: presets
rules:
  format: think_format(style="trl")
  repeats: ngram_repetition(completion, n=2, style="trl")
  size: length(completion, unit="tok")
score:
  terms:
    format: 1
    repetition: {value: -1 * repeats, weight: 0.5}
    overlong: {value: "soft_overlong(size, max=10tok, buffer=6tok)", weight: 0.25}
"""


def ruleset(text):
    return rr.Ruleset("made.yaml", text)


def tables(trainer):
    folder = Path(trainer.args.output_dir, "completions")
    return [pd.read_parquet(path) for path in sorted(folder.glob("*.parquet"))]


def plain_text(completion):
    return completion if isinstance(completion, str) else completion[-1]["content"]


@pytest.fixture(scope="module")
def tok():
    return tokenizer()


@pytest.mark.parametrize("conversational", [False, True], ids=["plain", "conversational"])
@pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])
@pytest.mark.parametrize("form", ["one", "terms"])
def test_rewards_and_breakdown_in_logs_and_completions(tmp_path, tok, conversational, asynchronous, form):
    options = {"num_generations": 4, "eos_token_id": tok.eos_token_id, "asynchronous": asynchronous}
    if form == "one":
        functions, weights = reward(ruleset(MEASURED), **options), None
    else:
        functions, weights = terms(ruleset(MEASURED), **options)
        assert weights == [1.0, 0.5, 0.25]
    rows = data(PROMPTS, conversational=conversational, answer=["4"] * 16)
    trainer = trained(
        GRPOTrainer, GRPOConfig, tmp_path, functions, rows, tok,
        **({} if weights is None else {"reward_weights": weights}),
    )  # fmt: skip
    judged = 0
    for step, table in enumerate(tables(trainer)):
        for row in table.to_dict("records"):
            chars = float(len(plain_text(row["completion"])))
            assert (row["measured/rules/chars"], row["measured/reward_state"]) == (chars, "ok")
            parts = (row["measured/rules/size"] / 12, chars / 20, row["measured/rules/right"])
            if form == "one":
                assert row["measured"] == pytest.approx(parts[0] + 0.5 * parts[1] + 0.25 * parts[2], abs=1e-6)
            else:
                found = (row["measured/long"], row["measured/wordy"], row["measured/right"])
                assert found == pytest.approx(parts, abs=1e-6)
            judged += 1
        assert logged(trainer, "rulereward/chars/mean")[step] == pytest.approx(
            table["measured/rules/chars"].mean(), rel=1e-5
        )
    assert judged == 16
    assert logged(trainer, "rulereward/reward/mean") == pytest.approx(logged(trainer, "reward"), rel=1e-5)
    assert logged(trainer, "rulereward/reward/error_rate") == [0.0, 0.0]
    assert 0.0 <= logged(trainer, "rulereward/frac_reward_zero_std")[0] <= 1.0
    assert sum(
        logged(trainer, f"rulereward/credit/{part}")[0] for part in ("long", "wordy", "right", "(rest)")
    ) == pytest.approx(1.0, abs=1e-5)


def test_both_forms_teach_the_same(tmp_path, tok):
    """Weighted by TRL or by the ruleset: the same rewards, so the same losses, up to float32."""
    rows = data(PROMPTS, answer=["4"] * 16)
    functions, weights = terms(ruleset(MEASURED))
    parts = trained(
        GRPOTrainer, GRPOConfig, tmp_path / "a", functions, rows, tok, reward_weights=weights, max_steps=4,
        learning_rate=1e-3,
    )  # fmt: skip
    whole = trained(
        GRPOTrainer, GRPOConfig, tmp_path / "b", reward(ruleset(MEASURED)), rows, tok, max_steps=4, learning_rate=1e-3
    )
    assert losses(whole) == pytest.approx(losses(parts), abs=1e-5)


def test_the_trl_presets_give_the_losses_of_trls_own_functions(tmp_path, tok):
    """20 steps from the same seed: every loss is the same number. A vocabulary of tags and two letters makes a random
    model write thoughts, loops, short texts and long ones.
    """
    few = tokenizer(alphabet="ab", size=5)
    few.add_tokens(["<think>", "</think>"])
    theirs = [
        think_format_reward,
        get_repetition_penalty_reward(ngram_size=2, max_penalty=-1.0),
        get_soft_overlong_punishment(max_completion_len=10, soft_punish_cache=6),
    ]
    ours, weights = terms(ruleset(PRESETS))
    assert weights == [1.0, 0.5, 0.25]
    rows = data(["a", "b", "ab", "ba"] * 4, conversational=True)
    options = {"max_steps": 20, "reward_weights": weights, "learning_rate": 3e-3, "log_completions": False}
    first = trained(GRPOTrainer, GRPOConfig, tmp_path / "theirs", theirs, rows, few, **options)
    second = trained(GRPOTrainer, GRPOConfig, tmp_path / "ours", ours, rows, few, **options)
    assert len(losses(first)) == 20
    assert len(set(logged(first, "reward"))) > 10
    assert max(logged(first, "rewards/think_format_reward/std")) > 0
    assert losses(second) == losses(first)
    assert logged(second, "reward") == logged(first, "reward")
    assert logged(second, "grad_norm") == logged(first, "grad_norm")


def test_rloo(tmp_path, tok):
    rows = data(PROMPTS, answer=["4"] * 8 + [None] * 8)
    trainer = trained(RLOOTrainer, RLOOConfig, tmp_path, reward(ruleset(MEASURED)), rows, tok, max_steps=4, beta=0.0)
    assert 0.0 < sum(logged(trainer, "rulereward/reward/null_rate")) < 4.0
    assert logged(trainer, "rulereward/chars/error_rate") == [0.0] * 4
    assert all(torch.isfinite(torch.tensor(losses(trainer))))


def test_groups_and_steps(tmp_path, tok):
    """Rewards that are relative to their group sum to 0 in it; in the step s all are s times the length."""
    rows = data(PROMPTS[:4] * 2)
    trainer = trained(
        GRPOTrainer, GRPOConfig, tmp_path / "groups", reward(ruleset(GROUPED), num_generations=4), rows, tok
    )
    for table in tables(trainer):
        sums = defaultdict(float)
        for row in table.to_dict("records"):
            sums[row["prompt"]] += row["grouped"]
        assert all(abs(total) < 1e-5 for total in sums.values())
    stepped = trained(GRPOTrainer, GRPOConfig, tmp_path / "steps", reward(ruleset(STEPPED)), rows, tok)
    for step, table in enumerate(tables(stepped)):
        assert table["stepped"].tolist() == pytest.approx(
            [step * size / 10 for size in table["stepped/rules/chars"]], abs=1e-6
        )


def test_what_trl_parses_out_of_a_message_is_put_back(tok):
    """The response template of Qwen3 takes thinking and calls out of the text; the ruleset sees them all the same."""
    tok = tokenizer()
    tok.response_template = qwen3_template
    text = (
        "<think>\ntwo and two\n</think>\n\nLet me add.\n"
        '<tool_call>\n{"name": "add", "arguments": {"a": 2, "b": 2}}\n</tool_call><|im_end|>'
    )
    prefix, ids = (tok(part, add_special_tokens=False)["input_ids"] for part in ("<|im_start|>assistant\n", text))
    message = parse_response(tok, ids, prefix=prefix)
    assert message["reasoning_content"].strip() == "two and two"
    assert message["tool_calls"][0]["function"]["name"] == "add"
    rules = ruleset(
        "rulereward: 1\nrules:\n  format: think_format(trailing=true)\n  called: tool_call(completion, row.calls)\n"
        "score: format + called\n"
    )
    calls = [json.dumps([{"name": "add", "arguments": {"a": 2, "b": 2}}])]
    assert reward(rules)(prompts=["q"], completions=[[message]], completion_ids=[[1]], calls=calls) == [2.0]


def test_async_grpo_scores_a_group():
    """The rollout worker needs a vLLM server; its own scoring function does not, and is called on a group by hand.

    Two completions have rewards, the third has no answer: the advantages are those of a group of two.
    """
    loop = object.__new__(_AsyncRolloutLoop)
    functions = [reward(ruleset(MEASURED), asynchronous=True), reward(ruleset(GROUPED), num_generations=3)]
    vars(loop).update(
        reward_funcs=pickle.loads(pickle.dumps(functions)), reward_func_names=["measured", "grouped"],
        _env_reward_types=[],
    )  # fmt: skip
    sequence = SimpleNamespace(input_ids=[1], completion_mask=[1], old_log_probs=[0.0])
    group = SimpleNamespace(
        completions=["x", "xxx", "xx"], prompts=["p"] * 3, completions_ids=[[1], [1, 2, 3], [1, 2]],
        reward_kwargs={"answer": ["x", "x", None]}, tool_call_counts=[0] * 3, tool_failure_counts=[0] * 3,
        completions_sequences=[[sequence]] * 3, env_rewards=[], rollout_rewards=[], model_version=1, group_id=0,
    )  # fmt: skip
    samples = asyncio.run(loop._score_group(group))
    measured = [sample.metrics["rewards/measured"] for sample in samples]
    assert measured[:2] == pytest.approx([1 / 12 + 0.5 / 20 + 0.25, 3 / 12 + 1.5 / 20])
    assert math.isnan(measured[2])
    assert [sample.metrics["rewards/grouped"] for sample in samples] == pytest.approx([-0.1, 0.1, 0.0])
    loop.reward_funcs = loop.reward_funcs[:1]
    loop.reward_func_names = ["measured"]
    advantages = [sample.advantage for sample in asyncio.run(loop._score_group(group))]
    assert advantages == pytest.approx([1.0, -1.0, 0.0], abs=1e-5)

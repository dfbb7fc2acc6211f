"""The lines of docs/trainers.md, run as they stand, each by the trainer it is for."""

from __future__ import annotations

import asyncio
import importlib.util
import re
import shlex
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "trainers.md"
BLOCK = re.compile(r"<!-- file: (\S+) -->\n```\w*\n(.*?)^```$", re.M | re.S)
BLOCKS = dict(BLOCK.findall(PAGE.read_text("utf-8")))

pytestmark = pytest.mark.filterwarnings("ignore")  # the trainers' own


def loaded(name, folder):
    """A file of the page as a trainer loads it: by its path."""
    path = folder / name
    path.write_text(BLOCKS[name], "utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["train_grpo.py", "train_parts.py"])
def test_trl(name, tmp_path, monkeypatch):
    pytest.importorskip("trl", reason="TRL is not installed: tests/trainers_real/README.md says how")
    from trl import GRPOConfig
    from trl_made import data, model, tokenizer

    tok = tokenizer()
    settings = {"report_to": "none", "use_cpu": True, "bf16": False, "max_steps": 1, "max_completion_length": 8}
    args = GRPOConfig(output_dir=str(tmp_path), **settings)
    monkeypatch.chdir(tmp_path)
    names = {"model": model(tok), "dataset": data(["2 + 2?"] * 8, answer=["4"] * 8), "args": args}
    text = BLOCKS[name].replace("GRPOConfig(", "GRPOConfig(**settings, ")  # a CPU has to be said
    text = text.replace("GRPOTrainer(", "GRPOTrainer(processing_class=tok, ")  # a model of a hub brings its own
    exec(compile(text, name, "exec"), {**names, "settings": settings, "tok": tok}, names)
    names["trainer"].train()
    assert "rulereward/accuracy/mean" in names["trainer"].state.log_history[0]


@pytest.mark.parametrize("name", ["verl.args", "verl_manager.args"])
def test_verl(name, tmp_path, monkeypatch):
    pytest.importorskip("verl", reason="verl is not installed: tests/trainers_real/README.md says how")
    import numpy as np
    import torch
    from hydra import compose, initialize_config_module
    from trl_made import tokenizer
    from verl.protocol import DataProto
    from verl.trainer.ppo.reward import load_reward_manager

    tok = tokenizer()
    with initialize_config_module("verl.trainer.config", version_base=None):
        config = compose("ppo_trainer", overrides=BLOCKS[name].split())
    ids = torch.tensor([tok("\\boxed{4}", add_special_tokens=False)["input_ids"]])
    prompt = torch.tensor([tok("2 + 2?", add_special_tokens=False)["input_ids"]])
    batch = DataProto.from_dict(
        tensors={
            "prompts": prompt,
            "responses": ids,
            "attention_mask": torch.ones(1, prompt.shape[1] + ids.shape[1], dtype=torch.long),
        },
        non_tensors={
            "data_source": np.array(["made"], dtype=object),
            "reward_model": np.array([{"ground_truth": "4"}], dtype=object),
            "extra_info": np.array([{"index": 0}], dtype=object),
            "uid": np.array(["a"], dtype=object),
        },
    )
    manager = load_reward_manager(config, tok)
    loop = getattr(manager, "loop", None) or asyncio.new_event_loop()  # verl's managers are bound to one
    assert loop.run_until_complete(manager.run_single(batch))["reward_score"] == 1.1


def test_openrlhf(tmp_path):
    function = loaded("reward.py", tmp_path).reward_func
    assert function(["2 + 2?\\boxed{4}<|im_end|>"], ["2 + 2?"], ["4"])["rewards"] == 1.1


def test_swift(tmp_path):
    swift = pytest.importorskip("swift.rewards", reason="ms-swift is not installed: tests/trainers_real/README.md")
    from swift.rlhf_trainers.utils import resolve_reward_funcs

    loaded("plugin.py", tmp_path)
    words = shlex.split(BLOCKS["swift.args"])
    names = words[words.index("--reward_funcs") + 1 : words.index("--reward_weights")]
    assert len(names) == len(words) - words.index("--reward_weights") - 1
    functions, curves = resolve_reward_funcs(names)
    assert curves == names
    assert functions[0](["\\boxed{4}"], solution=["4"], prompt_id=["a"]) == [1.1]
    assert set(names) <= set(swift.orms)

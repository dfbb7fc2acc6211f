"""A tiny model, its tokenizer and a real trainer of TRL, made on the spot: nothing is downloaded."""

from __future__ import annotations

import os
from pathlib import Path

os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error", TRL_EXPERIMENTAL_SILENCE="1")

import torch
from datasets import Dataset
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

CHAT = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
TEXT = "What is 2 + 2? <think>two and two</think> It is \\boxed{4}. 中文"
SPECIAL = ["<|pad|>", "<|im_start|>", "<|im_end|>"]

torch.set_num_threads(1)  # the order of sums, and so the losses, must not hang on the machine


def tokenizer(alphabet=None, size=330):
    """Byte pairs learnt from one line; with an `alphabet`, its characters and nothing else."""
    bpe = Tokenizer(models.BPE(unk_token=SPECIAL[0]))
    if alphabet is None:
        bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        bpe.decoder = decoders.ByteLevel()
    else:
        bpe.decoder = decoders.Fuse()
    letters = pre_tokenizers.ByteLevel.alphabet() if alphabet is None else list(alphabet)
    learn = trainers.BpeTrainer(
        vocab_size=size, special_tokens=SPECIAL, initial_alphabet=letters, show_progress=False,
        limit_alphabet=1000,
    )  # fmt: skip
    bpe.train_from_iterator([TEXT] * 5 if alphabet is None else list(alphabet), learn)
    made = PreTrainedTokenizerFast(
        tokenizer_object=bpe, pad_token=SPECIAL[0], eos_token=SPECIAL[2], padding_side="left"
    )
    made.chat_template = CHAT
    return made


def model(tok, seed=0):
    torch.manual_seed(seed)
    config = Qwen2Config(
        vocab_size=len(tok), hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=256, pad_token_id=tok.pad_token_id,
        eos_token_id=tok.eos_token_id, bos_token_id=None,
    )  # fmt: skip
    return Qwen2ForCausalLM(config)


def data(prompts, *, conversational=False, **columns):
    asked = [[{"role": "user", "content": prompt}] for prompt in prompts] if conversational else list(prompts)
    return Dataset.from_dict({"prompt": asked, **columns})


def trained(kind, config, folder: Path, functions, rows, tok, **options):
    """A trainer that has run: GRPOTrainer or RLOOTrainer with the configuration class that belongs to it."""
    settings = {
        "per_device_train_batch_size": 8, "num_generations": 4, "max_completion_length": 12, "max_steps": 2,
        "logging_steps": 1, "log_completions": True, "seed": 3, **options,
    }  # fmt: skip
    args = config(
        output_dir=str(folder), report_to="none", use_cpu=True, bf16=False, save_strategy="no",
        gradient_checkpointing=False, disable_tqdm=True, num_completions_to_print=1, **settings,
    )  # fmt: skip
    trainer = kind(model=model(tok), processing_class=tok, args=args, train_dataset=rows, reward_funcs=functions)
    trainer.train()
    return trainer


def losses(trainer):
    return [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]


def logged(trainer, name):
    return [entry[name] for entry in trainer.state.log_history if name in entry]

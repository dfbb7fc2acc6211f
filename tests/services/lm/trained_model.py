"""A small causal language model that is built and trained on the spot, from the same start in the same order.

Two layers of width 128, byte-level BPE, a context of 256 tokens. What makes a loop cheap is finding what was said
before and saying it again, which large models learn to do (Olsson et al. 2022, "In-context Learning and Induction
Heads"). This one begins with one such pair of heads, set by hand, so that a minute of training is enough; then every
weight is trained on plain text. The first half of its width holds a token, the second half the one before it, or what
may be next.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

CONTEXT = 256
_VOCABULARY = 1_000
_HALF = 64
_STEPS, _BATCH = 240, 8
_RATE, _WARM_UP = 4e-3, 20


def train(documents: Sequence[str], folder: Path, steps: int = _STEPS) -> Path:
    """Writes a checkpoint into the folder."""
    import torch
    from transformers import Qwen2Config, Qwen2ForCausalLM

    tokenizer = _tokenizer(documents)
    config = Qwen2Config(
        vocab_size=len(tokenizer), hidden_size=2 * _HALF, intermediate_size=256, num_hidden_layers=2,
        num_attention_heads=2, num_key_value_heads=2, max_position_embeddings=CONTEXT, tie_word_embeddings=False,
        rope_parameters={"rope_type": "default", "rope_theta": 1e6}, bos_token_id=0, eos_token_id=0,
        pad_token_id=None,
    )  # fmt: skip
    torch.manual_seed(0)
    model = Qwen2ForCausalLM(config)
    with torch.no_grad():
        _set_copying(model)
    _fit(model, _blocks(tokenizer, documents), steps)
    model.eval().save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def _set_copying(model: Any) -> None:
    """The first head of each layer: fetch the token before; fetch what followed this token the last time."""
    import torch

    embedding, head = model.model.embed_tokens.weight, model.lm_head.weight
    before, again = (layer.self_attn for layer in model.model.layers)
    eye = torch.eye(_HALF)
    embedding.zero_()[:, :_HALF].normal_()
    head.zero_()[:, _HALF:].copy_(0.15 * embedding[:, :_HALF])

    # Rotary positions turn pair i by `angle[i]` a step: a query turned back by one step meets the key before it.
    pairs = torch.arange(_HALF // 2)
    angle = 1e6 ** (-pairs / (_HALF // 2))
    quick, slow = pairs[:8], pairs[15:]
    before.k_proj.bias[quick] = 8.0
    before.q_proj.bias[quick] = 8.0 * angle[quick].cos()
    before.q_proj.bias[quick + _HALF // 2] = -8.0 * angle[quick].sin()
    before.v_proj.weight[:_HALF, :_HALF] = 0.5 * eye
    before.o_proj.weight[_HALF:, :_HALF] = eye

    # Pairs that turn slowly compare this token with those before others, however far away these are.
    kept = torch.cat([slow, slow + _HALF // 2])
    again.q_proj.weight[kept, kept] = 1.2
    again.k_proj.weight[kept, _HALF + kept] = 2.4
    again.v_proj.weight[:_HALF, :_HALF] = eye
    again.o_proj.weight[_HALF:, :_HALF] = 2.0 * eye


def _tokenizer(documents: Sequence[str]) -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    learner = trainers.BpeTrainer(
        vocab_size=_VOCABULARY, special_tokens=["<s>"], initial_alphabet=sorted(alphabet), show_progress=False
    )
    tokenizer.train_from_iterator(documents, learner)
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", eos_token="<s>")


def _blocks(tokenizer: Any, documents: Sequence[str]) -> Any:
    """The documents in one row, each behind `<s>`, cut into pieces as long as the context."""
    import torch

    encoded = tokenizer(list(documents), add_special_tokens=False, verbose=False).input_ids
    tokens = torch.tensor([token for ids in encoded for token in (0, *ids)])
    return tokens[: len(tokens) // CONTEXT * CONTEXT].view(-1, CONTEXT)


def _fit(model: Any, blocks: Any, steps: int) -> None:
    import torch

    optimizer = torch.optim.AdamW(model.parameters(), lr=_RATE, betas=(0.9, 0.98), weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / _WARM_UP) * (0.55 + 0.45 * math.cos(math.pi * step / steps))
    )
    chance = random.Random(0)
    order: list[int] = []
    model.train()
    for _ in range(steps):
        if len(order) < _BATCH:
            order += chance.sample(range(len(blocks)), len(blocks))
        batch = blocks[[order.pop() for _ in range(_BATCH)]]
        loss = model(input_ids=batch, labels=batch).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()

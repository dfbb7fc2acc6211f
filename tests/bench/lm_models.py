"""What the benchmarks of language models share: random models, texts, and the plain loop that is the peer."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Any

import torch
from torch.nn import functional
from torch.nn.utils.rnn import pad_sequence

from rulereward.services.lm.results import Scored
from rulereward.services.lm.scorer import Scorer
from rulereward.services.lm.tokens import Tokens

LogProbs = list[list[float]]
LONGEST = 4096


def random_model(vocabulary: int, width: int, layers: int, *, heads: int = 4, groups: int = 2, inner: int = 0) -> Any:
    """A Qwen2 of float32 with random weights, the same for the same shape. `inner`: 4 times the width if it is 0."""
    from transformers import Qwen2Config, Qwen2ForCausalLM

    torch.manual_seed(0)
    config = Qwen2Config(
        vocab_size=vocabulary, hidden_size=width, intermediate_size=inner or 4 * width, num_hidden_layers=layers,
        num_attention_heads=heads, num_key_value_heads=groups, max_position_embeddings=LONGEST,
        tie_word_embeddings=True, bos_token_id=1, eos_token_id=2,
    )  # fmt: skip
    return Qwen2ForCausalLM(config).eval().requires_grad_(False)


def random_texts(
    vocabulary: int, tokens: int, median: int, most: int, *, prompts: int = 0, prompt: int = 512, each: int = 8
) -> list[Tokens]:
    """Texts of `tokens` in all, or `each` of them behind each of so many prompts of `prompt` tokens.

    Lengths are log-normal (sigma 0.8, after a prompt 0.3) around the median, 16 to `most`. The same every time.
    """
    draw = random.Random(0)

    def some(length: int) -> tuple[int, ...]:
        return tuple(draw.randrange(vocabulary) for _ in range(length))

    def length() -> int:
        return max(16, min(most, round(draw.lognormvariate(math.log(median), 0.3 if prompts else 0.8))))

    if prompts:
        shared = [some(prompt) for _ in range(prompts)]
        return [Tokens(context, some(length()), ()) for context in shared for _ in range(each)]
    texts: list[Tokens] = []
    while sum(len(text.completion) for text in texts) < tokens:
        texts.append(Tokens(some(1), some(length()), ()))
    return texts


def size(texts: Sequence[Tokens]) -> int:
    """Scored tokens."""
    return sum(len(text.completion) for text in texts)


def plain(model: Any, texts: Sequence[Tokens], batch: int = 8) -> LogProbs:
    """The peer: padded batches in the order given, logits of all places by the model's own `forward`, and their cross
    entropy as transformers' own loss (`ForCausalLMLoss`) computes it: float32, shifted, flattened, but not summed up.
    """
    found: LogProbs = []
    with torch.inference_mode():
        for start in range(0, len(texts), batch):
            part = texts[start : start + batch]
            rows = [torch.tensor([*text.context, *text.completion]) for text in part]
            ids = pad_sequence(rows, batch_first=True).to(model.device)
            mask = pad_sequence([torch.ones_like(row) for row in rows], batch_first=True).to(model.device)
            logits = model(input_ids=ids, attention_mask=mask, use_cache=False).logits[:, :-1].float()
            losses = functional.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten(), reduction="none")
            for text, row in zip(part, (-losses).view(len(part), -1).tolist(), strict=True):
                first = len(text.context) - 1
                found.append(row[first : first + len(text.completion)])
    return found


def sorted_plain(model: Any, texts: Sequence[Tokens], batch: int) -> LogProbs:
    """The same with texts of like length beside each other."""
    order = sorted(range(len(texts)), key=lambda place: -len(texts[place].completion))
    found = dict(zip(order, plain(model, [texts[place] for place in order], batch), strict=True))
    return [found[place] for place in range(len(texts))]


def ours(scorer: Scorer, texts: Sequence[Tokens]) -> LogProbs:
    results = scorer.score(texts)
    assert all(isinstance(result, Scored) for result in results)
    return [list(result.log_probs) for result in results if isinstance(result, Scored)]


def differences(one: LogProbs, other: LogProbs) -> list[float]:
    """Of each token, without a sign."""
    pairs = [pair for a, b in zip(one, other, strict=True) for pair in zip(a, b, strict=True)]
    return [abs(a - b) for a, b in pairs]

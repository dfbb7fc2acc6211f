"""Language models made on the spot: a bigram in closed form, whose every number is known, and tiny random ones."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

BOS = 256
SEEN = "the cat sat on the mat; 12 + 30 = 42. 你好，世界。我们在学习。 🙂🙂 émile\n" * 2


def byte_letters() -> list[str]:
    """The letter that byte-level tokenizers write for each byte: itself if it can be seen, else one from 256 on."""
    seen = {*range(33, 127), *range(161, 173), *range(174, 256)}
    others = iter(range(256, 512))
    return [chr(byte) if byte in seen else chr(next(others)) for byte in range(256)]


def byte_tokenizer(special: dict[str, str] | None = None, merges: Sequence[tuple[str, str]] = ()) -> Any:
    """A tokenizer with a token for each byte, by its number, then `<s>`, then those of `merges`."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    vocabulary = {letter: byte for byte, letter in enumerate(byte_letters())} | {"<s>": BOS}
    for merged in merges:
        vocabulary.setdefault("".join(merged), len(vocabulary))
    tokenizer = Tokenizer(models.BPE(vocabulary, list(merges)))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, **({"bos_token": "<s>"} if special is None else special)
    )


def bigram_table() -> list[list[float]]:
    """log p of each byte after each byte, or after the beginning: counts in `SEEN`, plus 0.01 each."""
    counts = [[0.01] * (BOS + 1) for _ in range(BOS + 1)]
    data = [BOS, *SEEN.encode()]
    for before, after in pairwise(data):
        counts[before][after] += 1
    return [[math.log(count / math.fsum(row)) for count in row] for row in counts]


def write_bigram(folder: Path, table: list[list[float]], context: int) -> Path:
    """A checkpoint whose next-token probabilities are the table's: no layer, so the last token alone is looked at.

    A token's embedding is 1 at its own place. The norm makes that the root of the width (32), which the head divides
    by.
    """
    import torch
    from transformers import Qwen2Config, Qwen2ForCausalLM

    size, width = BOS + 1, 1024
    config = Qwen2Config(
        vocab_size=size, hidden_size=width, intermediate_size=8, num_hidden_layers=0, num_attention_heads=4,
        num_key_value_heads=2, tie_word_embeddings=False, rms_norm_eps=1e-12, max_position_embeddings=context,
        layer_types=[], bos_token_id=BOS, eos_token_id=None,
    )  # fmt: skip
    model = Qwen2ForCausalLM(config)
    with torch.no_grad():
        model.model.embed_tokens.weight.zero_()
        model.model.embed_tokens.weight[:, :size] = torch.eye(size)
        model.model.norm.weight.fill_(1.0)
        model.lm_head.weight.zero_()
        head = torch.tensor(table, dtype=torch.float64).T / math.sqrt(width)
        model.lm_head.weight[:, :size] = head.float()
    model.save_pretrained(folder)
    byte_tokenizer().save_pretrained(folder)
    return folder


def bits_per_byte(table: list[list[float]], prompt: str, completion: str) -> float:
    """What the bigram itself gives, in plain Python."""
    scored = completion.encode()
    data = [BOS, *prompt.encode(), *scored][-len(scored) - 1 :]
    total = math.fsum(table[before][after] for before, after in pairwise(data))
    return -total / math.log(2) / len(scored)


def rolling(tokens: list[int], start: int, most: int, kept: int) -> list[tuple[list[int], list[int]]]:
    """The windows of lm-evaluation-harness' `loglikelihood_rolling`, as its documentation describes them: what is
    given, and what is predicted from its last places; `kept` tokens at least are given of those that were predicted.
    """
    done = min(most, len(tokens))
    found = [([start, *tokens[: done - 1]], tokens[:done])]
    while done < len(tokens):
        new = min(len(tokens) - done, most - kept + 1)
        end = done + new
        found.append((tokens[end - most - 1 : end - 1], tokens[end - new : end]))
        done = end
    return found


SIZES = {
    "vocab_size": 300, "hidden_size": 48, "num_attention_heads": 4, "num_hidden_layers": 3,
    "max_position_embeddings": 96, "initializer_range": 0.2, "bos_token_id": 1, "eos_token_id": 2,
    "pad_token_id": None,
}  # fmt: skip
GROUPED = {"num_key_value_heads": 2, "intermediate_size": 64, "head_dim": 12}


def tiny_model(family: str, **changes: Any) -> Any:
    """A random model of a family, with weights large enough for every token to matter."""
    import torch
    import transformers

    given: dict[str, Any] = {
        "Qwen2": GROUPED | {"tie_word_embeddings": True},
        "Qwen2 sliding": GROUPED | {"use_sliding_window": True, "sliding_window": 9, "max_window_layers": 1},
        "Llama": GROUPED | {"attention_bias": True},
        "Mistral": GROUPED | {"sliding_window": 7},
        "GPT2": {},
        "Gemma": GROUPED,
        "Gemma2": GROUPED | {"sliding_window": 8, "final_logit_softcapping": 5.0, "attn_logit_softcapping": 2.0},
        "Gemma3": GROUPED | {"sliding_window": 8, "sliding_window_pattern": 2},
    }.get(family, {})
    name = family.split(maxsplit=1)[0] + ("Text" if family == "Gemma3" else "")
    config_of = getattr(transformers, f"{name}Config")
    torch.manual_seed(len(family))
    return transformers.AutoModelForCausalLM.from_config(config_of(**(SIZES | given | changes))).eval()

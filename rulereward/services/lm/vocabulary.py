"""A tokenizer kept to the tokens that the model has: of any other, a completion that spells it would be an error."""

from __future__ import annotations

import json
from typing import Any

from rulereward.errors import ConfigurationError


def known_tokens(model: Any) -> int:
    """How many tokens a model has, by its embeddings and its output head."""
    parts = (model.get_input_embeddings(), model.get_output_embeddings())
    sizes = [part.weight.shape[0] for part in parts if hasattr(part, "weight")]
    return int(min(sizes, default=model.config.get_text_config().vocab_size))


def keep_to(tokenizer: Any, known: int) -> None:
    """Make the tokenizer of transformers forget added tokens from the number `known` on, so that a text that spells
    one is read as letters. People add such tokens for padding or pictures and leave the model as it is.

    Raises ConfigurationError where other tokens have such numbers: it is the tokenizer of another model.
    """
    backend = getattr(tokenizer, "_tokenizer", None)
    if backend is None or max(backend.get_vocab().values(), default=0) < known:
        return
    state = json.loads(backend.to_str())
    strange = {token["content"] for token in state["added_tokens"] if token["id"] >= known}
    state["added_tokens"] = [token for token in state["added_tokens"] if token["id"] < known]
    vocabulary = state["model"]["vocab"]
    if isinstance(vocabulary, dict):
        state["model"]["vocab"] = {name: at for name, at in vocabulary.items() if at < known or name not in strange}
    else:
        state["model"]["vocab"] = [one for at, one in enumerate(vocabulary) if at < known or one[0] not in strange]
    made = type(backend).from_str(json.dumps(state))
    if max(made.get_vocab().values(), default=0) >= known:
        raise ConfigurationError(f"the tokenizer has other tokens than the model, which knows {known:,}")
    for role in ("bos_token", "eos_token", "pad_token", "unk_token"):
        if getattr(tokenizer, role) in strange:
            setattr(tokenizer, role, None)
    tokenizer._tokenizer = made


def tell_whole_spans(tokenizer: Any) -> None:
    """Have the tokenizer of transformers say where a token with spaces begins, not where its first letter does: a
    token of spaces alone would stand behind them, and so on the wrong side of the end of a prompt.
    """
    backend = getattr(tokenizer, "_tokenizer", None)
    if backend is None or backend.post_processor is None:
        return
    state = json.loads(backend.to_str())
    if _untrim(state["post_processor"]):
        tokenizer._tokenizer = type(backend).from_str(json.dumps(state))


def _untrim(processor: dict[str, Any]) -> bool:
    """Does it change anything?"""
    parts = processor.get("processors", [])
    changed = [_untrim(part) for part in parts]
    trims = bool(processor.get("trim_offsets"))
    if trims:
        processor["trim_offsets"] = False
    return trims or any(changed)

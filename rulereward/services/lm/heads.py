"""The output head of a model, for single tokens: the logits of all places are never in memory at once."""

from __future__ import annotations

from typing import Any

import torch

_LOGITS_BYTES = 1 << 29
"""Of the float32 logits of one chunk; softening and summing take about as much again."""
_MOST_ROWS = 1024
_LEAST_ROWS = 16


class Head:
    """`module` gives logits, which are then scaled and pressed under a bound as the model's configuration says."""

    def __init__(self, module: Any, vocabulary: int, scale: float = 1.0, soft_cap: float | None = None) -> None:
        self._module = module
        self._scale = scale
        self._soft_cap = soft_cap
        self._rows = self.rows = max(_LEAST_ROWS, min(_MOST_ROWS, _LOGITS_BYTES // (4 * vocabulary)))
        """How many places are done at once."""

    def log_probs(self, hidden: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Natural log p (float32) of each target, from the hidden state (places, width) that predicts it."""
        out = torch.empty(len(targets), dtype=torch.float32, device=hidden.device)
        for start in range(0, len(targets), self.rows):
            chunk = slice(start, start + self.rows)
            out[chunk] = chosen(self._logits(hidden[chunk]), targets[chunk])
        return out

    def _logits(self, hidden: torch.Tensor) -> torch.Tensor:
        logits = self._module(hidden)
        if self._scale != 1.0:
            logits = logits * self._scale
        if self._soft_cap is not None:
            logits = torch.tanh(logits / self._soft_cap) * self._soft_cap
        return logits.float()

    def halve(self) -> bool:
        """Do half as many places at once from now on, because memory ran out. False where that is too few."""
        if self.rows <= _LEAST_ROWS:
            return False
        self.rows //= 2
        return True

    def restore(self) -> None:
        """Take back every `halve`."""
        self.rows = self._rows


def chosen(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Natural log p of each target (n), by float32 logits (n, vocabulary)."""
    return logits.gather(1, targets[:, None])[:, 0] - torch.logsumexp(logits, 1)


def head_of(model: Any) -> Head | None:
    """The head of a causal language model of transformers; None where it has none to be called apart.

    What a model does to its logits besides is not declared in one way by all: the self-check compares.
    """
    module = model.get_output_embeddings()
    if module is None:
        return None
    config = model.config.get_text_config()
    scale = 1.0
    if (factor := getattr(config, "logit_scale", None)) is not None:  # Cohere
        scale = float(factor)
    if (divisor := getattr(config, "logits_scaling", None)) is not None:  # Granite
        scale = 1.0 / float(divisor)
    return Head(module, module.weight.shape[0], scale, getattr(config, "final_logit_softcapping", None))

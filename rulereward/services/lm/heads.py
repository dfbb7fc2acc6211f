"""The output head of a model, for single tokens: the logits of all places are never in memory at once."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import Any

import torch

from rulereward.services.lm import block_head

_LOGITS_BYTES = 1 << 29
"""Of the float32 logits of one chunk; softening and summing take about as much again."""
_MOST_ROWS = 1024
_LEAST_ROWS = 16


Fused = Callable[[torch.Tensor, torch.Tensor, float, float | None], torch.Tensor]
"""Log p of targets by logits, which it scales and presses under a bound itself (`triton_head.log_probs`)."""


class Head:
    """`module` gives logits, which are then scaled and pressed under a bound as the model's configuration says."""

    def __init__(self, module: Any, vocabulary: int, scale: float = 1.0, soft_cap: float | None = None) -> None:
        self._module = module
        self._scale = scale
        self._soft_cap = soft_cap
        self._rows = self.rows = max(_LEAST_ROWS, min(_MOST_ROWS, _LOGITS_BYTES // (4 * vocabulary)))
        """How many places are done at once."""
        self.fused: Fused | None = None

    def log_probs(self, hidden: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Natural log p (float32) of each target, from the hidden state (places, width) that predicts it."""
        out = torch.empty(len(targets), dtype=torch.float32, device=hidden.device)
        for start in range(0, len(targets), self.rows):
            chunk = slice(start, start + self.rows)
            out[chunk] = self._chosen(hidden[chunk], targets[chunk])
        return out

    def _chosen(self, hidden: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        module = self._module
        plain = type(module) is torch.nn.Linear  # one that is derived from it may do something else
        if plain and hidden.device.type == "cpu" and hidden.dtype == module.weight.dtype == torch.float32:
            return block_head.log_probs(hidden, targets, module, self._scale, self._soft_cap)
        logits = module(hidden)
        if self.fused is not None:
            return self.fused(logits, targets, self._scale, self._soft_cap)
        if self._scale != 1.0:
            logits = logits * self._scale
        if self._soft_cap is not None:
            logits = torch.tanh(logits / self._soft_cap) * self._soft_cap
        return chosen(logits.float(), targets)

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


def fused_for(device: torch.device) -> Fused | None:
    """Our own kernel, where there is one for a device; None where there is none or no Triton."""
    if device.type != "cuda" or importlib.util.find_spec("triton") is None:
        return None
    from rulereward.services.lm.triton_head import log_probs  # noqa: PLC0415  # needs Triton

    return log_probs


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

"""The output head on a CPU, over blocks of the vocabulary, whose logits all take the same place in memory.

Logits of a whole vocabulary would be given fresh pages for each step of the sum, which cost more than the sum.
"""

from __future__ import annotations

import torch

_ELEMENTS = 1 << 23
"""Logits of one block. Fewer fit better into a cache; with more, threads wait for each other less often, which on a
busy machine is what counts.
"""
_LEAST_COLUMNS = 1024


def log_probs(
    hidden: torch.Tensor,
    targets: torch.Tensor,
    head: torch.nn.Linear,
    scale: float = 1.0,
    soft_cap: float | None = None,
) -> torch.Tensor:
    """Natural log p of each target (n), from the hidden state (n, width) that predicts it, all in float32.

    Logits are multiplied by `scale` first, and then pressed under the bound `soft_cap` if there is one.
    """
    rows, vocabulary = len(targets), head.weight.shape[0]
    columns = max(_LEAST_COLUMNS, _ELEMENTS // max(1, rows))
    buffer = hidden.new_empty(rows * min(columns, vocabulary))
    largest = hidden.new_full((rows,), -torch.inf)
    total, chosen = torch.zeros_like(largest), torch.zeros_like(largest)
    for start in range(0, vocabulary, columns):
        weight = head.weight[start : start + columns]
        logits = buffer[: rows * len(weight)].view(rows, len(weight))
        torch.mm(hidden, weight.T, out=logits)
        if head.bias is not None:
            logits += head.bias[start : start + columns]
        if scale != 1.0:
            logits *= scale
        if soft_cap is not None:
            logits.div_(soft_cap).tanh_().mul_(soft_cap)
        places = targets - start
        inside = (places >= 0) & (places < len(weight))
        own = logits.gather(1, places.clamp(0, len(weight) - 1)[:, None])[:, 0]
        chosen = torch.where(inside, own, chosen)
        grown = torch.maximum(largest, logits.amax(1))
        base = torch.where(grown.isinf(), 0.0, grown)  # an infinite one cannot be subtracted
        total = total * torch.exp(largest - base) + logits.sub_(base[:, None]).exp_().sum(1)
        largest = grown
    return chosen - torch.where(largest.isinf(), 0.0, largest) - total.log()

"""Log-probabilities from a chunk of logits in one pass over them, on CUDA: an own kernel in Triton.

torch makes a float32 copy of the logits, and goes over that three times. Here each logit is read once, as the matrix
product left it, and scaled, bounded and summed in float32. The product itself stays torch's: no kernel of ours is as
fast on every GPU, and its logits are in memory for one chunk only.

To be imported where Triton is. With `TRITON_INTERPRET=1` in the environment the kernel runs on a CPU, for tests.
"""

from __future__ import annotations

import torch
import triton
import triton.language as tl
from triton.errors import TritonError

_COLUMNS = 4096
"""Logits that are looked at together."""
_WARPS = 8


def log_probs(
    logits: torch.Tensor, targets: torch.Tensor, scale: float = 1.0, soft_cap: float | None = None
) -> torch.Tensor:
    """Natural log p (float32) of each target (n, whole numbers), by logits (n, vocabulary) of any float type.

    The logits are multiplied by `scale` first, and then pressed under the bound `soft_cap` if there is one. Raises
    RuntimeError where Triton cannot compile for the device.
    """
    logits = logits if logits.stride(1) == 1 else logits.contiguous()
    rows, vocabulary = logits.shape
    out = torch.empty(rows, dtype=torch.float32, device=logits.device)
    if not rows:
        return out
    cap = 0.0 if soft_cap is None else soft_cap
    try:
        with torch.cuda.device_of(logits):  # Triton starts a kernel on the current device, whatever it is given
            _kernel[(rows,)](
                logits,
                targets,
                out,
                logits.stride(0),
                vocabulary,
                scale,
                cap,
                CAPPED=soft_cap is not None,
                COLUMNS=_COLUMNS,
                num_warps=_WARPS,
            )
    except TritonError as error:
        raise RuntimeError(f"Triton: {error}") from error
    return out


@triton.jit  # type: ignore[untyped-decorator]  # an extra of torch's, which is not always there
def _logit(values, scale, soft_cap, CAPPED: tl.constexpr):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, N803  # Triton's language
    values = values.to(tl.float32) * scale
    if CAPPED:  # Triton's language itself has no tanh; where exp(-2|x|) is nothing, that is 1
        pressed = tl.exp(-2.0 * tl.abs(values / soft_cap))
        size = (1.0 - pressed) / (1.0 + pressed) * soft_cap
        values = tl.where(values < 0, -size, size)
    return values


@triton.jit  # type: ignore[untyped-decorator]  # as above
def _kernel(logits, targets, out, stride, vocabulary, scale, soft_cap, CAPPED: tl.constexpr, COLUMNS: tl.constexpr):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, N803  # as above
    """One row: the sum of exp(logit - largest so far), which is scaled down whenever the largest grows."""
    row = tl.program_id(0).to(tl.int64)
    largest = tl.full((), float("-inf"), tl.float32)
    total = tl.full((), 0.0, tl.float32)
    for start in range(0, vocabulary, COLUMNS):
        places = start + tl.arange(0, COLUMNS)
        there = places < vocabulary
        values = _logit(tl.load(logits + row * stride + places, mask=there, other=0.0), scale, soft_cap, CAPPED)
        values = tl.where(there, values, float("-inf"))
        grown = tl.maximum(largest, tl.max(values, 0))
        # An infinite one cannot be subtracted: all are as nothing, or the sum is infinite anyway.
        base = tl.where(tl.abs(grown) == float("inf"), 0.0, grown)
        kept = tl.where(largest == float("-inf"), 0.0, total * tl.exp(largest - base))
        total = kept + tl.sum(tl.exp(values - base), 0)
        largest = grown
    base = tl.where(tl.abs(largest) == float("inf"), 0.0, largest)
    target = tl.load(targets + row)
    chosen = _logit(tl.load(logits + row * stride + target), scale, soft_cap, CAPPED)
    tl.store(out + row, chosen - base - tl.log(total))

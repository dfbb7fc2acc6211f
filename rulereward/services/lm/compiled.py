"""The layers of a model compiled by `torch.compile`, for packed passes.

Passes differ in their sizes and in their layout. The sizes are symbols to the compiler, so that one compilation
serves all of them: with sizes rounded up and compiled one by one nothing would be gained but waiting, since the
products are the same kernels and no graph of CUDA could be recorded around an attention whose segments change. The
layout does not come into the compiled code at all: the attention is one operator that it calls and knows nothing of.
"""

from __future__ import annotations

import threading
from typing import Any

import torch

from rulereward.services.lm.attention import Layout, attend_in


class _Current(threading.local):
    """The layout of the pass that this thread is in."""

    layout: Layout | None = None


_current = _Current()


def _attention(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    scaling: float,
    window: int | None,
    softcap: float | None,
) -> torch.Tensor:
    layout = _current.layout
    assert layout is not None  # `Compiled` calls the model, and nobody else has what leads here
    return attend_in(layout, query, key, value, scaling, window, softcap).contiguous()


def _shape(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    scaling: float,
    window: int | None,
    softcap: float | None,
) -> torch.Tensor:
    """What the compiler is told of the result: (1, tokens, heads, width), row by row."""
    return query.new_empty((query.shape[0], query.shape[2], query.shape[1], value.shape[3]))


_operator: Any = torch.library.custom_op("rulereward::attention", mutates_args=())(_attention)
_operator.register_fake(_shape)


class _OutOfSight:
    """Stands where a model hands a layout on: the same for every pass, so that the compiled code is too."""

    def attend(
        self,
        query: torch.Tensor,
        key: torch.Tensor,
        value: torch.Tensor,
        scaling: float,
        window: int | None,
        softcap: float | None,
    ) -> torch.Tensor:
        """See `attention.Unseen`."""
        out: torch.Tensor = _operator(query, key, value, scaling, window, softcap)
        return out


_OUT_OF_SIGHT = _OutOfSight()


class Compiled:
    """The layers of a model, called as they are themselves. Compiling takes seconds to minutes, at the first call.

    What the compiler raises then is a RuntimeError, or one of what it calls.
    """

    def __init__(self, model: Any) -> None:
        self._layers: Any = torch.compile(model.base_model, dynamic=True)

    def __call__(self, layout: Layout, **given: Any) -> Any:
        """What the layers return for a packed pass with this layout."""
        _current.layout = layout
        try:
            return self._layers(rulereward_layout=_OUT_OF_SIGHT, **given)
        finally:
            _current.layout = None

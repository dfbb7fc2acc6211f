"""Attention of a packed pass: each segment sees itself and the one it continues, and nothing else.

transformers' own ways to pack either leak between texts where a cache is used or need a kernel of another package, so
this one is registered beside them and is handed the layout with each call. It refuses what it does not know to be
without effect: a model is then run padded.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import torch
from torch.nn import functional
from transformers import AttentionInterface

from rulereward.services.lm.packing import Segment

NAME = "rulereward_packed"

_NO_EFFECT = frozenset(
    {"cache_position", "output_attentions", "output_hidden_states", "position_ids", "return_dict", "use_cache"}
)
"""What models hand to an attention that changes nothing here; anything else might."""
_WIDEST_HEAD = 256
"""Of flash attention."""
_QUERIES_AT_ONCE = 512
"""Rows of the matrix of weights, or of the mask, where there is one."""


class CannotPackError(Exception):
    """A model's attention does something that packed passes do not know."""


class Layout:
    """The segments of one packed pass, and what the attention of each layer needs to know of them.

    `windows_seen` collects the sliding window of each call, None where there is none.
    """

    def __init__(self, segments: Sequence[Segment], device: torch.device) -> None:
        self.segments = segments
        self.windows_seen: list[int | None] = []
        self._device = device
        self._masks: dict[tuple[int, int, int | None], torch.Tensor] = {}
        self._bounds: tuple[torch.Tensor, torch.Tensor, torch.Tensor | None] | None = None

    def mask(self, queries: int, keys: int, window: int | None) -> torch.Tensor:
        """Which of `keys` each of the last `queries` places sees: a Boolean matrix, kept for the next layer."""
        shape = queries, keys, window
        if shape not in self._masks:
            place = torch.arange(keys - queries, keys, device=self._device)[:, None]
            other = torch.arange(keys, device=self._device)[None, :]
            seen = other <= place
            self._masks[shape] = seen if window is None else seen & (other > place - window)
        return self._masks[shape]

    def bounds(self) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor | None]:
        """Where segments begin and end among the queries and among the keys, and which places the keys are; None
        where they are all places in order.
        """
        if self._bounds is None:
            queries, keys = [0], [0]
            places: list[int] = []
            for segment in self.segments:
                queries.append(segment.end)
                keys.append(keys[-1] + segment.given)
                if segment.prefix is not None:
                    places += range(*segment.prefix)
                places += range(segment.start, segment.end)
            chosen = torch.tensor(places, device=self._device) if len(places) != queries[-1] else None
            self._bounds = self._bound(queries), self._bound(keys), chosen
        return self._bounds

    def _bound(self, numbers: list[int]) -> torch.Tensor:
        return torch.tensor(numbers, dtype=torch.int32, device=self._device)


class Unseen(Protocol):
    """What stands in a layout's place where compiled code must not see it."""

    def attend(
        self,
        query: torch.Tensor,
        key: torch.Tensor,
        value: torch.Tensor,
        scaling: float,
        window: int | None,
        softcap: float | None,
    ) -> torch.Tensor:
        """See `attend_in`."""


def register() -> None:
    """Make the attention known to transformers by its name. May be called again."""
    AttentionInterface.register(NAME, attend)


def attend(
    module: Any,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    *,
    scaling: float | None = None,
    dropout: float = 0.0,
    sliding_window: int | None = None,
    softcap: float | None = None,
    rulereward_layout: Layout | Unseen | None = None,
    **others: Any,
) -> tuple[torch.Tensor, None]:
    """Attention as transformers' interface wants it: `query` is (1, heads, tokens, width), `key` and `value` may have
    fewer heads, the result is (1, tokens, heads, width). Raises CannotPackError.
    """
    if rulereward_layout is None:
        raise CannotPackError("it does not hand its arguments on to its attention")
    _refuse(module, query, key, attention_mask, dropout, others)
    if scaling is None:
        scaling = query.shape[-1] ** -0.5
    if not isinstance(rulereward_layout, Layout):
        return rulereward_layout.attend(query, key, value, scaling, sliding_window, softcap), None
    rulereward_layout.windows_seen.append(sliding_window)
    return attend_in(rulereward_layout, query, key, value, scaling, sliding_window, softcap), None


def attend_in(
    layout: Layout,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    scaling: float,
    window: int | None,
    softcap: float | None,
) -> torch.Tensor:
    """What `attend` returns, with the layout of the pass."""
    if softcap is None and _flash_knows(query, value):
        return _flash(query, key, value, layout, scaling, window)
    return _by_segment(query, key, value, layout, scaling, window, softcap)


def _refuse(
    module: Any,
    query: torch.Tensor,
    key: torch.Tensor,
    attention_mask: torch.Tensor | None,
    dropout: float,
    others: dict[str, Any],
) -> None:
    causal = others.pop("is_causal", None)
    if not (getattr(module, "is_causal", True) if causal is None else causal):
        raise CannotPackError("its attention is not causal")
    if attention_mask is not None:
        raise CannotPackError("it makes a mask of its own")
    if dropout:
        raise CannotPackError("it drops out at random")
    if query.shape[0] != 1 or query.shape[2] != key.shape[2]:
        raise CannotPackError("it rearranges tokens before its attention")
    unknown = sorted(name for name, value in others.items() if value is not None and name not in _NO_EFFECT)
    if unknown:
        raise CannotPackError(f"its attention is given `{unknown[0]}`")


def _flash_knows(query: torch.Tensor, value: torch.Tensor) -> bool:
    half = query.dtype in (torch.bfloat16, torch.float16)
    return query.is_cuda and half and query.shape[-1] == value.shape[-1] <= _WIDEST_HEAD


def _flash(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, layout: Layout, scaling: float, window: int | None
) -> torch.Tensor:
    """All segments in one call, on CUDA. Queries are the last places of their keys there, as they are with us."""
    from torch.nn.attention.varlen import varlen_attn  # noqa: PLC0415  # looks for a GPU when it is imported

    query_bounds, key_bounds, places = layout.bounds()
    query, key, value = (part[0].transpose(0, 1) for part in (query, key, value))
    if places is not None:
        key, value = key[places], value[places]
    out = varlen_attn(
        query,
        key,
        value,
        query_bounds,
        key_bounds,
        max(segment.end - segment.start for segment in layout.segments),
        max(segment.given for segment in layout.segments),
        scale=scaling,
        window_size=(-1 if window is None else window - 1, 0),
        enable_gqa=query.shape[1] != key.shape[1],
    )
    return out[None]


def _by_segment(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    layout: Layout,
    scaling: float,
    window: int | None,
    softcap: float | None,
) -> torch.Tensor:
    parts = []
    for segment in layout.segments:
        own = query[:, :, segment.start : segment.end]
        keys, values = (_seen(part, segment) for part in (key, value))
        if softcap is not None:
            parts.append(_soft_capped(own, keys, values, layout, scaling, window, softcap))
            continue
        grouped = own.shape[1] != keys.shape[1]
        plain = segment.prefix is None and (window is None or own.shape[2] <= window)
        chunks = [(own, keys, values, None)] if plain else _chunks(own, keys, values, layout, window)
        for rows, seen_keys, seen_values, mask in chunks:
            parts.append(
                functional.scaled_dot_product_attention(
                    rows, seen_keys, seen_values, mask, is_causal=plain, scale=scaling, enable_gqa=grouped
                )
            )
    return torch.cat(parts, 2).transpose(1, 2)


def _seen(part: torch.Tensor, segment: Segment) -> torch.Tensor:
    own = part[:, :, segment.start : segment.end]
    if segment.prefix is None:
        return own
    start, end = segment.prefix
    return torch.cat((part[:, :, start:end], own), 2)


def _chunks(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, layout: Layout, window: int | None
) -> Iterator[tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]]:
    """Some rows at a time, the keys and values that any of them sees, and which one sees which.

    A mask for all rows of a long text at once would take gigabytes, and most of it is outside of a sliding window.
    """
    queries, keys = query.shape[2], key.shape[2]
    for start in range(0, queries, _QUERIES_AT_ONCE):
        end = min(start + _QUERIES_AT_ONCE, queries)
        last = keys - queries + end
        first = 0 if window is None else max(0, last - (end - start) - window + 1)
        mask = layout.mask(end - start, last - first, window)
        yield query[:, :, start:end], key[:, :, first:last], value[:, :, first:last], mask


def _soft_capped(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    layout: Layout,
    scaling: float,
    window: int | None,
    softcap: float,
) -> torch.Tensor:
    """Weights pressed under a bound before the softmax, as in Gemma 2: no kernel of torch does it."""
    groups = query.shape[1] // key.shape[1]
    key, value = (part.repeat_interleave(groups, 1) for part in (key, value))
    parts = []
    for rows, keys, values, seen in _chunks(query, key, value, layout, window):
        weights = softcap * torch.tanh(rows @ keys.transpose(2, 3) * (scaling / softcap))
        weights = weights.masked_fill(~seen, -math.inf)
        parts.append(functional.softmax(weights, -1, dtype=torch.float32).to(query.dtype) @ values)
    return torch.cat(parts, 2)

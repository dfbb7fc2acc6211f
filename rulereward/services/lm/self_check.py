"""How a model may be run: two short texts in each way, against the model's own computation of each alone.

A way that is wrong is wrong silently: the numbers look like log-probabilities. So a way is used only after it has
given the right ones here. What short texts cannot show (a window over the last thousands of tokens, angles that
depend on the longest text of a pass) is read from the configuration.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from rulereward.errors import ConfigurationError
from rulereward.services.lm import attention
from rulereward.services.lm.attention import CannotPackError, Layout
from rulereward.services.lm.compiled import Compiled
from rulereward.services.lm.heads import Head, head_of
from rulereward.services.lm.packing import Pack, packs
from rulereward.services.lm.passes import Way, packed_pass, padded_pass
from rulereward.services.lm.windows import Ids, Piece

_CLOSE = {torch.float32: 1e-3, torch.float64: 1e-3, torch.float16: 0.03, torch.bfloat16: 0.2}
"""By how much a log-probability may differ, on average: single operations differ in their order of addition."""
_UNMOVED = 1e-6
"""By how much a text may change when another one in its pass does."""
_UNSEEN = 0.1
"""The part of that by which a text may move when its end changes: the same operations on the same shapes."""
FAILURES = (
    CannotPackError,
    AttributeError,
    IndexError,
    KeyError,
    NotImplementedError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What code of a model raises that is called in a way it does not know."""
_PREFIX = 20
_FIRST, _SECOND = (7, 23), (11, 17)
"""Texts of the check: a step through the vocabulary, and a length. The longer of two stands first in a pass."""
_KEPT = 12
"""Tokens at the beginning of a text of which those behind are changed."""


@dataclass(frozen=True, slots=True)
class Checked:
    """How a model is run. `head` is None where its own computation of all logits is used.

    `share`: whether texts that begin alike are computed together. `reasons`: why it is not run in a faster way.
    `compiled` layers take the place of the model's own in packed passes (`quick`).
    """

    way: Way
    head: Head | None
    share: bool
    reasons: tuple[str, ...] = ()
    compiled: Compiled | None = None


def checked(model: Any) -> Checked:
    """The fastest way in which the model gives its own numbers; sets its attention accordingly.

    Raises ConfigurationError where these are no probabilities of a next token, because it sees that token.
    """
    plain = model.config._attn_implementation
    if plain == attention.NAME:  # it was checked before, and what it had then is not known any more
        plain = "eager"
        model.set_attn_implementation(plain)
    head = head_of(model)
    pieces = pieces_of(model)
    own = [padded_pass(model, None, [piece])[0] for piece in pieces]
    _need_causal(model, pieces[0], own[0])
    if (angles := _changing_angles(model)) is not None:
        reasons = [f"its rotary angles (`{angles}`) depend on the longest text of a pass"]
        return Checked(Way.ALONE, _apart(model, head, pieces, own), False, tuple(reasons))
    reasons = []
    if head is not None:
        reason = _packed_reason(model, head, pieces, own)
        if reason is None:
            shared = _sharing_reason(model, head, pieces, own)
            return Checked(Way.PACKED, head, shared is None, () if shared is None else (shared,))
        reasons.append(f"packed: {reason}")
    model.set_attn_implementation(plain)
    for candidate in (head, None) if head is not None else (None,):
        reason = _padded_reason(model, candidate, [pieces], own)
        if reason is None:
            return Checked(Way.PADDED, candidate, False, tuple(reasons))
        reasons.append(f"padded{'' if candidate is None else ', with its head apart'}: {reason}")
    return Checked(Way.ALONE, _apart(model, head, pieces, own), False, tuple(reasons))


def _apart(model: Any, head: Head | None, pieces: list[Piece], own: list[list[float]]) -> Head | None:
    """The head, if it may be called apart where texts are run alone."""
    alone = [[piece] for piece in pieces]
    return head if head is not None and _padded_reason(model, head, alone, own) is None else None


def pieces_of(model: Any) -> list[Piece]:
    """Two texts, a third that differs from the first in every token, and two that begin alike."""
    vocabulary = model.config.get_text_config().vocab_size

    def text(step: int, length: int) -> tuple[int, ...]:
        return tuple((place * step + step) % vocabulary for place in range(length))

    prefix = text(3, _PREFIX)
    first, second = (text(*seed) for seed in (_FIRST, _SECOND))
    alone = [Piece(ids, 1) for ids in (first, second, _changed(first, vocabulary))]
    return alone + [Piece(prefix + text(*seed), _PREFIX) for seed in ((5, 4), (19, 6))]


def _changed(ids: Ids, vocabulary: int) -> Ids:
    return tuple((token + 1) % vocabulary for token in ids)


def _need_causal(model: Any, piece: Piece, own: list[float]) -> None:
    """Change the end of a text: what comes before may not move. Encoders such as BERT load as language models, and
    every way of running them agrees that they see the token that they are asked for.
    """
    vocabulary = model.config.get_text_config().vocab_size
    other = Piece(piece.ids[:_KEPT] + _changed(piece.ids[_KEPT:], vocabulary), piece.first)
    before = _KEPT - piece.first
    (moved,) = padded_pass(model, None, [other])
    if all(map(math.isfinite, own)) and not near(model, [moved[:before]], [own[:before]], _UNSEEN):
        raise ConfigurationError(
            f"{type(model).__name__} is no causal language model as it is configured: it sees the tokens behind the "
            "one that it is asked for"
        )


def _packed_reason(model: Any, head: Head, pieces: list[Piece], own: list[list[float]]) -> str | None:
    """Why the model cannot be run packed, None where it can. Leaves it with our attention."""
    try:
        attention.register()
        model.set_attn_implementation(attention.NAME)
        if model.config._attn_implementation != attention.NAME:
            return "its attention cannot be replaced"
        pack, layout = packed(model, pieces, (0, 1))
        found = packed_pass(model, head, pack, layout)
        if (wrong := _windows_reason(model, layout)) is not None:
            return wrong
        expected = [own[number] for number in pack.pieces]
        if not near(model, found, expected):
            return "it gives other numbers"
        changed_pack, changed_layout = packed(model, pieces, (2, 1))
        changed = packed_pass(model, head, changed_pack, changed_layout)
    except FAILURES as error:
        return told(error)
    return "a text sees another one of its pass" if moved(pack, found, changed) else None


def moved(pack: Pack, found: list[list[float]], changed: list[list[float]]) -> bool:
    """Did the second of the pieces get other numbers, when the first had become another text?"""
    kept = pack.pieces.index(1)
    return not all(abs(one - other) <= _UNMOVED for one, other in zip(found[kept], changed[kept], strict=True))


def packed(model: Any, pieces: Sequence[Piece], numbers: tuple[int, ...]) -> tuple[Pack, Layout]:
    """Those of the pieces in one pass."""
    (pack,) = packs(pieces, numbers, sum(piece.size for piece in pieces), share=True)
    return pack, Layout(pack.segments, model.device)


def _sharing_reason(model: Any, head: Head, pieces: list[Piece], own: list[list[float]]) -> str | None:
    try:
        pack, layout = packed(model, pieces, (0, 3, 4))
        found = packed_pass(model, head, pack, layout)
    except FAILURES as error:
        return f"shared beginnings: {told(error)}"
    same = near(model, found, [own[number] for number in pack.pieces])
    return None if same else "shared beginnings: it gives other numbers"


def _padded_reason(model: Any, head: Head | None, batches: list[list[Piece]], own: list[list[float]]) -> str | None:
    try:
        found = [scored for batch in batches for scored in padded_pass(model, head, batch)]
    except FAILURES as error:
        return told(error)
    return None if near(model, found, own) else "it gives other numbers"


def near(model: Any, found: list[list[float]], expected: list[list[float]], share: float = 1.0) -> bool:
    """Is each text's mean difference small? What is not a number is near to nothing."""
    limit = _CLOSE.get(model.dtype, 0.0) * share
    pairs = zip(found, expected, strict=True)
    return all(sum(abs(one - other) for one, other in zip(a, b, strict=True)) <= limit * len(a) for a, b in pairs)


def told(error: BaseException) -> str:
    """What went wrong, in one line."""
    lines = str(error).strip().splitlines()
    return lines[0] if isinstance(error, CannotPackError) else f"{type(error).__name__}: {lines[0] if lines else ''}"


def _windows_reason(model: Any, layout: Layout) -> str | None:
    """Were the sliding windows that the configuration speaks of handed to each layer's attention?"""
    config = model.config.get_text_config()
    window = getattr(config, "sliding_window", None)
    kinds = getattr(config, "layer_types", None)
    if kinds is None:
        kinds = ["full_attention" if window is None else "sliding_attention"] * config.num_hidden_layers
    unknown = set(kinds) - {"full_attention", "sliding_attention"}
    if unknown:
        return f"it has layers of the kind `{min(unknown)}`"
    expected = [window if kind == "sliding_attention" else None for kind in kinds]
    return None if layout.windows_seen == expected else "its attention is not told of its sliding windows"


def _changing_angles(model: Any) -> str | None:
    """The kind of rotary position encoding, if it is one whose angles change with the longest text of a pass."""
    parameters = getattr(model.config.get_text_config(), "rope_parameters", None)
    kinds = {str(one.get("rope_type")) for one in _flat(parameters)}
    return min((kind for kind in kinds if "dynamic" in kind or kind == "longrope"), default=None)


def _flat(parameters: object) -> Iterator[Mapping[str, object]]:
    """One set of parameters, or one per kind of layer."""
    if isinstance(parameters, Mapping):
        if "rope_type" in parameters:
            yield parameters
        for inner in parameters.values():
            yield from _flat(inner)

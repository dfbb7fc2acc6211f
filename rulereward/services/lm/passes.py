"""One forward pass: what goes in, and the log-probabilities that come out."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Any

import torch

from rulereward.errors import InternalError
from rulereward.services.lm import attention
from rulereward.services.lm.attention import Layout
from rulereward.services.lm.compiled import Compiled
from rulereward.services.lm.heads import Head, chosen
from rulereward.services.lm.packing import Pack
from rulereward.services.lm.windows import Piece


class Way(Enum):
    """How texts are put into forward passes, the fastest first."""

    PACKED = "packed"
    PADDED = "padded"
    ALONE = "one at a time"


def packed_pass(
    model: Any, head: Head, pack: Pack, layout: Layout | None = None, compiled: Compiled | None = None
) -> list[list[float]]:
    """The log-probabilities (natural) of each piece of a pack, in its order, by the compiled layers if there are any.

    Raises InternalError where somebody has given the model another attention, which would mix the texts.
    """
    if model.config._attn_implementation != attention.NAME:
        raise InternalError("the attention of a model was changed after it was checked")
    device = model.device
    layout = Layout(pack.segments, device) if layout is None else layout
    with torch.inference_mode():
        given = {
            "input_ids": torch.tensor([pack.ids], device=device),
            "position_ids": torch.tensor([pack.positions], device=device),
            "attention_mask": None,
            "use_cache": False,
        }
        if compiled is None:
            states = model.base_model(rulereward_layout=layout, **given)
        else:
            states = compiled(layout, **given)
        hidden = states.last_hidden_state[0]
        rows = torch.tensor(pack.rows, device=device)
        found = head.log_probs(hidden[rows], torch.tensor(pack.targets, device=device)).tolist()
    parts = []
    start = 0
    for count in pack.counts:
        parts.append(found[start : start + count])
        start += count
    return parts


def padded_pass(model: Any, head: Head | None, pieces: Sequence[Piece]) -> list[list[float]]:
    """The log-probabilities (natural) of each piece, in rows padded behind their ends, which no token before sees.

    Without `head` the model makes the logits of all places itself.
    """
    device = model.device
    length = max(piece.size for piece in pieces)
    ids = torch.tensor([[*piece.ids[:-1], *([0] * (length - piece.size))] for piece in pieces], device=device)
    sizes = torch.tensor([piece.size for piece in pieces], device=device)
    places = torch.arange(length, device=device)
    inputs = {"input_ids": ids, "attention_mask": (places < sizes[:, None]).long(), "use_cache": False}
    with torch.inference_mode():
        out = (model if head is None else model.base_model)(**inputs)
        states = out.logits if head is None else out.last_hidden_state
        wanted = torch.cat([states[row, piece.first - 1 : piece.size] for row, piece in enumerate(pieces)])
        targets = torch.tensor([target for piece in pieces for target in piece.ids[piece.first :]], device=device)
        found = (chosen(wanted.float(), targets) if head is None else head.log_probs(wanted, targets)).tolist()
    parts = []
    start = 0
    for piece in pieces:
        parts.append(found[start : start + piece.scored])
        start += piece.scored
    return parts

"""What a text scored, as the plain answer to a job.

    scored      {"nll", "tokens", "bytes", "characters", "unscored", "windows", "surprises": [[start, end, nll], ...]}
    refused     {"refused": "too_long" | "prompt_too_long" | "impossible", "message"}
    failed      {"failed": code, "message"}: by our fault, which becomes a Failure

`nll` is in nats, over `tokens` tokens that stand for `bytes` (UTF-8) and `characters` of the text; `unscored` tokens
before them were cut off. `surprises` are the places of the text, in characters, that the model expected least, worst
first.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from heapq import nlargest

from rulereward.services.lm.language_model import TextScore
from rulereward.services.lm.results import Unscored

_SURPRISES = 5


def answer_of(text: str, score: TextScore | Unscored) -> dict[str, object]:
    """The answer about one text."""
    if isinstance(score, Unscored):
        kind = "failed" if score.code == "out_of_memory" else "refused"
        return {kind: score.code, "message": score.message}
    if math.isnan(score.nll):
        return {"failed": "not_a_number", "message": "the model gives no number: try dtype float32"}
    if math.isinf(score.nll):
        return {"refused": "impossible", "message": "the model gives a token of the text no chance at all"}
    return {
        "nll": score.nll,
        "tokens": len(score.log_probs),
        "bytes": score.bytes,
        "characters": score.characters,
        "unscored": score.unscored,
        "windows": score.passes,
        "surprises": nlargest(_SURPRISES, _places(text, score), key=lambda place: place[2]),
    }


def _places(text: str, score: TextScore) -> Iterator[list[int | float]]:
    """The text, cut where tokens begin: tokens that are parts of one character are one place."""
    place: list[int | float] = []
    for start, log_prob in zip(score.starts, score.log_probs, strict=True):
        if place and place[0] == start:
            place[2] -= log_prob
            continue
        if place:
            place[1] = start
            yield place
        place = [start, len(text), -log_prob]
    if place:
        yield place

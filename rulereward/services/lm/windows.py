"""Texts as pieces that a model with a limited context can take, each token scored once."""

from __future__ import annotations

from dataclasses import dataclass

Ids = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """Tokens of one text for one forward pass: `ids[first:]` are scored, the ones before are what they follow.

    The model is given all but the last, which it need not see: `1 <= first < len(ids)`.
    """

    ids: Ids
    first: int

    @property
    def size(self) -> int:
        """Tokens that the model is given."""
        return len(self.ids) - 1

    @property
    def context(self) -> Ids:
        """What the first scored token follows."""
        return self.ids[: self.first]

    @property
    def scored(self) -> int:
        """How many tokens are scored."""
        return len(self.ids) - self.first


def fits(context: Ids, completion: Ids, capacity: int) -> bool:
    """Does the model see the text at once? `capacity` is the most tokens that it can be given."""
    return len(context) + len(completion) - 1 <= capacity


def whole(context: Ids, completion: Ids) -> list[Piece]:
    """A text that fits, as one piece; none where there is nothing to score. The context is not empty."""
    return [Piece(context + completion, len(context))] if completion else []


def windows(context: Ids, completion: Ids, capacity: int, stride: int) -> list[Piece]:
    """Pieces of at most `capacity` given tokens that score the completion from left to right.

    The first window scores all that it reaches, each later one `stride` new tokens, 1 to `capacity`; what they follow
    are the tokens before, as many as fit. The last window may score fewer.
    """
    ids = context + completion
    done = len(context)
    end = max(capacity + 1, done + stride)
    pieces = []
    while done < len(ids):
        end = min(end, len(ids))
        start = max(0, end - 1 - capacity)
        pieces.append(Piece(ids[start:end], done - start))
        done, end = end, end + stride
    return pieces


def last_part(context: Ids, completion: Ids, capacity: int) -> list[Piece]:
    """The last tokens that fit, as one piece. Of a completion that is too long itself, the end is scored."""
    ids = context + completion
    dropped = max(0, len(ids) - 1 - capacity)
    return [Piece(ids[dropped:], max(1, len(context) - dropped))] if completion else []

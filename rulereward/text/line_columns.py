"""Lines and paragraphs that repeat an earlier one, in a view of many texts, by kernels."""

from __future__ import annotations

from typing import Literal

from rulereward.data import F64, Bools, View
from rulereward.text.feature_source import FeatureSource
from rulereward.text.units import share_of


def repeated_shares(
    view: View, piece: Literal["line", "paragraph"], style: Literal["default", "datatrove"], by_chars: bool,
    features: FeatureSource,
) -> tuple[F64, Bools | None]:  # fmt: skip
    """The share of each text, of its pieces or their characters, and which texts are left to the row form.

    As `shares.duplicate_share`, or as `datatrove_lines` and `datatrove_paragraphs`.
    """
    from rulereward.text import kernels_lines  # noqa: PLC0415  # loads numba
    from rulereward.text.kernels_length import character_counts  # noqa: PLC0415  # loads numba
    from rulereward.text.kernels_split import split_lines  # noqa: PLC0415  # loads numba

    left = None
    if style == "datatrove":
        lines, paragraphs = features.of(view, kernels_lines.datatrove_duplicates)
        pieces = lines if piece == "line" else paragraphs
        chars = features.of(view, character_counts)
    else:
        words, breaks = features.of(view, split_lines, "folded")
        of_piece = kernels_lines.line_duplicates if piece == "line" else kernels_lines.paragraph_duplicates
        pieces, left = of_piece(words, breaks), words.special
        chars = pieces.chars
    shares = share_of(pieces.again_chars, chars) if by_chars else share_of(pieces.again, pieces.count)
    return shares, left

"""Letters of scripts in many texts at once, by kernels: `scripts.script_share`, and which texts may mix scripts."""

from __future__ import annotations

from functools import cache

import numpy as np
import regex

from rulereward.data.arrays import F64, U8, Bools
from rulereward.text.class_tables import class_table, lower_case_table
from rulereward.text.markup_columns import Pieces
from rulereward.text.scripts import IDEOGRAPHIC, LETTERS, SEEN, ScriptUnit, letters_of
from rulereward.text.words import IDEOGRAPH_CLASS


def script_shares(buffer: U8, pieces: Pieces, script: str, of: ScriptUnit) -> F64:
    """The share of the script in each text, of what the pieces are; NaN where there is nothing to take it of."""
    from rulereward.text import kernels_scripts as kernels  # noqa: PLC0415  # loads numba

    windows = buffer, pieces.start, pieces.end
    if of == "words":
        total, hits = kernels.word_class_counts(*windows, _word_classes(script))
    else:
        letters, printing, hits = kernels.class_counts(*windows, _letter_classes(script))
        total = letters if of == "letters" else printing
    whole = pieces.by_row(total)
    shares = np.full(len(whole), np.nan)
    np.divide(pieces.by_row(hits), whole, out=shares, where=whole > 0)
    return shares


def may_mix_scripts(buffer: U8, pieces: Pieces) -> Bools:
    """Which texts may have words for `mixed_words`: not those in Latin letters alone, nor those whose other letters
    are ideographs and kana and say more.
    """
    from rulereward.text.kernels_scripts import class_counts  # noqa: PLC0415  # loads numba

    counts = class_counts(buffer, pieces.start, pieces.end, _mixing_classes())
    letters, latin, ideographic = (pieces.by_row(count) for count in counts)
    in_latin = ideographic == 0
    in_ideographs = 2 * ideographic > latin  # the least that one of them weighs, `scripts.weight_of`
    mixes: Bools = (letters > latin + ideographic) | ~(in_latin | in_ideographs)
    return mixes


@cache
def _letter_classes(script: str) -> U8:
    return _letters_and_printing() | class_table({4: letters_of(script)})


@cache
def _letters_and_printing() -> U8:
    return class_table({1: LETTERS, 2: SEEN})


@cache
def _word_classes(script: str) -> U8:
    from rulereward.text import kernels_scripts as bits  # noqa: PLC0415  # loads numba

    alone = f"[{IDEOGRAPH_CLASS}]+"
    patterns = {bits.LETTER: LETTERS, bits.SCRIPT: letters_of(script), bits.SPACE: r"\s+", bits.ALONE: alone}
    return lower_case_table(class_table(patterns))


@cache
def _mixing_classes() -> U8:
    ideographic = "|".join(letters_of(script).pattern for script in sorted(IDEOGRAPHIC))
    return class_table({1: LETTERS, 2: letters_of("Latin"), 4: regex.compile(ideographic, regex.V1)})

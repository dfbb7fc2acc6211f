"""Languages of many texts at once, where the scripts of their letters decide: `languages.target_share` by kernels."""

from __future__ import annotations

from functools import cache

import numpy as np
import regex

from rulereward.data.arrays import F64, U8
from rulereward.text.class_tables import class_table
from rulereward.text.language_names import BY_SCRIPT, JUDGED_AS, SHARED
from rulereward.text.languages import Target
from rulereward.text.markup_columns import Pieces
from rulereward.text.scripts import IDEOGRAPHIC, LETTERS, letters_of

UNDECIDED = -1.0
"""The share of a text that is left to the row form, which looks at its sentences."""


def shares_by_script(buffer: U8, pieces: Pieces, target: Target) -> F64:
    """The share of each text that is in the language, of what the pieces are; NaN where no letter is.

    A text without a letter of the target's script is in another language, one of Han letters alone is Chinese,
    whatever its sentences are; any other is UNDECIDED.
    """
    from rulereward.text.kernels_scripts import class_counts  # noqa: PLC0415  # loads numba

    counts = class_counts(buffer, pieces.start, pieces.end, _classes(scripts_of(target)))
    letters, of_han, of_target = (pieces.by_row(count) for count in counts)
    shares = np.where(of_target == 0, 0.0, UNDECIDED)
    if target == Target("zh"):
        shares[of_han == letters] = 1.0
    shares[letters == 0] = np.nan
    shares[pieces.special] = UNDECIDED
    return shares


def scripts_of(target: Target) -> tuple[str, ...]:
    """The scripts of which a sentence in the language may be."""
    code = JUDGED_AS.get(target.code, target.code)
    shared = [script for script, codes in SHARED.items() if code in codes]
    return tuple(shared or [script for script, only in BY_SCRIPT.items() if only == code] or sorted(IDEOGRAPHIC))


@cache
def _classes(scripts: tuple[str, ...]) -> U8:
    wanted = "|".join(letters_of(script).pattern for script in scripts)
    return class_table({1: LETTERS, 2: letters_of("Han"), 4: regex.compile(wanted, regex.V1)})

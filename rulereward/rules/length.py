"""The kind `length`."""

from __future__ import annotations

import math
from dataclasses import dataclass

from rulereward.data import Reason
from rulereward.kind import Result, rule
from rulereward.text.words import LengthUnit, length_in

_NO_TEXT = Result(0.0, reason=Reason("no_text", "there is no text to measure"))


@dataclass(frozen=True, slots=True)
class LengthParams:
    unit: LengthUnit = "char"


@rule(version=1, returns="number", range=(0, math.inf), unit_from="unit")
def length(text: str | None, params: LengthParams) -> float | Result:
    """How long a text is, in characters, words, lines or bytes.

    Reads: the text alone. `char` counts code points; `word` what stands between white space, each ideograph and kana
    being a word of its own; `line` lines, where a last newline begins no further one; `byte` bytes of UTF-8.
    Returns: a number of that unit, 0 for an empty text.
    Missing: never; a text that is not there has length 0, with reason `no_text`.
    Gamed by: padding where longer is better, saying less where shorter is; characters are not tokens, and invisible
    ones count. Give a window (`decay`, `soft_overlong`) rather than a slope.
    Source: own definition.
    """
    return _NO_TEXT if text is None else float(length_in(text, params.unit))

"""A class for every code point, from the very patterns and methods that the row forms use, for kernels to look up."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from rulereward.data.arrays import U8, Bools

CODE_POINTS = 0x110000


def class_table(patterns: Mapping[int, Any]) -> U8:
    """Of each code point the bits whose patterns match it; a pattern matches runs of single characters."""
    everything = _text(np.arange(CODE_POINTS, dtype="<u4"))
    table = np.zeros(CODE_POINTS, np.uint8)
    for bit, pattern in patterns.items():
        compiled = re.compile(pattern) if isinstance(pattern, str) else pattern
        for run in compiled.finditer(everything):
            table[run.start() : run.end()] |= np.uint8(bit)
    return table


def all_characters_that(are: Callable[[str], bool]) -> Bools:
    """Of each code point, what a method of `str` says of it."""
    return np.fromiter(map(are, _text(np.arange(CODE_POINTS, dtype="<u4"))), np.bool_, CODE_POINTS)


def lower_case_table(table: U8) -> U8:
    """Of each code point what the table has for its lower case; of `İ`, which becomes two characters, for the `i`."""
    codes = np.arange(CODE_POINTS, dtype="<u4")
    codes[ord("İ")] = ord("i")
    lower: U8 = table[np.frombuffer(_text(codes).lower().encode("utf-32-le", "surrogatepass"), "<u4")]
    return lower


def _text(codes: Any) -> str:
    return str(codes.tobytes(), "utf-32-le", "surrogatepass")  # surrogates are in no text, but hold their places

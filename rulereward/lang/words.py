"""Which words may be names: not the grammar's own, not the reserved ones, and only what an expression can read."""

from __future__ import annotations

import re
import unicodedata

from rulereward.lang.full_width import half_width, has_full_width_letters

KEYWORDS = frozenset({
    "true", "false", "null", "and", "or", "not", "is", "in", "if", "else", "case",
    "over", "where", "excluding", "self",
})  # fmt: skip
"""The words of grammar/expression.lark."""

RESERVED_NAMES = frozenset({"row", "batch", "group", "step", "reward"})
FOREIGN_SPELLINGS = {
    "True": "true", "TRUE": "true", "False": "false", "FALSE": "false",
    "None": "null", "Null": "null", "NULL": "null", "nil": "null",
    "AND": "and", "And": "and", "OR": "or", "Or": "or", "NOT": "not", "Not": "not", "IN": "in", "IS": "is",
}  # fmt: skip
"""How other languages, or capitals, write words of this one. They are not names here, so that the slip is told."""


def normal_name(text: str) -> str:
    """A name as it is compared: NFC, so that two ways to write an accent are one name."""
    return unicodedata.normalize("NFC", str(text))


def is_name(text: str) -> bool:
    """Whether an expression reads `text` as one name."""
    return (
        text.isidentifier()
        and text not in KEYWORDS
        and text not in FOREIGN_SPELLINGS
        and not has_full_width_letters(text)
    )


def near_name(text: str) -> str | None:
    """A name that looks like `text`: `think-format` gives `think_format`. None if nothing is left of it."""
    name = re.sub(r"\W+", "_", half_width(normal_name(text)).strip()).strip("_")
    if name[:1].isdigit():
        name = "_" + name
    if name in KEYWORDS or name in FOREIGN_SPELLINGS:
        name += "_"
    return name if name.isidentifier() else None

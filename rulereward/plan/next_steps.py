"""The next step of a message, in the author's own words."""

from __future__ import annotations

import re

from rulereward.kind import Interval
from rulereward.lang.source import Span

_LONGEST = 40
"""Characters of an expression that is repeated in a help line; of a longer one stands `x`."""

_DIFFERENCE = re.compile(r"(\d[\w.]*)\s*-\s*(\d[\w.]*)")
_TRUTH = {
    "yes": "true", "on": "true", "y": "true", "enabled": "true",
    "no": "false", "off": "false", "n": "false", "disabled": "false",
    "undefined": "null", "nan": "null", "missing": "null",
}  # fmt: skip
_MEANT = {
    "response": "completion", "responses": "completion", "output": "completion", "completions": "completion",
    "generation": "completion", "solution_str": "completion", "text": "completion",
    "ground_truth": "answer", "solution": "answer", "label": "answer", "target": "answer", "gold": "answer",
    "reference": "answer", "answers": "answer", "question": "prompt", "prompts": "prompt", "problem": "prompt",
    "query": "prompt", "global_step": "step", "training_step": "step",
}  # fmt: skip


def written(span: Span) -> str:
    """An expression as it stands in the file, if it is short and on one line; else `x`."""
    text = span.source.text[span.start : span.end]
    return text if len(text) <= _LONGEST and "\n" not in text and "\r" not in text else "x"


def kept_away(span: Span, where: Interval, unit: str | None) -> str:
    """What to write in place of a number that can be 0: `max(size, 1char)`."""
    return f"max({written(span)}, 1{unit or ''})" if where.lo >= 0 else "max(x, 1)"


def range_instead(span: Span) -> str:
    """The help where a range is needed: `20-800` was probably meant as one."""
    ends = _DIFFERENCE.fullmatch(written(span))
    return f"write `{ends[1]}..{ends[2]}`" if ends else "write a range such as `200..800`"


def other_name(name: str) -> str | None:
    """What a name stands for elsewhere: `yes` for true, `response` for the completion."""
    plain = name.lower()
    if plain in _TRUTH:
        return f"write `{_TRUTH[plain]}`"
    meant = _MEANT.get(plain)
    return f"write `{meant}`, or `row.{name}` for the column of this name" if meant else None

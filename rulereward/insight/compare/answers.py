"""What somebody's reward function gave for a row, as it is and as trouble is named."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, NamedTuple

from rulereward.io import described

SCORE_KEYS = ("score", "reward", "rewards", "scores", "overall")
"""Where the trainers look for the reward in a dict, in this order."""

MOST_CHARS = 200
_DEEPEST = 3


class Answer(Enum):
    """What came back."""

    NUMBER = "a number"
    NONE = "no value"
    NOT_FINITE = "not finite"
    NOT_A_NUMBER = "not a number"
    FAILED = "failed"
    NOT_ASKED = "not asked"
    """The row could not be read, so nobody was asked about it."""


class Theirs(NamedTuple):
    """`value` is NaN unless it is a number; `name` is the exception's type or what came instead of a number."""

    answer: Answer
    value: float = math.nan
    name: str = ""
    message: str = ""


NOT_ASKED = Theirs(Answer.NOT_ASKED)


def printable(text: str) -> str:
    """A text on one line, without what a terminal obeys or an encoder refuses: a model may have written it."""
    line = " ".join(text.split())
    return "".join(char if char.isprintable() else "\ufffd" for char in line)


class WrongCountError(Exception):
    """A batch came back with more or fewer values than completions."""


def failed(error: Exception | SystemExit) -> Theirs:
    """An exception as data."""
    name = "a wrong number of values" if isinstance(error, WrongCountError) else type(error).__name__
    return Theirs(Answer.FAILED, name=name, message=printable(str(error))[:MOST_CHARS])


def read_value(value: Any) -> Theirs:
    """One row's value: a number, None, a dict with `score`, or a tensor or list of one."""
    for _ in range(_DEEPEST):
        if isinstance(value, Mapping):
            value = next((value[key] for key in SCORE_KEYS if key in value), "a dict without `score`")
        elif hasattr(value, "tolist"):
            value = value.tolist()
        elif isinstance(value, list | tuple) and len(value) == 1:
            value = value[0]
    if value is None:
        return Theirs(Answer.NONE)
    if not isinstance(value, int | float):
        return Theirs(Answer.NOT_A_NUMBER, name=printable(described(value)))
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    return Theirs(Answer.NUMBER, number) if math.isfinite(number) else Theirs(Answer.NOT_FINITE, name=str(number))


def read_values(values: Any, size: int) -> list[Theirs]:
    """A batch's values. Raises WrongCountError where they are not as many as completions."""
    if isinstance(values, Mapping):
        values = next((values[key] for key in ("rewards", *SCORE_KEYS) if key in values), None)
    if hasattr(values, "tolist"):
        values = values.tolist()
    if size == 1 and not isinstance(values, Sequence):
        values = [values]
    if isinstance(values, str) or not isinstance(values, Sequence):
        raise WrongCountError(f"{described(values)} for {size} completions, where a list is expected")
    if len(values) != size:
        raise WrongCountError(f"{len(values)} values for {size} completions")
    return [read_value(value) for value in values]

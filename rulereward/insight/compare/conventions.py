"""How a reward function wants to be called, told from the names of its parameters.

| style | call | gives |
|---|---|---|
| `trl` | `f(prompts=, completions=, **columns)`, texts | a list of numbers and None |
| `trl-chat` | the same, completions as lists of one message | the same |
| `verl` | `f(data_source=, solution_str=, ground_truth=, extra_info=)`, a row | a number, or a dict with `score` |
| `openrlhf` | `f(queries, prompts, labels)` | a list or tensor, or a dict with `rewards` |
| `swift` | a class whose objects are called with `completions` and columns | a list of numbers and None |
| `row` | `f(completion, answer)`, or any columns of the row by name, a row | a number or None |
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any, Literal, get_args

from rulereward.api.importing import IMPORT_ERRORS, told
from rulereward.errors import ConfigurationError
from rulereward.insight.compare.foreign import Function

Style = Literal["trl", "trl-chat", "verl", "openrlhf", "swift", "row"]
STYLES: tuple[Style, ...] = get_args(Style)

BATCHED = frozenset({"trl", "trl-chat", "openrlhf", "swift"})
"""Styles whose functions take many rows in one call."""

COMPLETION = ("completion", "response", "output", "solution_str", "text", "prediction", "pred", "model_output")
ANSWER = ("answer", "ground_truth", "gold", "target", "label", "reference", "solution", "gt")
PROMPT = ("prompt", "question", "problem", "query", "instruction")
MEANINGS = {"completion": COMPLETION, "answer": ANSWER, "prompt": PROMPT}
"""What parameters of functions called row by row are usually named, by the input they stand for."""

_LISTS = {"completions", "completion_ids", "prompts"}


@dataclass(frozen=True, slots=True)
class Convention:
    """`names` are the parameters that can be given by name, `needed` those without a default."""

    function: Function
    style: Style
    names: tuple[str, ...]
    needed: tuple[str, ...]
    takes_all: bool
    """Has it `**columns`?"""
    told: bool
    """Is it certain whether completions are texts or messages?"""


def convention(function: Function, style: Style | None = None) -> Convention:
    """How to call `function`; a class is made an object of first. Raises ConfigurationError if nobody can tell."""
    is_class = inspect.isclass(function)
    if is_class:
        function = _object_of(function)
    parameters = _parameters(function)
    by_name = [one for one in parameters if one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)]
    names = tuple(one.name for one in by_name)
    told = style is not None
    if style is None:
        style = _style(function, parameters, names, is_class=is_class)
        told = style not in ("trl", "swift") or is_class or "completions" not in names
    return Convention(
        function,
        style,
        names,
        needed=tuple(one.name for one in by_name if one.default is one.empty),
        takes_all=any(one.kind is one.VAR_KEYWORD for one in parameters),
        told=told,
    )


def _object_of(made: Any) -> Function:
    """An object of a class, made as ms-swift makes one of its own."""
    takes_args = "args" in {one.name for one in _parameters(made)}
    try:
        found = made(args=None) if takes_args else made()
    except IMPORT_ERRORS as error:
        raise ConfigurationError(
            f"an object of the class `{made.__name__}` cannot be made: {told(error)}; "
            "make one in a file of your own, and name that"
        ) from error
    if not callable(found):
        raise ConfigurationError(f"the class `{made.__name__}` has no `__call__`: name a function or another class")
    return found  # type: ignore[no-any-return]  # callable() has just said so


def _parameters(function: Function) -> list[inspect.Parameter]:
    try:
        return list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):  # some functions written in C tell no signature
        return []


def _style(
    function: Function, parameters: list[inspect.Parameter], names: tuple[str, ...], *, is_class: bool
) -> Style:
    if {"solution_str", "data_source"} & set(names):
        return "verl"
    if "queries" in names:
        return "openrlhf"
    if _LISTS & set(names) or is_class:
        if is_class:
            return "swift"
        annotation = next((str(one.annotation) for one in parameters if one.name == "completions"), "")
        return "trl-chat" if "dict" in annotation.lower() or "message" in annotation.lower() else "trl"
    if {*COMPLETION, *ANSWER} & set(names) or (len(names) == 2 and not _is_maker(names)):
        return "row"
    named = getattr(function, "__name__", type(function).__name__)
    raise ConfigurationError(
        f"`{named}({', '.join(str(one) for one in parameters)})` is called in none of the known ways: say which with "
        f"--style {'|'.join(STYLES)}. If it makes reward functions, call it in a file of your own "
        f"(`reward = {named}(...)`) and name that"
    )


def _is_maker(names: tuple[str, ...]) -> bool:
    """Two limits or sizes are what makes a reward function, not what one is called with."""
    return any(word in name for name in names for word in ("max", "min", "size", "len", "penalty", "cache", "weight"))

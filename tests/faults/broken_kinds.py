"""Rule kinds that do what they may not do, on the rows whose text says so."""

from __future__ import annotations

from typing import Any

from rulereward.kind import Job, Missing, Result, rule

OUTCOMES: dict[str, Any] = {
    "none": None,
    "text": "5",
    "list": [5.0],
    "huge": 10**400,
    "nan": float("nan"),
    "infinite": float("-inf"),
    "range": 11.0,
    "null": Missing("no_reason", "because"),
    "field": Result(5.0, {"half": "much"}),
    "inner": Result("5"),  # type: ignore[arg-type]
    "fine": Result(5.0, {"half": 2.5}),
}
ERRORS = {"lookup": KeyError("x"), "assertion": AssertionError(), "memory": MemoryError("no more")}


def _outcome(text: str) -> Any:
    if text in ERRORS:
        raise ERRORS[text]
    if text == "recursion":
        return _outcome(text)
    return OUTCOMES[text]


@rule(version=1, returns="number", range=(0, 10), fields={"half": "number"})
def local(text: str) -> Any:
    """Gives 5, or what it may not give."""
    return _outcome(text)


@rule(version=1, returns="bool")
def flag(text: str) -> Any:
    """True, or what is neither true nor false."""
    return 0.5 if text == "half" else True


def _read(text: str, answer: Any) -> Any:
    return _outcome(text)


@rule(version=1, returns="number", range=(0, 10), fields={"half": "number"}, service="math", read=_read)
def reading(text: str) -> Job:
    """Asks, and reads the answer as 5 or as what it may not give."""
    return Job("math", text)


JOBS: dict[str, Any] = {
    "none": None,
    "object": Job("math", object()),  # type: ignore[arg-type]
    "circle": Job("math", (circle := [])),  # type: ignore[arg-type]
    "nowhere": Job("nowhere", "x"),
    "list": Job("math", ["x"]),  # type: ignore[arg-type]
    "fine": Job("math", "x"),
}
circle.append(circle)


@rule(version=1, returns="number", range=(0, 10), service="math", read=lambda text, answer: 5.0)
def asking(text: str) -> Any:
    """Asks for what cannot be asked."""
    if text in ERRORS:
        raise ERRORS[text]
    return JOBS[text]


@rule(version=1, returns="number", range=(0, 10), service="math", read=lambda value, answer: answer["value"])
def telling(value: object) -> Job:
    """Asks which type a value of the row has."""
    return Job("math", value)  # type: ignore[arg-type]

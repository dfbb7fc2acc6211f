"""Small readers that the shapes share: parts of a mapping, limits, weights. All raise UnreadableError."""

from __future__ import annotations

import math
from collections.abc import Mapping
from keyword import iskeyword

from rulereward.text.code_tests.suite import Suite, Test
from rulereward.text.code_tests.values import UnreadableError, cut, json_value, unicode_text
from rulereward.text.fences import language_name

MAX_TESTS = 10_000
"""Tests of one suite."""

MAX_CHARS = 256 << 20
"""Characters of all tests of one suite together."""

MAX_TIME_S = 3_600.0
MAX_MEMORY_MB = 1_048_576.0
"""What stands for a limit may be at most this much; more is taken for a mistake of the data, and for no limit."""

Row = Mapping[str, object]

_BYTES_IN_MB = 1_048_576
_UNITS = {
    "s": 1.0, "sec": 1.0, "second": 1.0, "seconds": 1.0, "ms": 0.001, "millisecond": 0.001, "milliseconds": 0.001,
    "mb": 1.0, "mib": 1.0, "megabyte": 1.0, "megabytes": 1.0, "gb": 1024.0, "gib": 1024.0, "gigabyte": 1024.0,
    "gigabytes": 1024.0, "kb": 1 / 1024, "kib": 1 / 1024, "kilobyte": 1 / 1024, "kilobytes": 1 / 1024,
}  # fmt: skip
_TIME_KEYS = ("time_limit", "time_limit_s", "timeout", "timeout_s")
_MEMORY_KEYS = ("memory_limit", "memory_limit_mb")


def unreadable(message: str) -> UnreadableError:
    return UnreadableError("tests_unreadable", message)


def empty() -> UnreadableError:
    return UnreadableError("tests_empty", "the list of tests is empty")


def list_of(value: object, what: str) -> list[object]:
    """A list, or the JSON text of one. More than MAX_TESTS items are `tests_too_large`."""
    if isinstance(value, str):
        value = json_value(value, what)
    if not isinstance(value, list):
        raise unreadable(f"{what} is no list")
    if len(value) > MAX_TESTS:
        raise UnreadableError("tests_too_large", f"there are more than {MAX_TESTS:,} tests")
    return value


def joined_text(value: object, what: str) -> str:
    """What a program reads or prints: a text, a list of lines, or a number that stands for its text."""
    if isinstance(value, list):
        return "\n".join(_line(line, what) for line in value)
    return _line(value, what)


def _line(value: object, what: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise unreadable(f"{what} is no text")
    if isinstance(value, int) and value.bit_length() > 10_000:  # Python refuses to write much longer ones
        raise unreadable(f"{what} is an unreasonably large number")
    return unicode_text(value) if isinstance(value, str) else str(value)


def source_text(value: object, what: str) -> str:
    """Source code: a text, or a list of lines."""
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        value = "\n".join(map(str, value))
    if not isinstance(value, str):
        raise unreadable(f"{what} is no source text")
    return unicode_text(value)


def name_of(value: object) -> str:
    """The name of a function, "" where there is none. `Solution().f` and `Solution.f` are `f`: see `Suite.entry`."""
    if value is None or value == "":
        return ""
    owner, _, name = value.strip().rpartition(".") if isinstance(value, str) else ("", "", "")
    if owner.removesuffix("()") not in ("", "Solution") or not name.isidentifier() or iskeyword(name):
        raise unreadable(f"the name of a function cannot be {cut(repr(value)[:100])}")
    return name


def weighed(row: Row) -> tuple[float, str]:
    """The weight and the subtask that one test's mapping gives it: 1 and "" without."""
    given = first_of(row, "weight", "points")
    weight = 1.0 if given is None else number(given)
    if weight is None or weight < 0:
        raise unreadable("a test's weight is no number of at least 0")
    subtask = row.get("subtask")
    if subtask is not None and not isinstance(subtask, str | int):
        raise unreadable("a test's subtask is no name")
    return weight, "" if subtask is None else joined_text(subtask, "a subtask")


def first_of(row: Row, *keys: str) -> object:
    """The first of these that the mapping has; a null is none."""
    return next((row[key] for key in keys if row.get(key) is not None), None)


def number(value: object) -> float | None:
    """A finite number as a float; None for anything else, bools included."""
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e300:
        return None
    return float(value) if math.isfinite(value) else None


def time_limit_s(row: Row) -> float | None:
    """The time limit of a row: seconds, `{"seconds", "nanos"}`, or a text with a unit; None without a usable one."""
    value = first_of(row, *_TIME_KEYS)
    if isinstance(value, Mapping):
        seconds, nanos = number(value.get("seconds") or 0), number(value.get("nanos") or 0)
        found = None if seconds is None or nanos is None else seconds + nanos / 1e9
    else:
        found = _amount(value)
    return found if found is not None and 0 < found <= MAX_TIME_S else None


def memory_limit_mb(row: Row) -> float | None:
    """The memory limit of a row in MiB: a number of them, a text with a unit, or `memory_limit_bytes`."""
    found = _amount(first_of(row, *_MEMORY_KEYS))
    in_bytes = number(row.get("memory_limit_bytes"))
    if found is None and in_bytes is not None:
        found = in_bytes / _BYTES_IN_MB
    return found if found is not None and 0 < found <= MAX_MEMORY_MB else None


def language_of(row: Row) -> str:
    """The one name of the language that a row names, "" without."""
    value = first_of(row, "language", "lang")
    return language_name(unicode_text(value[:100])) if isinstance(value, str) else ""


def subtask_points(row: Row) -> tuple[tuple[str, float], ...]:
    """What `subtask_points` says that each subtask is worth."""
    given = row.get("subtask_points")
    if given is None:
        return ()
    found = (
        {unicode_text(str(name)): number(worth) for name, worth in given.items()}
        if isinstance(given, Mapping)
        else {}
    )
    if not found or any(worth is None or worth < 0 for worth in found.values()):
        raise unreadable("`subtask_points` is no mapping from names to numbers of at least 0")
    return tuple((name, worth or 0.0) for name, worth in found.items())


def checked(suite: Suite) -> Suite:
    """The suite. Raises UnreadableError where it has no test, too many, too long ones, or nothing that counts."""
    if not suite.tests:
        raise empty()
    if len(suite.tests) > MAX_TESTS:
        raise UnreadableError("tests_too_large", f"there are more than {MAX_TESTS:,} tests")
    if sum(map(_chars, suite.tests)) + len(suite.test_file) + len(suite.setup) > MAX_CHARS:
        raise UnreadableError("tests_too_large", f"the tests have more than {MAX_CHARS >> 20} Mi characters")
    if not any(test.weight > 0 for test in suite.tests):
        raise unreadable("no test has a weight above 0")
    return suite


def _amount(value: object) -> float | None:
    """A number, or a text of one and perhaps a unit."""
    if not isinstance(value, str):
        return number(value)
    digits, _, unit = value[:100].strip().lower().partition(" ")
    factor = _UNITS.get(unit.strip(), None if unit.strip() else 1.0)
    try:
        found = number(float(digits))
    except ValueError:
        return None
    return None if found is None or factor is None else found * factor


def _chars(test: Test) -> int:
    return sum(
        len(value) if isinstance(value, str) else sum(map(len, value)) if isinstance(value, tuple) else 0
        for value in (getattr(test, name) for name in test.__slots__)
    )

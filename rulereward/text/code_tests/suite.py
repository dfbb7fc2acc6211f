"""What the tests of one row are, whatever data set they came from: frozen, hashable and plain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, TypeVar, get_args

from rulereward.text.code_tests.values import Plain, read_value

Mode = Literal["stdin", "call", "assert", "pytest"]
"""The program reads a text and prints one; a function of it is called with values and returns one; source asks its
functions and says what must hold; or a test file stands beside it."""

PLAIN_VERSION = 2
"""Stands in the plain form of a suite; what was written by another version is refused."""


@dataclass(frozen=True, slots=True)
class StdinTest:
    """`expected` is what should be printed for `stdin`. `weight` is at least 0; `subtask` names a group of tests."""

    stdin: str
    expected: str
    weight: float = 1.0
    subtask: str = ""


@dataclass(frozen=True, slots=True)
class CallTest:
    """One call and what it should return.

    `args`, `kwargs` and each of `accepted` are values written as in `values`: a list, a mapping from names, and
    results any one of which is right. `function` is the name of what is called where it is not the suite's entry.
    """

    args: str
    kwargs: str
    accepted: tuple[str, ...]
    function: str = ""
    weight: float = 1.0
    subtask: str = ""

    def arguments(self) -> tuple[list[object], dict[str, object]]:
        """What is called with, positional and by name. Raises ValueError if neither was written for that."""
        args, kwargs = read_value(self.args), read_value(self.kwargs)
        if not isinstance(args, list) or not isinstance(kwargs, dict):
            raise ValueError("the arguments of a test are no list, or those by name no mapping")
        return args, kwargs

    def results(self) -> list[object]:
        """The values any one of which is right."""
        return [read_value(text) for text in self.accepted]


@dataclass(frozen=True, slots=True)
class AssertTest:
    """`source` runs behind the suite's setup, in one namespace, and passes by coming to its end."""

    source: str
    weight: float = 1.0
    subtask: str = ""


@dataclass(frozen=True, slots=True)
class PytestTest:
    """One test of the suite's file, by its id without the file's name: `test_sum`, `TestSum::test_zero`.

    `count` tests must be collected under the id and all pass: more than 1 where it is parametrized, 0 where at least
    one is but the file does not say how many. An id that ends with `]` is that one test.
    """

    test_id: str
    count: int = 1
    weight: float = 1.0
    subtask: str = ""


Test = StdinTest | CallTest | AssertTest | PytestTest

_TESTS: Mapping[Mode, type[Test]] = {
    "stdin": StdinTest, "call": CallTest, "assert": AssertTest, "pytest": PytestTest
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Suite:
    """At least one test, all of the class that belongs to `mode`, and what it takes to run them.

    language: one name of a language as `fences.language_name` has it, "" where the data names none.
    entry: the name of the program's function that the tests are about; in mode `call` the one that is called, unless
        a test names another. It may be a method of a class `Solution`, made afresh for each test. A program that
        defines neither has no entry, whatever else is known by the name. "" in mode `assert` where tests call nothing
        by a name of the program's.
    prompt: source that the completion goes on with, or stands behind; see `program`.
    setup: source that runs in front of each test where the tests run, which is not where the program does.
    from_program: in modes `assert` and `pytest`, the names that the tests take from the program; one may hide a
        builtin.
    test_file: in mode `pytest` the source of the test file; `module` is the name that it imports the program by.
    prelude: may the program count on names of the standard library, as judges of contests import them for it?
    time_limit_s, memory_limit_mb: of each test, where the data has them; they speak of the reference machine.
    tolerance: how far numbers in results may be off, absolutely; 0 leaves it to whoever compares.
    text_keys: were results written in JSON, where every key is a text? Then a key 1 of a mapping is right for "1".
    points: what subtasks are worth, where the data says so.
    checker: in mode `stdin`, the source of a program that says whether an output is right, where the data has one;
        see `checkers`.
    """

    mode: Mode
    tests: tuple[Test, ...]
    language: str = ""
    entry: str = ""
    prompt: str = ""
    setup: str = ""
    from_program: tuple[str, ...] = ()
    test_file: str = ""
    module: str = ""
    prelude: bool = False
    time_limit_s: float | None = None
    memory_limit_mb: float | None = None
    tolerance: float = 0.0
    text_keys: bool = False
    points: tuple[tuple[str, float], ...] = ()
    checker: str = ""

    def to_plain(self) -> tuple[Plain, ...]:
        """Nested tuples of texts, numbers and None, fit to be the payload of a job."""
        return (PLAIN_VERSION, *(_plain_of(getattr(self, field.name)) for field in fields(self)))

    @staticmethod
    def from_plain(plain: object) -> Suite:
        """The suite that `to_plain` wrote. Raises ValueError for anything else."""
        if not isinstance(plain, tuple) or not plain or plain[0] != PLAIN_VERSION or len(plain) < 3:
            raise ValueError("this is no suite of this version")
        version_mode_tests, rest = plain[:3], plain[3:]
        mode, tests = version_mode_tests[1:]
        if mode not in get_args(Mode) or not isinstance(tests, tuple) or not tests:
            raise ValueError("this is no suite of this version")
        made = tuple(_made(_TESTS[mode], test) for test in tests)
        return _made(Suite, (mode, made, *rest))


_Record = TypeVar("_Record", bound="Suite | Test")

_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "str": str, "int": int, "float": float, "bool": bool, "Mode": str, "float | None": (float, type(None)),
}  # fmt: skip
"""What the values of a field are, by its annotation; where it is a tuple, see `_has_type`."""


def _plain_of(value: Any) -> Plain:
    if isinstance(value, tuple):
        return tuple(map(_plain_of, value))
    if isinstance(value, StdinTest | CallTest | AssertTest | PytestTest):
        return tuple(_plain_of(getattr(value, field.name)) for field in fields(value))
    plain: Plain = value
    return plain


def _made(record: type[_Record], values: object) -> _Record:
    if not isinstance(values, tuple) or len(values) != len(fields(record)):
        raise ValueError(f"these are no values of a {record.__name__}")
    for field, value in zip(fields(record), values, strict=True):
        if not _has_type(str(field.type), value):
            raise ValueError(f"`{field.name}` of a {record.__name__} is of the type {type(value).__name__}")
    return record(*values)


def _has_type(annotation: str, value: object) -> bool:
    if annotation in _TYPES:
        return isinstance(value, _TYPES[annotation])
    if annotation == "tuple[Test, ...]":
        return True  # made just before
    items = value if isinstance(value, tuple) else (None,)
    if annotation == "tuple[str, ...]":
        return all(isinstance(item, str) for item in items)
    return all(
        isinstance(item, tuple) and len(item) == 2 and isinstance(item[0], str) and isinstance(item[1], float)
        for item in items
    )

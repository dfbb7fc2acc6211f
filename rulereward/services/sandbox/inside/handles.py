"""What stands in a test for the things of the program that are no plain data: objects, functions, classes.

Whatever a test does to one is asked of the program, with these exceptions, by which an object gains nothing that the
plain value which a test expects would not. It equals no plain data, is neither less nor greater, and is no number;
but that its class takes no such data (TypeError) it says itself, of an empty value of the same type.
Comparisons take two of them. Operators do too, or take one and a number; what comes of that is an object once more,
and tells neither truth nor size, for the program must not say how far it is from the number; where the number was
taken from it, or it was divided, nothing that a number could be asked either, nor items. `in` goes through its
items here, and so do `index` and `count` of what has items. Slices, and the questions that texts, sets and numbers
answer about themselves (`startswith`, `issubset`), are refused, and of what has items those that hold it against
plain data (`difference`): the program must not judge. What is read twice is the same both times (`views.py`). A
`with` block's end stops no exception.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict, deque
from decimal import Decimal
from fractions import Fraction
from typing import Any, Callable, Iterator, Protocol  # noqa: UP035 - those of Python 3.8 alone take brackets

from rulereward.services.sandbox.inside.operations import BINARY, COMPARISONS, UNARY
from rulereward.services.sandbox.inside.plain_data import NotPlainDataError, encode
from rulereward.services.sandbox.inside.views import View, disagree

_ASKED_DUNDERS = frozenset(("__name__", "__qualname__", "__dict__"))

JUDGING = frozenset(
    name
    for kind in (str, bytes, int, float, set, frozenset)
    for name in dir(kind)
    if name.startswith(("is", "startswith", "endswith"))
)
"""Methods of plain data that say whether it is as the caller wants it."""

MEASURING = frozenset((
    "count", "difference", "find", "index", "intersection", "lstrip", "partition", "removeprefix", "removesuffix",
    "replace", "rfind", "rindex", "rpartition", "rstrip", "strip", "symmetric_difference", "translate", "union",
))  # fmt: skip
"""Methods of texts, sequences and sets that hold them against their arguments."""

_BY_ITEMS = ("count", "index")
_COLLECTION = ("__iter__", "__getitem__", "__len__")
_NUMBERS = (int, float, complex, Fraction, Decimal)
_BESIDE, _AGAINST = 1, 2
"""What came of an operator with one of the test's numbers, and of one by which it could be as near to the number as
the test expects."""

_DIFFERENCES = ("sub", "truediv", "floordiv", "mod")
_OF_NUMBERS = frozenset(name for kind in _NUMBERS for name in dir(kind) if not name.startswith("_")).union((
    "all", "any", "astype", "flatten", "item", "max", "mean", "min", "round", "std", "sum", "tolist", "var",
))  # fmt: skip
"""Attributes of numbers, and of arrays of them. Of others a test knows that they are the program's own."""

_EMPTY = (
    *_NUMBERS, bool, type(None), str, bytes, bytearray, list, tuple, dict, set, frozenset, deque, Counter,
    OrderedDict, defaultdict,
)  # fmt: skip
"""Types of plain data of which there is a value that says nothing: what they give when they are called."""
_ENDINGS_OF_EXCEPTIONS = ("Error", "Exception", "Warning")


class Program(Protocol):
    """Who asks (`asking.py`)."""

    version: int
    unusable: bool

    def operate(self, name: str, operands: tuple[Any, ...], kwargs: dict[str, Any] | None = None) -> Any:
        """What comes of an operation."""

    def told(self, kind: type, name: str, operands: tuple[Any, ...]) -> Any:
        """The same, where it must be of one type."""

    def next_of(self, iterator: Any) -> list[Any]:
        """The next item, alone in a list, or nothing."""

    def lend(self, holder: Any, name: str, value: Any) -> None:
        """Take note of what was read as an attribute."""

    def refuse(self, why: str) -> BaseException:
        """What to raise where something is not asked."""

    def agree(self, see: Callable[..., Any], *facts: Any) -> Any:
        """Take note of what an object says of itself: what `see` gives."""

    def node(self, item: Any) -> str:
        """What stands for something of the program's."""

    def value(self, tag: str, rest: str) -> object:
        """What that stands for."""


class Handle:
    """A thing of the program's, known by what stands for it on the way (`reference`)."""

    __slots__ = ("__weakref__", "_rr_led", "_rr_program", "_rr_reference", "_rr_traits", "_rr_use", "_rr_view")

    def __init__(self, program: Program, reference: str) -> None:
        object.__setattr__(self, "_rr_program", program)
        object.__setattr__(self, "_rr_reference", reference)
        object.__setattr__(self, "_rr_view", View(-1, self._rr_agree))
        object.__setattr__(self, "_rr_traits", None)
        object.__setattr__(self, "_rr_use", "")
        object.__setattr__(self, "_rr_led", 0)  # or _BESIDE, or _AGAINST

    def _rr_led_by(self, led: int) -> Handle:
        """The same thing as what an operator came to; what the test has of it already stays as it is."""
        made: Handle = type(self)(self._rr_program, self._rr_reference)
        object.__setattr__(made, "_rr_traits", self._rr_traits)
        object.__setattr__(made, "_rr_led", led)
        return made

    def _rr_may_tell(self) -> None:
        """Raises TypeError where it could tell how near it is to a number."""
        if self._rr_led == _AGAINST:
            raise TypeError("what comes of an object and a number that is taken from it is not asked for this")

    def _rr_now(self) -> View:
        """What was told of it since something may have changed."""
        if self._rr_view.version != self._rr_program.version:
            object.__setattr__(self, "_rr_view", View(self._rr_program.version, self._rr_agree))
        view: View = self._rr_view
        return view

    def _rr_agree(self, one: Any, other: Any) -> bool:
        """Whether two items can be the same, for all that is known here."""
        if one is other or (isinstance(one, Handle) and isinstance(other, Handle)):
            return True
        if type(one) is not type(other):
            return False
        try:
            is_same: bool = encode(one) == encode(other) or one == other
        except NotPlainDataError:  # objects in it, which are the same only by their numbers
            return encode(one, references=self._rr_program) == encode(other, references=self._rr_program)
        return is_same

    def _rr_has(self, *names: str) -> bool:
        """Whether its class has one of these methods, or is known to by what was asked of it."""
        if self._rr_traits is None:
            told = self._rr_program.told(list, "traits", (self,))
            object.__setattr__(self, "_rr_traits", [name for name in told if type(name) is str])
        return any(name in self._rr_traits for name in names)

    def _rr_measured(self, name: str, method: Any) -> Callable[..., Any]:
        """A method of a collection that holds it against other things: objects of the program's, or items here."""

        def measured(*args: Any, **kwargs: Any) -> Any:
            own = [arg for arg in (*args, *kwargs.values()) if not isinstance(arg, Handle)]
            if not own and (name not in _BY_ITEMS or not args):
                return method(*args, **kwargs)
            if name not in _BY_ITEMS or len(args) != 1 or kwargs or not self._rr_has("__iter__"):
                raise TypeError(f"{name} with plain data is not asked of a collection of the program's")
            items: Any = self
            places = [place for place, item in enumerate(items) if item is args[0] or item == args[0]]
            if name == "index" and not places:
                raise ValueError("no such item")
            return places[0] if name == "index" else len(places)

        return measured

    def _rr_told(self, name: str, kind: type, *operands: Any) -> Any:
        """The answer to a question that changes nothing, of one type or of any (`object`)."""
        view, key = self._rr_now(), (name, *((type(operand), operand) for operand in operands))
        try:
            if key in view.said:
                return view.said[key]
        except TypeError:  # an index that cannot be hashed
            return self._rr_program.operate(name, (self, *operands))
        view.said[key] = value = self._rr_program.told(kind, name, (self, *operands))
        if name == "get":
            self._rr_program.lend(self, operands[0], value)
        return value

    def __getattr__(self, name: str) -> Any:
        is_dunder = name.startswith("__") and name.endswith("__")
        if name in JUDGING or name.startswith("_rr_") or (is_dunder and name not in _ASKED_DUNDERS):
            raise AttributeError(f"{name} is not asked of an object of the program")
        if name in _OF_NUMBERS:
            self._rr_may_tell()
        value = self._rr_told("get", object, name)
        if name in MEASURING and isinstance(value, Handle) and (self._rr_use or self._rr_has(*_COLLECTION)):
            return self._rr_measured(name, value)
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        self._rr_program.operate("set", (self, name, value))

    def __delattr__(self, name: str) -> None:
        self._rr_program.operate("del", (self, name))

    def __bool__(self) -> bool:
        if self._rr_led:
            raise TypeError("what comes of an object and a number is not asked for its truth")
        return bool(self._rr_told("bool", bool))

    def __abs__(self) -> Any:
        if self._rr_led:
            raise TypeError("what comes of an object and a number is not asked for its size")
        return self._rr_told("abs", object)

    def _rr_used_as(self, use: str) -> None:
        """A collection, with a length and places, or an iterator. Raises ProgramError where it was the other."""
        if self._rr_use not in ("", use):
            self._rr_program.agree(disagree, f"{use} and {self._rr_use}")
        object.__setattr__(self, "_rr_use", use)

    def __str__(self) -> str:
        self._rr_may_tell()
        return str(self._rr_told("str", str))

    def __repr__(self) -> str:
        self._rr_may_tell()
        return str(self._rr_told("repr", str))

    def __format__(self, spec: str) -> str:
        self._rr_may_tell()
        return str(self._rr_told("format", str, spec))

    def __hash__(self) -> int:
        return int(self._rr_told("hash", int))

    def __setitem__(self, key: Any, value: Any) -> None:
        self._rr_program.operate("put", (self, key, value))

    def __delitem__(self, key: Any) -> None:
        self._rr_program.operate("drop", (self, key))

    def _rr_replayed(self, view: View) -> Iterator[Any]:
        """Its items, those first that were told before."""
        place = 0
        while True:
            if place == len(view.items):
                found = [] if view.ended else self._rr_program.next_of(view.source)
                if not found:
                    self._rr_program.agree(view.end)
                    return
                self._rr_program.agree(view.add, found[0])
            yield view.items[place]
            place += 1

    def __enter__(self) -> Any:
        return self._rr_program.operate("enter", (self,))

    def __exit__(self, kind: Any, problem: Any, _: Any) -> None:
        name = None if kind is None else kind.__name__
        self._rr_program.operate("leave", (self, name))

    def __copy__(self) -> Any:
        return self._rr_program.operate("copy", (self,))

    def __deepcopy__(self, _: Any) -> Any:
        return self._rr_program.operate("deepcopy", (self,))

    def __instancecheck__(self, thing: Any) -> bool:
        return isinstance(thing, Handle) and bool(self._rr_program.told(bool, "isinstance", (thing, self)))

    def __subclasscheck__(self, thing: Any) -> bool:
        return isinstance(thing, Handle) and bool(self._rr_program.told(bool, "issubclass", (thing, self)))

    def __mro_entries__(self, _: Any) -> tuple[type, ...]:
        name = self._rr_reference
        if name.startswith("p") and not name.endswith(_ENDINGS_OF_EXCEPTIONS) and self._rr_has("class"):
            self._rr_program.unusable = True  # no program can have this test run
        raise TypeError("a test cannot derive a class from one of the program's")


def _compared(name: str) -> Callable[[Any, Any], Any]:
    def compare(self: Handle, other: Any) -> Any:
        if isinstance(other, Handle):
            return self._rr_program.operate(name, (self, other))
        return name == "ne" if name in ("eq", "ne") else _not_taken(self, name, other)

    return compare


def _not_taken(thing: Handle, name: str, other: Any, *, is_turned: bool = False) -> Any:
    """NotImplemented, by which Python comes to a TypeError, where the class raises one as well beside a value of that
    type, though not beside this one, which may be what is expected. Where it raises none the test may not see one.
    """
    if type(other) not in _EMPTY:
        return NotImplemented
    empty = type(other)()
    try:
        thing._rr_program.operate(name, (empty, thing) if is_turned else (thing, empty))
    except TypeError:
        return NotImplemented
    raise thing._rr_program.refuse(f"{name} is not asked of an object and plain data")


def _combined(name: str, *, is_turned: bool = False, is_in_place: bool = False) -> Callable[..., Any]:
    """An operator between two objects or one and a number, which `is_turned` where the object stands behind."""
    beside = _AGAINST if name[is_in_place:] in _DIFFERENCES else _BESIDE

    def combine(self: Handle, *others: Any) -> Any:
        led = self._rr_led
        for other in others:
            if not isinstance(other, Handle) and type(other) not in _NUMBERS:
                return _not_taken(self, name, other, is_turned=is_turned)
            led = max(led, other._rr_led if isinstance(other, Handle) else beside)
        operands = (*others, self) if is_turned else (self, *others)
        if not led:
            return self._rr_program.operate(name, operands)
        value = self._rr_program.told(Handle, name, operands)
        if not is_in_place or value._rr_reference != self._rr_reference:
            return value._rr_led_by(led)
        object.__setattr__(self, "_rr_led", led)  # it has changed itself
        return self

    return combine


for _name in COMPARISONS:
    setattr(Handle, f"__{_name}__", _compared(_name))
for _name in BINARY:
    setattr(Handle, f"__{_name}__", _combined(_name))
    setattr(Handle, f"__r{_name}__", _combined(_name, is_turned=True))
    setattr(Handle, f"__i{_name}__", _combined(f"i{_name}", is_in_place=True))
for _name in UNARY:
    setattr(Handle, f"__{_name}__", _combined(_name))

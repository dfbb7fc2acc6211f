"""Stand-ins that Python finds able to do what the program's things can do by their classes, and nothing else.

So `callable`, `hasattr` and the abstract classes of `collections.abc` say of one what they would say of the thing.
"""

from __future__ import annotations

from types import CoroutineType, GeneratorType
from typing import Any, Generator, Iterator, NoReturn  # noqa: UP035 - that of Python 3.8 alone takes brackets

from rulereward.services.sandbox.inside.handles import Handle, Program
from rulereward.services.sandbox.inside.operations import TRAITS
from rulereward.services.sandbox.inside.views import View


class _Callable(Handle):
    __slots__ = ()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._rr_program.operate("call", (self, *args), kwargs)


class _Iterable(Handle):
    __slots__ = ()

    def __iter__(self) -> Iterator[Any]:
        self._rr_may_tell()
        view = self._rr_now()
        if view.source is None:
            view.source = self._rr_program.told(Handle, "iter", (self,))
        if view.source is self:
            self._rr_used_as("an iterator")
            return self  # type: ignore[no-any-return] # mypy takes the class for `Any`, for it has a __getattr__
        return self._rr_replayed(view)

    def __contains__(self, wanted: Any) -> bool:
        return any(item is wanted or item == wanted for item in iter(self))


class _Sized(Handle):
    __slots__ = ()

    def __len__(self) -> int:
        self._rr_may_tell()
        length: int = self._rr_told("len", int)
        self._rr_used_as("a collection")
        self._rr_program.agree(self._rr_now().see_length, length)
        return length


class _Indexed(Handle):
    __slots__ = ()

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, slice):
            raise TypeError("no slice is taken of an object of the program")
        self._rr_may_tell()
        value = self._rr_told("item", object, key)
        self._rr_used_as("a collection")
        if type(key) is int:
            value = self._rr_program.agree(self._rr_now().see_item, key, value)
        return value


class _Iterator(Handle):
    __slots__ = ()

    def __next__(self) -> Any:
        self._rr_may_tell()
        self._rr_used_as("an iterator")
        found = self._rr_program.next_of(self)
        kept = self._rr_view.source
        object.__setattr__(self, "_rr_view", View(self._rr_program.version, self._rr_agree))  # it alone has changed
        self._rr_view.source = kept
        if not found:
            raise StopIteration
        return found[0]


class _Generator(Handle):
    __slots__ = ()

    @property  # type: ignore[misc] # `isinstance` shall find it to be one, and nobody sets it
    def __class__(self) -> type:
        return GeneratorType


class _Coroutine(Handle):
    """It is run by the program, to its end, when the test first lets it go on: `asyncio` finds it done at once."""

    __slots__ = ()

    @property  # type: ignore[misc] # as above
    def __class__(self) -> type:
        return CoroutineType

    def __await__(self) -> Generator[Any, Any, Any]:
        yield from ()
        return self._rr_program.operate("await", (self,))

    def send(self, _: Any) -> NoReturn:
        raise StopIteration(self._rr_program.operate("await", (self,)))

    def throw(self, kind: Any, value: Any = None, _: Any = None) -> NoReturn:
        raise kind if value is None else value

    def close(self) -> None:
        """It has ended, or was never begun."""


_KINDS = {
    "a": _Coroutine, "c": _Callable, "g": _Indexed, "i": _Iterable, "l": _Sized, "n": _Iterator, "y": _Generator,
}  # fmt: skip
_kinds: dict[str, type[Handle]] = {"": Handle}


def handle(program: Program, reference: str, traits: str) -> Handle:
    """What stands for an object whose class can do this (letters of `TRAITS`, in order). Raises ValueError."""
    if traits not in _kinds:
        if not set(traits) <= _KINDS.keys() or "".join(sorted(set(traits))) != traits:
            raise ValueError
        _kinds[traits] = type("Handle", tuple(_KINDS[letter] for letter in traits), {"__slots__": ()})
    made = _kinds[traits](program, reference)
    object.__setattr__(made, "_rr_traits", [TRAITS[letter] for letter in traits])
    return made


class StandIn(_Callable, _Indexed, _Iterable, _Sized, _Iterator):
    """In the test's eyes what the program has under this name."""

    __slots__ = ("__name__",)

    def __init__(self, program: Program, path: str) -> None:
        super().__init__(program, f"p{path}")
        object.__setattr__(self, "__name__", path)

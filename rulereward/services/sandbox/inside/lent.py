"""Lists, dicts and sets that a test read as attributes of the program's objects, and may have changed since."""

from __future__ import annotations

from typing import Any, Iterator  # noqa: UP035 - that of Python 3.8 alone takes brackets

from rulereward.services.sandbox.inside.links import References
from rulereward.services.sandbox.inside.plain_data import NotPlainDataError, encode, is_changeable

_MOST = 16
_MOST_BYTES = 4096


class Lent:
    """The last few of them: the test has copies, whose changes are the object's as well."""

    def __init__(self, references: References) -> None:
        self._references = references
        self._copies: list[tuple[Any, str, Any, bytes]] = []

    def note(self, holder: Any, name: str, value: Any) -> None:
        """What an attribute of an object was read as, if it can be changed and is not too long to look at often."""
        written = self._written(value) if is_changeable(value) else b""
        if written:
            self._copies = [*self._copies[1 - _MOST :], (holder, name, value, written)]

    def changed(self) -> Iterator[tuple[Any, str, Any]]:
        """Those that are not as they were: the object, the attribute, what it is to hold."""
        for place, (holder, name, value, before) in enumerate(self._copies):
            now = self._written(value)
            if now and now != before:
                self._copies[place] = (holder, name, value, now)
                yield holder, name, value

    def _written(self, value: Any) -> bytes:
        try:
            return encode(value, _MOST_BYTES, self._references)
        except NotPlainDataError:
            return b""

"""The elements of a JSON array, cut out of a stream without holding the whole of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from rulereward.io.decode import Flaw

CHUNK_BYTES = 1 << 20

_STRUCTURE = re.compile(rb'["\[\]{},]')
_IN_STRING = re.compile(rb'["\\]')
_REST_OF_STRING = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)  # possessive: it never goes back


def array_elements(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Number (from 1) and bytes of each element, line breaks in it turned into spaces.

    Only brackets and strings are looked at, so a broken element is still one element, for the decoder to refuse.
    A comma with no element on one side is a `Flaw`, and so is the end of an array without its `]`, unless it
    breaks off within an element, which the decoder refuses. Text after the array is a last element of its own.
    """
    splitter = _Splitter()
    number = 0
    read = getattr(stream, "read1", stream.read)  # read() drops what it has when a compressed file breaks off
    while chunk := read(CHUNK_BYTES):
        for element in splitter.feed(chunk):
            number += 1
            yield number, element
    yield from enumerate(splitter.rest(), number + 1)


class _Splitter:
    """Finds the commas of the outermost array. Holds what came since the last one."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._at = 0
        self._depth = 0
        self._in_string = False
        self._ended = False
        self._is_owed = False
        """Whether the last thing was a comma, which promises an element."""

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        buffer = self._buffer
        buffer += chunk
        begin = 0
        torn = False
        while not self._ended:
            if self._in_string and not torn:
                string = _REST_OF_STRING.match(buffer, self._at)
                if string is None:
                    torn = True  # it goes on in the next chunk, and is walked to the end of this one
                else:
                    self._at, self._in_string = string.end(), False
            found = (_IN_STRING if self._in_string else _STRUCTURE).search(buffer, self._at)
            if found is None:
                self._at = max(self._at, len(buffer))  # behind the end where the last byte was a backslash
                break
            place, mark = found.start(), found.group()
            self._at = place + 1
            opened = self._depth
            self._step(mark)
            if opened == 0 and self._depth == 1:
                begin = place + 1
            elif opened == 1 and (self._ended or mark == b","):
                element = _one_line(buffer[begin:place])
                if element:
                    yield element
                elif mark == b"," or self._is_owed:
                    yield Flaw(
                        "not_json",
                        f"the array has a comma with no element {'before' if mark == b',' else 'behind'} it",
                    )
                self._is_owed = mark == b","
                begin = place + 1
        del buffer[:begin]
        self._at -= begin

    def _step(self, mark: bytes) -> None:
        if self._in_string:
            if mark == b"\\":
                self._at += 1
            else:
                self._in_string = False
        elif mark == b'"':
            self._in_string = True
        elif mark in b"[{":
            self._depth += 1
        elif mark == b"]" or (mark == b"}" and self._depth > 1):  # a stray } does not end the array
            self._depth -= 1
            self._ended = self._depth == 0

    def rest(self) -> Iterator[bytes]:
        """What is left when nothing more comes."""
        if element := _one_line(self._buffer):
            yield element
        if self._depth == 1 and not self._in_string:
            yield Flaw("not_json", "the array ends early: there is no ] at its end")


def _one_line(element: bytearray) -> bytes:
    """In valid JSON a line break stands only between tokens, where a space says the same."""
    return bytes(element).strip().replace(b"\r", b" ").replace(b"\n", b" ")

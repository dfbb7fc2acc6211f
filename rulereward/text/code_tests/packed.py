"""Packed tests: base64 of zlib of a pickled text, as LiveCodeBench publishes its private tests.

The pickle is read by hand, and holds one text or is refused: nothing is built, imported or called, and the size is
limited before anything is unpacked. A pickled text is a few marks without meaning to us (protocol, frame, places in
the memo), one operation that pushes it, and the stop.
"""

from __future__ import annotations

import base64
import binascii
import zlib

from rulereward.text.code_tests.values import UnreadableError

MAX_PACKED_CHARS = 64 << 20
"""Characters of base64 that are looked at."""

MAX_UNPACKED_BYTES = 256 << 20
"""Bytes that the text may have in UTF-8."""

_BASE64_STARTS = ("eJ", "eN", "eA", "eF")
"""What base64 of a zlib stream begins with: the byte 0x78, then one of 0x01, 0x5e, 0x9c and 0xda."""

_SKIPPED = {0x80: 1, 0x94: 0, 0x95: 8, ord("q"): 1, ord("r"): 4}
"""Operations that do nothing to a lone text, and how many bytes of operand they have: PROTO, MEMOIZE, FRAME, BINPUT
and LONG_BINPUT."""

_PUSHES = {ord("X"): 4, 0x8C: 1, 0x8D: 8}
"""Operations that push a text: how many bytes, little-endian, say its length in bytes. All but one: protocol 0 has
`V`, and a line."""


def looks_packed(text: str) -> bool:
    """Could the text be packed tests, by its first characters?"""
    return text.lstrip().startswith(_BASE64_STARTS)


def unpacked(text: str) -> str:
    """The text inside. Raises UnreadableError with `tests_unreadable` or `tests_too_large`."""
    if len(text) > MAX_PACKED_CHARS:
        raise _too_large()
    try:
        squeezed = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise _unreadable("are no base64") from None
    opened = zlib.decompressobj()
    try:
        data = opened.decompress(squeezed, MAX_UNPACKED_BYTES + 64)
    except zlib.error:
        raise _unreadable("are no zlib stream") from None
    if len(data) > MAX_UNPACKED_BYTES:
        raise _too_large()
    if not opened.eof:
        raise _unreadable("are cut off")
    return pickled_text(data)


def pickled_text(data: bytes) -> str:
    """The text that a pickle of any protocol is. Raises UnreadableError where it is none."""
    place, found = 0, None
    while place < len(data):
        operation, place = data[place], place + 1
        if operation == ord("."):
            if found is None or place < len(data):
                break
            return found
        if found is None and operation in _PUSHES:
            start = place + _PUSHES[operation]
            place = start + int.from_bytes(data[place:start], "little")
            found = _decoded(data, start, place, "utf-8")
        elif found is None and operation == ord("V"):
            end = data.find(b"\n", place)
            found, place = _decoded(data, place, end, "raw-unicode-escape"), end + 1
        elif operation == ord("p") and found is not None:
            place = data.find(b"\n", place) + 1 or len(data)
        elif operation in _SKIPPED:
            place += _SKIPPED[operation]
        else:
            break
    raise _unreadable("are no pickled text")


def _decoded(data: bytes, start: int, end: int, encoding: str) -> str:
    if not start <= end <= len(data):
        raise _unreadable("are no pickled text")
    try:
        return data[start:end].decode(encoding)
    except UnicodeDecodeError:
        raise _unreadable("are no Unicode text") from None


def _unreadable(how: str) -> UnreadableError:
    return UnreadableError("tests_unreadable", f"packed tests {how}")


def _too_large() -> UnreadableError:
    return UnreadableError(
        "tests_too_large", f"packed tests have more than {MAX_UNPACKED_BYTES >> 20} MiB, or are too long themselves"
    )

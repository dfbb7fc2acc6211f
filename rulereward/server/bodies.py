"""Reading a request: its body within limits, and the JSON in it to a shape.

What is refused here is refused before anything is scored: no JSON, JSON that Python and other readers would not read
alike (NaN, infinities, halves of surrogate pairs, bytes that are not UTF-8), nesting and sizes without bound.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import msgspec
from starlette.requests import ClientDisconnect, Request

from rulereward.server.refusals import RefusedError, busy
from rulereward.server.settings import Limits

INLINE_BYTES = 64 * 1024
"""Larger bodies are decoded in a thread, so that others are answered meanwhile."""

CLIENT_GONE = 499
"""The status that is counted where nobody is left to hear it."""

T = TypeVar("T")
Shape = TypeVar("Shape", bound=msgspec.Struct)


class Bodies:
    """Reads bodies. It belongs to one event loop, and counts what all of its requests hold."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._held = 0

    async def read(self, request: Request, parse: Callable[[bytes], T]) -> T:
        """What `parse` makes of the body, off the event loop where that may take long. Raises RefusedError."""
        _check_headers(request)
        async with self._held_body(request) as body:
            if len(body) <= INLINE_BYTES:
                return parse(body)
            return await asyncio.to_thread(parse, body)

    @asynccontextmanager
    async def _held_body(self, request: Request) -> AsyncIterator[bytes]:
        chunks: list[bytes] = []
        try:
            try:
                async with asyncio.timeout(self._limits.body_s):
                    await self._receive(request, chunks)
            except TimeoutError:
                message = f"the body did not arrive within {self._limits.body_s:g} seconds"
                raise RefusedError(408, "too_slow", message, headers={"Connection": "close"}) from None
            except ClientDisconnect:
                raise RefusedError(CLIENT_GONE, "client_gone", "the client has gone") from None
            yield b"".join(chunks)
        finally:
            self._held -= sum(map(len, chunks))

    async def _receive(self, request: Request, chunks: list[bytes]) -> None:
        """Whatever length was announced, what comes is counted."""
        announced = request.headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > self._limits.body_bytes:
            raise self._too_large()
        size = 0
        async for chunk in request.stream():
            size += len(chunk)
            if size > self._limits.body_bytes:
                raise self._too_large()
            if self._held + len(chunk) > self._limits.bodies * self._limits.body_bytes:
                raise busy(f"{self._held:,} bytes of other requests are being read")
            chunks.append(chunk)
            self._held += len(chunk)

    def _too_large(self) -> RefusedError:
        message = f"the body has more than {self._limits.body_bytes:,} bytes"
        return RefusedError(413, "body_too_large", message, help="send fewer rows at a time")


def _check_headers(request: Request) -> None:
    """A browser sends other sites' requests only under types that are not JSON, unless it has asked before."""
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = re.search(r"charset\s*=\s*\"?([^\s\";]+)", parameters, re.IGNORECASE)
    if kind.strip().lower() != "application/json" or (charset and charset[1].lower() not in ("utf-8", "utf8")):
        help = "send JSON in UTF-8 with the header `Content-Type: application/json`"
        raise RefusedError(415, "not_sent_as_json", f"the content type is `{_shown(kind) or 'missing'}`", help=help)
    coding = request.headers.get("content-encoding", "identity")
    if coding.strip().lower() != "identity":
        raise RefusedError(
            415, "compressed", f"the content encoding is `{_shown(coding)}`", help="send it uncompressed"
        )


def _shown(header: str) -> str:
    return header.strip()[:60]


def decode(body: bytes, decoder: msgspec.json.Decoder[Shape], limits: Limits) -> Shape:
    """The body as the decoder's shape. Raises RefusedError: 400 for what is no JSON, 422 for another shape."""
    try:
        if not body.isascii():
            body.decode("utf-8")  # also of what the decoder skips
        value = decoder.decode(body)
    except msgspec.ValidationError as failure:
        raise _shapeless(str(failure)) from None
    except UnicodeDecodeError as failure:
        message = f"the body is not UTF-8: byte 0x{body[failure.start]:02x} at byte {failure.start + 1}"
        raise RefusedError(400, "not_utf8", message, help="encode the text as UTF-8") from None
    except msgspec.DecodeError as failure:
        raise _malformed(body, str(failure)) from None
    except RecursionError:
        raise _too_deep(limits.depth) from None
    if body.count(b"[") + body.count(b"{") > limits.depth and _is_deeper(value, limits.depth):
        raise _too_deep(limits.depth)
    return value


def _malformed(body: bytes, failure: str) -> RefusedError:
    place = re.search(r"\(byte (\d+)\)", failure)
    found = body[int(place[1]) :].lstrip(b"-") if place else b""
    if found.startswith((b"NaN", b"Infinity")):
        message = f"JSON has no NaN and no infinity: one is at byte {place[1] if place else ''}"
        return RefusedError(400, "not_finite", message, help="send null for a number that is missing")
    if not place and b"\\u" in body:
        help = "half of a surrogate pair (\\ud800 to \\udfff) is no character: replace it by \\ufffd"
        return RefusedError(400, "not_json", "the body is cut off, or holds half of a surrogate pair", help=help)
    reason = failure.removeprefix("JSON is malformed: ")
    message = f"the body is not JSON: {reason[:1].lower()}{reason[1:]}"
    return RefusedError(400, "not_json", message, help="send one JSON object")


def _shapeless(failure: str) -> RefusedError:
    message, _, place = failure.partition(" - at `")
    field = place.rstrip("`").removeprefix("$").lstrip(".") or None
    if "out of range" in message.lower() and not message.startswith("Expected"):
        where = f"`{field}` " if field else ""
        help = "send null, or the digits as a text"
        return RefusedError(
            400, "number_out_of_range", f"{where}holds a number that no float holds", help=help, field=field
        )
    message = message[:1].lower() + message[1:]
    return RefusedError(422, "wrong_shape", message, help="GET /openapi.json shows the shape", field=field)


def _too_deep(depth: int) -> RefusedError:
    return RefusedError(400, "too_deep", f"the body is nested more than {depth} deep")


def _is_deeper(value: msgspec.Struct, depth: int) -> bool:
    """Is something nested more than `depth` deep, the body itself counted? Level by level, without recursion."""
    level: list[Any] = [[getattr(value, name) for name in value.__struct_fields__]]
    for _ in range(depth):
        children = (child for parent in level for child in (parent.values() if isinstance(parent, dict) else parent))
        level = [child for child in children if isinstance(child, list | dict)]
        if not level:
            return False
    return True

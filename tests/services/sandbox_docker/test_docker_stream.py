"""The engine's stream: pieces behind heads, cut anywhere. A head's layout is that of the engine's API, `attach`."""

from __future__ import annotations

import os
import random
import socket
from typing import Any

import pytest

from rulereward.services.sandbox.docker_stream import Attached, BrokenStreamError, Sorter

STREAM = (
    b"\x01\0\0\0\0\0\0\x03abc"  # three bytes of standard output
    b"\x02\0\0\0\0\0\0\x06bad\n!\n"  # six of standard error
    b"\x01\0\0\0\0\0\0\x00"  # none
    b"\x01\0\0\0\0\0\x01\x04" + b"x" * 260
)


class Given:
    """What the package `docker` gives: a file, and the answer it came with."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = self._response = connection

    def fileno(self) -> int:
        return self._connection.fileno()


@pytest.mark.parametrize("seed", range(20))
def test_pieces_cut_anywhere(seed: int) -> None:
    cuts = sorted(random.Random(seed).sample(range(len(STREAM)), 12))
    sorter = Sorter()
    found = b"".join(sorter.feed(STREAM[a:b]) for a, b in zip([0, *cuts], [*cuts, len(STREAM)], strict=True))
    assert found == b"abc" + b"x" * 260
    assert sorter.last_words == "!"


@pytest.mark.parametrize("stream", [b"\x03\0\0\0\0\0\0\x01x", b"\x01\0\x01\0\0\0\0\x01x", b"a terminal's output"])
def test_what_is_no_such_stream(stream: bytes) -> None:
    with pytest.raises(BrokenStreamError):
        Sorter().feed(stream)


@pytest.fixture
def pair() -> Any:
    ours, engines = socket.socketpair()
    attached = Attached(Given(ours))
    yield attached, engines
    attached.close()
    engines.close()


def test_receive_waits_for_standard_output_and_passes_by_errors(pair: Any) -> None:
    attached, engines = pair
    with pytest.raises(BlockingIOError):
        attached.receive()
    engines.sendall(STREAM[11:25])
    with pytest.raises(BlockingIOError):
        attached.receive()
    engines.sendall(STREAM[:11])
    assert attached.receive() == b"abc"
    engines.close()
    assert attached.receive() == b""
    assert attached.last_words() == "!"


def test_a_broken_stream_is_an_error_of_the_connection(pair: Any) -> None:
    attached, engines = pair
    engines.sendall(b"HTTP/1.1 500 \r\n")
    with pytest.raises(OSError, match="not in pieces"):
        attached.receive()


def test_close_closes_once(pair: Any) -> None:
    attached, _ = pair
    descriptor = attached.fileno()
    attached.close()
    attached.close()
    with pytest.raises(OSError):  # noqa: PT011 - its text is the system's
        os.fstat(descriptor)
    assert attached.receive() == b""

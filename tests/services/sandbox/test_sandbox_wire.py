"""Frames between host and runner, cut anywhere, and broken ones."""

from __future__ import annotations

import itertools
import os
import socket
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulereward.services.sandbox.inside import call_frames
from rulereward.services.sandbox.inside.frames import MAX_BLOB_BYTES, BlobStream, pack_header
from rulereward.services.sandbox.wire import BrokenFrameError, FrameReader, pack

HEADERS = st.dictionaries(st.text(max_size=5).filter(lambda key: key != "sizes"), st.integers() | st.text(max_size=5))
FRAMES = st.lists(st.tuples(HEADERS, st.lists(st.binary(max_size=50), max_size=4)), max_size=4)


def test_a_frame_written_out() -> None:
    """By hand: four bytes of length, the header with the sizes of the blobs, the blobs."""
    assert pack({"op": "x"}, [b"ab", b""]) == b"\x00\x00\x00\x18" + b'{"op":"x","sizes":[2,0]}' + b"ab"


@given(FRAMES, st.lists(st.integers(0, 400), max_size=8))
def test_frames_come_out_as_they_went_in(
    frames: list[tuple[dict[str, object], list[bytes]]], cuts: list[int]
) -> None:
    data = b"".join(pack(header, blobs) for header, blobs in frames)
    reader = FrameReader(1000)
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    found = [frame for start, end in itertools.pairwise(places) for frame in reader.feed(data[start:end])]
    assert found == frames


@given(st.binary(max_size=300))
def test_anything_is_a_frame_or_a_clear_error(data: bytes) -> None:
    reader = FrameReader(100)
    try:
        frames = reader.feed(data)
    except BrokenFrameError:
        return
    assert all(type(header) is dict for header, _ in frames)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"{}", b'{"sizes":1}', b'{"sizes":[-1]}', b'{"sizes":[true]}', b'{"sizes":[1.0]}', b"\xff",
        b'{"sizes":[%d]}' % (MAX_BLOB_BYTES + 1), b'{"sizes":[' + b"0," * 20 + b"0]}", b"[" * 5000,
    ],
)  # fmt: skip
def test_broken_headers(body: bytes) -> None:
    with pytest.raises(BrokenFrameError):
        FrameReader(1000).feed(len(body).to_bytes(4, "big") + body)


def test_frames_that_are_too_long() -> None:
    with pytest.raises(BrokenFrameError):
        FrameReader(1000).feed(b"\xff\xff\xff\xff")
    with pytest.raises(BrokenFrameError):
        FrameReader(1000).feed(pack_header({}, [600, 600]))
    with pytest.raises(BrokenFrameError):
        pack({"key": "x" * 70_000}, [])


@pytest.mark.parametrize("kind", ["pipe", "socket"])
def test_blobs_go_through_files_in_memory(kind: str) -> None:
    """The runner's end over pipes, as under bubblewrap, and over a socket, as into a container."""
    if kind == "socket":
        host, inside = (end.detach() for end in socket.socketpair())
        reading = writing = inside
        to_runner = from_runner = host
    else:
        reading, to_runner = os.pipe()
        from_runner, writing = os.pipe()
    stream = BlobStream(reading, writing)
    blobs = [b"abc" * 100_000, b"", b"\0\xff"]
    sender = threading.Thread(target=call_frames.write, args=(to_runner, pack({"op": "x"}, blobs)))
    sender.start()
    header, files = stream.receive()
    sender.join()
    assert header == {"op": "x"}
    assert [os.read(file, 1_000_000) for file in files] == blobs
    with pytest.raises(PermissionError):
        os.write(files[0], b"no")
    answer: list[bytes] = []
    parts = [(files[0], 3, 299_997), (files[2], 1, 1)]
    size = len(pack_header({"op": "y"}, [299_997, 1])) + 299_998
    receiver = threading.Thread(target=lambda: answer.append(_exactly(from_runner, size)))
    receiver.start()
    stream.send({"op": "y"}, parts)
    receiver.join()
    assert FrameReader(1_000_000).feed(answer[0]) == [({"op": "y"}, [blobs[0][3:], b"\xff"])]
    for descriptor in {reading, writing, to_runner, from_runner, *files}:
        os.close(descriptor)


def test_a_file_that_became_shorter_is_filled_up() -> None:
    out, into = os.pipe()
    file = os.memfd_create("x")
    os.write(file, b"abc")
    BlobStream(out, into).send({}, [(file, 0, 5)])
    assert FrameReader(100).feed(os.read(out, 1000)) == [({}, [b"abc\0\0"])]
    for descriptor in (out, into, file):
        os.close(descriptor)


def test_the_end_of_the_stream() -> None:
    for sent in (b"", b"\0\0", pack_header({}, [10]) + b"12345"):
        out, into = os.pipe()
        os.write(into, sent)
        os.close(into)
        with pytest.raises(EOFError):
            BlobStream(out, out).receive()
        os.close(out)


@given(st.binary(max_size=100))
def test_replies_of_anybody(data: bytes) -> None:
    """However a program forges them, frames of calls are read without an exception."""
    for tag, body in call_frames.unpack(data):
        assert len(tag) == 1
        assert len(body) <= len(data)


def _exactly(descriptor: int, size: int) -> bytes:
    data = b""
    while len(data) < size:
        data += os.read(descriptor, size - len(data))
    return data

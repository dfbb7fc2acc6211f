"""The link to one warm runner: tests go in, outcomes come out, in any order. Nothing here waits."""

from __future__ import annotations

import contextlib
import dataclasses
import os
from collections import OrderedDict
from collections.abc import Sequence
from typing import Protocol

from rulereward.services.sandbox.inside import call_frames
from rulereward.services.sandbox.inside.many import pack_inputs
from rulereward.services.sandbox.shapes import (
    AssertTest,
    CallBatch,
    CallTest,
    FilesTest,
    Limits,
    Outcome,
    Program,
    PytestTest,
    StdinBatch,
    StdinTest,
    Test,
)
from rulereward.services.sandbox.wire import BrokenFrameError, FrameReader, pack

_CHUNK = 1 << 18
_MOST_PROGRAMS = 128
"""How many programs a runner is left holding. Each is two descriptors there."""
_MAX_FRAME_BYTES = 64 * 1024 * 1024


class Endpoint(Protocol):
    """A runner's process or container, as a link holds it."""

    @property
    def reading(self) -> int:
        """The descriptor of what the runner sends; it does not block."""
        ...

    @property
    def writing(self) -> int:
        """The descriptor of what it is sent; it does not block."""
        ...

    def receive(self, most: int) -> bytes:
        """What has come from the runner, empty at the end. Raises BlockingIOError where nothing has, OSError."""
        ...

    def let_go(self) -> None:
        """In a forked child: close our copies of the descriptors, and end nothing of the parent's."""
        ...

    def end(self) -> str:
        """End the runner and everything in it, and wait for that. Its last words, for a message."""
        ...


class LinkLostError(Exception):
    """The runner is gone, or what it sends makes no sense. `left` are the tests it has not answered, with numbers."""

    def __init__(self, message: str, left: Sequence[tuple[int, Test]]) -> None:
        super().__init__(message)
        self.left = list(left)


class Link:
    """Not thread-safe: one thread drives it, by a selector over `reading` and, if `has_output`, `writing`."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self._frames = FrameReader(_MAX_FRAME_BYTES)
        self._outgoing = bytearray()
        self._left: dict[int, Test] = {}
        self._numbers = 0
        self._programs: OrderedDict[Program, int] = OrderedDict()
        self._users: dict[int, int] = {}
        self.slots = 0
        """How many tests it does at once; 0 until it is ready."""
        self.languages: tuple[str, ...] = ()
        self.has_pytest = False

    @property
    def reading(self) -> int:
        return self.endpoint.reading

    @property
    def writing(self) -> int:
        return self.endpoint.writing

    @property
    def has_output(self) -> bool:
        return bool(self._outgoing)

    @property
    def in_flight(self) -> int:
        """How many tests it was given and has not answered."""
        return len(self._left)

    def submit(self, test: Test) -> int:
        """Give it a test: the number under which the outcome will come.

        Raises NotPlainDataError where an argument is no plain data, BrokenFrameError where the test is too long.
        """
        header, blobs = _order(test)
        program = self._known(test.program)
        self._numbers += 1
        number = self._numbers
        header |= {"id": number, "program": program, "limits": _limits(test.limits)}
        self._outgoing += pack(header, blobs)
        self._left[number] = test
        self._users[program] += 1
        return number

    def cancel(self, number: int) -> None:
        """Have a test stopped. Its outcome still comes, as `cancelled` where it was not over."""
        if number in self._left:
            self._outgoing += pack({"op": "cancel", "id": number}, [])

    def send(self) -> None:
        """Send as much as the stream takes. That the runner is gone is noticed by `receive`."""
        with contextlib.suppress(BlockingIOError):
            try:
                sent = os.write(self.writing, memoryview(self._outgoing)[:_CHUNK])
            except BrokenPipeError:
                sent = len(self._outgoing)
            del self._outgoing[:sent]

    def receive(self) -> list[tuple[int, Test, Outcome]]:
        """The outcomes that have come. Raises LinkLostError; the link is closed then."""
        try:
            data = self.endpoint.receive(_CHUNK)
        except BlockingIOError:
            return []
        except OSError as problem:
            raise self._lost(str(problem)) from problem
        if not data:
            raise self._lost("")
        try:
            return [found for frame in self._frames.feed(data) for found in self._taken(*frame)]
        except (BrokenFrameError, LookupError, TypeError, ValueError) as problem:
            raise self._lost(f"what it sent makes no sense: {problem}") from problem

    def close(self) -> str:
        """End the runner, whatever it is doing. Its last words."""
        self._outgoing.clear()
        return self.endpoint.end()

    def let_go(self) -> None:
        """See `BackendLink`."""
        self.endpoint.let_go()

    def _lost(self, why: str) -> LinkLostError:
        left, self._left = list(self._left.items()), {}
        words = self.close()
        return LinkLostError(why or words, left)

    def _known(self, program: Program) -> int:
        """The number under which the runner has a program, which is sent to it if it does not."""
        if program in self._programs:
            self._programs.move_to_end(program)
            return self._programs[program]
        self._forget()
        self._numbers += 1
        self._programs[program] = self._numbers
        self._users[self._numbers] = 0
        header: dict[str, object] = {"op": "program", "program": self._numbers, "language": program.language}
        self._outgoing += pack(header, [program.source])
        return self._numbers

    def _forget(self) -> None:
        """Have it forget the programs used longest ago, apart from those in use."""
        idle = [program for program, number in self._programs.items() if not self._users[number]]
        for program in idle[: max(0, len(self._programs) - _MOST_PROGRAMS + 1)]:
            number = self._programs.pop(program)
            del self._users[number]
            self._outgoing += pack({"op": "forget", "program": number}, [])

    def _taken(self, header: dict[str, object], blobs: list[bytes]) -> list[tuple[int, Test, Outcome]]:
        operation = header.pop("op")
        if operation == "ready":
            slots, languages = header["slots"], header["languages"]
            if not isinstance(slots, int) or not isinstance(languages, list):
                raise TypeError("a greeting that is none")
            self.slots, self.languages, self.has_pytest = slots, tuple(languages), header["pytest"] is True
            return []
        number = header.pop("id")
        if not isinstance(number, int):
            raise TypeError("an outcome without number")
        test = self._left.pop(number)
        self._users[self._programs[test.program]] -= 1
        stdout, stderr, report = blobs
        outcome = Outcome(**header, stdout=stdout, stderr=stderr, report=report)  # type: ignore[arg-type] # the runner is ours
        return [(number, test, outcome)]


def _order(test: Test) -> tuple[dict[str, object], list[bytes]]:
    """The header of a test, as far as it is the test's own, and its blobs."""
    match test:
        case StdinTest():
            return {"op": "stdin"}, [test.stdin]
        case CallTest():
            return {"op": "call"}, [call_frames.pack_call(test.entry, test.args, test.kwargs)]
        case StdinBatch():
            return {"op": "stdins"}, [pack_inputs(test.stdins)]
        case CallBatch():
            return {"op": "calls"}, [b"".join(call_frames.pack_call(*call) for call in test.calls)]
        case FilesTest():
            return {"op": "files", "files": [name for name, _ in test.files]}, [content for _, content in test.files]
        case AssertTest():
            source = call_frames.pack(call_frames.CALL, (test.setup, test.test))
            return {"op": "assert", "entry": test.entry}, [source]
        case PytestTest():
            wanted = (test.module, test.file, test.test_id, test.count)
            return {"op": "pytest"}, [call_frames.pack(call_frames.CALL, wanted)]


_DEFAULTS = dataclasses.asdict(Limits())


def _limits(limits: Limits) -> dict[str, object]:
    return {name: value for name, value in dataclasses.asdict(limits).items() if value != _DEFAULTS[name]}

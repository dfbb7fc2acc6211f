"""The programs a runner holds: sources as files in memory, and what a compiler made of them."""

from __future__ import annotations

import os
from collections import deque
from enum import Enum, auto
from typing import TYPE_CHECKING

from rulereward.services.sandbox.inside.kernel import is_sealed, memory_file

if TYPE_CHECKING:
    from rulereward.services.sandbox.inside.run import Order


class Made(Enum):
    """How far a program's build is."""

    NOT_YET = auto()
    BUILDING = auto()
    READY = auto()
    FAILED = auto()


class Program:
    """A source, and its build where its language has one. Nothing of either is in the runner's own memory."""

    def __init__(self, language: str, source: int, *, needs_build: bool) -> None:
        self.language = language
        self.source = source
        self.made = Made.NOT_YET if needs_build else Made.READY
        self.binary = -1
        self.messages = -1
        """What the compiler said, as a file in memory."""
        self._code = -1
        self.waiting: deque[Order] = deque()
        """What is to be done when it is made."""

    def code_file(self) -> int:
        """A file in memory for what Python makes of the source. The first run is given an empty one; it fills and
        seals it before anything of the program runs. Later ones are given that, or -1 where it was not done.
        """
        if self._code < 0:
            self._code = memory_file("code", sealable=True)
        elif not is_sealed(self._code):
            return -1
        return self._code

    def close(self) -> None:
        """Let go of the files."""
        for descriptor in (self.source, self.binary, self.messages, self._code):
            if descriptor >= 0:
                os.close(descriptor)

"""Back-ends that run nothing: each answers as it is told to, so that what is made of the answers can be tested."""

from __future__ import annotations

import os

from rulereward.api.sandbox import Found
from rulereward.api.sandbox_programs import CANARIES, EXPECTED, MARK
from rulereward.services.sandbox.backends import BackendError
from rulereward.services.sandbox.link import LinkLostError
from rulereward.services.sandbox.shapes import Outcome

RIGHT = Outcome(said="SC", exit=0, stdout=EXPECTED, stdout_bytes=len(EXPECTED))
SILENT = Outcome(said="SC", exit=0)
LOOSE = Outcome(said="SC", exit=0, stdout=f"{MARK} /tmp\n{MARK} /tmp\n".encode())
TROUBLE = Outcome(problem="no fork could be made")
CRASHED = Outcome(said="SC", exit=1, stderr=b"Traceback\nNameError: no\n")
LOST = LinkLostError("it was killed", [])

SOURCES = {source.encode(): language for language, source in CANARIES.items()}


class FakeLink:
    """`honest` is what becomes of canaries, `hostile` of all other programs: an outcome, or LinkLostError."""

    def __init__(self, honest, hostile, languages):
        self._honest, self._hostile = honest, hostile
        self._waiting = []
        self._out, self._in = os.pipe()
        self._numbers = 0
        self.slots = 2
        self.languages = languages

    @property
    def reading(self):
        return self._out

    writing = reading
    has_output = False

    def submit(self, test):
        self._numbers += 1
        outcome = self._honest if test.program.source in SOURCES else self._hostile
        self._waiting.append((self._numbers, test, outcome))
        os.write(self._in, b"!")
        return self._numbers

    def send(self):
        raise AssertionError("nothing is to be sent")

    def receive(self):
        os.read(self._out, 100)
        found, self._waiting = self._waiting, []
        for _, _, outcome in found:
            if isinstance(outcome, Exception):
                raise outcome
        return found

    def close(self):
        if self._out >= 0:
            os.close(self._out)
            os.close(self._in)
            self._out = -1
        return "closed"


class FakeBackend:
    local = True
    links = 1
    identity = "fake, version 1"

    def __init__(self, name="docker", honest=RIGHT, hostile=SILENT, languages=("python", "bash")):
        self.name = name
        self.told = f"{name}, with 2 slots"
        self._made = (honest, hostile, languages)
        self.connected = 0

    def connect(self):
        self.connected += 1
        return FakeLink(*self._made)

    def close(self):
        pass


class NoBackend(FakeBackend):
    def connect(self):
        raise BackendError("the engine has gone away")


USABLE = [
    Found("docker", {"engine": "unix:///run/docker.sock"}),
    Found("embedded", {"bubblewrap": "/usr/bin/bwrap"}),
]
NO_DOCKER = [Found("docker", {}, "no engine answers"), USABLE[1]]

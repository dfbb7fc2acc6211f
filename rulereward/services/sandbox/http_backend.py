"""The back-end `http`: programs run by a service that understands SandboxFusion's requests. For many machines.

How well programs are shut in there is that service's affair. Time is the wall's, at least as large as the limit; one
more try is made of what runs out of it. Calls and asserts run with our part beside the program (`http_inside`), where
the checker of asserts is kept from the program by less than under the other back-ends.
"""

from __future__ import annotations

import os
import queue
import threading
from collections import deque
from urllib.parse import parse_qs, urlsplit, urlunsplit

from rulereward.services.sandbox.backends import BackendError
from rulereward.services.sandbox.embedded_backend import runner_identity
from rulereward.services.sandbox.http_client import Client, HttpTroubleError
from rulereward.services.sandbox.http_requests import languages, outcome_of, request_of
from rulereward.services.sandbox.link import LinkLostError
from rulereward.services.sandbox.shapes import Outcome, Test
from rulereward.services.waking import SPAWNING

PATH = "/run_code"
DEFAULT_SLOTS = 16
_MOST_SLOTS = 512
_PATIENCE_S = 30.0
_GRACE_S = 30.0
"""How much longer than a test's own limits a response may take: the service may have a queue."""
_COMPILE_S = 20.0
_KNOCK_LIMIT_S = 5.0

_Item = tuple[int, Test] | None


class HttpLink:
    """See `BackendLink`. `slots` threads, each with one request at a time."""

    def __init__(self, client: Client, slots: int) -> None:
        self.slots = slots
        self.languages = languages()
        self.has_pytest = True  # nobody knows: what runs there says so
        self._client = client
        self._numbers = 0
        self._left: dict[int, Test] = {}
        self._cancelled: set[int] = set()
        self._waiting: queue.SimpleQueue[_Item] = queue.SimpleQueue()
        self._landed: deque[tuple[int, Test, Outcome]] = deque()
        with SPAWNING:
            self._reading, self._writing = os.pipe()
        os.set_blocking(self._reading, False)
        os.set_blocking(self._writing, False)
        self._closed = False
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(slots)]
        for thread in self._threads:
            thread.start()

    @property
    def reading(self) -> int:
        return self._reading

    @property
    def writing(self) -> int:
        return self._writing

    @property
    def has_output(self) -> bool:
        return False

    @property
    def in_flight(self) -> int:
        return len(self._left)

    def submit(self, test: Test) -> int:
        """See `BackendLink`. Raises NotPlainDataError."""
        request_of(test)
        self._numbers += 1
        self._left[self._numbers] = test
        self._waiting.put((self._numbers, test))
        return self._numbers

    def cancel(self, number: int) -> None:
        """See `BackendLink`. What runs already runs to its end."""
        self._cancelled.add(number)

    def send(self) -> None:
        """See `BackendLink`: the threads do it."""

    def receive(self) -> list[tuple[int, Test, Outcome]]:
        """See `BackendLink`."""
        if self._closed:
            raise LinkLostError("it was closed", list(self._left.items()))
        while True:
            try:
                os.read(self._reading, 1 << 16)
            except BlockingIOError:
                break
        found = []
        while self._landed:
            number, test, outcome = self._landed.popleft()
            self._left.pop(number, None)
            self._cancelled.discard(number)
            found.append((number, test, outcome))
        return found

    def close(self) -> str:
        """See `BackendLink`."""
        if not self._closed:
            self._closed = True
            self._client.close()
            for _ in self._threads:
                self._waiting.put(None)
            for thread in self._threads:
                thread.join()
            os.close(self._reading)
            os.close(self._writing)
        return "it was closed"

    def let_go(self) -> None:
        """See `BackendLink`."""
        self._client.let_go()
        os.close(self._reading)
        os.close(self._writing)

    def _work(self) -> None:
        """One thread's life."""
        while (item := self._waiting.get()) is not None:
            number, test = item
            outcome = Outcome(stopped="cancelled") if number in self._cancelled else self._run(test)
            self._landed.append((number, test, outcome))
            try:
                os.write(self._writing, b"!")
            except BlockingIOError:
                continue  # so many wakes are waiting that the pipe is full

    def _run(self, test: Test) -> Outcome:
        outcome = self._try(test)
        return self._try(test) if outcome.stopped == "cpu" else outcome  # the service may have been slow

    def _try(self, test: Test) -> Outcome:
        request = request_of(test)
        try:
            response = self._client.post(PATH, request.body, test.limits.cpu_s + _COMPILE_S + _GRACE_S)
        except HttpTroubleError as problem:
            return Outcome(problem=str(problem))
        return outcome_of(test, request, response)


class HttpBackend:
    """See `Backend`. Raises BackendError for an address that is none.

    The address may end with `?slots=64`: so many requests at once. `patience_s`: how long a service may be away.
    """

    name = "http"
    local = False
    links = 1

    def __init__(self, address: str, patience_s: float = _PATIENCE_S) -> None:
        parts = urlsplit(address)
        given = parse_qs(parts.query).get("slots", [str(DEFAULT_SLOTS)])[-1]
        if not given.isdecimal() or not 1 <= int(given) <= _MOST_SLOTS:
            raise BackendError(f"`slots` is a number from 1 to {_MOST_SLOTS}, not {given!r}")
        self.slots = int(given)
        self._address = urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))
        self._patience_s = patience_s
        self._client()

    def _client(self) -> Client:
        try:
            return Client(self._address, self._patience_s)
        except ValueError as problem:
            raise BackendError(str(problem)) from problem

    @property
    def told(self) -> str:
        """See `Backend`."""
        return f"{self._shown}, {self.slots} at once"

    @property
    def identity(self) -> str:
        """See `Backend`. What runs at the far end nobody knows."""
        return f"{self._shown}, {runner_identity().partition(',')[0]}"

    @property
    def _shown(self) -> str:
        """The address, without the name and password that it may hold."""
        parts = urlsplit(self._address)
        return f"http {parts.hostname}{f':{parts.port}' if parts.port else ''}{parts.path}"

    def connect(self) -> HttpLink:
        """See `Backend`."""
        return HttpLink(self._client(), self.slots)

    def knock(self) -> None:
        """Raises BackendError where nobody answers at the address within some seconds: that is better known before
        any work is begun than after the patience of every request.
        """
        try:
            self._client().knock(_KNOCK_LIMIT_S)
        except OSError as problem:
            raise BackendError(f"nobody answers at {self._shown.removeprefix('http ')}: {problem}") from problem

    def close(self) -> None:
        """See `Backend`."""

"""Requests to one service over HTTP from several threads, with patience for a service that is away for a while."""

from __future__ import annotations

import http.client
import json
import os
import ssl
import threading
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 5.0
_OPENS_AFTER = 5
_COME_BACK = frozenset((408, 425, 429, 500, 502, 503, 504))
_MOST_RESPONSE_BYTES = 32 * 1024 * 1024


class HttpTroubleError(Exception):
    """There is no response to be had, or none that is JSON."""


class Breaker:
    """Holds requests back while a service is away: after several failures in a row one goes ahead to try.

    Thread-safe.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures = 0
        self._open_until = 0.0

    def pause_s(self) -> float:
        """How long to wait before the next request, 0 to go ahead. Who goes ahead makes the others wait on."""
        with self._lock:
            if self._failures < _OPENS_AFTER:
                return 0.0
            now = time.monotonic()
            if now < self._open_until:
                return self._open_until - now
            self._open_until = now + _LONGEST_PAUSE_S
            return 0.0

    def succeeded(self) -> None:
        with self._lock:
            self._failures = 0

    def failed(self) -> None:
        with self._lock:
            self._failures += 1
            if self._failures == _OPENS_AFTER:
                self._open_until = time.monotonic() + _FIRST_PAUSE_S


class Client:
    """Connections to one address, one for each thread at a time, kept open. Raises ValueError for a bad address."""

    def __init__(self, address: str, patience_s: float) -> None:
        """`patience_s`: how long a request is tried again before it is given up."""
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"no address of a service: {address!r}")
        self._secure = parts.scheme == "https"
        self._host, self._port, self._path = parts.hostname, parts.port, parts.path.rstrip("/")
        self._patience_s = patience_s
        self._breaker = Breaker()
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._idle: list[http.client.HTTPConnection] = []
        self._busy: set[http.client.HTTPConnection] = set()

    def knock(self, timeout_s: float) -> None:
        """Make one connection, and close it. Raises OSError where there is none to be had in this time."""
        connection = self._new()
        connection.timeout = timeout_s
        try:
            connection.connect()
        finally:
            connection.close()

    def post(self, path: str, body: Mapping[str, object], timeout_s: float) -> object:
        """The JSON of the response. Raises HttpTroubleError when patience ends, and for what no patience mends."""
        data = json.dumps(body).encode("ascii")
        deadline = time.monotonic() + self._patience_s
        pause_s = _FIRST_PAUSE_S
        trouble = ""
        while not self._stopped.is_set():
            held_s = self._breaker.pause_s()
            if held_s and trouble == "":
                trouble = "the service was away"
            if not held_s:
                status, found = self._once(path, data, timeout_s)
                if status == http.client.OK:
                    self._breaker.succeeded()
                    return found
                if status and status not in _COME_BACK:
                    self._breaker.succeeded()
                    raise HttpTroubleError(f"the service refused: status {status}, {str(found)[:200]}")
                self._breaker.failed()
                trouble = str(found)[:200] if not status else f"status {status}, {str(found)[:200]}"
                held_s, pause_s = pause_s, min(2 * pause_s, _LONGEST_PAUSE_S)
            if time.monotonic() + held_s > deadline:
                raise HttpTroubleError(f"the service does not answer: {trouble}")
            self._stopped.wait(held_s)
        raise HttpTroubleError("the connection was closed")

    def _once(self, path: str, data: bytes, timeout_s: float) -> tuple[int, object]:
        """Status and JSON, or 0 and what went wrong. A connection that the far end closed meanwhile is made anew."""
        connection, was_used = self._take(timeout_s)
        try:
            status, found = self._exchange(connection, path, data)
        except (OSError, http.client.HTTPException, ValueError) as problem:
            self._drop(connection)
            if was_used and isinstance(problem, http.client.RemoteDisconnected | ConnectionError | BrokenPipeError):
                return self._once(path, data, timeout_s)
            return 0, f"{type(problem).__name__}: {problem}"
        with self._lock:
            self._busy.discard(connection)
            stays = not self._stopped.is_set()
            if stays:
                self._idle.append(connection)
        if not stays:
            connection.close()
        return status, found

    def _exchange(self, connection: http.client.HTTPConnection, path: str, data: bytes) -> tuple[int, object]:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        connection.request("POST", self._path + path, data, headers)
        response = connection.getresponse()
        content = response.read(_MOST_RESPONSE_BYTES + 1)
        if len(content) > _MOST_RESPONSE_BYTES:
            raise ValueError("the response is too long")
        if response.status != http.client.OK:
            return response.status, content[:200].decode("utf-8", "replace")
        return response.status, json.loads(content)

    def _take(self, timeout_s: float) -> tuple[http.client.HTTPConnection, bool]:
        with self._lock:
            connection, was_used = (self._idle.pop(), True) if self._idle else (self._new(), False)
            self._busy.add(connection)
        connection.timeout = timeout_s
        if connection.sock is not None:
            connection.sock.settimeout(timeout_s)
        return connection, was_used

    def _new(self) -> http.client.HTTPConnection:
        if self._secure:
            return http.client.HTTPSConnection(self._host, self._port, context=ssl.create_default_context())
        return http.client.HTTPConnection(self._host, self._port)

    def _drop(self, connection: http.client.HTTPConnection) -> None:
        with self._lock:
            self._busy.discard(connection)
        connection.close()

    def close(self) -> None:
        """End every request, from any thread."""
        with self._lock:
            self._stopped.set()
            idle, busy = [*self._idle], [*self._busy]
            self._idle.clear()
        for connection in idle:
            connection.close()
        for connection in busy:
            _shut(connection)

    def let_go(self) -> None:
        """In a forked child: close our copies of the connections, of which the parent goes on using its own.

        No lock is touched, nor that of a reader's buffer: one of the parent's threads may have held it.
        """
        for connection in [*self._idle, *self._busy]:
            if connection.sock is not None:
                os.close(connection.sock.detach())


def _shut(connection: http.client.HTTPConnection) -> None:
    """Wake whoever reads from a connection: to close it under a reader would not."""
    sock = connection.sock
    if sock is None:
        return
    try:
        sock.shutdown(2)
    except OSError:
        return

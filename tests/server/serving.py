"""Servers for tests: as a process of their own and as a thread of this one; requests, and many at a time."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60.0
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    headers: dict[str, str]

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        """The code of a refusal."""
        return self.json["error"]["code"]


def call(url, method, path, body=None, headers=None):
    """One request over a connection of its own. A body of bytes goes as it is, an iterator in chunks."""
    if body is not None and not isinstance(body, bytes | Iterator):
        body = json.dumps(body).encode()
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE_S)
    try:
        connection.request(method, path, body, headers or {}, encode_chunked=isinstance(body, Iterator))
        response = connection.getresponse()
        return Answer(response.status, response.read(), {k.lower(): v for k, v in response.getheaders()})
    finally:
        connection.close()


def post(url, path, body, **headers):
    return call(url, "POST", path, body, {**JSON, **{k.replace("_", "-"): v for k, v in headers.items()}})


def get(url, path, **headers):
    return call(url, "GET", path, None, headers)


class Process:
    """`rulereward serve` as a process; `url` is where it listens."""

    def __init__(self, *args: object, kinds_from: Path | None = None, **environment: str) -> None:
        path = os.pathsep.join(str(folder) for folder in (ROOT, kinds_from) if folder)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "rulereward", "serve", "--port", "0", *map(str, args)],
            stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path, **environment},
        )  # fmt: skip
        self.told = ""
        self.url = ""
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self.told += line
            found = re.search(r"^serving .* on (http://\S+);", line)
            if found:
                self.url = found[1]
                break
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self._process.stderr:
            self.told += line

    @property
    def pid(self) -> int:
        return self._process.pid

    def send(self, number: int) -> None:
        self._process.send_signal(number)

    def wait(self) -> int:
        """The exit status; `told` then holds all it said."""
        status = self._process.wait(PATIENCE_S)
        self._reader.join(PATIENCE_S)
        self._process.stderr.close()
        return status

    def __enter__(self) -> Process:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self.send(signal.SIGKILL)
        if not self._process.stderr.closed:
            self.wait()


@contextmanager
def served(ruleset, settings=None):
    """The URL of a server in a thread of this process, and its application."""
    import uvicorn

    from rulereward.server.app import Application
    from rulereward.server.listening import listen, url_of
    from rulereward.server.run import Server

    application = Application(ruleset, settings)
    listener = listen("127.0.0.1", 0)
    config = uvicorn.Config(application.asgi, lifespan="off", ws="none", log_config=None, access_log=False)
    server = Server(config, application)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])), daemon=True)
    thread.start()
    try:
        yield url_of(listener), application
    finally:
        server.should_exit = True
        thread.join(PATIENCE_S)
        assert application.close(PATIENCE_S)
        assert not thread.is_alive()


# ---- many clients at once


@dataclass(frozen=True)
class Load:
    """What came of many requests: the bodies of the answers in the order of the requests, and how long they took."""

    answers: list[bytes]
    seconds: float


def run_load(url: str, path: str, bodies: Sequence[bytes], clients: int) -> Load:
    """Send the bodies over `clients` connections that stay open, each with one request at a time.

    It does as little as it can, for it shares the machine with the server. An answer other than 200 is a failure.
    """
    return asyncio.run(_load(url, path, bodies, clients))


async def _load(url: str, path: str, bodies: Sequence[bytes], clients: int) -> Load:
    answers: list[bytes] = [b""] * len(bodies)
    numbers = iter(range(len(bodies)))
    parts = urlsplit(url)
    head = f"POST {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\nContent-Length: "

    async def client() -> None:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        for number in numbers:
            body = bodies[number]
            writer.write(f"{head}{len(body)}\r\n\r\n".encode() + body)
            answer = await reader.readuntil(b"\r\n\r\n")
            length = int(re.search(rb"content-length: (\d+)", answer)[1])
            answers[number] = await reader.readexactly(length)
            assert answer.startswith(b"HTTP/1.1 200 "), answer + answers[number]
        writer.close()
        await writer.wait_closed()

    started = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    return Load(answers, time.perf_counter() - started)

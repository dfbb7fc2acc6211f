"""In front of all endpoints: the token, no new work once the server is ending, and counting what was answered."""

from __future__ import annotations

import asyncio
import hmac
import time
from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rulereward.server.metrics import Metrics
from rulereward.server.refusals import RefusedError, draining

OPEN_PATH = "/healthz"
"""Needs no token: it tells nothing but that somebody is there."""

OTHER = "other"
"""Under which all paths without an endpoint are counted: their number has to be bounded."""

FAILED = 500


class Gate:
    """An ASGI application around another one. `paths` are the endpoints that are counted by name."""

    def __init__(self, app: ASGIApp, paths: Collection[str], token: str | None, metrics: Metrics) -> None:
        self._app = app
        self._paths = frozenset(paths)
        self._expected = None if token is None else token.encode("ascii")
        self._metrics = metrics
        self.draining = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 0

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            refused = self._refused(scope)
            await (self._app if refused is None else refused.response())(scope, receive, noting)
        except asyncio.CancelledError:
            if status or not self.draining:
                raise
            await draining().response()(scope, receive, noting)  # the time to answer what was taken is over
        finally:
            endpoint = scope["path"] if scope["path"] in self._paths else OTHER
            self._metrics.answered(endpoint, status or FAILED, time.perf_counter() - started)

    def _refused(self, scope: Scope) -> RefusedError | None:
        if scope["path"] != OPEN_PATH and not self._is_allowed(scope):
            help = "send the header `Authorization: Bearer TOKEN`"
            headers = {"WWW-Authenticate": "Bearer"}
            return RefusedError(401, "no_token", "the token is missing or wrong", help=help, headers=headers)
        if self.draining and scope["method"] == "POST":
            return draining()
        return None

    def _is_allowed(self, scope: Scope) -> bool:
        if self._expected is None:
            return True
        scheme, _, given = Headers(scope=scope).get("authorization", "").partition(" ")
        same = hmac.compare_digest(given.strip().encode("utf-8", "replace"), self._expected)
        return same and scheme.lower() == "bearer"

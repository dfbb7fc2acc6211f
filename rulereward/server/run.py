"""A server's life: warm up, listen, serve, and drain when it is told to end."""

from __future__ import annotations

import asyncio
import signal
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from types import FrameType

import uvicorn

from rulereward.api import Ruleset
from rulereward.errors import RuleRewardError
from rulereward.server.app import Application

KEEP_ALIVE_S = 30
"""How long a connection may idle: longer than clients keep theirs, so that none sends into a closing one."""

CLOSE_S = 1.0
"""When every request has been answered, rows can only be left of clients that have gone."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a server ended: the signal that ended it, and whether all it had taken was answered."""

    signal: int | None
    answered: bool


def warm_up(ruleset: Ruleset) -> None:
    """Have kernels compiled, and score one row, so that the first request does not wait for what is made once."""
    ruleset.prepare()
    path = ruleset.plan.inputs["completion"].paths[0]
    with suppress(RuleRewardError):  # whatever it is, requests are told
        ruleset.score_rows([{path: "warm up"}], group=["warm up"], step=0 if ruleset.plan.uses_step else None)


def serve(application: Application, listener: socket.socket, *, drain_s: int) -> Ending:
    """Serve until SIGTERM or SIGINT. What was taken by then is answered, which may take `drain_s` seconds.

    A second SIGINT ends it at once. For the main thread, which gets the signals.
    """
    config = uvicorn.Config(
        application.asgi,
        lifespan="off",
        ws="none",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=drain_s,
    )
    server = Server(config, application)
    asyncio.run(server.serve(sockets=[listener]))
    return Ending(server.signal, server.is_in_time() and application.close(CLOSE_S))


class Server(uvicorn.Server):
    """Stops taking requests with the signal itself, and leaves the exit status to the caller."""

    def __init__(self, config: uvicorn.Config, application: Application) -> None:
        super().__init__(config)
        self._application = application
        self._told = 0.0
        self.signal: int | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self.should_exit and sig == signal.SIGINT:
            self.force_exit = True
        if not self.should_exit:
            self.signal, self._told = sig, time.monotonic()
        self._application.stop_taking()
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._application.drain()
        await super().shutdown(sockets)

    def is_in_time(self) -> bool:
        """Was the server neither forced to end nor out of time?"""
        limit = self.config.timeout_graceful_shutdown
        return not self.force_exit and (limit is None or self.signal is None or time.monotonic() - self._told < limit)

"""Answers that say no: `{"error": {"code": ..., "message": ..., "help": ...}}`.

400 no JSON; 401 no token; 404 and 405 nothing there; 408 too slow; 409 this server or its ruleset cannot; 413 too
large; 415 not sent as JSON; 422 JSON of another shape; 503 too busy, or ending.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from rulereward.errors import RuleRewardError
from rulereward.server.rendering import json_response

RETRY_AFTER_S = 1


class RefusedError(RuleRewardError):
    """A request that is refused as a whole. `help` is the next step, `field` the place in the body."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        help: str | None = None,
        field: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.help, self.field = status, code, message, help, field
        self.headers = dict(headers or {})

    def response(self) -> Response:
        told = {"code": self.code, "message": self.message, "field": self.field, "help": self.help}
        error = {name: text for name, text in told.items() if text is not None}
        return json_response({"error": error}, self.status, self.headers)


def busy(message: str) -> RefusedError:
    """A 503 that asks to come again."""
    return RefusedError(503, "busy", message, help="send it again later", headers={"Retry-After": str(RETRY_AFTER_S)})


def draining() -> RefusedError:
    """A 503 that asks to go elsewhere; the connection ends with it."""
    headers = {"Retry-After": str(RETRY_AFTER_S), "Connection": "close"}
    return RefusedError(503, "draining", "the server is ending and takes no more requests", headers=headers)

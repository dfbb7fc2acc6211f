"""A client of `rulereward serve`.

with Client("http://127.0.0.1:8400") as client:
    results = client.score([{"completion": "4", "answer": "4"}])
"""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self, cast

import httpx
import msgspec

from rulereward.errors import BusyError, ConfigurationError, InputError, InternalError

TIMEOUT_S = 180.0
RETRY_S = 30.0
FIRST_WAIT_S = 0.2
LONGEST_WAIT_S = 5.0

CANNOT = (401, 404, 405, 409)
"""Refusals that no other request to this server would escape."""


class Client:
    """Talks to one server. Thread-safe; keeps its connections until it is closed.

    It goes straight to the server: proxies that the environment names are not asked, for they would see the token.
    """

    def __init__(
        self, url: str, token: str | None = None, *, timeout_s: float = TIMEOUT_S, retry_s: float = RETRY_S
    ) -> None:
        """An answer may take `timeout_s` seconds. Where nobody answers yet, or the server is too busy, the request
        is sent again for `retry_s` seconds. Raises ConfigurationError for a URL that is none.
        """
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        try:
            self._http = httpx.Client(base_url=url, headers=headers, timeout=timeout_s, trust_env=False)
        except (httpx.InvalidURL, UnicodeEncodeError) as error:
            raise ConfigurationError(f"the URL or the token cannot be used: {error}") from error
        if self._http.base_url.scheme not in ("http", "https") or not self._http.base_url.host:
            raise ConfigurationError(f"`{url}` is no URL of a server: write http://127.0.0.1:8400")
        self._retry_s = retry_s

    def score(
        self,
        rows: Sequence[Mapping[str, object]],
        *,
        group: Sequence[object] | None = None,
        step: int | None = None,
        details: bool = False,
    ) -> list[dict[str, Any]]:
        """The record of each row, as `Scores.records` gives it: `reward`, `reward_state`, `reward_components`.

        Raises InputError for what the server cannot read or score, ConfigurationError where there is no server, or
        one that refuses this client, BusyError where it stays too busy or takes too long.
        """
        asked = {"rows": rows, "group": group, "step": step, "details": details}
        try:
            body = msgspec.json.encode({name: value for name, value in asked.items() if value is not None})
        except (TypeError, ValueError, RecursionError) as error:
            raise InputError(f"the rows cannot be sent as JSON: {error}") from error
        answer = self._asked("POST", "/score", body)
        return cast(list[dict[str, Any]], answer["results"])

    def ruleset(self) -> dict[str, Any]:
        """What is served: name, fingerprint, rules, inputs and more. Raises as `score` does."""
        return self._asked("GET", "/ruleset")

    def healthy(self) -> bool:
        """Is somebody there who takes requests? Asked once."""
        try:
            return self._http.get("/healthz").status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _asked(self, method: str, path: str, body: bytes | None = None) -> dict[str, Any]:
        """The answer to a request, sent again while that may help."""
        until = time.monotonic() + self._retry_s
        wait_s = FIRST_WAIT_S
        while True:
            outcome = self._sent(method, path, body)
            if isinstance(outcome, dict):
                return outcome
            wait_s = min(2 * wait_s, LONGEST_WAIT_S)
            pause_s = wait_s * random.uniform(0.5, 1.0)  # noqa: S311  clients that were refused together come apart
            if time.monotonic() + pause_s > until:
                raise outcome
            time.sleep(pause_s)

    def _sent(self, method: str, path: str, body: bytes | None) -> dict[str, Any] | BusyError | ConfigurationError:
        """The answer, or a failure that may pass; others are raised."""
        headers = {} if body is None else {"Content-Type": "application/json"}
        try:
            response = self._http.request(method, path, content=body, headers=headers)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            return ConfigurationError(f"no server answers at {self._http.base_url}: {error}")
        except httpx.RemoteProtocolError as error:  # the connection ended under the request: a server that restarts
            return ConfigurationError(f"the server at {self._http.base_url} went away: {error}")
        except httpx.TimeoutException as error:
            raise BusyError(f"no answer from {self._http.base_url} within the time limit") from error
        except httpx.TransportError as error:
            return ConfigurationError(f"the connection to {self._http.base_url} failed: {error}")
        if response.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            return BusyError(_reason(response))
        if response.status_code == httpx.codes.OK:
            return _object(response)
        raise _failure(response)


def _object(response: httpx.Response) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(response.content)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise ConfigurationError(f"{response.url} answers, and is no rulereward server")
    return found


def _failure(response: httpx.Response) -> InputError | ConfigurationError | InternalError:
    if response.status_code in CANNOT:
        return ConfigurationError(_reason(response))
    if response.is_server_error:
        return InternalError(_reason(response))
    return InputError(_reason(response))


def _reason(response: httpx.Response) -> str:
    """What the server says: the message of its refusal and the next step."""
    try:
        error = msgspec.json.decode(response.content)["error"]
        told = [str(error[name]) for name in ("message", "help") if name in error]
    except (ValueError, TypeError, KeyError):
        told = []
    return "; ".join(told) or f"{response.url} answered with the status {response.status_code}"

"""Where a server listens, and who may reach it there."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from typing import Any

from rulereward.errors import ConfigurationError

BACKLOG = 2048
"""Connections that wait to be taken; a trainer opens hundreds at once."""


def is_loopback(host: str) -> bool:
    """Is the host, an address or a name, this machine only? Raises ConfigurationError for a name nobody knows."""
    return all(ipaddress.ip_address(_address(found)).is_loopback for found in _resolved(host, 0))


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes a free one. Raises ConfigurationError where that is refused."""
    family, kind, protocol, _, address = _resolved(host, port)[0]
    # With the protocol left at 0, asyncio does not switch off Nagle's algorithm: answers then take 40 ms longer
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        reason = error.strerror or str(error)
        raise ConfigurationError(
            f"cannot listen on {host}, port {port}: {reason}; --port 0 takes a free one"
        ) from error
    return listener


def url_of(listener: socket.socket) -> str:
    """`http://127.0.0.1:8400`."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


_Found = tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[Any, ...]]


def _resolved(host: str, port: int) -> Sequence[_Found]:
    try:
        return socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP, flags=socket.AI_PASSIVE
        )
    except (OSError, UnicodeError) as error:
        raise ConfigurationError(f"the host `{host}` is not known: {error}") from error


def _address(found: _Found) -> str:
    return str(found[4][0]).partition("%")[0]

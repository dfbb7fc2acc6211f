"""All services of a process, by name, and the cache of their answers."""

from __future__ import annotations

import importlib
import os
import threading
import weakref
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

from rulereward.errors import ConfigurationError
from rulereward.kind import Service
from rulereward.services.cache import Cache
from rulereward.services.math_service import math_service

Factory = Callable[[], Service]


def _sandbox_service() -> Service:
    """Most runs need none of its modules. Raises ConfigurationError where no sandbox can be had."""
    service: Service = importlib.import_module("rulereward.services.sandbox.choosing").sandbox_service()
    return service


def _lm_service() -> Service:
    """As above."""
    service: Service = importlib.import_module("rulereward.services.lm.service").lm_service()
    return service


FACTORIES: Mapping[str, Factory] = {"lm": _lm_service, "math": math_service, "sandbox": _sandbox_service}
"""How the services that ship with the package are made."""


class Services:
    """Makes each service when it is first asked for, and closes them all. Thread-safe.

    A forked child inherits no service and no cached answer: it makes its own on demand. Services are closed by
    `close`, when this object is collected, and when the interpreter exits.
    """

    def __init__(self, factories: Mapping[str, Factory] | None = None, cache: Cache | None = None) -> None:
        """`factories` replace or add to the shipped ones, by name."""
        self._factories = {**FACTORIES, **(factories or {})}
        self.cache = Cache() if cache is None else cache
        self._begin()
        _ALL.add(self)

    def _begin(self) -> None:
        self._lock = threading.Lock()
        self._made: dict[str, Service] = {}
        self._finalizer = weakref.finalize(self, _close, self._made, os.getpid())

    def get(self, name: str) -> Service:
        """The service of that name. Raises ConfigurationError where there is none."""
        with self._lock:
            service = self._made.get(name)
            if service is None:
                factory = self._factories.get(name)
                if factory is None:
                    raise ConfigurationError(f"there is no service `{name}`; known: {', '.join(self._factories)}")
                service = self._made[name] = factory()
            return service

    def identity(self, name: str) -> str:
        """The identity of a service, without starting a process."""
        return self.get(name).identity

    def close(self) -> None:
        """Close every service made so far. A later `get` makes a new one."""
        with self._lock:
            _close(self._made, os.getpid())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def after_fork(self) -> None:
        """In a forked child: what was made belongs to the parent, and our locks may have been held by its threads."""
        self._finalizer.detach()
        self.cache.reset()
        self._begin()


def _close(made: dict[str, Service], owner: int) -> None:
    """Close the services of the process `owner`, if that is this process."""
    if os.getpid() != owner:
        return
    while made:
        made.popitem()[1].close()


_ALL: weakref.WeakSet[Services] = weakref.WeakSet()


def _after_fork_in_child() -> None:
    for services in list(_ALL):
        services.after_fork()


os.register_at_fork(after_in_child=_after_fork_in_child)

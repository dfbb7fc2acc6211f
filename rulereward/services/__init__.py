"""What needs a process: services, their supervisor, and the pool that holds them.

Names are loaded on first use: a worker process lives in this package too, and needs none of its caller's side.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rulereward.services.cache import Cache, cache_key
    from rulereward.services.pool import Services
    from rulereward.services.spec import ServiceSpec
    from rulereward.services.supervisor import Supervisor

__all__ = ["Cache", "ServiceSpec", "Services", "Supervisor", "cache_key"]

_HOMES = {
    "Cache": "cache",
    "ServiceSpec": "spec",
    "Services": "pool",
    "Supervisor": "supervisor",
    "cache_key": "cache",
}


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(importlib.import_module(f"rulereward.services.{_HOMES[name]}"), name)
    raise AttributeError(f"module `rulereward.services` has no attribute `{name}`")


def __dir__() -> list[str]:
    return sorted(__all__)

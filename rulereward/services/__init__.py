"""What needs a process: services, their supervisor, and the pool that holds them."""

from rulereward.services.cache import Cache, cache_key
from rulereward.services.pool import Services
from rulereward.services.spec import ServiceSpec
from rulereward.services.supervisor import Supervisor

__all__ = ["Cache", "ServiceSpec", "Services", "Supervisor", "cache_key"]

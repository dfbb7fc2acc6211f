"""The services of this process, shared by all rulesets in it."""

from __future__ import annotations

from functools import cache

from rulereward.services.pool import Services


@cache
def shared_services() -> Services:
    """Made on first use; each service in it starts with its first job."""
    return Services()

"""What could change a value besides the ruleset: versions of this library and of what its services run."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from rulereward.kind import Services
from rulereward.plan.nodes import Plan


def library_version() -> str:
    """The version of the installed package; `0` in a checkout that was never installed."""
    try:
        return version("rulereward")
    except PackageNotFoundError:
        return "0"


def environment(plan: Plan, services: Services) -> dict[str, str]:
    """Identities by name, sorted: `rulereward`, and one entry for each service the plan needs."""
    found = {"rulereward": library_version()}
    found |= {name: services.get(name).identity for name in plan.services}
    return dict(sorted(found.items()))

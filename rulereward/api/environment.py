"""What could change a value besides the ruleset: versions of this library and of what its services run."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version

from rulereward.errors import RuleRewardError
from rulereward.kind import Services
from rulereward.plan.nodes import Plan


@cache
def library_version() -> str:
    """The version of the installed package; `0` in a checkout that was never installed."""
    try:
        return version("rulereward")
    except PackageNotFoundError:
        return "0"


def environment(plan: Plan, services: Services) -> dict[str, str]:
    """Identities by name, sorted: `rulereward`, and one entry for each service the plan needs.

    A service that cannot be made is no reason to lose the scores that did without it: its entry says why.
    """
    found = {"rulereward": library_version()}
    found |= {name: _identity(services, name) for name in plan.services}
    return dict(sorted(found.items()))


def _identity(services: Services, name: str) -> str:
    try:
        return services.get(name).identity
    except (RuleRewardError, OSError) as error:
        return f"unavailable: {error}"

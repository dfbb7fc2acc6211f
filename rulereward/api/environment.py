"""What could change a value besides the ruleset: versions of this library and of what its services run."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from importlib.metadata import PackageNotFoundError, version

from rulereward.errors import RuleRewardError
from rulereward.kind import HasResources, Provisioned, Resource, Services
from rulereward.plan.nodes import Op, Plan


@cache
def library_version() -> str:
    """The version of the installed package; `0` in a checkout that was never installed."""
    try:
        return version("rulereward")
    except PackageNotFoundError:
        return "0"


def environment(plan: Plan, services: Services) -> dict[str, str]:
    """Identities by name, sorted: `rulereward`, and one entry for each service and each model that the plan needs.
    Models are loaded for it.

    What cannot be had is no reason to lose the scores that did without it: its entry says why.
    """
    found = {"rulereward": library_version()}
    found |= {name: _told(partial(_identity, name, services)) for name in plan.services}
    for resource in resources(plan):
        name = f"{resource.service} {resource.name}"
        _add(found, name, _told(partial(identity_of, resource, services)))
    return dict(sorted(found.items()))


def _add(found: dict[str, str], name: str, identity: str) -> None:
    """Models of one name may differ, by revision or precision: the second is `NAME (2)`."""
    number, key = 1, name
    while found.setdefault(key, identity) != identity:
        number += 1
        key = f"{name} ({number})"


def resources(plan: Plan) -> list[Resource]:
    """The heavy things that the kinds of a plan need, such as models, each once, in the order of the plan."""
    params = [node.payload.params for node in plan.nodes if node.op is Op.MEASURE]
    return list(
        dict.fromkeys(one for given in params if isinstance(given, HasResources) for one in given.resources())
    )


def identity_of(resource: Resource, services: Services) -> str:
    """Who a model is. Waits until it is loaded. Raises ConfigurationError where it cannot be had."""
    service = services.get(resource.service)
    return service.identity_of(resource.what) if isinstance(service, Provisioned) else service.identity


def _identity(name: str, services: Services) -> str:
    return services.get(name).identity


def _told(ask: Callable[[], str]) -> str:
    try:
        return ask()
    except (RuleRewardError, OSError) as error:
        return f"unavailable: {error}"

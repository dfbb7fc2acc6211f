"""Installing rulereward beside a host changes none of the host's packages."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from read_constraints import NOT_RESOLVED, extras_for_users
from resolver import Resolver, Unreachable

FOLDER = Path(__file__).resolve().parent
REPOSITORY = FOLDER.parents[1]
HOSTS = sorted(FOLDER.glob("*.txt"))
WITH_TORCH = frozenset({"models"})
"""Extras that bring it. Their bounds are compared with what hosts pin."""


def stated(host: Path) -> list[Requirement]:
    lines = (line.split("  #")[0].strip() for line in host.read_text().splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def ours() -> list[str]:
    """What somebody gets who installs rulereward with all its extras."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    extras = [project["optional-dependencies"][extra] for extra in extras_for_users()]
    return [text for group in (project["dependencies"], *extras) for text in group]


# ---- without a network


def test_there_are_hosts() -> None:
    assert {path.name.rsplit("-", 1)[0] for path in HOSTS} == {"vllm", "verl", "trl", "openrlhf", "ms-swift"}


@pytest.mark.parametrize("text", ours())
def test_only_a_lower_bound_unless_a_comment_says_why(text: str) -> None:
    if any(clause.operator != ">=" for clause in Requirement(text).specifier):
        lines = (REPOSITORY / "pyproject.toml").read_text().splitlines()
        assert [line for line in lines if f'"{text}"' in line and "#" in line]


@pytest.mark.parametrize("host", HOSTS, ids=lambda path: path.stem)
def test_what_a_host_pins_is_within_our_bounds(host: Path) -> None:
    bounds = {canonicalize_name(each.name): each.specifier for each in map(Requirement, ours())}
    pins = [
        (canonicalize_name(each.name), clause.version)
        for each in stated(host)
        for clause in each.specifier
        if clause.operator == "==" and "*" not in clause.version
    ]
    assert [(name, pin) for name, pin in pins if name in bounds and pin not in bounds[name]] == []


# ---- with a package registry


@contextmanager
def skipped_without_registry() -> Iterator[None]:
    try:
        yield
    except Unreachable as reason:
        pytest.skip(f"no package registry can be reached: {str(reason).splitlines()[-1]}")


@pytest.fixture(scope="module")
def resolver(tmp_path_factory: pytest.TempPathFactory) -> Resolver:
    pytest.importorskip("pip", reason="resolving needs pip")
    with skipped_without_registry():
        return Resolver(tmp_path_factory.mktemp("resolver"))


@pytest.fixture(scope="module")
def rulereward(resolver: Resolver) -> str:
    """With all that somebody can install with it, as a requirement; but for what brings torch, which a host has."""
    extras = [extra for extra in extras_for_users() if extra not in WITH_TORCH]
    with skipped_without_registry():
        return f"rulereward[{','.join(extras)}] @ {resolver.wheel(REPOSITORY).as_uri()}"


def versions(resolver: Resolver, requirements: list[Requirement], *more: str) -> dict[str, str]:
    bounds = tuple(str(each) for each in requirements if canonicalize_name(each.name) in NOT_RESOLVED)
    wanted = [str(each) for each in requirements if str(each) not in bounds]
    with skipped_without_registry():
        return {package.name: package.version for package in resolver.resolve(*wanted, *more, constraints=bounds)}


@pytest.mark.slow
@pytest.mark.parametrize("host", HOSTS, ids=lambda path: path.stem)
def test_packages_of_a_host_stay_as_they_are(host: Path, resolver: Resolver, rulereward: str) -> None:
    """Both resolutions are of this moment, so what is new in the registry is in both."""
    alone = versions(resolver, stated(host))
    together = versions(resolver, stated(host), rulereward)
    assert {name: together.get(name) for name in alone} == alone
    assert "rulereward" in together
    assert not NOT_RESOLVED & set(together)

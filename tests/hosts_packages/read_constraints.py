"""Write down what a host and the packages that come with it state about the packages that rulereward uses.

`python tests/hosts_packages/read_constraints.py` writes the files of all hosts anew, and with arguments as in
`read_constraints.py 'vllm==0.29.0'` only these. It reads metadata from a package registry and installs nothing.
"""

from __future__ import annotations

import platform
import sys
import tempfile
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version
from resolver import Package, Resolver

FOLDER = Path(__file__).resolve().parent
REPOSITORY = FOLDER.parents[1]
HOSTS = (
    "vllm==0.24.0",
    "vllm==0.29.0",
    "verl[vllm]==0.9.1",
    "trl[math-verify,vllm]==1.16.0",
    "openrlhf[vllm]==0.11.2",
    "ms-swift==4.6.0",
)
BESIDES = {"torch", "transformers", "ray"}
"""Not used by rulereward; they say which set of packages a file is about."""
NOT_RESOLVED = {"torch"}
"""Of these, what the test only bounds: it is large, and rulereward does not bring it."""
UNREADABLE = {"flash-attn"}
"""Has no wheel, and its metadata can be built only where torch is installed. It asks for einops and torch."""


def extras_for_users() -> list[str]:
    """The extras of rulereward that somebody installs beside a host."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    return sorted(set(project["optional-dependencies"]) - {"test"})


def active(package: Package, extras: set[str]) -> Iterator[Requirement]:
    """The requirements that hold here, with these extras."""
    for requirement in package.requires:
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in extras | {""}):
            yield requirement


def direct(host: Package, extras: set[str]) -> list[Requirement]:
    """What the host itself asks for. Extras that name extras of the host are followed."""
    found: dict[str, Requirement] = {}
    for requirement in active(host, extras):
        if canonicalize_name(requirement.name) != host.name:
            found[str(requirement)] = requirement
        elif not requirement.extras <= extras:
            found.update((str(inner), inner) for inner in direct(host, extras | requirement.extras))
    return list(found.values())


def statements(host: Package, extras: set[str], graph: dict[str, Package]) -> Iterator[tuple[Package, Requirement]]:
    """Each requirement that a package of the graph states, once for each set of extras by which it is reached."""
    waiting, seen = [(host, frozenset(extras))], set()
    while waiting:
        package, wanted = waiting.pop()
        if (package.name, wanted) in seen:
            continue
        seen.add((package.name, wanted))
        for requirement in direct(package, set(wanted)):
            yield package, requirement
            if (inner := graph.get(canonicalize_name(requirement.name))) is not None:
                waiting.append((inner, frozenset(requirement.extras)))


def line_of(requirement: Requirement) -> str:
    """As in a requirement file. A marker that names an extra held, and means nothing there."""
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    marker = requirement.marker if "extra" not in str(requirement.marker) else None
    name = canonicalize_name(requirement.name)
    return f"{name}{extras}{requirement.specifier}" + (f"; {marker}" if marker else "")


def least(requirement: Requirement) -> Version:
    """The lowest version that it takes."""
    floors = [Version(clause.version) for clause in requirement.specifier if clause.operator in {">=", "~="}]
    pins = [Version(clause.version.removesuffix(".*")) for clause in requirement.specifier if clause.operator == "=="]
    return max([Version("0"), *floors, *pins])


def says_more(requirement: Requirement, others: list[Requirement]) -> bool:
    """Whether it is more than a lower bound that another one states too."""
    if any(clause.operator != ">=" for clause in requirement.specifier):
        return True
    stronger = [other for other in others if other.marker is None and other.extras >= requirement.extras]
    return not any((least(other), str(other)) > (least(requirement), str(requirement)) for other in stronger)


def told(staters: set[str]) -> str:
    names = sorted(staters)
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def lines_about(names: set[str], found: Iterator[tuple[Package, Requirement]]) -> list[str]:
    """What others state about these packages. What they state about each other is read when they are resolved."""
    staters: dict[str, dict[Requirement, set[str]]] = defaultdict(lambda: defaultdict(set))
    for package, requirement in found:
        if (name := canonicalize_name(requirement.name)) in names and package.name not in names - NOT_RESOLVED:
            staters[name][Requirement(line_of(requirement))].add(f"{package.name} {Version(package.version).public}")
    return [
        f"{each}  # {told(who)}"
        for _, stated in sorted(staters.items())
        for each, who in sorted(stated.items(), key=lambda item: str(item[0]))
        if says_more(each, list(stated))
    ]


def read(resolver: Resolver, wanted: Requirement, used: set[str]) -> Path:
    """Write the file of one host."""
    (host,) = resolver.resolve(str(wanted), deps=False)
    asked = direct(host, wanted.extras)
    left_out = sorted({canonicalize_name(each.name) for each in asked} & UNREADABLE)
    readable = [line_of(each) for each in asked if canonicalize_name(each.name) not in left_out]
    graph = {package.name: package for package in resolver.resolve(*readable)}
    lines = lines_about(used | BESIDES, statements(host, wanted.extras, graph))
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    header = [
        f"# {wanted}: what it and the packages that come with it state about the packages that rulereward uses.",
        f"# Read by read_constraints.py on {today} from the metadata of {len(graph) + 1} packages in the package",
        f"# registry, Python {platform.python_version()}, {platform.system()} {platform.machine()}.",
        "# Behind each line stands who states it.",
    ]
    if left_out:
        header.append(f"# Not read, since that takes an installed torch: {', '.join(left_out)}.")
    path = FOLDER / f"{host.name}-{host.version}.txt"
    path.write_text("\n".join([*header, *lines]) + "\n")
    return path


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        resolver = Resolver(Path(folder))
        ours = resolver.resolve(f"{REPOSITORY}[{','.join(extras_for_users())}]")
        used = {package.name for package in ours} - {"rulereward"}
        for host in sys.argv[1:] or HOSTS:
            print(read(resolver, Requirement(host), used).name, flush=True)


if __name__ == "__main__":
    main()

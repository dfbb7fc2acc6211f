"""pip as a resolver: which packages an installation would bring. Nothing is installed.

Only metadata are read. Where a registry serves them inside of wheels alone, `fast-deps` reads that part of the wheel.
A pip before 23.3 would download whole wheels in a dry run, so a newer one is fetched first.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

IGNORED_FILE = " is ignored: "
"""In a warning about each file of a local index that has no folder of its own; there can be thousands."""
UNREACHABLE = "connection broken by"
CONFLICT = "ResolutionImpossible"


class Unresolved(Exception):
    """pip found no set of packages, or failed; the message is its own."""


class Unreachable(Exception):
    """No registry answered."""


@dataclass(frozen=True)
class Package:
    """One package of a resolution."""

    name: str
    version: str
    requires: tuple[Requirement, ...]
    """With those of its extras."""

    @classmethod
    def of(cls, item: dict[str, Any]) -> Package:
        metadata = item["metadata"]
        requires = tuple(Requirement(text) for text in metadata.get("requires_dist", ()))
        return cls(canonicalize_name(metadata["name"]), metadata["version"], requires)


class Resolver:
    """A pip that is new enough, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.modules = folder / "pip"
        self.run("install", "--quiet", "--target", self.modules, "pip>=24.1")

    def resolve(self, *requirements: str, constraints: tuple[str, ...] = (), deps: bool = True) -> list[Package]:
        """What would be installed into an empty environment, sorted by name."""
        report, bounds = self.folder / "report.json", self.folder / "constraints.txt"
        bounds.write_text("".join(f"{line}\n" for line in constraints))
        options = ["--dry-run", "--ignore-installed", "--quiet", "--use-feature=fast-deps"]
        options += [] if deps else ["--no-deps"]
        self.run("install", *options, "--report", report, "--constraint", bounds, *requirements)
        found = json.loads(report.read_text())["install"]
        return sorted((Package.of(item) for item in found), key=lambda package: package.name)

    def wheel(self, source: Path) -> Path:
        """The built wheel of a checkout."""
        target = self.folder / "wheel"
        self.run("wheel", "--quiet", "--no-deps", "--wheel-dir", target, source)
        (built,) = target.glob("*.whl")
        return built

    def run(self, *arguments: str | Path) -> None:
        environment = {**os.environ, "PYTHONPATH": str(self.modules), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        command = [sys.executable, "-m", "pip", "--no-input", "--retries", "2", *map(str, arguments)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=900)
        if done.returncode:
            message = "\n".join(line for line in done.stderr.splitlines() if IGNORED_FILE not in line)
            conflict = CONFLICT in message or UNREACHABLE not in message  # a broken connection may have been retried
            raise (Unresolved if conflict else Unreachable)(message)

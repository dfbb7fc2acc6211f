"""The languages that a program can be in, other than the one this runner is itself written in."""

from __future__ import annotations

import os
from dataclasses import dataclass

PATH = "/usr/local/bin:/usr/bin:/bin"


@dataclass(frozen=True)
class Language:
    """How a program is run that lies in the file `source` of its folder.

    `build` makes the file `main` of it, which is run; else `run` does. Neither is a shell's line. `address_space`:
    whether that may be limited; some runtimes reserve far more than they use.
    """

    source: str
    build: tuple[str, ...] = ()
    run: tuple[str, ...] = ()
    address_space: bool = True

    @property
    def tool(self) -> str:
        """The absolute path of what builds or runs it, empty where it is not installed."""
        name = (self.build or self.run)[0]
        places = (f"{folder}/{name}" for folder in PATH.split(":"))
        return next((place for place in places if os.access(place, os.X_OK)), "")


LANGUAGES = {
    "cpp": Language("main.cpp", build=("g++", "-std=c++17", "-O2", "-pipe", "-o", "main", "main.cpp")),
    "javascript": Language("main.js", run=("node", "--stack-size=8000", "main.js"), address_space=False),
    "bash": Language("main.sh", run=("bash", "main.sh")),
}

BUILD_LIMITS: dict[str, object] = {
    "cpu_s": 20.0, "wall_s": 40.0, "memory_mb": 1024, "file_mb": 64, "processes": 16, "output_bytes": 1 << 16,
}  # fmt: skip
"""What a compiler may use. It reads hostile text, but runs nothing of it."""


def installed() -> dict[str, Language]:
    """The languages whose tools are there."""
    return {name: language for name, language in LANGUAGES.items() if language.tool}

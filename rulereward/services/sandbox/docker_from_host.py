"""Building an image from the files of this host, for those whose engine can pull none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rulereward.services.sandbox.docker_cpp import add_cpp
from rulereward.services.sandbox.docker_engine import Engine
from rulereward.services.sandbox.docker_image import (
    CODE,
    DEFAULT_IMAGE,
    PYTHON,
    Built,
    image_id,
    labels_of,
    remove_replaced,
    runner_files,
)
from rulereward.services.sandbox.docker_root import HostFilesError, Root
from rulereward.services.sandbox.inside.languages import LANGUAGES
from rulereward.services.sandbox.inside.settings import PYTEST
from rulereward.services.sandbox.pytest_modules import pytest_modules

__all__ = ["Built", "FromHost", "build_from_host", "put_together"]

_UNWANTED = {
    "test", "tests", "idlelib", "tkinter", "turtledemo", "turtle.py", "ensurepip", "lib2to3", "pydoc_data",
    "site-packages", "dist-packages", "__pycache__",
}  # fmt: skip
"""Parts of the standard library that no program of this kind needs."""
_PACKAGES = "/opt/packages"
_NODE_MODULES = Path("/usr/share/nodejs")
"""Where Debian keeps the modules of JavaScript that its `node` reads as it starts."""
_NODE_OWN = ("acorn", "acorn-walk", "cjs-module-lexer", "minimatch", "undici")
_SHELL_TOOLS = (
    "awk", "basename", "bc", "cat", "comm", "cut", "date", "dirname", "env", "expr", "factor", "false",
    "fold", "grep", "head", "join", "mktemp", "mv", "nl", "od", "paste", "printf", "rev", "rm", "sed", "seq",
    "sh", "shuf", "sleep", "sort", "split", "tac", "tail", "tee", "test", "tr", "true", "uniq", "wc", "xargs",
    "yes",
)  # fmt: skip
"""What programs in the language of the shell call, where this host has it."""
_LOCALE = Path("/usr/lib/locale/C.utf8")
_LAYOUT = "import sys, sysconfig; print(sys.base_prefix); print(sysconfig.get_path('stdlib'))"


@dataclass(frozen=True, slots=True)
class FromHost:
    """What goes into an image. `languages` beside Python; `packages`: folders of modules that programs may import;
    `python`: the interpreter. pytest, for tests, is added where this host has it.
    """

    name: str = DEFAULT_IMAGE
    languages: Sequence[str] = ()
    packages: Sequence[Path] = ()
    python: Path = field(default_factory=lambda: Path(getattr(sys, "_base_executable", sys.executable)).resolve())


def build_from_host(engine: Engine, wanted: FromHost) -> Built:
    """Make an image of files of this host. Raises HostFilesError, DockerUnavailableError, OSError."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="rulereward-image-") as scratch:
        root = Root(_folder(Path(scratch, "root")))
        packages = put_together(root, wanted)
        archive = Path(scratch, "root.tar")
        size_bytes = root.pack(archive)
        labels = labels_of(("python", *wanted.languages), packages, _command(wanted))
        changes = [f'LABEL "{name}"="{value}"' for name, value in labels.items()]
        repository, _, tag = wanted.name.partition(":")
        before = image_id(engine, wanted.name)
        with engine.asked(f"the image {wanted.name} cannot be imported") as api:
            api.import_image_from_file(str(archive), repository=repository, tag=tag or "latest", changes=changes)
    remove_replaced(engine, before, wanted.name)
    return Built(image_id(engine, wanted.name), size_bytes, time.monotonic() - began)


def put_together(root: Root, wanted: FromHost) -> tuple[str, ...]:
    """Fill a root file system. The folders of packages in it. Raises HostFilesError, OSError."""
    library = _add_python(root, wanted.python)
    compiled = [library]
    for path, data in runner_files().items():
        root.write(f"{CODE}/{path}", data)
    if _add_pytest(root):
        compiled.append(Path(PYTEST))
    packages = tuple(f"{_PACKAGES}/{number}" for number in range(len(wanted.packages)))
    for folder, place in zip(wanted.packages, packages, strict=True):
        root.add_tree(folder, lambda path: path.name != "__pycache__", to=place)
        compiled.append(Path(place))
    for language in wanted.languages:
        adder = _ADDERS.get(language)
        if adder is None:
            raise HostFilesError(f"no language {language!r}: there are {', '.join(sorted(_ADDERS))}")
        adder(root)
    if _LOCALE.is_dir():
        root.add_tree(_LOCALE)
    root.add_libraries()
    _compile(root, wanted.python, [*compiled, Path(CODE)])
    return packages


def _add_python(root: Root, python: Path) -> Path:
    """Copy an interpreter and its standard library, which is returned. Raises HostFilesError."""
    told = _told([str(python), "-I", "-S", "-c", _LAYOUT]).splitlines()
    if len(told) != 2:
        raise HostFilesError(f"{python} does not tell where its library is")
    prefix, library = map(Path, told)
    if not python.is_relative_to(prefix):
        raise HostFilesError(f"{python} does not lie in its own prefix {prefix}")
    root.add(python)
    link = root.at(PYTHON)
    if not link.exists():
        link.symlink_to(python)
    root.add_tree(library, lambda path: path.name not in _UNWANTED and not path.name.startswith("config-"))
    return library


def _add_pytest(root: Root) -> bool:
    """Copy pytest and what it needs, where this host has it, which is returned."""
    for path in pytest_modules():
        if path.is_dir():
            root.add_tree(path, lambda path: path.name != "__pycache__", to=f"{PYTEST}/{path.name}")
        else:
            root.write(f"{PYTEST}/{path.name}", path.read_bytes())
    return bool(pytest_modules())


def _add_javascript(root: Root) -> None:
    root.add_program("node", _tool("node"))
    for name in _NODE_OWN:
        if (_NODE_MODULES / name).is_dir():
            root.add_tree(_NODE_MODULES / name)


def _add_bash(root: Root) -> None:
    root.add_program("bash", _tool("bash"))
    for name in _SHELL_TOOLS:
        found = shutil.which(name)
        if found is not None:
            root.add_program(name, Path(found))


def _add_cpp(root: Root) -> None:
    add_cpp(root, _tool("g++"))


_ADDERS: dict[str, Callable[[Root], None]] = {"bash": _add_bash, "cpp": _add_cpp, "javascript": _add_javascript}
assert _ADDERS.keys() == LANGUAGES.keys()


def _tool(name: str) -> Path:
    found = shutil.which(name)
    if found is None:
        raise HostFilesError(f"there is no `{name}` on this host")
    return Path(found)


def _compile(root: Root, python: Path, folders: Sequence[Path]) -> None:
    """Byte-compile ahead: an image is read-only when it runs. Raises HostFilesError."""
    options = ["-q", "-j0", "--invalidation-mode", "unchecked-hash", "-s", str(root.folder), "-p", "/"]
    command = [str(python), "-I", "-S", "-m", "compileall", *options, *(str(root.at(folder)) for folder in folders)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
    if done.returncode and not list(root.at(folders[0]).glob("__pycache__/os.*.pyc")):
        raise HostFilesError(f"byte-compiling failed: {done.stdout.strip()[-300:]}")  # single files may be no Python


def _told(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, env={"PATH": os.defpath})  # noqa: S603 - our own command
    except (OSError, subprocess.CalledProcessError) as problem:
        raise HostFilesError(f"{command[0]}: {problem}") from problem
    return done.stdout


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def _command(wanted: FromHost) -> str:
    """The command line that asks for the same image."""
    parts = ["rulereward sandbox build --from-host"]
    if wanted.name != DEFAULT_IMAGE:
        parts.append(f"--image {wanted.name}")
    if wanted.languages:
        parts.append(f"--languages {','.join(wanted.languages)}")
    parts += [f"--packages {folder}" for folder in wanted.packages]
    return " ".join(parts)

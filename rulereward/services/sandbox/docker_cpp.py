"""Copying a C++ compiler of this host into an image: the parts that a plain build of one file needs."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from rulereward.services.sandbox.docker_root import HostFilesError, Root
from rulereward.services.sandbox.inside.languages import LANGUAGES

_PARTS = ("cc1plus", "collect2", "as", "ld")
_OBJECTS = (
    "crt1.o", "Scrt1.o", "crti.o", "crtn.o", "libc.so", "libc_nonshared.a", "libm.so", "libm.so.6", "libmvec.so.1",
    "libpthread.a", "libdl.a", "librt.a", "liblto_plugin.so", "libstdc++.so.6", "libgcc_s.so.1",
)  # fmt: skip
"""What linking, and then running, needs from outside the compiler's own folder, where this host has it."""
_OWN_FOLDER = re.compile(r"^install: (.+)$", re.MULTILINE)
_SEARCHED = re.compile(r"#include <\.\.\.> search starts here:\n(.*?)End of search list", re.DOTALL)
_NOT_NEEDED = re.compile(
    r"cc1|lto1|lto-wrapper|g\+\+-mapper-server|plugin|lib[alt]san.*|libubsan.*|libgomp.*|libitm.*|libcc1.*"
)
_EVERYTHING = "bits/stdc++.h"
_HEADERS = (
    _EVERYTHING, "assert.h", "ctype.h", "errno.h", "fcntl.h", "float.h", "inttypes.h", "limits.h", "locale.h",
    "malloc.h", "math.h", "memory.h", "pthread.h", "setjmp.h", "signal.h", "stdarg.h", "stdbool.h", "stddef.h",
    "stdint.h", "stdio.h", "stdlib.h", "string.h", "strings.h", "sys/resource.h", "sys/stat.h", "sys/time.h",
    "sys/types.h", "sys/wait.h", "time.h", "unistd.h", "values.h", "wchar.h", "wctype.h",
)  # fmt: skip
"""Headers whose own headers are copied, beside all of C++'s and the compiler's."""
_LIMIT_S = 120


def add_cpp(root: Root, compiler: Path) -> None:
    """Copy `g++` and what it needs, with the large header that most programs begin with compiled ahead.

    Raises HostFilesError.
    """
    own = _own_folder(compiler)
    root.add_program("g++", compiler)
    for name in _PARTS:
        root.add(_place(_told(compiler, f"-print-prog-name={name}"), name))
    root.add_tree(own, lambda path: not _NOT_NEEDED.fullmatch(path.name))
    for name in _OBJECTS:
        path = Path(_told(compiler, f"-print-file-name={name}"))
        if path.is_absolute():
            root.add(_straight(path))
    _add_headers(root, compiler, own)


def _add_headers(root: Root, compiler: Path, own: Path) -> None:
    match = _SEARCHED.search(_run(compiler, ["-E", "-v", "-x", "c++", "-"], "").stderr)
    folders = [_straight(Path(line.strip())) for line in match[1].splitlines()] if match else []
    for folder in folders:
        if "c++" in folder.parts and folder.is_dir() and not folder.is_relative_to(own):
            root.add_tree(folder)
    text = "".join(f"#if __has_include(<{name}>)\n#include <{name}>\n#endif\n" for name in _HEADERS)
    for word in _run(compiler, [*build_options(), "-M", "-x", "c++", "-"], text).stdout.replace("\\\n", " ").split():
        path = _straight(Path(word))
        if path.is_absolute() and path.is_file():
            root.add(path)
    for folder in folders:
        if (folder / _EVERYTHING).is_file():
            _compile_ahead(root, compiler, folder / _EVERYTHING)


def _compile_ahead(root: Root, compiler: Path, header: Path) -> None:
    """The compiler takes the result in place of the header, where the options are those of a build."""
    target = root.at(f"{header}.gch")
    done = _run(compiler, [*build_options(), "-x", "c++-header", str(header), "-o", str(target)], "")
    if done.returncode:
        raise HostFilesError(f"{header} cannot be compiled ahead: {done.stderr.strip()[-300:]}")


def build_options() -> list[str]:
    """The options of the runner's builds that tell how, and not what."""
    _, *options = LANGUAGES["cpp"].build
    return options[: options.index("-o")]


def _own_folder(compiler: Path) -> Path:
    match = _OWN_FOLDER.search(_told(compiler, "-print-search-dirs"))
    if match is None:
        raise HostFilesError(f"{compiler} does not tell where it is installed")
    return _straight(Path(match[1]))


def _place(told: str, name: str) -> Path:
    """Where a part is, as the compiler tells it: a path, or the name alone of what it looks for among programs."""
    for path in (Path(told), Path("/usr/bin", name), Path("/usr/local/bin", name)):
        if path.is_absolute() and path.is_file():
            return _straight(path)
    raise HostFilesError(f"there is no `{name}` on this host")


def _straight(path: Path) -> Path:
    """A path without `..`; links in it stay what they are."""
    parts: list[str] = []
    for part in path.parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return Path(*parts)


def _told(compiler: Path, question: str) -> str:
    return _run(compiler, [question], "").stdout.strip()


def _run(compiler: Path, options: list[str], text: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(  # noqa: S603 - the host's own compiler
            [str(compiler), *options], input=text, capture_output=True, text=True, check=False, timeout=_LIMIT_S
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise HostFilesError(f"{compiler}: {problem}") from problem

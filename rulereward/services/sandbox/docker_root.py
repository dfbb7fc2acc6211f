"""A root file system put together from files of this host: programs, and the shared libraries they need."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

_TOP_LINKS = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
_FOLDERS = ("dev", "proc", "sys", "tmp", "box", "control", "etc", "usr/bin", "usr/local/bin", "usr/lib")
_ACCOUNTS = {
    "etc/passwd": "nobody:x:65534:65534:nobody:/:/none\n",
    "etc/group": "nogroup:x:65534:\n",
}
_LIBRARY = re.compile(r"^\s*(?:(\S+) => )?(/\S+) \(0x[0-9a-f]+\)$")
_AT_ONCE = 200
"""How many files `ldd` is asked about in one call; the length of a command line is limited."""
_ELF = b"\x7fELF"
PATH = ("/usr/local/bin", "/usr/bin", "/bin")
"""Where programs are looked for in every image."""

Keep = Callable[[Path], bool]


class HostFilesError(Exception):
    """A file that was to be copied is not on this host, or a tool that tells which. The message says which."""


class Root:
    """A root file system in the making, in a folder that is the caller's to remove.

    Every file lies where it lies on this host: programs find what belongs to them as they do here.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._copied: list[Path] = []
        self._trees: list[Path] = []
        for name in _TOP_LINKS:
            place = Path("/", name)
            if place.is_symlink():
                (folder / name).symlink_to(os.path.relpath(place.resolve(), "/"))
                (folder / os.path.relpath(place.resolve(), "/")).mkdir(parents=True, exist_ok=True)
        for name in _FOLDERS:
            (folder / name).mkdir(parents=True, exist_ok=True)
        for name, text in _ACCOUNTS.items():
            (folder / name).write_text(text)

    def at(self, path: Path | str) -> Path:
        """Where a path of the new root lies on this host."""
        return self.folder / str(path).lstrip("/")

    def add(self, path: Path) -> Path:
        """Copy a file of this host, or what a link leads to, to the same path. Raises HostFilesError."""
        target = self.at(path)
        if not path.is_file():
            raise HostFilesError(f"there is no file {path} on this host")
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)
            self._copied.append(path)
        return target

    def add_program(self, name: str, path: Path) -> Path:
        """Copy a program, so that it is found under `name`. Raises HostFilesError."""
        target = self.add(path)
        if str(path) not in {f"{folder}/{name}" for folder in PATH}:
            link = self.at(f"/usr/local/bin/{name}")
            link.unlink(missing_ok=True)
            link.symlink_to(path)
        return target

    def add_tree(self, folder: Path, keep: Keep = lambda _: True, *, to: str = "") -> Path:
        """Copy a folder of this host, to the same path or to another; `keep` says of each path below it whether it
        belongs to it. Links are followed.
        """

        def left_out(parent: str, names: list[str]) -> list[str]:
            return [name for name in names if not keep(Path(parent, name)) or not Path(parent, name).exists()]

        target = self.at(to or folder)
        shutil.copytree(folder, target, ignore=left_out, dirs_exist_ok=True)
        self._copied += [folder / path.relative_to(target) for path in target.rglob("*") if path.is_file()]
        self._trees.append(folder)
        return target

    def write(self, path: str, data: bytes) -> None:
        """Write a file of the new root."""
        target = self.at(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)

    def add_libraries(self) -> None:
        """Copy all shared libraries that the programs and libraries copied so far need. Raises HostFilesError.

        Each lies at its path on this host, and can also be found beside the C library, where the loader looks
        without being told; so no index of the loader is needed.
        """
        libraries = _libraries([path for path in self._copied if _is_elf(path)])
        home = libraries.get("libc.so.6")
        if home is None:
            raise HostFilesError("`ldd` names no C library: only hosts with glibc can be copied from")
        for name in ("libgcc_s.so.1", "libmvec.so.1"):  # opened by name, at the end of threads and by linkers
            if (home.parent / name).exists():
                libraries.setdefault(name, home.parent / name)
        for name, path in libraries.items():
            if any(path.is_relative_to(tree) for tree in self._trees):
                continue
            self.add(path)
            usual = self.at(home.parent / name)
            if name and not usual.exists():
                usual.parent.mkdir(parents=True, exist_ok=True)
                usual.symlink_to(path)

    def pack(self, file: Path) -> int:
        """Write the root as a tar archive: its size in bytes.

        All is root's; everybody may read it, nobody may write to it, and no file changes the user who runs it.
        """
        with tarfile.open(file, "w") as archive:
            archive.add(self.folder, arcname=".", filter=_as_of_root)
        return file.stat().st_size


def _as_of_root(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    executable = member.isdir() or member.mode & 0o111
    member.mode = 0o755 if executable else 0o644
    return member


def _is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_ELF)) == _ELF and path.suffix not in (".o", ".a")


def _libraries(files: list[Path]) -> dict[str, Path]:
    """By name, the libraries that files need; the loader itself has an empty name. Raises HostFilesError."""
    ldd = shutil.which("ldd")
    if ldd is None:
        raise HostFilesError("there is no `ldd` on this host")
    found: dict[str, Path] = {}
    for start in range(0, len(files), _AT_ONCE):
        command = [ldd, *map(str, files[start : start + _AT_ONCE])]
        told = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - the host's own tool
        for line in told.stdout.splitlines():
            match = _LIBRARY.match(line)
            if match:
                found.setdefault(match[1] or match[2], Path(match[2]))
    return {("" if "/" in name else name): path for name, path in found.items()}

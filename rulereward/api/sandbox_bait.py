"""What the attacks of `rulereward sandbox check` are after: things of this host that no program may get at."""

from __future__ import annotations

import os
import secrets
import select
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rulereward.api.sandbox_programs import MARK

_SKELETON = frozenset((".bashrc", ".profile", ".bash_logout", ".cache", ".config"))
"""What lies in many home folders, so that it tells nothing about whose folder one is."""


@dataclass(frozen=True, slots=True)
class Bait:
    """What the attacks are after: a folder with a file in it that all users of this host may read and write, two
    listeners on the loopback, and a variable of this process's environment.
    """

    folder: Path
    file: str
    variable: str
    tcp: socket.socket
    udp: socket.socket

    def header(self) -> str:
        """Lines of Python that define the names which the attacks use."""
        home = Path.home()
        status = Path("/etc/passwd").stat()
        names = {
            "MARK": MARK,
            "FOLDER": str(self.folder),
            "FILE": self.file,
            "VARIABLE": self.variable,
            "OWNER": os.getpid(),
            "TCP_PORT": self.tcp.getsockname()[1],
            "UDP_PORT": self.udp.getsockname()[1],
            "HOME": str(home),
            "HOME_NAMES": _own_names(home),
            "PASSWORDS": [status.st_size, status.st_mtime_ns, status.st_ino],
        }
        return "".join(f"{name} = {value!r}\n" for name, value in names.items())

    def taken(self) -> bool:
        """Has anything come to the listeners?"""
        return bool(select.select([self.tcp, self.udp], [], [], 0)[0])


@contextmanager
def laid_out() -> Iterator[Bait]:
    """Lay out the bait, and take it away afterwards."""
    token = secrets.token_hex(8)
    with (
        tempfile.TemporaryDirectory(prefix="rulereward-check-") as name,
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
    ):
        udp.bind(("127.0.0.1", 0))
        folder = Path(name)
        folder.chmod(0o777)
        (folder / token).write_text(token, encoding="ascii")
        (folder / token).chmod(0o644)
        variable = f"RULEREWARD_CHECK_{token}"
        os.environ[variable] = token
        try:
            yield Bait(folder, token, variable, tcp, udp)
        finally:
            del os.environ[variable]


def _own_names(home: Path) -> list[str]:
    """Names in a home folder by which it can be told from another, without the way to our own interpreter."""
    on_the_way = {Path(prefix).relative_to(home).parts[0] for prefix in _prefixes() if _is_below(prefix, home)}
    try:
        names = {path.name for path in home.iterdir()}
    except OSError:
        return []
    return sorted(names - _SKELETON - on_the_way)[:50]


def _prefixes() -> set[str]:
    return {sys.base_prefix, str(Path(getattr(sys, "_base_executable", sys.executable)).resolve().parent)}


def _is_below(path: str, folder: Path) -> bool:
    return Path(path) != folder and Path(path).is_relative_to(folder)

"""Finding a container engine and asking it things. The package `docker` is imported here and nowhere else."""

from __future__ import annotations

import os
import socket
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rulereward.services.sandbox.backends import BackendError

_ANSWER_LIMIT_S = 60
"""How long the engine may take for one answer."""
_NO_PACKAGE = "the Python package `docker` is not installed: `pip install 'rulereward[docker]'`"
_NO_ENGINE = (
    "no container engine answers. On a Debian machine: `apt-get install docker.io`, and then `dockerd` as root; an "
    "engine elsewhere is named by DOCKER_HOST"
)

_FORWARD = (
    "a stream of an engine behind SSH or TLS cannot be had directly. Forward its socket, "
    "`ssh -NL /tmp/engine.sock:/var/run/docker.sock HOST`, and name that: `unix:///tmp/engine.sock`"
)


class DockerUnavailableError(BackendError):
    """There is no engine to be used, or it does not do what is asked. The message says what, and what would help."""


class EngineRefusedError(DockerUnavailableError):
    """The engine answered and would not. `status`: its HTTP status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


@dataclass
class Engine:
    """An engine that has answered.

    `api` is the `docker.APIClient` of one thread. `cpus`: how many processors a container may have. `maps_users`:
    whether user numbers in a container are not the host's, and end at 65,535. `runtimes`: the names of its runtimes.
    """

    address: str
    api: Any
    cpus: int
    maps_users: bool
    runtimes: tuple[str, ...]
    _process: int = field(default_factory=os.getpid)

    @property
    def near(self) -> bool:
        """Whether it may be on this host, so that a folder of this host is one of its own."""
        return self.address.startswith("unix://")

    @contextmanager
    def asked(self, what: str) -> Iterator[Any]:
        """The client, for one request. Raises EngineRefusedError and DockerUnavailableError for what it raises."""
        if self._process != os.getpid():
            self.api.close()  # a forked child makes connections of its own; those of the parent stay open there
            self._process = os.getpid()
        with _told(what):
            _knock(self.address)
            yield self.api

    def close(self) -> None:
        """Close the connections to it."""
        self.api.close()


def find_engine(address: str | None = None, *, answer_limit_s: int = _ANSWER_LIMIT_S) -> Engine:
    """The engine at an address (`unix:///path` or `tcp://host:port`), or the one that answers.

    Without an address: the one of DOCKER_HOST, else of the command line's present context, else the first that
    answers at the usual sockets. Raises DockerUnavailableError.
    """
    problems: list[str] = []
    for place in [address] if address else _addresses():
        try:
            return _engine(place, answer_limit_s)
        except DockerUnavailableError as problem:
            problems.append(str(problem))
    raise DockerUnavailableError("; ".join([*problems, _NO_ENGINE]))


def _engine(address: str, answer_limit_s: int) -> Engine:
    docker = _package()
    if address.startswith(("ssh://", "https://")) or (address.startswith("tcp://") and _wants_tls()):
        raise DockerUnavailableError(f"{address}: {_FORWARD}")
    with _told(f"no engine at {address}"):
        _knock(address)
        api = docker.APIClient(base_url=address, version="auto", timeout=answer_limit_s)
        info: Mapping[str, Any] = api.info()
    if info.get("OSType", "linux") != "linux":
        raise DockerUnavailableError(f"the engine at {address} does not run Linux containers")
    security = " ".join(info.get("SecurityOptions") or ())
    engine = Engine(
        address=address,
        api=api,
        cpus=int(info.get("NCPU") or 1),
        maps_users="name=userns" in security or "name=rootless" in security,
        runtimes=tuple(info.get("Runtimes") or ()),
    )
    weakref.finalize(engine, api.close)
    return engine


def _addresses() -> list[str]:
    named = os.environ.get("DOCKER_HOST") or _of_context()
    if named:
        return [named]
    folders = [Path("/var/run"), Path("/run")]
    own = os.environ.get("XDG_RUNTIME_DIR")
    if own:
        folders.append(Path(own))
    sockets = [folder / name for folder in folders for name in ("docker.sock", "podman/podman.sock")]
    found = {path.resolve(): path for path in sockets if path.exists()}
    return [f"unix://{path}" for path in found]


def _of_context() -> str:
    """The address of the command line's present context; empty where that is the default one."""
    docker = _package()
    with _told("the command line's context cannot be read"):
        name = docker.context.config.get_current_context_name()
        if name == "default":
            return ""
        context = docker.ContextAPI.get_context(name)
        return str(context.Host) if context is not None else ""


def _knock(address: str) -> None:
    """Raises OSError where nobody listens. The package `docker` would leave its socket open."""
    if address.startswith("unix://"):
        with socket.socket(socket.AF_UNIX) as door:
            door.connect(address.removeprefix("unix://"))


def _wants_tls() -> bool:
    return bool(os.environ.get("DOCKER_TLS_VERIFY") or os.environ.get("DOCKER_CERT_PATH"))


def _package() -> Any:
    try:
        import docker  # noqa: PLC0415 - needed only by those who have an engine
        import docker.context.config  # noqa: PLC0415 - as above
    except ImportError as problem:
        raise DockerUnavailableError(_NO_PACKAGE) from problem
    return docker


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Turns what the package `docker` raises into our own errors."""
    errors = _package().errors
    try:
        yield
    except errors.APIError as problem:
        raise EngineRefusedError(
            f"{what}: {problem.explanation or problem}", int(problem.status_code or 0)
        ) from problem
    except (errors.DockerException, OSError) as problem:  # requests' exceptions are OSErrors
        raise DockerUnavailableError(f"{what}: {problem}") from problem

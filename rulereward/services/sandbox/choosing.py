"""Which back-end runs the programs: what is there, or what the environment variable RULEREWARD_SANDBOX asks for.

auto                 docker where an engine answers and the image is there, else embedded; this is the default
docker, embedded     that, or nothing; `docker?runtime=runsc&image=mine` and the like set what `Docker` has
http://host:port     a service that understands SandboxFusion's requests; https too
unsafe               plain subprocesses: whatever a program does, it does to this host. Never taken unasked
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl

from rulereward.errors import ConfigurationError
from rulereward.services.sandbox.backends import Backend, BackendError
from rulereward.services.sandbox.embedded_backend import EmbeddedBackend, trouble_with_bubblewrap
from rulereward.services.sandbox.http_backend import HttpBackend
from rulereward.services.sandbox.service import SandboxService
from rulereward.services.sandbox.unsafe_backend import UnsafeBackend

VARIABLE = "RULEREWARD_SANDBOX"

_DOCKER = "rulereward.services.sandbox.docker_backend"
_HELP = (
    "install bubblewrap (`apt-get install bubblewrap`, `dnf install bubblewrap`) for the embedded sandbox; or docker "
    "(`apt-get install docker.io`, then start `dockerd`) and build the image with `rulereward sandbox build "
    f"--from-host`; or set {VARIABLE} to the address of a SandboxFusion service (http://host:port)"
)


def sandbox_service() -> SandboxService:
    """A new `sandbox` service; its runners start with the first job. Raises ConfigurationError where none can."""
    return SandboxService(choose_backend(os.environ))


def asked_for(environ: Mapping[str, str]) -> str:
    """What the environment asks for: `auto` where it asks for nothing."""
    return environ.get(VARIABLE, "").strip() or "auto"


def choose_backend(environ: Mapping[str, str]) -> Backend:
    """The back-end that the environment asks for. Raises ConfigurationError where it cannot be had."""
    asked = asked_for(environ)
    if asked.startswith(("http://", "https://")):
        return _made("http", lambda: _http(asked))
    if asked.startswith("docker?"):
        return _made("docker", lambda: _docker(dict(parse_qsl(asked.partition("?")[2], keep_blank_values=True))))
    makers: Mapping[str, Callable[[], Backend]] = {
        "docker": _docker, "embedded": _embedded, "unsafe": UnsafeBackend
    }  # fmt: skip
    if asked == "auto":
        return _first_of({"docker": _docker, "embedded": _embedded})
    if asked not in makers:
        raise ConfigurationError(f"{VARIABLE} is auto, docker, embedded, unsafe or http://host:port, not {asked!r}")
    return _made(asked, makers[asked])


def _first_of(makers: Mapping[str, Callable[[], Backend]]) -> Backend:
    troubles: list[str] = []
    for name, make in makers.items():
        try:
            return make()
        except BackendError as problem:
            troubles.append(f"{name}: {problem}")
    raise ConfigurationError(f"there is no sandbox to run code in ({'; '.join(troubles)}): {_HELP}")


def _made(name: str, make: Callable[[], Backend]) -> Backend:
    try:
        return make()
    except BackendError as problem:
        raise ConfigurationError(f"the {name} sandbox cannot be used: {problem}. What helps: {_HELP}") from problem


def _embedded() -> Backend:
    trouble = trouble_with_bubblewrap()
    if trouble:
        raise BackendError(trouble)
    return EmbeddedBackend()


def _http(address: str) -> Backend:
    backend = HttpBackend(address)
    backend.knock()
    return backend


def _docker(options: Mapping[str, str] | None = None) -> Backend:
    """See `docker_backend`. Raises BackendError, and ConfigurationError for an option that is none."""
    try:
        module = importlib.import_module(_DOCKER)
    except ImportError as problem:
        raise BackendError(f"it cannot be loaded: {problem}") from problem
    backend: Backend = module.docker_backend(options)
    return backend

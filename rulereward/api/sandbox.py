"""What of sandboxes there is on this host, which of them is taken, and making an image for one.

`VARIABLE` in the environment says what is asked for: `auto` (also where it is not set), `docker` (with settings:
`docker?runtime=runsc&image=mine`), `embedded`, `http://host:port`, `unsafe`.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl

from rulereward.api.sandbox_programs import CANARIES
from rulereward.api.shared import shared_services
from rulereward.errors import ConfigurationError
from rulereward.services.sandbox import choosing
from rulereward.services.sandbox.backends import Backend, BackendError
from rulereward.services.sandbox.choosing import VARIABLE
from rulereward.services.sandbox.docker_engine import Engine, find_engine
from rulereward.services.sandbox.docker_from_file import FILES, build_from_file
from rulereward.services.sandbox.docker_from_host import FromHost, build_from_host
from rulereward.services.sandbox.docker_image import DEFAULT_IMAGE, Built, find_image
from rulereward.services.sandbox.docker_root import HostFilesError
from rulereward.services.sandbox.embedded_backend import trouble_with_bubblewrap
from rulereward.services.sandbox.http_backend import HttpBackend
from rulereward.services.sandbox.inside.languages import installed
from rulereward.services.sandbox.inside.seccomp import program_filter
from rulereward.services.sandbox.service import SandboxService

__all__ = [
    "DEFAULT_IMAGE",
    "FILES",
    "LANGUAGES",
    "VARIABLE",
    "WORDS",
    "Built",
    "Found",
    "asked_for",
    "build_from_dockerfile",
    "build_from_this_host",
    "chosen_backend",
    "is_known",
    "place_of_code",
    "survey",
]

LANGUAGES = tuple(CANARIES)
WORDS = ("auto", "docker", "embedded", "unsafe")
_PROBE_LIMIT_S = 10


@dataclass(frozen=True, slots=True)
class Found:
    """A back-end: what is known of it, by what, and why it cannot be used (empty where it can) with what helps."""

    name: str
    facts: Mapping[str, str]
    trouble: str = ""

    @property
    def usable(self) -> bool:
        return not self.trouble


def asked_for() -> str:
    """What the environment asks for: a word of WORDS, or an address; `auto` where it asks for nothing."""
    return choosing.asked_for(os.environ)


def is_known(what: str) -> bool:
    """Is it one of the words that VARIABLE may hold?"""
    return what in WORDS or what.startswith(("docker?", "http://", "https://"))


def survey(asked: str) -> list[Found]:
    """What there is: docker and embedded always, and a service or `unsafe` where it is asked for. Starts nothing that
    stays; takes up to some seconds.
    """
    found = [_docker(asked), _embedded()]
    if asked.startswith(("http://", "https://")):
        found.append(_http(asked))
    if asked == "unsafe":
        found.append(Found("unsafe", {"walls": "users, limits and refused system calls only: no files are hidden"}))
    return found


def chosen_backend(asked: str) -> Backend:
    """The back-end that VARIABLE with this value asks for. Raises ConfigurationError where there is none."""
    return choosing.choose_backend({**os.environ, VARIABLE: asked})


def place_of_code() -> str:
    """Where the shared service runs code, in a few words. Raises ConfigurationError where it cannot run any."""
    service = shared_services().get("sandbox")
    return service.backend.told if isinstance(service, SandboxService) else service.identity


Tell = Callable[[str], None]
"""Hears what is being done."""


def build_from_this_host(name: str, languages: Sequence[str], packages: Sequence[Path], tell: Tell) -> Built:
    """Make an image for the engine out of files of this host; `languages` beside Python.

    Raises ConfigurationError where there is no engine, or a file is missing here.
    """
    with _put() as engine:
        wanted = FromHost(name, tuple(languages), tuple(packages))
        tell(f"engine: {engine.address}")
        tell(f"from:   {wanted.python}, its library and what it needs{_also(languages)}")
        return build_from_host(engine, wanted)


def build_from_dockerfile(name: str, file: str, base: str, network: str, tell: Tell) -> Built:
    """Make an image by a shipped Dockerfile, one of FILES; `base` is another image to begin with, or empty, `network`
    the engine's network on which the build may fetch packages.

    Raises ConfigurationError where there is no engine, or the build fails.
    """
    with _put() as engine:
        tell(f"engine: {engine.address}")
        tell(f"from:   sandbox_images/{file}/Dockerfile" + (f" on {base}" if base else ""))
        return build_from_file(engine, file, name, base=base, network=network)


@contextmanager
def _put() -> Iterator[Engine]:
    """The engine, and what goes wrong there in the words of the command line."""
    try:
        engine = find_engine()
        try:
            yield engine
        finally:
            engine.close()
    except (BackendError, HostFilesError) as problem:
        raise ConfigurationError(str(problem)) from problem
    except OSError as problem:
        raise ConfigurationError(f"the image cannot be put together: {problem}") from problem


def _also(languages: Sequence[str]) -> str:
    found = installed()
    return "".join(f"; {language}: {found[language].tool}" for language in languages if language in found)


# ---- what is there


def _docker(asked: str) -> Found:
    word, _, written = asked.partition("?")
    options = dict(parse_qsl(written)) if word == "docker" else {}
    facts: dict[str, str] = {}
    try:
        engine = find_engine(options.get("engine"), answer_limit_s=_PROBE_LIMIT_S)
        facts["engine"] = _engine_words(engine)
        image = find_image(engine, options.get("image", DEFAULT_IMAGE))
        facts["image"] = f"{image.name} ({image.id.removeprefix('sha256:')[:12]}): {', '.join(image.languages)}"
    except BackendError as problem:
        return Found("docker", facts, str(problem))
    facts["runtimes"] = ", ".join(name for name in engine.runtimes if not name.startswith("io.containerd."))
    engine.close()
    return Found("docker", facts)


def _engine_words(engine: Engine) -> str:
    with engine.asked("the engine does not tell its version") as api:
        version = api.version().get("Version", "?")
    users = ", which maps users" if engine.maps_users else ""
    return f"{engine.address}, version {version}, {engine.cpus} processors{users}"


def _http(address: str) -> Found:
    facts = {"address": address, "walls": "its own, which are not tried from here"}
    try:
        HttpBackend(address).knock()
    except BackendError as problem:
        return Found("http", facts, str(problem))
    return Found("http", facts)


def _embedded() -> Found:
    root = os.geteuid() == 0
    facts = {
        "bubblewrap": shutil.which("bwrap") or "not there",
        "started by": (
            "root: each test is another user"
            if root
            else "an ordinary user: each test has a PID namespace of its own"
        ),
        "languages": ", ".join(["python", *installed()]),
        "user namespaces": _user_namespaces() + ("" if not root else ", and not needed by root"),
        "seccomp": _seccomp(),
        "Landlock": _landlock(),
    }
    trouble = trouble_with_bubblewrap()
    if not trouble:
        return Found("embedded", facts)
    helps = "`apt-get install bubblewrap` or `dnf install bubblewrap`"
    if facts["bubblewrap"] != "not there":
        helps = "allow user namespaces, or start as root; a container needs to be allowed to make namespaces"
    return Found("embedded", facts, f"{trouble}: {helps}")


def _user_namespaces() -> str:
    if _setting("/proc/sys/user/max_user_namespaces") == "0" or not Path("/proc/self/ns/user").exists():
        return "the kernel has none"
    if _setting("/proc/sys/kernel/unprivileged_userns_clone") == "0":
        return "for root only (kernel.unprivileged_userns_clone is 0)"
    if _setting("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == "1":
        return "restricted by AppArmor (kernel.apparmor_restrict_unprivileged_userns is 1)"
    return "for everybody"


def _setting(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _seccomp() -> str:
    machine = platform.machine()
    if program_filter(machine) is None:
        return f"not used: there is no list of system calls for {machine}"
    there = Path("/proc/sys/kernel/seccomp").is_dir()
    return f"used, by a list for {machine}" if there else "the kernel does not say that it has it"


def _landlock() -> str:
    """Which version of it the kernel has: the runner uses it where it may."""
    if not sys.platform.startswith("linux"):
        return "not there"
    from rulereward.services.sandbox.inside.landlock import version  # noqa: PLC0415  for Linux only

    abi = version()
    return f"ABI {abi}, used" if abi else "not in this kernel, and not needed"

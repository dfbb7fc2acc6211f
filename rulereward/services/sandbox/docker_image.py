"""Images for containers: what an image says about itself, and whether one that the engine has will do.

An image holds the runner's code. Its labels tell which, so that one built for another version is refused.
"""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rulereward.services.sandbox.docker_engine import DockerUnavailableError, Engine, EngineRefusedError

DEFAULT_IMAGE = "rulereward-sandbox"
CODE = "/opt/rulereward"
"""The folder of the runner's code in an image."""
PYTHON = "/usr/local/bin/python3"
"""The interpreter, or a link to it, in every image."""
_HERE = Path(__file__).resolve().parent
_MODULES = "rulereward/services/sandbox/inside"
_RUNNER, _LANGUAGES, _PACKAGES, _REBUILD = (
    f"rulereward.sandbox.{name}" for name in ("runner", "languages", "packages", "rebuild")
)
_NOT_FOUND = 404


class ImageUnusableError(DockerUnavailableError):
    """The engine has no image of that name, or a stale one. The message names the command that builds it."""


@dataclass(frozen=True, slots=True)
class Image:
    """An image that will do. `id`: the digest by which the engine knows it. `packages`: folders of modules in it."""

    name: str
    id: str
    languages: tuple[str, ...]
    packages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Built:
    """A new image. `size_bytes`: of its files; `seconds`: how long it took."""

    id: str
    size_bytes: int
    seconds: float


def find_image(engine: Engine, name: str = DEFAULT_IMAGE) -> Image:
    """The engine's image of a name. Raises ImageUnusableError, DockerUnavailableError."""
    command = f"`rulereward sandbox build --from-host{'' if name == DEFAULT_IMAGE else f' --image {name}'}`"
    found = _inspected(engine, name)
    if found is None:
        raise ImageUnusableError(f"the engine has no image {name}: {command} makes it")
    labels = (found.get("Config") or {}).get("Labels") or {}
    if _RUNNER not in labels:
        raise ImageUnusableError(f"the image {name} is no sandbox of rulereward: {command} makes one")
    if labels[_RUNNER] != runner_hash():
        command = f"`{labels[_REBUILD]}`" if labels.get(_REBUILD) else command
        raise ImageUnusableError(
            f"the image {name} was built for another version of rulereward: rebuild it, {command}"
        )
    return Image(name, found["Id"], _words(labels.get(_LANGUAGES)), _words(labels.get(_PACKAGES)))


def image_id(engine: Engine, name: str) -> str:
    """The digest of the engine's image of a name; empty if there is none. Raises DockerUnavailableError."""
    found = _inspected(engine, name)
    return str(found["Id"]) if found else ""


def remove_replaced(engine: Engine, before: str, name: str) -> None:
    """Remove the image that had a name `before` another was given it, if there was one and no container needs it."""
    if before not in ("", image_id(engine, name)):
        with contextlib.suppress(DockerUnavailableError), engine.asked("the old image cannot be removed") as api:
            api.remove_image(before)


def labels_of(languages: tuple[str, ...], packages: tuple[str, ...], rebuild: str) -> dict[str, str]:
    """What a new image says about itself. `rebuild`: the command that makes it again."""
    return {
        _RUNNER: runner_hash(),
        _LANGUAGES: " ".join(languages),
        _PACKAGES: " ".join(packages),
        _REBUILD: rebuild,
    }


def runner_files() -> dict[str, bytes]:
    """The runner's code, by the path of each file below the folder CODE of an image."""
    files = {f"{_MODULES}/{path.name}": path.read_bytes() for path in sorted((_HERE / "inside").glob("*.py"))}
    return {"boot.py": (_HERE / "docker_boot.py").read_bytes(), **files}


def runner_hash() -> str:
    """A digest of the runner's code."""
    digest = hashlib.sha256()
    for path, data in runner_files().items():
        digest.update(f"{path} {len(data)}\n".encode() + data)
    return digest.hexdigest()


def _words(text: str | None) -> tuple[str, ...]:
    return tuple((text or "").split())


def _inspected(engine: Engine, name: str) -> dict[str, Any] | None:
    try:
        with engine.asked(f"the image {name} cannot be looked up") as api:
            return dict(api.inspect_image(name))
    except EngineRefusedError as problem:
        if problem.status != _NOT_FOUND:
            raise
        return None

"""Building an image from a shipped Dockerfile, for those whose engine can pull the image it begins with."""

from __future__ import annotations

import io
import json
import tarfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rulereward._files import shipped_folder
from rulereward.services.sandbox.docker_cpp import build_options
from rulereward.services.sandbox.docker_engine import DockerUnavailableError, Engine
from rulereward.services.sandbox.docker_image import (
    DEFAULT_IMAGE,
    Built,
    image_id,
    labels_of,
    remove_replaced,
    runner_files,
)

FILES = {"python": ("bash",), "cpp": ("bash", "cpp"), "node": ("bash", "javascript")}
"""The languages that the image of a shipped folder has beside Python."""
_WORDS_OF_TROUBLE = 5


def build_from_file(
    engine: Engine, file: str, name: str = DEFAULT_IMAGE, *, base: str = "", network: str = "default"
) -> Built:
    """Make the image of a shipped folder, one of FILES. `base`: another image to begin with. `network`: the engine's
    network on which the build may fetch packages. Raises DockerUnavailableError, FileNotFoundError, OSError.
    """
    began = time.monotonic()
    before = image_id(engine, name)
    rebuild = f"rulereward sandbox build --file {file}"
    rebuild += f" --image {name}" * (name != DEFAULT_IMAGE) + f" --base {base}" * bool(base)
    arguments = {"OPTIONS": " ".join(build_options())} if file == "cpp" else {}
    if base:
        arguments["BASE"] = base
    with engine.asked(f"the image {name} cannot be built") as api:
        told = api.build(
            fileobj=_context(shipped_folder("sandbox_images"), file),
            custom_context=True,
            tag=name,
            rm=True,
            forcerm=True,
            buildargs=arguments,
            labels=labels_of(("python", *FILES[file]), (), rebuild),
            network_mode=network,
        )
        _follow(told)
        size_bytes = int(api.inspect_image(name)["Size"])
    remove_replaced(engine, before, name)
    return Built(image_id(engine, name), size_bytes, time.monotonic() - began)


def _context(folder: Path, file: str) -> io.BytesIO:
    """The files that a build sees."""
    files = {path.name: path.read_bytes() for path in (folder / file / "Dockerfile", folder / "finish.sh")}
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for path, data in {**files, **{f"code/{path}": data for path, data in runner_files().items()}}.items():
            member = tarfile.TarInfo(path)
            member.size, member.mode = len(data), 0o644
            archive.addfile(member, io.BytesIO(data))
    packed.seek(0)
    return packed


def _follow(told: Iterable[bytes]) -> None:
    """Wait for the build's end. Raises DockerUnavailableError where it fails, with what was said last."""
    said: list[str] = []
    for chunk in told:
        for line in chunk.splitlines():
            message: dict[str, Any] = json.loads(line) if line.strip() else {}
            if "error" in message:
                raise DockerUnavailableError(f"the build failed: {message['error']} {' '.join(said)}".strip())
            said = [*said, str(message.get("stream", "")).strip()][-_WORDS_OF_TROUBLE:]

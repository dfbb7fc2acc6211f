"""Containers for tests: images of this host's files, made once, and boxes as the embedded back-end's tests use."""

from __future__ import annotations

import functools
import os
import select
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from sandbox_links import Box, children

from rulereward.services.sandbox.docker_backend import DockerBackend
from rulereward.services.sandbox.docker_engine import DockerUnavailableError, Engine, find_engine
from rulereward.services.sandbox.docker_from_host import FromHost, build_from_host
from rulereward.services.sandbox.docker_image import ImageUnusableError, find_image
from rulereward.services.sandbox.docker_owner import OWNER, owner
from rulereward.services.sandbox.docker_root import HostFilesError
from rulereward.services.sandbox.docker_settings import Docker
from rulereward.services.sandbox.inside.languages import installed
from rulereward.services.sandbox.link import Link, LinkLostError

IMAGE = "rulereward-sandbox-test"
IMAGE_OF_ALL = "rulereward-sandbox-test-all"


@functools.cache
def engine() -> Engine:
    try:
        return find_engine()
    except DockerUnavailableError as problem:
        pytest.skip(str(problem))


@functools.cache
def image(name: str = IMAGE) -> str:
    """An image with Python, or with all languages that this host has. It stays, for the next run of the tests."""
    languages: Sequence[str] = sorted(installed()) if name == IMAGE_OF_ALL else ()
    return image_at(engine(), name, languages)


def image_at(where: Engine, name: str, languages: Sequence[str] = ()) -> str:
    try:
        find_image(where, name)
    except ImageUnusableError:
        try:
            build_from_host(where, FromHost(name=name, languages=languages))
        except HostFilesError as problem:
            pytest.skip(f"no image can be made of this host's files: {problem}")
    return name


def make_ready(link: Link) -> Link:
    deadline = time.monotonic() + 60
    while not link.slots:
        assert time.monotonic() < deadline, "the runner does not get ready"
        if select.select([link.reading], [], [], 1)[0]:
            link.receive()
    return link


class DockerBox(Box):
    """A container. `user`: what its runner is, `root`, as that of an embedded one may be."""

    def __init__(self, docker: Docker) -> None:
        self.user = "root"
        self.backend = DockerBackend(docker)
        self.link = make_ready(self.backend.connect())

    @property
    def container(self) -> str:
        return self.link.endpoint.id

    def left(self) -> list[str]:
        with self.backend.engine.asked("no container") as api:
            runner = api.inspect_container(self.container)["State"]["Pid"]
        box = Path(f"/proc/{runner}/root", "box")
        if os.geteuid() != 0 or not box.exists():
            pytest.skip("only root on the engine's host can look into a container")
        processes = [f"process {pid}" for pid in children(runner)]
        return processes + [str(path) for slot in box.iterdir() for path in slot.iterdir()]

    def close(self) -> None:
        super().close()
        self.backend.close()


def lost(box: DockerBox) -> LinkLostError:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        select.select([box.link.reading], [], [], 1)
        try:
            box.link.receive()
        except LinkLostError as problem:
            return problem
    raise AssertionError("nobody notices")


def containers(where: Engine) -> set[str]:
    """The ids of all containers of ours, ended ones too."""
    return _labelled(where, OWNER)


def own_containers(where: Engine) -> set[str]:
    """Those of this process: tests may run in several at once."""
    return _labelled(where, f"{OWNER}={owner(os.getpid())}")


def _labelled(where: Engine, label: str) -> set[str]:
    with where.asked("no list") as api:
        return {found["Id"] for found in api.containers(all=True, filters={"label": label})}

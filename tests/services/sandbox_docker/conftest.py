"""A container for the tests of this folder that break none, and the service over one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

for folder in ("sandbox", "sandbox_service", ""):  # whose tests are done here on docker
    sys.path.insert(0, str(Path(__file__).parents[1] / folder))

from docker_links import IMAGE, IMAGE_OF_ALL, DockerBox, engine, image  # noqa: E402 - found only now

from rulereward.services.sandbox.docker_backend import DockerBackend  # noqa: E402 - as above
from rulereward.services.sandbox.docker_settings import Docker  # noqa: E402 - as above
from rulereward.services.sandbox.service import SandboxService  # noqa: E402 - as above


@pytest.hookimpl(tryfirst=True)  # before the marks are looked at
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that a module names in `SLOW_IN_CONTAINERS`: what they ask hangs little on what the runner runs in, and
    they are done by default on the embedded back-end.
    """
    for item in items:
        named = getattr(item.module, "SLOW_IN_CONTAINERS", ()) if isinstance(item, pytest.Function) else ()
        if getattr(item, "originalname", None) in named:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="module")
def box(request: pytest.FixtureRequest) -> Iterator[DockerBox]:
    """The container of a module's `SETTINGS`."""
    made = DockerBox(Docker(image=image(getattr(request.module, "NAME", IMAGE)), **request.module.SETTINGS))
    yield made
    made.close()


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxService]:
    """The service, with all languages."""
    engine()
    service = SandboxService(DockerBackend(Docker(image=image(IMAGE_OF_ALL))))
    yield service
    service.close()


@pytest.fixture
def own_sandbox() -> Iterator[SandboxService]:
    """One to break."""
    engine()
    service = SandboxService(DockerBackend(Docker(image=image())))
    yield service
    service.close()

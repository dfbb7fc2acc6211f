"""The sandbox service over the embedded back-end, for the tests of this folder that break nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from rulereward.services.sandbox.backends import Backend
from rulereward.services.sandbox.embedded_backend import EmbeddedBackend, trouble_with_bubblewrap
from rulereward.services.sandbox.service import SandboxService


def embedded() -> EmbeddedBackend:
    trouble = trouble_with_bubblewrap()
    if trouble:
        pytest.skip(f"the embedded sandbox does not work here: {trouble}")
    return EmbeddedBackend()


@pytest.fixture(scope="session")
def sandbox() -> Iterator[SandboxService]:
    service = SandboxService(embedded())
    yield service
    service.close()


@pytest.fixture
def own_sandbox() -> Iterator[SandboxService]:
    """One to break."""
    service = SandboxService(embedded())
    yield service
    service.close()


@pytest.fixture
def serve() -> Iterator[Callable[[Backend], SandboxService]]:
    """Makes services over a back-end, and closes them."""
    made: list[SandboxService] = []

    def start(backend: Backend) -> SandboxService:
        made.append(SandboxService(backend))
        return made[-1]

    yield start
    for service in made:
        service.close()

"""One pool of services for the tests of this folder; every test that breaks one makes its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rulereward.services import Services


@pytest.fixture(scope="session")
def services() -> Iterator[Services]:
    with Services() as made:
        yield made

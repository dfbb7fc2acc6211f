"""One pool of services for the tests of this folder; every test that breaks one makes its own."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rulereward.services import Services, Supervisor
from rulereward.services.math_service import MATH


@pytest.fixture(scope="session")
def services() -> Iterator[Services]:
    with Services() as made:
        yield made


@pytest.fixture(scope="session")
def hasty() -> Iterator[Supervisor]:
    """The math service with shorter limits."""
    worker = str(Path(__file__).with_name("hasty_math_worker.py"))
    service = Supervisor(dataclasses.replace(MATH, command=[sys.executable, "-P", worker]))
    yield service
    service.close()

"""One embedded runner started by root and one by somebody else, for the tests of this folder that break neither.

Who started the runner decides how processes are kept apart, counted and ended, and little of what Python makes of a
test's code and of a program's. So a module may name tests in `SLOW_FOR_NOBODY`: by default root's runner alone has
them, and the other one has them where slow tests run.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sandbox_links import Box


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "box" in metafunc.fixturenames:
        is_slow = metafunc.function.__name__ in getattr(metafunc.module, "SLOW_FOR_NOBODY", ())
        nobody = pytest.param("nobody", marks=pytest.mark.slow if is_slow else ())
        metafunc.parametrize("box", ["root", nobody], indirect=True)


@pytest.fixture(scope="module")
def box(request: pytest.FixtureRequest) -> Iterator[Box]:
    made = Box(request.param)
    yield made
    made.close()

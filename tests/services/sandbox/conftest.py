"""One embedded runner started by root and one by somebody else, for the tests of this folder that break neither."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sandbox_links import Box


@pytest.fixture(scope="module", params=["root", "nobody"])
def box(request: pytest.FixtureRequest) -> Iterator[Box]:
    made = Box(request.param)
    yield made
    made.close()

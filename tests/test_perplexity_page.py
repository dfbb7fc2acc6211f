"""docs/perplexity_figures.md holds what its generator makes of the stored figures."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

BENCH = Path(__file__).parent / "bench"


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    sys.path.insert(0, str(BENCH))
    try:
        import write_perplexity
    finally:
        sys.path.remove(str(BENCH))
    return write_perplexity


def test_the_page_is_what_the_generator_writes(generator: ModuleType) -> None:
    found = json.loads(generator.FIGURES.read_text("utf-8"))
    assert generator.PAGE.read_text("utf-8") == generator.page(found), "run tests/bench/write_perplexity.py"


def test_a_section(generator: ModuleType) -> None:
    fluent = {"p5": 1.004, "median": 1.5, "p95": 2.0, "above": 0.0, "reward": 0.987, "paid_less": 0.0}
    loop = fluent | {"above": 0.025, "reward": 0.1, "paid_less": 0.981}
    one = {"texts": 120, "reference": 60, "band": [1.0, 2.006], "forms": {"fluent": fluent, "loop": loop}}
    lines = generator.section("rollouts", {"English": one}).splitlines()
    assert "120 texts; the band is 1.00..2.01, of 60 others." in lines
    assert "| fluent | 1.00 | 1.50 | 2.00 |  | 0.99 |  |" in lines
    assert "| loop | 1.00 | 1.50 | 2.00 | 2% | 0.10 | 98% |" in lines

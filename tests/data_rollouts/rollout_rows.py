"""Real rollouts: 100 problems of MATH with 8 completions each, and what another grader said of them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROLLOUTS = Path(__file__).parents[3] / "shared" / "data" / "math_rollouts.jsonl"

needs_rollouts = pytest.mark.skipif(not ROLLOUTS.exists(), reason="needs ../shared/data/math_rollouts.jsonl")


@cache
def rollouts() -> tuple[dict[str, Any], ...]:
    return tuple(json.loads(line) for line in ROLLOUTS.read_text(encoding="utf-8").splitlines())

"""The checkpoint of the bigram, and without torch the reason why tests are skipped."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest
from made_models import bigram_table, write_bigram

BIGRAM_CONTEXT = 64


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """Threads of torch that share a busy processor wait for each other, and tiny models need no second one."""
    os.environ["OMP_NUM_THREADS"] = "1"  # of processes that are started
    if importlib.util.find_spec("torch") is not None:
        import torch

        torch.set_num_threads(1)


@pytest.fixture(scope="session")
def table() -> list[list[float]]:
    return bigram_table()


@pytest.fixture(scope="session")
def bigram(table: list[list[float]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the bigram, which is given at most 64 tokens."""
    pytest.importorskip("torch", reason="the extra `models` is not installed")
    return write_bigram(tmp_path_factory.mktemp("bigram"), table, BIGRAM_CONTEXT)

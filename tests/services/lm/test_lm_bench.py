"""The benchmark for GPUs runs through on a small model, says what fails, and keeps to its minutes."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

pytest.importorskip("torch", reason="the extra `models` is not installed")
pytest.importorskip("transformers", reason="the extra `models` is not installed")

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # torch's own, about its compiler
BENCH = str(Path(__file__).parents[2] / "bench")


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(BENCH)
    import lm_gpu

    return lm_gpu


def run(bench: ModuleType, folder: Path, *more: str) -> dict[str, Any]:
    file = folder / "lm_gpu.json"
    figures = bench.main(["--tiny", "--device", "cpu", "--json", str(file), *more])
    assert json.loads(file.read_text("utf-8")) == json.loads(json.dumps(figures))
    found: dict[str, Any] = figures["parts"]
    return found


def test_all_parts(bench: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a plain computation in the kernel's place, and a compiler that changes nothing."""
    from rulereward.services.lm import heads, quick

    def fused(logits: Any, targets: Any, scale: float, soft_cap: float | None) -> Any:
        assert (scale, soft_cap) == (1.0, None)
        return heads.chosen(logits.float(), targets)

    for module in (heads, quick):
        monkeypatch.setattr(module, "fused_for", lambda device: fused)
    monkeypatch.setattr("torch.compile", lambda layers, dynamic: layers)
    parts = run(bench, tmp_path)
    failed = {name: part["found"] for name, part in parts.items() if {"failed", "left_out"} & set(part["found"])}
    assert not failed
    assert parts["self_check"]["found"] == {
        "way": "packed", "share": True, "reasons": (), "kernel": True, "warnings": [],
    }  # fmt: skip
    assert parts["compiled"]["found"]["still_compiled"]
    assert parts["shared prompt"]["found"]["largest_difference"] < 0.1
    assert set(parts["chunks"]["found"]) == {"256", "512", "1024", "2048", "4096"}


def test_a_part_that_fails(bench: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(_: Any) -> Any:
        raise RuntimeError("CUDA error")

    def endless(_: Any) -> Any:
        while True:
            pass

    monkeypatch.setattr(
        bench, "PARTS", {"one": failing, "two": lambda _: {"done": 1}, "three": endless, "four": failing}
    )
    parts = run(bench, tmp_path, "--minutes", "0.005")
    assert parts["one"]["found"]["failed"] == "RuntimeError: CUDA error"
    assert parts["two"]["found"] == {"done": 1}
    assert parts["three"]["found"]["failed"] == "TimeoutError: the minutes are over"
    assert parts["four"]["found"] == {"left_out": "the minutes are over"}

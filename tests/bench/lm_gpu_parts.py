"""The parts of `lm_gpu.py`, in the order in which they are run: what costs little and says most comes first."""

from __future__ import annotations

import copy
import statistics
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import torch
from lm_models import LONGEST, LogProbs, differences, ours, plain, random_model, random_texts, size, sorted_plain

from rulereward.services.lm import heads
from rulereward.services.lm.quick import quickened
from rulereward.services.lm.scorer import Scorer
from rulereward.services.lm.tokens import Tokens


@dataclass(frozen=True)
class Size:
    """A model, texts and how they are run. `side`: rows of the square matrices whose product is timed. `copied_mb`:
    what is copied to time the memory. `sample`: tokens for comparing precisions. `many`: texts of a large padded
    batch.
    """

    model: Mapping[str, int]
    tokens: int
    median: int
    most: int
    budget: int
    side: int
    copied_mb: int
    sample: int
    many: int
    prompts: int
    prompt: int
    turns: int


FULL = Size(
    {"vocabulary": 151_936, "width": 896, "layers": 24, "heads": 14, "groups": 2, "inner": 4_864},
    tokens=2_000_000, median=400, most=2_048, budget=32_768, side=8_192, copied_mb=4_096, sample=20_000, many=32,
    prompts=256, prompt=512, turns=2,
)  # fmt: skip
TINY = Size(
    {"vocabulary": 515, "width": 32, "layers": 1, "heads": 4, "groups": 2},
    tokens=1_200, median=60, most=120, budget=500, side=256, copied_mb=8, sample=600, many=6, prompts=2, prompt=40,
    turns=1,
)  # fmt: skip


class Bench:
    """Models and texts, made when a part asks for them; each part frees what it alone used."""

    def __init__(self, device: str, asked: Size) -> None:
        self.device = torch.device(device)
        self.size = asked
        self.peak_flops: float | None = None

    def model(self, dtype: torch.dtype = torch.bfloat16) -> Any:
        return random_model(**self.size.model).to(device=self.device, dtype=dtype)

    @cached_property
    def peer(self) -> Any:
        """With the attention that transformers chooses."""
        return self.model()

    @cached_property
    def scorer(self) -> Scorer:
        return Scorer.of(self.model(), LONGEST, self.size.budget)

    @cached_property
    def texts(self) -> list[Tokens]:
        return random_texts(self.size.model["vocabulary"], self.size.tokens, self.size.median, self.size.most)

    @cached_property
    def sample(self) -> list[Tokens]:
        return random_texts(self.size.model["vocabulary"], self.size.sample, self.size.median, self.size.most)

    def wait(self) -> None:
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)

    def timed(self, work: Callable[[], object], turns: int) -> float:
        """The best of some turns, in seconds."""
        spent = []
        for _ in range(turns):
            self.wait()
            started = time.perf_counter()
            work()
            self.wait()
            spent.append(time.perf_counter() - started)
        return min(spent)

    def speed(self, way: Callable[[Sequence[Tokens]], LogProbs], texts: Sequence[Tokens]) -> dict[str, Any]:
        """Tokens a second after a small warm-up, peak memory, and the share of what the device can do, of texts that
        begin with what is scored.
        """
        way(texts[:8])
        if self.device.type == "cuda":
            torch.cuda.empty_cache()
            torch.cuda.reset_peak_memory_stats(self.device)
        seconds = self.timed(lambda: way(texts), self.size.turns)
        found: dict[str, Any] = {"seconds": seconds, "tokens_per_s": size(texts) / seconds}
        if self.device.type == "cuda":
            found["peak_gb"] = torch.cuda.max_memory_allocated(self.device) / 1e9
        if self.peak_flops is not None and all(len(text.context) == 1 for text in texts):
            found["share_of_roofline"] = found["tokens_per_s"] * flops_per_token(self.size, texts) / self.peak_flops
        return found


def flops_per_token(asked: Size, texts: Sequence[Tokens]) -> float:
    """Of a text scored by itself: products of the layers and of the head, and the attention to what it sees."""
    shape = asked.model
    width, inner = shape["width"], shape.get("inner", 4 * shape["width"])
    of_keys = width * shape["groups"] // shape["heads"]
    layer = 2 * (2 * width * width + 2 * width * of_keys + 3 * width * inner)
    seen = sum(n * (n + 1) / 2 for n in (len(text.completion) for text in texts)) / size(texts)
    return shape["layers"] * (layer + 4 * width * seen) + 2 * width * shape["vocabulary"]


def roofline(bench: Bench) -> dict[str, Any]:
    side, rows = bench.size.side, bench.size.copied_mb * 500_000
    a, b = (torch.randn(side, side, device=bench.device).bfloat16() for _ in range(2))
    repeats = 20
    seconds = bench.timed(lambda: [a @ b for _ in range(repeats)], 3) / repeats
    bench.peak_flops = 2 * side**3 / seconds
    source = torch.zeros(rows, dtype=torch.bfloat16, device=bench.device)
    target = torch.empty_like(source)
    copying = bench.timed(lambda: [target.copy_(source) for _ in range(repeats)], 3) / repeats
    work = flops_per_token(bench.size, bench.texts)
    head = 2 * bench.size.model["width"] * bench.size.model["vocabulary"]
    return {
        "bf16_tflops": bench.peak_flops / 1e12,
        "memory_tb_per_s": 4 * rows / copying / 1e12,
        "gflops_per_token": work / 1e9,
        "share_of_head": head / work,
        "tokens_per_s": bench.peak_flops / work,
        "texts": len(bench.texts),
        "tokens": size(bench.texts),
        "mean_tokens": statistics.mean(len(text.completion) for text in bench.texts),
    }


def self_check(bench: Bench) -> dict[str, Any]:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        how = bench.scorer.how
    return {
        "way": how.way.value,
        "share": how.share,
        "reasons": how.reasons,
        "kernel": how.head is not None and how.head.fused is not None,
        "warnings": [str(one.message) for one in told],
    }


@contextmanager
def kernel(bench: Bench, used: bool) -> Iterator[None]:
    """With the head's own kernel, or with the plain loop over chunks. Raises LookupError where there is none."""
    head = bench.scorer.how.head
    assert head is not None
    before = head.fused
    head.fused = heads.fused_for(bench.device) if used else None
    if used and head.fused is None:
        raise LookupError("no kernel for this device")
    try:
        yield
    finally:
        head.fused = before


def packed(bench: Bench, *, fused: bool) -> dict[str, Any]:
    with kernel(bench, fused):
        return bench.speed(lambda texts: ours(bench.scorer, texts), bench.texts)


def chunks(bench: Bench) -> dict[str, Any]:
    """Rows of the head at once, with the kernel where it is in use."""
    head = bench.scorer.how.head
    assert head is not None
    before, found = head.rows, {}
    try:
        for rows in (256, 512, 1024, 2048, 4096):
            head.rows = rows
            found[str(rows)] = bench.speed(lambda texts: ours(bench.scorer, texts), bench.texts)
    finally:
        head.rows = before
    return found


def budgets(bench: Bench) -> dict[str, Any]:
    found = {}
    for budget in (bench.size.budget // 4, bench.size.budget * 2):
        scorer = replace(bench.scorer, budget=budget)
        found[str(budget)] = bench.speed(lambda texts, scorer=scorer: ours(scorer, texts), bench.texts)
    return found


def padded(bench: Bench, batch: int, way: Callable[[Any, Sequence[Tokens], int], LogProbs]) -> dict[str, Any]:
    return bench.speed(lambda texts: way(bench.peer, texts, batch), bench.texts)


def precision(bench: Bench) -> dict[str, Any]:
    """Of each token, against float32 by the plain loop: what half the precision costs, and what our way adds."""
    texts = bench.sample
    exact = plain(bench.model(torch.float32), texts)
    found = {}
    for name, given in {"plain": plain(bench.peer, texts), "packed": ours(bench.scorer, texts)}.items():
        errors = differences(exact, given)
        per_text = [abs(sum(a) - sum(b)) / len(a) for a, b in zip(exact, given, strict=True)]
        found[name] = {
            "mean": statistics.mean(errors), "largest": max(errors),
            "mean_of_a_text": statistics.mean(per_text), "largest_of_a_text": max(per_text),
        }  # fmt: skip
    return {"tokens": size(texts), **found}


def shared_prompt(bench: Bench) -> dict[str, Any]:
    asked = bench.size
    texts = random_texts(
        asked.model["vocabulary"], 0, asked.median // 3, asked.most, prompts=asked.prompts, prompt=asked.prompt
    )
    apart = replace(bench.scorer, how=replace(bench.scorer.how, share=False))
    return {
        "shared": bench.speed(lambda some: ours(bench.scorer, some), texts),
        "apart": bench.speed(lambda some: ours(apart, some), texts),
        "plain": bench.speed(lambda some: plain(bench.peer, some), texts[: len(texts) // 4]),
        "largest_difference": max(differences(ours(bench.scorer, texts[:16]), ours(apart, texts[:16]))),
    }


def compiled(bench: Bench) -> dict[str, Any]:
    how = replace(bench.scorer.how, head=copy.copy(bench.scorer.how.head))
    started = time.perf_counter()
    how, reasons = quickened(bench.scorer.model, how, compiling=True)
    found = {"compiling_s": time.perf_counter() - started, "reasons": reasons}
    if how.compiled is None:
        return found
    scorer = replace(bench.scorer, how=how)
    found |= bench.speed(lambda texts: ours(scorer, texts), bench.texts)
    found["still_compiled"] = scorer.how.compiled is not None
    found["largest_difference"] = max(differences(ours(scorer, bench.sample), ours(bench.scorer, bench.sample)))
    return found


PARTS: Mapping[str, Callable[[Bench], dict[str, Any]]] = {
    "roofline": roofline,
    "self_check": self_check,
    "packed": lambda bench: packed(bench, fused=False),
    "packed, kernel": lambda bench: packed(bench, fused=True),
    "precision": precision,
    "plain, 8": lambda bench: padded(bench, 8, plain),
    "plain, many": lambda bench: padded(bench, bench.size.many, plain),
    "sorted, many": lambda bench: padded(bench, bench.size.many, sorted_plain),
    "shared prompt": shared_prompt,
    "chunks": chunks,
    "compiled": compiled,
    "budgets": budgets,
}

"""When memory runs out, passes become smaller and the work goes on."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("torch", reason="the extra `models` is not installed")
pytest.importorskip("transformers", reason="the extra `models` is not installed")

import torch
from made_models import tiny_model
from test_lm_parity import CAPACITY, assert_close, log_probs, plain, texts

from rulereward.services.lm.results import Unscored
from rulereward.services.lm.scorer import Scorer
from rulereward.services.lm.tokens import Tokens

ERRORS = [
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
    RuntimeError(
        "[enforce fail at alloc_cpu.cpp:119] . DefaultCPUAllocator: can't allocate memory: you tried to ..."
    ),
    MemoryError(),
]


def small_memory(scorer: Scorer, tokens: int, error: BaseException, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Have passes of more than so many tokens fail. How large each pass was that was tried."""
    tried = []
    forward = scorer.model.base_model.forward

    def limited(*args: Any, **given: Any) -> Any:
        tried.append(given["input_ids"].numel())
        if tried[-1] > tokens:
            raise error
        return forward(*args, **given)

    monkeypatch.setattr(scorer.model.base_model, "forward", limited)
    return tried


@pytest.mark.parametrize("error", ERRORS, ids=["CUDA", "CPU", "Python"])
def test_the_budget_is_halved(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    model = tiny_model("Llama")
    expected = [plain(model, text) for text in texts()]
    scorer = Scorer.of(model, CAPACITY, 10_000)
    tried = small_memory(scorer, 150, error, monkeypatch)
    told: list[tuple[int, int]] = []
    results = scorer.score(texts(), lambda done, total: told.append((done, total)))
    assert_close([list(result.log_probs) for result in results if not isinstance(result, Unscored)], expected)
    assert scorer.budget <= 150
    assert max(tried) > 150
    assert told[-1][0] == told[-1][1]
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    kept, rows = scorer.budget, len(tried)
    log_probs(scorer, texts())
    assert scorer.budget == kept
    assert all(size <= 150 for size in tried[rows:])


def test_a_text_that_is_too_large_alone_fails_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    model = tiny_model("Llama")
    asked = [Tokens((1,), tuple(range(2, length)), ()) for length in (10, 90, 20)]
    expected = [plain(model, asked[place]) for place in (0, 2)]
    scorer = Scorer.of(model, CAPACITY, 1_000)
    small_memory(scorer, 40, ERRORS[0], monkeypatch)
    first, second, third = scorer.score(asked)
    assert second == Unscored("out_of_memory", "88 tokens at once need more memory than there is")
    assert not isinstance(first, Unscored)
    assert not isinstance(third, Unscored)
    assert_close([list(first.log_probs), list(third.log_probs)], expected)
    assert scorer.how.head is not None
    assert scorer.how.head.rows == 1024


def test_other_errors_are_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    scorer = Scorer.of(tiny_model("Llama"), CAPACITY, 1_000)
    small_memory(scorer, 0, RuntimeError("the dimensions do not fit"), monkeypatch)
    with pytest.raises(RuntimeError, match="do not fit"):
        scorer.score(texts())

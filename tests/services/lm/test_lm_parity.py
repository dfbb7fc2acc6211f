"""One model, many ways: packed, padded, alone, in any order, in chunks, after a shared prompt; always one number.

The oracle is transformers' plain computation of one text at a time: `log_softmax` over all logits of the model.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, replace
from typing import Any

import pytest

pytest.importorskip("torch", reason="the extra `models` is not installed")
pytest.importorskip("transformers", reason="the extra `models` is not installed")

import torch
from made_models import SIZES, rolling, tiny_model

from rulereward.services.lm import attention
from rulereward.services.lm.passes import Way
from rulereward.services.lm.results import Scored
from rulereward.services.lm.scorer import Scorer
from rulereward.services.lm.self_check import Checked
from rulereward.services.lm.tokens import Tokens

FAMILIES = ["Qwen2", "Qwen2 sliding", "Llama", "Mistral", "GPT2", "Gemma", "Gemma2", "Gemma3"]
CAPACITY = 96
CLOSE = 1e-5


def texts(seed: int = 0) -> list[Tokens]:
    """Two groups with a prompt of their own, and texts of all lengths that follow one token."""
    draw = random.Random(seed)

    def some(length: int) -> tuple[int, ...]:
        return tuple(draw.randrange(SIZES["vocab_size"]) for _ in range(length))

    contexts = [some(30), some(41), *((1,) for _ in range(3))]
    lengths = [1, 2, 5, 11, 40, 17, 3]
    found = [Tokens(context, some(length), ()) for context in contexts for length in lengths]
    draw.shuffle(found)
    return found


def plain(model: Any, text: Tokens) -> list[float]:
    """transformers' own: all logits of one text, in the attention that it chose itself."""
    ids = [*text.context, *text.completion]
    with torch.inference_mode():
        logits = model(input_ids=torch.tensor([ids[:-1]]), use_cache=False).logits[0]
    every = torch.log_softmax(logits.float(), -1)
    return [every[place - 1, ids[place]].item() for place in range(len(text.context), len(ids))]


@dataclass
class Family:
    """A model, texts, and what they score by its plain computation."""

    scorer: Scorer
    texts: list[Tokens]
    expected: list[list[float]]

    @property
    def model(self) -> Any:
        return self.scorer.model

    @contextmanager
    def run_plainly(self) -> Iterator[None]:
        """The model with the attention of transformers."""
        self.model.set_attn_implementation("eager")
        try:
            yield
        finally:
            self.model.set_attn_implementation(attention.NAME)

    def packed(self, budget: int = 200, **how: Any) -> Scorer:
        return replace(self.scorer, budget=budget, how=replace(self.scorer.how, **how))


@pytest.fixture(scope="module", params=FAMILIES)
def family(request: pytest.FixtureRequest) -> Family:
    model = tiny_model(request.param)
    expected = [plain(model, text) for text in texts()]
    scorer = Scorer.of(model, CAPACITY, 200)
    assert scorer.how == Checked(Way.PACKED, scorer.how.head, True)
    return Family(scorer, texts(), expected)


def log_probs(made: Scorer, asked: list[Tokens]) -> list[list[float]]:
    results = made.score(asked)
    assert all(isinstance(result, Scored) for result in results)
    return [list(result.log_probs) for result in results if isinstance(result, Scored)]


def assert_close(found: list[list[float]], expected: list[list[float]]) -> None:
    assert [len(one) for one in found] == [len(one) for one in expected]
    flat = [value for one in found for value in one]
    assert flat == pytest.approx([value for one in expected for value in one], rel=0, abs=CLOSE)


@pytest.mark.parametrize("budget", [1, 60, 200, 10_000])
@pytest.mark.parametrize("share", [True, False])
def test_packed(family: Family, budget: int, share: bool) -> None:
    assert_close(log_probs(family.packed(budget, share=share), family.texts), family.expected)


@pytest.mark.parametrize("way", [Way.PADDED, Way.ALONE])
@pytest.mark.parametrize("apart", [True, False], ids=["head apart", "own logits"])
def test_padded_and_alone(family: Family, way: Way, apart: bool) -> None:
    scorer = family.packed(way=way, head=family.scorer.how.head if apart else None)
    with family.run_plainly():
        assert_close(log_probs(scorer, family.texts), family.expected)


def test_any_order(family: Family) -> None:
    order = random.Random(1).sample(range(len(family.texts)), len(family.texts))
    found = log_probs(family.packed(), [family.texts[place] for place in order])
    assert_close(found, [family.expected[place] for place in order])


@pytest.mark.parametrize("rows", [1, 7])
def test_any_chunk_of_the_head(family: Family, rows: int) -> None:
    head = family.scorer.how.head
    assert head is not None
    chunked = copy(head)
    chunked.rows = rows
    assert_close(log_probs(family.packed(head=chunked), family.texts), family.expected)


def test_no_text_moves_another(family: Family) -> None:
    """In the same places of the same pass, so that not even rounding differs."""
    scorer = family.packed(10_000)
    before = log_probs(scorer, family.texts)
    for place in range(0, len(family.texts), 5):
        text = family.texts[place]
        changed = [*family.texts]
        changed[place] = Tokens(text.context, tuple((token + 7) % 300 for token in text.completion), ())
        after = log_probs(scorer, changed)
        assert after[place] != before[place]
        assert after[:place] == before[:place]
        assert after[place + 1 :] == before[place + 1 :]


def test_a_prompt_moves_its_own_group_only(family: Family) -> None:
    scorer = family.packed(10_000)
    group = max((text.context for text in family.texts), key=len)
    other = tuple((token + 1) % 300 for token in group)
    changed = [Tokens(other, text.completion, ()) if text.context == group else text for text in family.texts]
    found = zip(family.texts, log_probs(scorer, family.texts), log_probs(scorer, changed), strict=True)
    for text, before, after in found:
        assert (before != after) == (text.context == group)


def test_windows_of_a_long_text(family: Family) -> None:
    """As lm-evaluation-harness rolls over a text: each window alone through the plain computation."""
    scorer = replace(family.packed(), stride=40)
    long = tuple(token for text in family.texts for token in text.completion)[:250]
    found = log_probs(scorer, [Tokens((1,), long, ())])
    expected = []
    with family.run_plainly():
        for given, wanted in rolling(list(long), 1, CAPACITY, CAPACITY - 40 + 1):
            context = given[: len(given) - len(wanted) + 1]
            expected += plain(family.model, Tokens(tuple(context), tuple(wanted), ()))
    assert_close(found, [expected])


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("dtype", ["bfloat16", "float64"])
def test_other_dtypes(name: str, dtype: str) -> None:
    model = tiny_model(name).to(getattr(torch, dtype))
    expected = [plain(model, text) for text in texts()]
    found = log_probs(Scorer.of(model, CAPACITY, 200), texts())
    errors = [abs(a - b) for one, other in zip(found, expected, strict=True) for a, b in zip(one, other, strict=True)]
    assert sum(errors) / len(errors) < (0.1 if dtype == "bfloat16" else 1e-6)

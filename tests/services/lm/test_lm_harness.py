"""Against lm-evaluation-harness itself: sums of log-probabilities, of whole texts and after a context."""

from __future__ import annotations

import math

import pytest

pytest.importorskip("lm_eval", reason="lm-evaluation-harness is not installed")

from lm_eval.api.instance import Instance
from lm_eval.models.huggingface import HFLM
from made_models import SEEN, byte_tokenizer, tiny_model

from rulereward.services.lm.results import Scored
from rulereward.services.lm.scorer import Scorer
from rulereward.services.lm.tokens import TextTokenizer

TEXTS = [SEEN, "the cat sat", "你好，世界。", "🙂", SEEN[:96], SEEN[:40]]
CONTEXTS = ["the", "一 context that is longer than most:", "🙂"]
"""None ends in a space: the harness would count that to the text."""


pytestmark = pytest.mark.filterwarnings("ignore")  # its own


@pytest.mark.parametrize("family", ["Qwen2", "Llama", "GPT2", "Gemma"])
@pytest.mark.parametrize("start", ["bos_token", "eos_token"])
def test_sums(family: str, start: str) -> None:
    """`start`: what the first token of a text follows, where the tokenizer has but one of the two."""
    model = tiny_model(family)
    tokenizer = byte_tokenizer({start: "<s>"})
    theirs = HFLM(pretrained=model, tokenizer=tokenizer, max_length=96, batch_size=1)
    rolling = theirs.loglikelihood_rolling(
        [Instance("loglikelihood_rolling", {}, (text,), place) for place, text in enumerate(TEXTS)], disable_tqdm=True
    )
    pairs = [(context, text) for context in CONTEXTS for text in TEXTS if len((context + text).encode()) <= 96]
    after = theirs.loglikelihood(
        [Instance("loglikelihood", {}, pair, place) for place, pair in enumerate(pairs)], disable_tqdm=True
    )
    scorer = Scorer.of(model, capacity=96, budget=200, stride=96)
    asked = TextTokenizer(tokenizer).encode([*(("", text) for text in TEXTS), *pairs])
    found = [math.fsum(one.log_probs) for one in scorer.score(asked) if isinstance(one, Scored)]
    assert found == pytest.approx([*rolling, *(total for total, _ in after)], rel=1e-5, abs=0)

"""A language model that scores texts: its tokenizer and its scorer together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rulereward.services.lm.loading import load
from rulereward.services.lm.results import Progress, Scored, Unscored
from rulereward.services.lm.settings import LmSettings
from rulereward.services.lm.tokens import TextTokenizer, Tokens

if TYPE_CHECKING:
    from rulereward.services.lm.scorer import Scorer

_BUDGETS = {"cpu": 4_096}
_BUDGET = 32_768


@dataclass(frozen=True, slots=True)
class TextScore:
    """What a completion scored after its prompt.

    `log_probs` (natural) of its last tokens, all but the first `unscored`, which were cut off; `bytes` (UTF-8) and
    `characters` are of the part that they stand for. `passes`: windows it took, 0 where there is no token to score.
    """

    log_probs: tuple[float, ...]
    unscored: int
    passes: int
    bytes: int
    characters: int

    @property
    def nll(self) -> float:
        """Minus the sum of the log-probabilities, in nats: the same in whatever order texts were scored."""
        return -math.fsum(self.log_probs)


@dataclass(slots=True)
class LanguageModel:
    """Not thread-safe. `identity` names all that could change a number."""

    identity: str
    tokenizer: TextTokenizer
    scorer: Scorer

    def score(self, pairs: Sequence[tuple[str, str]], progress: Progress | None = None) -> list[TextScore | Unscored]:
        """What each (prompt, completion) scored, in their order; an empty prompt is none."""
        texts = self.tokenizer.encode(pairs)
        results = self.scorer.score(texts, progress)
        return [
            _text_score(completion, text, result) if isinstance(result, Scored) else result
            for (_, completion), text, result in zip(pairs, texts, results, strict=True)
        ]


def _text_score(completion: str, text: Tokens, scored: Scored) -> TextScore:
    begin = text.starts[scored.unscored] if scored.log_probs else len(completion)
    part = completion[begin:]
    return TextScore(scored.log_probs, scored.unscored, scored.passes, len(part.encode()), len(part))


def open_language_model(settings: LmSettings) -> LanguageModel:
    """Load a model, and find out how it may be run. Takes seconds to minutes.

    Raises ConfigurationError where that cannot be done as asked. Warns (UserWarning) where it runs slower than usual.
    """
    loaded = load(settings)
    tokenizer = TextTokenizer(loaded.tokenizer)
    from rulereward.services.lm.scorer import Scorer  # noqa: PLC0415  # imports torch, which `load` has found

    budget = settings.batch_tokens or _BUDGETS.get(loaded.model.device.type, _BUDGET)
    scorer = Scorer.of(loaded.model, loaded.capacity, budget, settings.truncate, settings.stride)
    return LanguageModel(loaded.identity, tokenizer, scorer)

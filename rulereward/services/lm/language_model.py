"""A language model that scores texts: its tokenizer and its scorer together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rulereward.services.lm.loading import Loaded, capacity_of, load
from rulereward.services.lm.results import Progress, Scored, Unscored
from rulereward.services.lm.tokens import TextTokenizer, Tokens
from rulereward.text.lm_work import LmSettings

if TYPE_CHECKING:
    from rulereward.services.lm.scorer import Scorer

_BUDGETS = {"cpu": 4_096}
_BUDGET = 32_768


@dataclass(frozen=True, slots=True)
class TextScore:
    """What a completion scored after its prompt.

    `log_probs` (natural) of its last tokens, all but the first `unscored`, which were cut off, and where each begins,
    in characters of the completion; `bytes` (UTF-8) and `characters` are of the parts that they stand for, without
    what the tokenizer drops. `passes`: windows it took, 0 where there is no token to score.
    """

    log_probs: tuple[float, ...]
    starts: tuple[int, ...]
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
            _text_score(completion, text, result) if isinstance(result, Scored) else self._refused(prompt, result)
            for (prompt, completion), text, result in zip(pairs, texts, results, strict=True)
        ]

    def _refused(self, prompt: str, result: Unscored) -> Unscored:
        """Of what is too long: is it the prompt? That is asked of the prompt alone, as a completion can have its last
        tokens cut in another way, and more of them.
        """
        if result.code != "too_long":
            return result
        context = self.tokenizer.encode([(prompt, "")])[0].context
        if len(context) <= self.scorer.capacity:
            return result
        message = f"the prompt has {len(context)} tokens, and the model sees {self.scorer.capacity}"
        return Unscored("prompt_too_long", message)


def _text_score(completion: str, text: Tokens, scored: Scored) -> TextScore:
    starts = text.starts[scored.unscored :]
    part = _heard(completion, starts[0], text.silent) if starts else ""
    return TextScore(scored.log_probs, starts, scored.unscored, scored.passes, len(part.encode()), len(part))


def _heard(completion: str, start: int, silent: Sequence[tuple[int, int]]) -> str:
    """What tokens stand for, from `start` on."""
    parts = []
    for end, after in (*silent, (len(completion), len(completion))):
        parts.append(completion[start:end])
        start = max(start, after)
    return "".join(parts)


class Shelf:
    """Language models by their settings. Those that differ only in how texts are laid out share the weights."""

    def __init__(self) -> None:
        self._loaded: dict[LmSettings, Loaded] = {}
        self._ready: dict[LmSettings, LanguageModel] = {}

    def __contains__(self, settings: LmSettings) -> bool:
        return settings in self._ready

    def get(self, settings: LmSettings) -> LanguageModel:
        """The model, which is loaded if need be: that takes seconds to minutes.

        Raises ConfigurationError where that cannot be done as asked. Warns (UserWarning) where it runs slower than
        usual.
        """
        if settings not in self._ready:
            weights = settings.of_weights()
            if weights not in self._loaded:
                self._loaded[weights] = load(weights)
            self._ready[settings] = _language_model(settings, self._loaded[weights])
        return self._ready[settings]


def open_language_model(settings: LmSettings) -> LanguageModel:
    """A model of its own. See `Shelf.get`."""
    return Shelf().get(settings)


def _language_model(settings: LmSettings, loaded: Loaded) -> LanguageModel:
    from rulereward.services.lm.scorer import Scorer  # noqa: PLC0415  # imports torch, which `load` has found

    capacity = capacity_of(settings, loaded)
    tokenizer = TextTokenizer(loaded.tokenizer, chat_template=settings.chat_template)
    budget = settings.batch_tokens or _BUDGETS.get(loaded.model.device.type, _BUDGET)
    scorer = Scorer.of(loaded.model, capacity, budget, settings.truncate, settings.stride, compiling=settings.compile)
    return LanguageModel(_identity(settings, loaded), tokenizer, scorer)


def _identity(settings: LmSettings, loaded: Loaded) -> str:
    length = f"at most {settings.max_length} tokens" if settings.max_length else "its own length"
    cut = f"{settings.truncate} {settings.stride or ''}".strip()
    template = ["chat template"] if settings.chat_template else []
    return ", ".join([loaded.identity, length, cut, *template])

"""What a model trained on the spot says of fluent texts and of what they can become, and what a band pays for it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from fluent_texts import LANGUAGES, Sample, forms, samples
from trained_model import train

import rulereward as rr

if TYPE_CHECKING:
    from rulereward.services.lm.language_model import LanguageModel

JUDGED = 120
"""Texts of each language at most."""

_RULESET = """\
rulereward: 1
rules:
  bits: row.bits
let:
  band: decay(bits, {low}..{high}, scale={scale})
score: band ?? 0
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """`bits` per byte of each form of the same texts, in the same order; the band is of other texts."""

    reference: int
    band: tuple[float, float]
    bits: Mapping[str, Sequence[float]]

    def ruleset(self) -> rr.Ruleset:
        """1 within the band, and 0 from half its width outside it."""
        low, high = (round(end, 3) for end in self.band)
        return rr.Ruleset("band.yaml", _RULESET.format(low=low, high=high, scale=round((high - low) / 2, 3)))

    def rewards(self, form: str) -> Sequence[float]:
        values = self.bits[form]
        return self.ruleset().score(["" for _ in values], bits=list(values)).reward.tolist()

    def share_above(self, form: str) -> float:
        """Share of the texts whose form has more bits per byte than the fluent text itself."""
        return _share(self.bits[form], self.bits["fluent"])

    def share_paid_less(self, form: str) -> float:
        """Share of the texts whose form is paid less by the band than the fluent text itself."""
        return _share(self.rewards("fluent"), self.rewards(form))


def _share(larger: Sequence[float], smaller: Sequence[float]) -> float:
    return sum(one > other for one, other in zip(larger, smaller, strict=True)) / len(larger)


def trained(source: str, folder: Path) -> LanguageModel:
    """One model for both languages, trained on the training texts behind their prompts."""
    from rulereward.services.lm.language_model import open_language_model
    from rulereward.text.lm_work import LmSettings

    listed = [sample for language in LANGUAGES for sample in samples(source, language)["training"]]
    checkpoint = train([sample.prompt + sample.text for sample in listed], folder)
    return open_language_model(LmSettings(str(checkpoint), device="cpu"))


def measured(model: LanguageModel, source: str, language: str) -> Measured:
    parts = samples(source, language)
    reference = bits_per_byte(model, [(sample.prompt, sample.text) for sample in parts["reference"][:JUDGED]])
    low, high = np.percentile(reference, [5, 95])
    asked = _asked(parts["judged"][:JUDGED])
    return Measured(
        len(reference),
        (float(low), float(high)),
        {form: bits_per_byte(model, pairs) for form, pairs in asked.items()},
    )


def _asked(judged: Sequence[Sample]) -> Mapping[str, list[tuple[str, str]]]:
    asked: dict[str, list[tuple[str, str]]] = {}
    for place, sample in enumerate(judged):
        for form, text in forms(sample, seed=place).items():
            asked.setdefault(form, []).append((sample.prompt, text))
    return asked


def bits_per_byte(model: LanguageModel, pairs: Sequence[tuple[str, str]]) -> list[float]:
    from rulereward.services.lm.language_model import TextScore

    found = []
    for score in model.score(pairs):
        assert isinstance(score, TextScore)
        found.append(score.nll / math.log(2) / score.bytes)
    return found

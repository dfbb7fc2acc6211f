"""What perplexity says of fluent text and of shuffled, random and looped text, and what a band makes of it."""

from __future__ import annotations

import random
import statistics
from collections.abc import Mapping

import pytest

pytest.importorskip("torch", reason="the extra `models` is not installed")
pytest.importorskip("transformers", reason="the extra `models` is not installed")

from fluent_measures import JUDGED, Measured, measured, trained
from fluent_texts import CHANGES, LANGUAGES, LOOPS, MISSING, PARTS, SOURCES, Sample, forms, samples, sentences
from trained_model import train

from rulereward.services.lm.language_model import LanguageModel, TextScore

LOOPED = f"one sentence {LOOPS} times"
SHUFFLED = ("words shuffled", "characters shuffled", "random characters")
WITHIN = {("installed", "English", "words shuffled")}
"""What the band lets pass: fluent paragraphs of a reference differ from each other by more than shuffling does."""
MADE = ("installed", "Chinese")
"""Sentences of known patterns have few bits themselves: a loop of rare words has not always fewer."""


def needs(source: str) -> None:
    if source == "rollouts" and MISSING:
        pytest.skip(f"needs {' and '.join(MISSING)}")


@pytest.fixture(scope="module", params=SOURCES)
def source(request: pytest.FixtureRequest) -> str:
    needs(request.param)
    return str(request.param)


@pytest.fixture(scope="module")
def model(source: str, tmp_path_factory: pytest.TempPathFactory) -> LanguageModel:
    return trained(source, tmp_path_factory.mktemp(source))


@pytest.fixture(scope="module")
def found(model: LanguageModel, source: str) -> Mapping[str, Measured]:
    return {language: measured(model, source, language) for language in LANGUAGES}


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_shuffled_text_has_more_bits(found: Mapping[str, Measured], language: str) -> None:
    one = found[language]
    assert len(one.bits["fluent"]) >= 100
    assert all(one.share_above(form) >= 0.95 for form in SHUFFLED)
    medians = [statistics.median(one.bits[form]) for form in ("fluent", *SHUFFLED)]
    assert medians == sorted(medians)


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_loop_has_fewer_bits(found: Mapping[str, Measured], source: str, language: str) -> None:
    """So that "the lower the better" pays it best."""
    one = found[language]
    assert statistics.median(one.bits[LOOPED]) < statistics.median(one.bits["fluent"])
    if (source, language) != MADE:
        assert one.share_above(LOOPED) <= 0.1


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_band_pays_fluent_text_best(found: Mapping[str, Measured], source: str, language: str) -> None:
    """The band is that of other texts."""
    one = found[language]
    assert one.reference >= 50
    rewards = {form: statistics.mean(one.rewards(form)) for form in one.bits}
    assert rewards["fluent"] >= 0.9
    for form in (*SHUFFLED, LOOPED):
        if (source, language, form) not in WITHIN:
            assert rewards[form] < rewards["fluent"] - 0.1, form
    assert rewards["random characters"] < 0.01


@pytest.mark.slow
def test_an_empty_text_has_no_value(model: LanguageModel) -> None:
    """Neither the best nor the worst: what it is worth, the ruleset says."""
    assert model.score([("Is this a prompt?", "")]) == [TextScore((), (), 0, 0, 0, 0)]
    ruleset = Measured(1, (1.0, 2.0), {}).ruleset()
    assert ruleset.score(["", ""], bits=[None, 1.5]).reward.tolist() == [0.0, 1.0]


def test_the_reward_of_a_band() -> None:
    """1 within 2..3, and 0 from 0.5 outside it."""
    one = Measured(1, (2.0, 3.0), {"fluent": [2.5, 2.0, 3.0, 2.5], "other": [3.25, 1.0, 2.5, 4.5]})
    assert one.rewards("other") == pytest.approx([0.5, 0.0, 1.0, 0.0])
    assert one.share_above("other") == 0.5
    assert one.share_paid_less("other") == 0.75


@pytest.mark.parametrize("where", SOURCES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_prompt_and_no_text_is_in_two_parts(where: str, language: str) -> None:
    needs(where)
    parts = samples(where, language)
    assert len(parts["judged"]) >= 100
    for what in ("prompt", "text"):
        listed = [{getattr(sample, what) for sample in parts[part]} for part in PARTS]
        assert sum(map(len, listed)) == len(set.union(*listed))
    assert samples(where, language) == parts
    assert len(parts["judged"]) >= JUDGED


@pytest.mark.parametrize("text", ["One two.  Three four!\n\nFive, six.", "一只猫，坐在。垫子上！\n狗呢？"])
def test_forms_of_a_text(text: str) -> None:
    assert "".join(sentences(text)) == text
    made = forms(Sample("p", text), seed=1)
    assert list(made) == ["fluent", *CHANGES, "the prompt again"]
    for form in ("sentences shuffled", "words shuffled", "characters shuffled"):
        assert sorted(made[form]) == sorted(text)
        assert made[form] != text
    assert len(made["random characters"]) == len(text)
    assert made[LOOPED] in [sentence * 30 for sentence in sentences(text)]


def test_training_gives_the_same_weights_again(tmp_path_factory: pytest.TempPathFactory) -> None:
    chance = random.Random(0)
    texts = [" ".join(chance.choices(["one", "two", "three"], k=200)) for _ in range(20)]
    first, second = (train(texts, tmp_path_factory.mktemp("weights"), steps=3) for _ in range(2))
    assert (first / "model.safetensors").read_bytes() == (second / "model.safetensors").read_bytes()

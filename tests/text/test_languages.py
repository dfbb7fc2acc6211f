"""Languages of texts, and words that mix scripts."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rulereward.errors import ConfigurationError
from rulereward.text import languages
from rulereward.text.language_columns import scripts_of
from rulereward.text.language_names import BY_SCRIPT, JUDGED_AS, LANGUAGES, OTHER_NAMES, SHARED
from rulereward.text.languages import Target, read_target, target_share
from rulereward.text.markup import without
from rulereward.text.mixed_words import mixed_word_spans
from rulereward.text.scripts import IDEOGRAPHIC, SCRIPTS, letter_count, script_runs

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"

PLAIN = {
    "ar": "أعتقد أن علينا أن نبدأ بالمسألة الأولى.",
    "bn": "আমি মনে করি আমাদের প্রথম সমস্যা দিয়ে শুরু করা উচিত।",
    "cs": "Myslím, že bychom měli začít prvním příkladem.",
    "de": "Also müssen wir die Summe der beiden Zahlen berechnen.",
    "el": "Νομίζω ότι πρέπει να αρχίσουμε από το πρώτο πρόβλημα.",
    "en": "I think we should begin with the first problem.",
    "es": "Creo que deberíamos empezar con el primer problema.",
    "fa": "فکر می‌کنم باید از مسئلهٔ اول شروع کنیم.",
    "fi": "Minusta meidän pitäisi aloittaa ensimmäisestä tehtävästä.",
    "fr": "Il faut donc calculer la somme des deux nombres.",
    "he": "אני חושב שכדאי להתחיל בבעיה הראשונה.",
    "hi": "मुझे लगता है कि हमें पहले सवाल से शुरू करना चाहिए।",
    "id": "Jadi kita perlu menghitung jumlah kedua bilangan itu.",
    "it": "Quindi dobbiamo calcolare la somma dei due numeri.",
    "ja": "まず二つの数を足して、それから確かめます。",
    "ko": "먼저 두 수를 더한 다음 확인해 봅시다.",
    "nl": "Dus moeten we de som van de twee getallen berekenen.",
    "pl": "Musimy więc obliczyć sumę tych dwóch liczb.",
    "pt": "Portanto, precisamos calcular a soma dos dois números.",
    "ru": "Значит, нужно вычислить сумму двух чисел.",
    "sv": "Jag tycker att vi ska börja med det första problemet.",
    "ta": "முதல் கணக்கிலிருந்து தொடங்கலாம் என்று நினைக்கிறேன்.",
    "th": "ฉันคิดว่าเราควรเริ่มจากข้อแรก",
    "tr": "Bu nedenle iki sayının toplamını hesaplamalıyız.",
    "uk": "Отже, потрібно обчислити суму двох чисел.",
    "ur": "میرا خیال ہے کہ ہمیں پہلے سوال سے شروع کرنا چاہیے۔",
    "vi": "Vì vậy ta cần tính tổng của hai số.",
    "zh": "首先把两个数相加，然后检查一遍。",
}
"""One sentence each, written for this test."""


@pytest.fixture
def no_detector(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    languages._model.cache_clear()
    languages._detector.cache_clear()
    monkeypatch.setitem(sys.modules, "py3langid.langid", None)
    yield
    languages._model.cache_clear()
    languages._detector.cache_clear()


@pytest.mark.parametrize("code", PLAIN)
def test_a_sentence_is_in_its_language_and_in_no_other(code: str) -> None:
    assert {other for other in PLAIN if target_share(PLAIN[code], Target(other)) != 0} == {code}


def test_the_tables_agree() -> None:
    spread = [*BY_SCRIPT.values(), *(code for codes in SHARED.values() for code in codes), *JUDGED_AS, "zh", "ja"]
    assert sorted(spread) == sorted(LANGUAGES)
    assert set(BY_SCRIPT) | set(SHARED) < set(SCRIPTS)
    assert set(OTHER_NAMES.values()) | set(JUDGED_AS.values()) <= set(LANGUAGES)


@pytest.mark.parametrize("script", SHARED)
def test_the_detector_knows_the_languages_of_a_script_and_no_others(script: str) -> None:
    assert {code for code, _ in languages._detector(script).rank("x")} == set(SHARED[script])


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("zh", Target("zh")), (" ZH ", Target("zh")), ("Chinese", Target("zh")), ("中文", Target("zh")),
        ("zh-CN", Target("zh", "Hans")), ("zh_hant", Target("zh", "Hant")), ("zh-Hant-HK", Target("zh", "Hant")),
        ("en-US", Target("en")), ("english", Target("en")), ("cmn", Target("zh")), ("ms", Target("ms")),
        ("xx", None), ("", None), ("-", None), ("e n", None),
    ],
)  # fmt: skip
def test_names_of_targets(name: str, target: Target | None) -> None:
    assert read_target(name) == target


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", None), ("12 + 3 = 15.", None), ("OK.", None), ("ᚠᚢᚦᚨᚱᚲ", None),
        ("東京大学。今日は晴れです。", "ja"), ("这是 TensorFlow 的介绍", "zh"), ("OK. 我们先看第一题。", "zh"),
        ("Attends. Voyons un peu. Bien, alors.", "fr"), ("C\u0327a va tre\u0300s bien, merci beaucoup.", "fr"),
    ],
)  # fmt: skip
def test_most_of_a_text(text: str, code: str | None) -> None:
    """More of it is in the language than in any other; None: in no language, or in all of a script alike."""
    shares = {other: share for other in LANGUAGES if (share := target_share(text, Target(other))) is not None}
    best = [other for other, share in shares.items() if share == max(shares.values()) > 0]
    assert (best == [code]) if code else (len(best) != 1)


def test_nothing_hides_in_a_sentence_without_an_end() -> None:
    hidden = "我们先想一想这个问题" * 100 + " and so it goes on in here" * 40
    assert target_share(hidden, Target("zh")) < 0.85  # as one sentence it would be all Chinese: 3000 beside 800


def test_japanese_and_malay_words_of_doubt() -> None:
    assert target_share("東京大学。今日は晴れです。", Target("zh")) == 0
    assert target_share("东京大学是日本的大学。", Target("ja")) == 0
    assert target_share(PLAIN["id"], Target("ms")) == 1  # documented: the detector is not asked to part the two


@pytest.mark.usefixtures("no_detector")
def test_without_the_detector_the_script_still_decides() -> None:
    for code in ("zh", "ja", "ko", "el", "th"):
        assert [other for other in PLAIN if target_share(PLAIN[other], Target(code)) != 0] == [code]
    assert target_share(PLAIN["zh"], Target("en")) == 0


@pytest.mark.usefixtures("no_detector")
def test_without_the_detector_what_it_must_decide_is_an_error_with_the_next_step() -> None:
    with pytest.raises(ConfigurationError, match=r"pip install 'rulereward\[language\]'"):
        target_share(PLAIN["fr"], Target("en"))
    with pytest.raises(ConfigurationError, match="share a script"):
        target_share(PLAIN["ru"], Target("uk"))


MIXED = st.lists(
    st.sampled_from([*PLAIN.values(), "OK. ", "你", "か", "приveт ", "\n", "e\u0301", "1. "]), max_size=6
)


def test_plain_characters_are_what_they_are_taken_for() -> None:
    plain = [character for character in map(chr, range(sys.maxunicode + 1)) if languages._PLAIN.fullmatch(character)]
    for character in plain:
        han, latin = languages._HAN.match(character), languages._LETTER.match(character)
        assert scripts_in(character) == ({"Han"} if han else {"Latin"} if latin else set())
        assert unicodedata.combining(character) == 0
    assert unicodedata.is_normalized("NFC", "".join(plain))


def test_composing_leaves_a_letter_in_its_script() -> None:
    """So the scripts of a text are those of what is composed of it."""
    for character in map(chr, range(0x80, sys.maxunicode + 1)):
        composed = unicodedata.normalize("NFC", character)
        if composed != character:
            assert scripts_in(character) == scripts_in(composed), hex(ord(character))


def scripts_in(text: str) -> set[str]:
    return {script for script, _, _ in script_runs(text)}


@given(st.text("ab 1.,，。“—中文的\n", max_size=30))
def test_a_plain_piece_is_what_any_piece_is(text: str) -> None:
    assert languages._plain_piece(text) in {None, languages._any_piece(text)}


def test_the_scripts_of_a_target() -> None:
    assert scripts_of(Target("en")) == scripts_of(Target("ms")) == ("Latin",)
    assert scripts_of(Target("ru")) == ("Cyrillic",)
    assert scripts_of(Target("ko")) == ("Hangul",)
    assert set(scripts_of(Target("zh", "Hans"))) == set(scripts_of(Target("ja"))) == IDEOGRAPHIC


@settings(max_examples=50, deadline=None)
@given(MIXED.map("".join) | st.text(), st.sampled_from(sorted(LANGUAGES)))
def test_a_share_is_a_share(text: str, code: str) -> None:
    share = target_share(text, Target(code))
    assert share is None or 0 <= share <= 1
    assert share is None or letter_count(text)
    assert share == target_share(text, Target(code))


@pytest.mark.parametrize(
    "fragment", ["a", "OK. ", "你好。", "the cat sat. ", "приveт", "e\u0301\u0301", "か漢", "\u0301"]
)
def test_a_megabyte_of(fragment: str) -> None:
    text = fragment * (1_000_000 // len(fragment))
    share = target_share(text, Target("en"))
    assert share is None or 0 <= share <= 1
    assert all(start < end for start, end in mixed_word_spans(text))


@given(MIXED.map("".join) | st.text())
@settings(deadline=None)
def test_mixed_words_are_words(text: str) -> None:
    end = 0
    for first, last in mixed_word_spans(text):
        assert end <= first < last <= len(text)
        assert not any(char.isspace() or char.isdigit() for char in text[first:last])
        end = last


def _texts(name: str, *keys: str) -> list[str]:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"the shared data is not here: {name}")
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [without(row[key], ("code", "math", "url")) for row in rows for key in keys]


@pytest.mark.parametrize(
    ("name", "keys", "code", "others", "undecided"),
    [
        ("preference_zh.jsonl", ("chosen", "rejected"), "zh", 2, 1),  # a list of names, bare JavaScript; a number
        ("gaokao_zh_rollouts.jsonl", ("completion",), "zh", 0, 0),
        ("preference_en.jsonl", ("chosen", "rejected"), "en", 8, 12),  # all eight are in other languages; numbers
        ("math_rollouts.jsonl", ("completion",), "en", 0, 0),
    ],
)  # fmt: skip
def test_real_texts(name: str, keys: tuple[str, ...], code: str, others: int, undecided: int) -> None:
    """The texts of a file that are not in its language were read one by one: they are not, the measure is right."""
    shares = [target_share(text, Target(code)) for text in _texts(name, *keys)]
    assert sum(share is None for share in shares) == undecided
    assert sum(share is not None and share <= 0.5 for share in shares) == others


def test_real_texts_mix_scripts_in_words_where_sampling_collapsed() -> None:
    """Three sampled solutions end in noise of all scripts; one English text has a Hindi word with a foreign sign."""
    counts = [len(mixed_word_spans(text)) for text in _texts("math_rollouts.jsonl", "completion")]
    assert sum(count > 0 for count in counts) == 3
    assert min(count for count in counts if count) > 10
    for name in ("preference_zh.jsonl", "preference_en.jsonl"):
        assert sum(len(mixed_word_spans(text)) for text in _texts(name, "chosen", "rejected")) <= 1

"""Languages of texts: by script first, and for languages that share one by a small detector, py3langid.

A text is read sentence by sentence. A sentence is written in the script that most of its letters are of, a Han letter
weighing as three letters of an alphabet and kana and Hangul as two, since they say as much; a long sentence is cut
into pieces, so that nothing hides in one without an end. Han with kana is Japanese, Han alone Chinese. Sentences in a
script that several languages share are asked about together until they have MIN_LETTERS letters, because nobody can
tell the language of `OK.`; a text with fewer letters in all is not asked about.

The detector is a naive Bayes model over byte n-grams: deterministic, no download, no pickle, no seed. It is the extra
`rulereward[language]`, and only asked where the script does not decide.
"""

from __future__ import annotations

import copy
import importlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from rulereward.errors import ConfigurationError
from rulereward.text.language_names import BY_SCRIPT, JUDGED_AS, LANGUAGES, OTHER_NAMES, SHARED
from rulereward.text.scripts import IDEOGRAPHIC, script_runs, weight_of
from rulereward.text.sentences import sentence_spans
from rulereward.text.spans import Span

MIN_LETTERS = 20
"""Letters from which the detector is asked. Of 1,341 English sentences with fewer it took 472 for another language,
of 7,722 others 50, most of these rightly; of 13 of the 50 it was not SURE.
"""

SURE = 0.3
"""Probability above which the detector's best language counts. What it is less sure of could be in any."""

PIECE_CHARS = 400
"""Characters from which a sentence is cut, at white space where there is some."""

JAPANESE_KANA = 0.2
"""Share of kana in Han and kana from which a sentence is Japanese."""

_SHORT_HAN = 10

_Form = Literal["gb2312", "big5"]
_FORMS: tuple[_Form, ...] = ("gb2312", "big5")
"""The national standards of simplified and of traditional letters."""

_PLAIN_HAN = "\u4e00-\u9fa5"
_PLAIN_SIGNS = "\u2010-\u2027\u2030-\u205e\u2190-\u2211\u3001-\u3003\u3008-\u3011\uff01-\uff20"
_PLAIN = re.compile(f"[\0-\x7f{_PLAIN_SIGNS}{_PLAIN_HAN}]*+")
_PLAIN_LATIN = re.compile(f"[\0-\x7f{_PLAIN_SIGNS}]*+")
_HAN = re.compile(f"[{_PLAIN_HAN}]+")
"""The characters of most texts: of these only the letters of ASCII are Latin, only U+4E00 to U+9FA5 are Han, no
others are letters, and nothing is composed.
"""

_LETTER = re.compile("[A-Za-z]")
_SPACED = bytes(code if chr(code).isalpha() else ord(" ") for code in range(128)) + b" " * 128
"""Letters of ASCII as they are and a space for all else, for `bytes.translate`."""


@dataclass(frozen=True, slots=True)
class Target:
    """A language that a text should be in; Chinese perhaps in simplified (`Hans`) or traditional (`Hant`) letters."""

    code: str
    variant: Literal["Hans", "Hant"] | None = None


_CHINESE = Target("zh")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A sentence or a part of one. `words` are its words in `script`, Han standing for kana too."""

    script: str
    words: str
    weight: int


def read_target(name: str) -> Target | None:
    """The language that `zh`, `ZH-tw`, `zh-Hans`, `en_US`, `Chinese` or `中文` means; None for an unknown one."""
    first, *rest = name.strip().lower().replace("_", "-").split("-")
    code = OTHER_NAMES.get(first, first if first in LANGUAGES else _codes_by_name().get(first))
    if code is None:
        return None
    if code == "zh" and not {"hans", "cn", "sg"}.isdisjoint(rest):
        return Target(code, "Hans")
    if code == "zh" and not {"hant", "tw", "hk", "mo"}.isdisjoint(rest):
        return Target(code, "Hant")
    return Target(code)


def target_share(text: str, target: Target) -> float | None:
    """Share of the sentences that are in the language, by the weight of their letters; None without a letter.

    A text of fewer than MIN_LETTERS letters in a script that the target shares is taken to be in it.
    Raises ConfigurationError where the detector has to be asked and is not installed.
    """
    judged_as = JUDGED_AS.get(target.code, target.code)
    if judged_as not in SHARED["Latin"] and _PLAIN_LATIN.fullmatch(text):
        return 0.0 if _LETTER.search(text) else None  # in whatever sentences, all letters are of the wrong script
    if target == _CHINESE and _LETTER.search(text) is None and _PLAIN.fullmatch(text):
        return 1.0  # all letters are Han, and there is one, since _PLAIN_LATIN did not match
    pieces = list(_pieces(text))
    total = sum(piece.weight for piece in pieces)
    if not total:
        return None
    is_japanese = _is_japanese("".join(piece.words for piece in pieces if piece.script == "Han"))
    hits = 0
    for piece in pieces:
        if piece.script == "Han":
            hits += piece.weight * _fits(piece.words, is_japanese, target)
        elif BY_SCRIPT.get(piece.script) == target.code:
            hits += piece.weight
    for script in (script for script, languages in SHARED.items() if judged_as in languages):
        asked: Counter[str] = Counter()  # what a text says twice is asked once
        for words, weight in _pools(pieces, script):
            asked[words] += weight
        hits += sum(weight for words, weight in asked.items() if _best(words, script) in {None, judged_as})
    return hits / total


def _pieces(text: str) -> Iterator[_Piece]:
    for sentence in sentence_spans(text):
        for start, end in _cut(text, *sentence) if sentence[1] - sentence[0] > PIECE_CHARS else (sentence,):
            piece = text[start:end]
            found = (_plain_piece(piece) if _PLAIN.fullmatch(piece) else None) or _any_piece(piece)
            if found is not None:
                yield found


def _plain_piece(piece: str) -> _Piece | None:
    """`_any_piece` of what is `_PLAIN`; None where there is no letter, or of either script as much."""
    letters = piece.encode("ascii", "replace").translate(_SPACED).split()
    weight = sum(map(len, letters))
    han = "" if piece.isascii() else "".join(_HAN.findall(piece))
    of_han = len(han) * weight_of("Han")
    if weight == of_han:
        return None
    if of_han > weight:
        return _Piece("Han", han, of_han + weight)
    return _Piece("Latin", b" ".join(letters).decode(), of_han + weight)


def _any_piece(text: str) -> _Piece | None:
    """What a piece of a text is, None without a letter."""
    weights: Counter[str] = Counter()
    words: defaultdict[str, list[str]] = defaultdict(list)
    piece = unicodedata.normalize("NFC", text)  # quadratic in marks, so never of a whole text
    for script, first, last in script_runs(piece):
        group = "Han" if script in IDEOGRAPHIC else script
        weights[group] += (last - first) * weight_of(script)
        words[group].append(piece[first:last])
    if not weights:
        return None
    script = weights.most_common(1)[0][0]
    return _Piece(script, ("" if script == "Han" else " ").join(words[script]), weights.total())


def _cut(text: str, start: int, end: int) -> Iterator[Span]:
    while end - start > PIECE_CHARS:
        space = text.rfind(" ", start + 1, start + PIECE_CHARS)
        cut = space if space > 0 else start + PIECE_CHARS
        yield start, cut
        start = cut
    yield start, end


def _pools(pieces: Iterable[_Piece], script: str) -> list[tuple[str, int]]:
    """The words of the pieces in one script, and their weights, put together up to MIN_LETTERS letters."""
    pools: list[tuple[str, int]] = []
    words, weight = "", 0
    for piece in pieces:
        if piece.script == script:
            words, weight = f"{words} {piece.words}", weight + piece.weight
            if len(words) - words.count(" ") >= MIN_LETTERS:
                pools.append((words, weight))
                words, weight = "", 0
    if weight and pools:  # what is left over goes with the last of the others
        words, weight = f"{pools[-1][0]}{words}", pools.pop()[1] + weight
    return [*pools, (words, weight)] if weight else pools


def _best(words: str, script: str) -> str | None:
    """The language that the detector takes the words for, None where they are too few or it is not sure."""
    if len(words) - words.count(" ") < MIN_LETTERS:
        return None
    best, probability = _detector(script).classify(words)
    return str(best) if probability > SURE else None


@cache
def _detector(script: str) -> Any:
    """py3langid's identifier, which knows the languages of the script only."""
    detector = copy.copy(_model())
    detector.set_languages(SHARED[script])
    return detector


@cache
def _model() -> Any:
    try:
        langid = importlib.import_module("py3langid.langid")
    except ImportError as error:
        raise ConfigurationError(
            "telling languages apart that share a script needs py3langid: pip install 'rulereward[language]'"
        ) from error
    return langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)


@cache
def _codes_by_name() -> dict[str, str]:
    return {name.lower(): code for code, name in LANGUAGES.items()}


def _is_japanese(han_and_kana: str, text_is: bool = False) -> bool:
    """Kana make Han Japanese. In a Japanese text, few Han letters do without."""
    if _HAN.fullmatch(han_and_kana):
        return text_is and len(han_and_kana) <= _SHORT_HAN
    kana = sum(last - first for script, first, last in script_runs(han_and_kana) if script != "Han")
    if kana >= JAPANESE_KANA * len(han_and_kana) and kana:
        return True
    return text_is and (kana > 0 or len(han_and_kana) <= _SHORT_HAN)


def _fits(han_and_kana: str, text_is_japanese: bool, target: Target) -> bool:
    if _is_japanese(han_and_kana, text_is_japanese):
        return target.code == "ja"
    if target.code != "zh" or target.variant is None:
        return target.code == "zh"
    simplified, traditional = (sum(map(_only(form).__contains__, han_and_kana)) for form in _FORMS)
    balance = simplified - traditional
    return balance >= 0 if target.variant == "Hans" else balance <= 0


@cache
def _only(encoding: _Form) -> frozenset[str]:
    """Han letters that the national standard of one form has and that of the other lacks."""
    other = "big5" if encoding == "gb2312" else "gb2312"
    letters = map(chr, range(0x4E00, 0xA000))
    return frozenset(letter for letter in letters if _encodes(letter, encoding) and not _encodes(letter, other))


def _encodes(letter: str, encoding: str) -> bool:
    return bool(letter.encode(encoding, "ignore"))

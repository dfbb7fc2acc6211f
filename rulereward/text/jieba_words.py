"""Chinese words, exactly as jieba cuts a text by default.

The dictionary and the character model are jieba's, read from where it is installed; the two searches are written out
here and in `jieba_dictionary`. jieba itself is not imported: it adds log handlers, reads a marshalled cache from the
folder for temporary files, where anybody could have put one, takes words that a host adds to it, and needs quadratic
time and memory for a long run of characters outside its dictionary.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from rulereward.text.jieba_dictionary import (
    BLOCK,
    SPACE,
    Dictionary,
    DictionaryFile,
    add_beginnings,
    best_ends,
    folder,
    read_dictionary,
)

_IDEOGRAPHS = re.compile(r"([\u4e00-\u9fd5]+)")
_ASCII_WORD = re.compile(r"([a-zA-Z0-9]+(?:\.[0-9]+)?%?)")

UNKNOWN = -3.14e100
"""jieba's logarithm of the probability 0; sums with it are rounded as jieba's are."""

FOLLOWERS = {"B": "ME", "M": "ME", "E": "BS", "S": "BS"}
"""The places of a character in a word (begin, middle, end, single), and which two may follow each."""

_BEFORE = {"B": (1, "ES"), "M": (2, "BM"), "E": (4, "BM"), "S": (8, "ES")}
"""The bit that tells which of two places came before, and the two."""


@dataclass(frozen=True, slots=True)
class Characters:
    """Hidden Markov model of the place of a character in a word: begin, end, middle, single."""

    start: Mapping[str, float]
    step: Mapping[str, Mapping[str, float]]
    emit: Mapping[str, Mapping[str, float]]


def jieba_words(text: str, dictionary: DictionaryFile | None = None) -> list[str]:
    """What `jieba.lcut(text)` gives; the words joined are the text. Linear time.

    With a dictionary, what it gives behind `jieba.load_userdict(file)`. The first call reads jieba's dictionary and
    the file, which takes about a second and 80 MB. Thread-safe. Raises ConfigurationError where jieba is not
    installed, and where the file is no dictionary.
    """
    known = _dictionary(dictionary)
    found: list[str] = []
    for number, block in enumerate(BLOCK.split(text)):
        if number % 2:
            found.extend(_cut_block(block, known))
            continue
        for place, piece in enumerate(SPACE.split(block)):
            found.extend([piece] if place % 2 else piece)
    return found


@lru_cache(maxsize=4)
def _dictionary(file: DictionaryFile | None) -> Dictionary:
    read = read_dictionary(file)
    counts = dict(read.counts)
    add_beginnings(counts)
    return Dictionary(counts, read.total, read.forced)


def _cut_block(block: str, known: Dictionary) -> Iterator[str]:
    """The most probable words of the dictionary; single characters in a row are handed to the character model."""
    ends = best_ends(block, known.counts, known.total)
    singles = at = 0
    while at < len(block):
        end = ends[at]
        if end - at > 1:
            yield from _cut_singles(block[singles:at], known)
            yield block[at:end]
            singles = end
        at = end
    yield from _cut_singles(block[singles:], known)


def _cut_singles(run: str, known: Dictionary) -> Iterator[str]:
    if len(run) < 2 or known.counts.get(run):
        yield from run
        return
    for number, piece in enumerate(_IDEOGRAPHS.split(run)):
        if number % 2:
            for word in _cut_unknown(piece):
                yield from word if word in known.forced else [word]
        else:
            yield from filter(None, _ASCII_WORD.split(piece))


def _cut_unknown(run: str) -> Iterator[str]:
    """Words that are in no dictionary, by the most probable places of their characters."""
    start = 0
    for at, place in enumerate(_places(run)):
        if place in "ES":
            yield run[start : at + 1]
            start = at + 1


def _places(run: str) -> Iterator[str]:
    """The most probable place of each character in its word: B(egin), M(iddle), E(nd) or S(ingle).

    Viterbi's search. Each place can follow two others; of two equal ways jieba takes the letter that comes later.
    """
    model = characters()
    (bm, be), (mm, me), (eb, es), (sb, ss) = (
        [model.step[place][after] for after in followers] for place, followers in FOLLOWERS.items()
    )
    emit_b, emit_m, emit_e, emit_s = (model.emit[place] for place in FOLLOWERS)
    b, m, e, s = (model.start[place] + model.emit[place].get(run[0], UNKNOWN) for place in FOLLOWERS)
    choices: list[int] = []
    for character in run[1:]:
        here = emit_b.get(character, UNKNOWN)
        b_e, b_s = e + eb + here, s + sb + here
        here = emit_m.get(character, UNKNOWN)
        m_b, m_m = b + bm + here, m + mm + here
        here = emit_e.get(character, UNKNOWN)
        e_b, e_m = b + be + here, m + me + here
        here = emit_s.get(character, UNKNOWN)
        s_e, s_s = e + es + here, s + ss + here
        choices.append((b_s >= b_e) + 2 * (m_m >= m_b) + 4 * (e_m >= e_b) + 8 * (s_s >= s_e))
        b, m, e, s = max(b_e, b_s), max(m_b, m_m), max(e_b, e_m), max(s_e, s_s)
    return _way_back("S" if s >= e else "E", choices)


def _way_back(place: str, choices: Sequence[int]) -> Iterator[str]:
    """The places from the first character on, of which the last is `place`."""
    found = [place]
    for choice in reversed(choices):
        bit, before = _BEFORE[place]
        place = before[choice // bit % 2]
        found.append(place)
    return reversed(found)


@cache
def characters() -> Characters:
    """The model, as jieba ships it."""
    return Characters(_model_part("prob_start"), _model_part("prob_trans"), _model_part("prob_emit"))


def _model_part(name: str) -> Any:
    """One of jieba's modules that hold nothing but a dictionary `P`."""
    spec = importlib.util.spec_from_file_location(f"_jieba_{name}", folder() / "finalseg" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.P

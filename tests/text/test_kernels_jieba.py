"""The kernel that cuts as jieba does, against jieba itself and against the row forms."""

from __future__ import annotations

import json
import random
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulereward.data import TextColumn, View
from rulereward.errors import ConfigurationError
from rulereward.kind import LocalFile
from rulereward.text import jieba_tables, kernels_jieba
from rulereward.text.jieba_words import jieba_words
from rulereward.text.kernels_jieba import JiebaMode, jieba_units
from rulereward.text.units import Units
from rulereward.text.words import LEFT_TO_ROWS, SPECIAL_LOWER, repetition_units

DATA = Path(__file__).parents[3] / "shared" / "data"
CHINESE = "gaokao_zh_rollouts.jsonl", "preference_zh.jsonl"
MANY = pytest.mark.parametrize("count", [1_000, pytest.param(20_000, marks=pytest.mark.slow)])

Cut = Callable[[str], list[str]]
ROW_FORMS: dict[JiebaMode, Callable[[str, LocalFile | None], list[str]]] = {
    "cut": jieba_words,
    "words": lambda text, file: [word for word in jieba_words(text, file) if not word.isspace()],
    "word": lambda text, _: repetition_units(text, "word", "jieba"),
    "auto": lambda text, _: repetition_units(text, "auto", "jieba"),
}
LEFT: dict[JiebaMode, str] = {"cut": "", "words": "", "word": SPECIAL_LOWER, "auto": LEFT_TO_ROWS}
MODES = pytest.mark.parametrize("mode", list(ROW_FORMS))

PIECES = (
    "3.14%", "a.5.6", "1.", "10.5.2%x", "C++", "c#", "AT&T", "T恤", "AA制", "卡拉OK", "4S店", "AA", "IP", "你好",
    "世界", "的", "了", "一", "哈哈哈", " ", "  ", "\n", "\r\n", "\r", "\t", "\u3000", "\xa0", "\x85", "\u2028",
    "\x1c", "\x00", "α", "é", "É", "Ж", "ж", "ß", "ǅ", "Ⱥ", "한국", "カラ", "ﾊ", "々", "〇", "㐀", "𠀀", "𪛖",
    "\U0002fa1d", "😀", "👨\u200d👩", "，", "。", "“", "…", "\u4dff", "\u4e00", "\u9fd5", "\u9fd6", "\u9fff", "豈",
    "½", "²", "٣", "e\u0301", "the ", "Hello", "def f(x):", "ha" * 40, "x" * 64, "y" * 65, "=" * 64, "-" * 65,
    "\n" * 64, " \n" * 40, "一" * 70, "龘" * 70,
)  # fmt: skip
MARKS = "0123456789.%+#&_-aZ "
USER_WORDS = """\
云计算 5
创新办
研究生命 900000 n
哈哈 0
杭研 0
世界 0
世界大 3
研大
C++语言 20
C++
e-mail
3.14%的
AA 9
的了一 999999999999999
你好世界
你好世
龘龘龘 7
龘龘 0
鿕\u9fd6 50
一了的是 0
カラ 8
"""


@pytest.fixture(scope="module")
def jieba(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """jieba, quiet, with its cache where nobody else looks, and no words forbidden for all."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba
    jieba.setLogLevel(100)
    jieba.dt.tmp_dir = str(tmp_path_factory.mktemp("jieba"))
    jieba.initialize()
    jieba.finalseg.Force_Split_Words.clear()
    yield jieba
    jieba.finalseg.Force_Split_Words.clear()


@pytest.fixture(scope="module")
def user_file(tmp_path_factory: pytest.TempPathFactory) -> LocalFile:
    path = tmp_path_factory.mktemp("words") / "words.txt"
    path.write_text(USER_WORDS, encoding="utf-8")
    return LocalFile.of(path)


@pytest.fixture(params=[False, True], ids=["shipped", "user"])
def cutter(jieba: ModuleType, user_file: LocalFile, request: pytest.FixtureRequest) -> tuple[Cut, LocalFile | None]:
    """jieba with its own dictionary and with a user's, and the file."""
    jieba.finalseg.Force_Split_Words.clear()
    if not request.param:
        return jieba.dt.lcut, None
    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total, tokenizer.initialized = dict(jieba.dt.FREQ), jieba.dt.total, True
    with Path(user_file.path).open("rb") as file:
        tokenizer.load_userdict(file)
    return tokenizer.lcut, user_file


def made(count: int, dictionary: Sequence[str], seed: int = 1) -> list[str]:
    """Texts of words, of ideographs at random, and of what lies at the edges of the rules."""
    draw = random.Random(seed)
    words = draw.sample(dictionary, 20_000)
    user_words = [line.split()[0] for line in USER_WORDS.splitlines()]
    kinds: list[Callable[[], str]] = [
        *[lambda: draw.choice(words)] * 5,
        *[lambda: chr(draw.randrange(0x4E00, 0xA000))] * 2,
        *[lambda: draw.choice(MARKS)] * 2,
        *[lambda: draw.choice(PIECES)] * 3,
        lambda: draw.choice(user_words),
        lambda: draw.choice(user_words)[: draw.randrange(1, 4)],
        lambda: chr(draw.choice([draw.randrange(0x3000), draw.randrange(0x20000, 0x31000)])),
    ]
    return ["".join(draw.choice(kinds)() for _ in range(draw.randrange(60))) for _ in range(count)]


def units_of(view: View, mode: JiebaMode, file: LocalFile | None = None) -> Units:
    return jieba_units(view.column.data, view.start, view.end, mode, file)


def tokens_of(texts: list[str], file: LocalFile | None = None) -> list[list[str]]:
    """The words that the kernel cuts, by their lengths."""
    found = units_of(TextColumn.from_strings(texts).view(), "cut", file)
    tokens = []
    for row, text in enumerate(texts):
        ends = np.cumsum(found.chars[found.offsets[row] : found.offsets[row + 1]]).tolist()
        tokens.append([text[start:end] for start, end in zip([0, *ends], ends, strict=False)])
        assert sum(map(len, tokens[-1])) == len(text)
    return tokens


def check(texts: Sequence[str | None], found: Units, mode: JiebaMode, file: LocalFile | None = None) -> None:
    """The units of the row form, told apart across all texts, of the same lengths; special texts have none."""
    special = [text is not None and any(character in text for character in LEFT[mode]) for text in texts]
    assert found.special.tolist() == special
    row_form = ROW_FORMS[mode]
    expected = [
        [] if skip or text is None else row_form(text, file) for text, skip in zip(texts, special, strict=True)
    ]
    flat = [unit for row in expected for unit in row]
    assert np.diff(found.offsets).tolist() == list(map(len, expected))
    assert found.chars.tolist() == list(map(len, flat))
    names: dict[str, int] = {}
    numbers: dict[int, int] = {}
    by_hash = [numbers.setdefault(value, len(numbers)) for value in found.hashes.tolist()]
    assert by_hash == [names.setdefault(unit, len(names)) for unit in flat]


@MANY
def test_many_texts_are_cut_as_by_jieba(jieba: ModuleType, cutter: tuple[Cut, LocalFile | None], count: int) -> None:
    cut, file = cutter
    texts = made(count, list(jieba.dt.FREQ))
    wrong = [
        (text, tokens) for text, tokens in zip(texts, tokens_of(texts, file), strict=True) if tokens != cut(text)
    ]
    assert not wrong


@MANY
@MODES
def test_many_texts(jieba: ModuleType, mode: JiebaMode, count: int) -> None:
    texts = made(count, list(jieba.dt.FREQ), seed=2)
    check(texts, units_of(TextColumn.from_strings(texts).view(), mode), mode)


@given(texts=st.lists(st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=30).map("".join), max_size=4))
@MODES
def test_any_texts(mode: JiebaMode, texts: list[str]) -> None:
    texts = [text.encode("utf-8", "replace").decode() for text in texts]
    check(texts, units_of(TextColumn.from_strings(texts).view(), mode), mode)


@pytest.mark.parametrize("count", [3, pytest.param(60, marks=pytest.mark.slow)])
def test_any_dictionary(jieba: ModuleType, tmp_path: Path, count: int) -> None:
    """Dictionaries of every kind of line; `test_jieba_words` holds the row form and jieba together on such."""
    draw = random.Random(11)
    words = [*(line.split()[0] for line in USER_WORDS.splitlines()), *draw.sample(list(jieba.dt.FREQ), 200), *PIECES]
    behind = "", "", " 0", " 1", " 70", " 99999", " 123456789012345", " n", " 3 nz"
    for _ in range(count):
        chosen = ["".join(draw.choices(words, k=draw.randrange(1, 3))).split() for _ in range(draw.randrange(60))]
        path = tmp_path / "words.txt"
        path.write_text("\n".join(word[0][:64] + draw.choice(behind) for word in chosen if word), encoding="utf-8")
        file = LocalFile.of(path)
        texts = ["".join(draw.choices(words, k=draw.randrange(30))) for _ in range(150)]
        assert tokens_of(texts, file) == [jieba_words(text, file) for text in texts]


@pytest.mark.parametrize("name", CHINESE)
def test_real_texts(cutter: tuple[Cut, LocalFile | None], name: str) -> None:
    if not (DATA / name).exists():
        pytest.skip(f"needs ../shared/data/{name}")
    texts: list[str] = []
    for line in (DATA / name).read_text(encoding="utf-8").splitlines():
        texts.extend(strings_in(json.loads(line)))
    cut, file = cutter
    assert tokens_of(texts, file) == [cut(text) for text in texts]


def strings_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from strings_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from strings_in(part)


@pytest.mark.parametrize("step", [17, pytest.param(1, marks=pytest.mark.slow)])
@MODES
def test_every_character_alone_and_between_others(mode: JiebaMode, step: int) -> None:
    """All below U+3400 and at the edges of what is cut; of the others every 17th, or all."""
    edges = {0x4E00, 0x9FD5, 0x9FD6, 0xA000, 0xD7FF, 0xE000, 0xFEFF, 0xFFFF, 0x10000, 0x1FFFF, 0x20000, 0x10FFFF}
    codes = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000 and (c < 0x3400 or c % step == 0 or c in edges)]
    everything = [chr(code) for code in codes if chr(code) not in LEFT[mode]]
    blocks = [
        "".join(f"{c} 中{c}文x{c}{c}y " for c in everything[at : at + 5000]) for at in range(0, len(everything), 5000)
    ]
    check(blocks, units_of(TextColumn.from_strings(blocks).view(), mode), mode)
    special = ["中文", *(f"中{character}文" for character in LEFT[mode])]
    found = units_of(TextColumn.from_strings(special).view(), mode)
    assert found.special.tolist() == [False, *[True] * len(LEFT[mode])]


@MODES
def test_windows_cut_anywhere(jieba: ModuleType, mode: JiebaMode) -> None:
    """What lies around a window does not count."""
    column = TextColumn.from_strings(["".join(made(300, list(jieba.dt.FREQ), seed=3))])
    data = column.data
    places = [at for at in range(len(data) - 16) if data[at] & 0xC0 != 0x80]
    draw = random.Random(3)
    starts = sorted(draw.sample(range(len(places) - 200), 400))
    spans = [(places[at], places[at + draw.randrange(200)]) for at in starts]
    start, end = (np.array(side, dtype=np.int64) for side in zip(*spans, strict=True))
    texts = [data[a:b].tobytes().decode() for a, b in spans]
    check(texts, units_of(View(column, start, end, np.zeros(len(start), np.int64)), mode), mode)


@MODES
def test_missing_and_empty_texts(mode: JiebaMode) -> None:
    texts = [None, "", "我来到北京清华大学", None, "", None, "the", *[None] * 50]
    check(texts, units_of(TextColumn.from_strings(texts).view(), mode), mode)
    check([], units_of(TextColumn.from_strings([]).view(), mode), mode)
    check([None], units_of(TextColumn.from_strings([None]).view(), mode), mode)


@MODES
def test_more_units_than_room_was_made_for(mode: JiebaMode) -> None:
    """Every character is a unit here, so that the room for one in four bytes is used up several times."""
    texts = ["中" if row % 7 else "a+b " * 9 + "我, 你, " * 30 for row in range(400)]
    check(texts, units_of(TextColumn.from_strings(texts).view(), mode), mode)


def test_units_by_hand() -> None:
    """What `words.repetition_units` says of words, of runs of white space, and of pieces."""
    text = "Hello, 他来到了网易杭研大厦。" + " " * 70 + "T恤 " + "ha" * 33
    view = TextColumn.from_strings([text]).view()
    words = ["Hello,", "他", "来到", "了", "网易", "杭研", "大厦", "。"]
    lengths = list(map(len, words))
    assert units_of(view, "word").chars.tolist() == [*lengths, 2, 66]
    assert units_of(view, "auto").chars.tolist() == [*lengths, *[8] * 8, 6, 2, *[8] * 8, 2]
    assert units_of(view, "words").chars.tolist() == [5, 1, *lengths[1:], 2, 66]
    assert units_of(view, "cut").chars.tolist() == [5, 1, 1, *lengths[1:], *[1] * 70, 2, 1, 66]


def test_upper_case_is_the_same_unit_where_the_row_form_folds_it() -> None:
    view = TextColumn.from_strings(["Éa éA ÉA中 éa中 Ж ж"]).view()
    folded = units_of(view, "word").hashes.tolist()
    assert folded[0] == folded[1]
    assert folded[-2] == folded[-1]
    assert len(set(folded)) == 5  # "éa", "é", "a", "中", "ж"
    assert len(set(units_of(view, "words").hashes.tolist())) == 7  # "É", "é", "A", "a", "中", "Ж", "ж"


def test_a_long_run_outside_the_dictionary() -> None:
    draw = random.Random(0)
    run = "".join(chr(draw.randrange(0x4E00, 0x9FD6)) for _ in range(300_000))
    assert tokens_of([run]) == [jieba_words(run)]


def test_threads_that_all_come_first() -> None:
    kernels_jieba._tables.cache_clear()
    view = TextColumn.from_strings(["他来到了网易杭研大厦"] * 50).view()
    gate = threading.Barrier(3)
    found: list[list[int]] = []

    def cut() -> None:
        gate.wait()
        found.append(units_of(view, "cut").chars.tolist())

    threads = [threading.Thread(target=cut) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[1, 2, 1, 2, 2, 2] * 50] * 3


def test_what_is_no_dictionary(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_bytes(b"\xff")
    view = TextColumn.from_strings(["中"]).view()
    with pytest.raises(ConfigurationError, match="line 1, is not UTF-8"):
        units_of(view, "cut", LocalFile.of(path))


def test_what_is_known_of_characters() -> None:
    """What Python says of every code point; and the numbers that stand here and in the tables are the same."""
    kinds, lower = kernels_jieba._characters()
    for code in range(0x20000):
        if 0xD800 <= code < 0xE000:
            continue
        character = chr(code)
        assert bool(kinds[code] & kernels_jieba._SPACE) == character.isspace()
        if character not in SPECIAL_LOWER:
            assert chr(lower[code]) == character.lower()
            assert bool(kinds[code] & kernels_jieba._CASED) == (character.lower() != character)
    assert not any(chr(code).isspace() or chr(code).lower() != chr(code) for code in range(0x20000, 0x110000))
    assert kernels_jieba._COMMON == jieba_tables.COMMON
    assert jieba_tables.COMMON**2 == kernels_jieba._RARE
    assert 64 - jieba_tables.RARE_BITS == kernels_jieba._RARE_SHIFT
    assert kernels_jieba._SPREAD == jieba_tables.SPREAD
    assert kernels_jieba._FIRST_LETTER == jieba_tables.IDEOGRAPHS

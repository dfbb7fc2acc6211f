"""Our reading of jieba against jieba itself."""

from __future__ import annotations

import importlib.util
import json
import os
import random
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulereward.errors import ConfigurationError
from rulereward.kind import LocalFile
from rulereward.text import jieba_dictionary
from rulereward.text import jieba_words as ours
from rulereward.text.jieba_words import jieba_words

ROOT = Path(__file__).parents[2]
ROLLOUTS = ROOT.parent / "shared" / "data" / "gaokao_zh_rollouts.jsonl"

Cut = Callable[[str], list[str]]
FRAGMENTS = [
    "我来到北京清华大学", "研究生命的起源", "他来到了网易杭研大厦", "乒乓球拍卖完了", "工信处女干事", "李小福是创新",
    "卡拉OK", "T恤", "C++", "c#", "3.14%", "1.", "-5", "a_b", "e-mail", "的", "一", "是", "了", "龘", "龥", "\u9fd5",
    "\u9fd6", "𪛖", "々", "カラ", "한국", "，", "。", "“", "！", "…", " ", "\r\n", "\r", "\n", "\t", "\u3000", "\x1c",
    "\u200b", "½", "²", "٣", "AT&T", "100%", "%", ".", "+", "#", "ab.12", "12.ab",
]  # fmt: skip
ANY_TEXT = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=4), max_size=20).map("".join)

USER_WORDS = [
    "云计算", "创新办", "李小福", "研大", "杭研大厦", "来到北京", "北京清华大学", "我来到北京清华大学", "C++语言",
    "e-mail", "ab", "卡拉", "OK", "生命的", "处女", "球拍", "的", "一是", "龘龥", "龘", "网易杭", "T", "100%的", "。",
    "カラ", "命 的", "3.14", "了网", "女干", "工信处女干事", "干事", "小福", "福是", "\u9fd6大",
]  # fmt: skip


@pytest.fixture(scope="module")
def jieba(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """jieba, quiet, with its cache where nobody else looks, and no words forbidden for all."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba
    jieba.setLogLevel(100)
    jieba.dt.tmp_dir = str(tmp_path_factory.mktemp("jieba"))
    jieba.initialize()
    yield jieba
    jieba.finalseg.Force_Split_Words.clear()


@pytest.fixture(scope="module")
def theirs(jieba: ModuleType) -> Cut:
    jieba.finalseg.Force_Split_Words.clear()
    return with_dictionary(jieba, None)


def with_dictionary(jieba: ModuleType, path: Path | None) -> Cut:
    """What a new Tokenizer cuts that has read a user's dictionary; one at a time, because of what they share."""
    jieba.finalseg.Force_Split_Words.clear()
    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total, tokenizer.initialized = dict(jieba.dt.FREQ), jieba.dt.total, True
    if path is not None:
        with path.open("rb") as file:
            tokenizer.load_userdict(file)
    return tokenizer.lcut


def written(folder: Path, content: str | bytes) -> LocalFile:
    path = folder / "words.txt"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return LocalFile.of(path)


@given(text=ANY_TEXT)
def test_any_text(theirs: Cut, text: str) -> None:
    assert jieba_words(text) == theirs(text)
    assert "".join(jieba_words(text)) == text


@given(text=ANY_TEXT)
def test_white_space_separates(text: str) -> None:
    """Cutting what stands between white space piece by piece is cutting the text."""
    whole = [word for word in jieba_words(text) if not word.isspace()]
    assert whole == [word for piece in text.split() for word in jieba_words(piece)]


def test_characters_at_random(theirs: Cut) -> None:
    """Runs of rare and common ideographs, where the model of characters decides nearly everything."""
    chance = random.Random(0)
    common = "的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可里后小么"
    for _ in range(1_500):
        rare = [chr(chance.randrange(0x4E00, 0x9FD6)) for _ in range(chance.randrange(12))]
        text = "".join(chance.sample(rare + chance.choices(common, k=12), k=12))
        assert jieba_words(text) == theirs(text), text


@pytest.mark.skipif(not ROLLOUTS.exists(), reason="needs ../shared/data/gaokao_zh_rollouts.jsonl")
def test_real_completions(theirs: Cut) -> None:
    texts = [json.loads(line)["completion"] for line in ROLLOUTS.read_text(encoding="utf-8").splitlines()]
    wrong = [text for text in texts if jieba_words(text) != theirs(text)]
    assert not wrong


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("我来到北京清华大学", ["我", "来到", "北京", "清华大学"]),
        ("他来到了网易杭研大厦", ["他", "来到", "了", "网易", "杭研", "大厦"]),
        ("a\r\nb  c", ["a", "\r\n", "b", " ", " ", "c"]),
    ],
)
def test_the_examples_of_its_readme(text: str, words: list[str]) -> None:
    assert jieba_words(text) == words


def test_the_dictionary_of_its_readme(tmp_path: Path) -> None:
    """https://github.com/fxsjy/jieba: the example of a user's dictionary, before and after."""
    text = "李小福是创新办主任也是云计算方面的专家"
    before = "李小福/是/创新/办/主任/也/是/云/计算/方面/的/专家"
    after = "李小福/是/创新办/主任/也/是/云计算/方面/的/专家"
    assert jieba_words(text) == before.split("/")
    assert jieba_words(text, written(tmp_path, "云计算 5\n李小福 2 nr\n创新办 3 i\n")) == after.split("/")
    assert jieba_words(text) == before.split("/")


@pytest.mark.parametrize(
    ("dictionary", "text"),
    [
        ("杭研大厦", "他来到了网易杭研大厦"),
        ("杭研大厦\n研大\n杭研大厦 0\n", "他来到了网易杭研大厦"),
        ("杭研 0", "他来到了网易杭研大厦"),
        ("杭研 0\n杭研 3\n", "他来到了网易杭研大厦 杭研"),
        ("清华大学 0", "我来到北京清华大学"),
        ("C++语言 3 n\nC++\n", "我学C++语言，他学C++"),
        ("\ufeff\ufeff云计算\r\n\n  \n创新办  \n", "李小福是创新办主任也是云计算方面的专家"),
        ("\ufeff 5 n\n云 计算 5 n\n云计算 n n\n12\n12 12 x\n\x0b一 1\x0c\n\u3000\n", "云计算 12 n 一"),
        ("我来到北京清华大学 999999999999999", "我来到北京清华大学我来到北京清华大学"),
        ("的是 000000000000000000000000012\n", "这是的是"),
        ("", "我来到北京清华大学"),
    ],
)
def test_dictionaries(jieba: ModuleType, tmp_path: Path, dictionary: str, text: str) -> None:
    file = written(tmp_path, dictionary)
    assert jieba_words(text, file) == with_dictionary(jieba, Path(file.path))(text)


@pytest.mark.parametrize("count", [5, pytest.param(150, marks=pytest.mark.slow)])
def test_any_dictionary(jieba: ModuleType, tmp_path: Path, count: int) -> None:
    chance = random.Random(5)
    for _ in range(count):
        texts: list[str] = []
        file = written(tmp_path, any_dictionary(chance))
        cut = with_dictionary(jieba, Path(file.path))
        for _ in range(60):
            pieces = chance.choices(FRAGMENTS + USER_WORDS, k=chance.randrange(25))
            texts.append("".join(piece[: chance.randrange(1, 9)] for piece in pieces))
        assert [jieba_words(text, file) for text in texts] == [cut(text) for text in texts]


def any_dictionary(chance: random.Random) -> str:
    behind = ["", "", "", " 0", " 1", " 5", " 300", " 99999", " 123456789012345", " n", " 3 nz", " x1", " "]
    lines = []
    for _ in range(chance.randrange(30)):
        word = chance.choice(USER_WORDS)
        if chance.random() < 0.4:
            fragment = "".join(chance.choices(FRAGMENTS[:10], k=2))
            start = chance.randrange(len(fragment))
            word = fragment[start : start + chance.randrange(1, 5)]
        lines.append(word + chance.choice(behind))
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("好\n".encode() + b"\xff\xfe 3\n", "words.txt, line 2, is not UTF-8: save the file in UTF-8"),
        ("好" * 65, "line 1, has a word of 65 characters: write one word on each line, of at most 64"),
        ("好 1234567890123456", "line 1, has a frequency of more than 15 digits: give a smaller one"),
    ],
)
def test_what_is_no_dictionary(tmp_path: Path, content: str | bytes, said: str) -> None:
    file = written(tmp_path, content)
    with pytest.raises(ConfigurationError) as caught:
        jieba_words("好", file)
    assert said in str(caught.value)
    assert str(tmp_path) in str(caught.value)


def test_a_dictionary_that_is_gone(tmp_path: Path) -> None:
    file = written(tmp_path, "好")
    Path(file.path).unlink()
    with pytest.raises(ConfigurationError, match="cannot be read: No such file"):
        jieba_words("好", file)


def test_dictionaries_that_are_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jieba_dictionary, "MOST_BYTES", 3_000_000)
    with pytest.raises(ConfigurationError, match="is larger than 3 MB: leave rare words out"):
        jieba_words("好", written(tmp_path, b"\n" * 3_000_001))
    monkeypatch.setattr(jieba_dictionary, "MOST_ENTRIES", 5)
    for content in ("龘龥龘龥龘龥", "好\n" * 6):
        with pytest.raises(ConfigurationError, match="more than 5 words and beginnings"):
            jieba_words("好", written(tmp_path, content))


def test_the_longest_words_are_taken(tmp_path: Path) -> None:
    word = "龘" * 64
    assert jieba_words(word * 2 + "龘", written(tmp_path, word)) == [word, word, "龘"]


def test_a_long_run_outside_the_dictionary() -> None:
    """jieba's own search copies the way so far for every character, which here would be 10^11 copies."""
    chance = random.Random(0)
    run = "".join(chr(chance.randrange(0x4E00, 0x9FD6)) for _ in range(300_000))
    words = jieba_words(run)
    assert "".join(words) == run
    assert len(words) > 100_000


def test_nothing_is_imported_written_or_said(tmp_path: Path) -> None:
    """Nor is a cache read that somebody else left in the folder for temporary files."""
    planted = tmp_path / "jieba.cache"
    planted.write_bytes(b"not a dictionary")
    script = (
        "import logging, sys\n"
        "from rulereward.text.jieba_words import jieba_words\n"
        "assert jieba_words('清华大学') == ['清华大学']\n"
        "assert not {'jieba', 'pkg_resources'} & set(sys.modules)\n"
        "assert not logging.getLogger('jieba').handlers\n"
    )
    surroundings = os.environ | {"TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-W", "error", "-c", script]
    done = subprocess.run(command, env=surroundings, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert list(tmp_path.iterdir()) == [planted]


def test_threads_that_all_come_first() -> None:
    ours._dictionary.cache_clear()
    ours.characters.cache_clear()
    gate = threading.Barrier(4)
    found: list[list[str]] = []

    def cut() -> None:
        gate.wait()
        found.append(jieba_words("他来到了网易杭研大厦"))

    threads = [threading.Thread(target=cut) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [["他", "来到", "了", "网易", "杭研", "大厦"]] * 4


def test_without_jieba(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ConfigurationError, match="pip install jieba"):
        jieba_dictionary.folder()

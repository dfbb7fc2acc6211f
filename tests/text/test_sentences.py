"""Sentences and paragraphs."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulereward.text import sentences
from rulereward.text.sentences import END_MARKS, paragraph_spans, sentence_spans
from rulereward.text.spans import Span, trimmed

SENTENCES: list[tuple[str, list[str]]] = [
    ("", []),
    (" \n\t", []),
    ("---\n...\n。。。 !!!", []),  # no letter, no digit
    ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
    ("你好。“好！”他说。这是什么？！我……不知道…", ["你好。", "“好！”他说。", "这是什么？！", "我……不知道…"]),
    ("他说（真的。）然后走了。", ["他说（真的。）", "然后走了。"]),
    ("他说：“好！”，然后走了。", ["他说：“好！”，然后走了。"]),
    ("好!我们走.然后呢?", ["好!", "我们走.", "然后呢?"]),  # half-width marks in Chinese
    ("这是\n两行", ["这是", "两行"]),
    ("the line\ngoes on here. Next", ["the line\ngoes on here.", "Next"]),
    ("the line\n\ngoes not on", ["the line", "goes not on"]),
    ("Title\nA line.", ["Title", "A line."]),
    ("- one\n- two\n* three", ["- one", "- two", "* three"]),
    ("1. One\n2. Two, so. Three\na) four\nb. five", ["1. One", "2. Two, so.", "Three", "a) four", "b. five"]),
    ("iv. four\nvi. six", ["iv. four", "vi. six"]),
    ("| a | b |\n|---|---|\n| 1 | 2 |", ["| a | b |", "| 1 | 2 |"]),
    ("a\r\nB\rC\u2028D", ["a", "B", "C", "D"]),
    ("It is 3.14. So 1.5.2 is newer", ["It is 3.14.", "So 1.5.2 is newer"]),
    ("See www.a.com/b?c=d!e. Then main.py runs.", ["See www.a.com/b?c=d!e.", "Then main.py runs."]),
    ("Dr. Smith and Mrs. Jones, e.g. here. Yes", ["Dr. Smith and Mrs. Jones, e.g. here.", "Yes"]),
    ("See Fig. 2, No. 5, pp. 3 and Jan. 3. No. Maybe", ["See Fig. 2, No. 5, pp. 3 and Jan. 3.", "No.", "Maybe"]),
    ("Apples, pears etc. are fruit. Plums etc. Then", ["Apples, pears etc. are fruit.", "Plums etc.", "Then"]),
    ("At 5 p.m. we left. It was 5 p.m. We left", ["At 5 p.m. we left.", "It was 5 p.m.", "We left"]),
    ("John F. Kennedy of the U.S. Navy. J. R. R. Tolkien", ["John F. Kennedy of the U.S. Navy.", "J. R. R. Tolkien"]),
    ("The answer is B. Next", ["The answer is B.", "Next"]),
    ("You and I. Then", ["You and I.", "Then"]),
    ("В XX в. и т.е. да. Нет", ["В XX в.", "и т.е. да.", "Нет"]),
    ('He said "Why?" and left. "No!" She ran.', ['He said "Why?" and left.', '"No!"', "She ran."]),
    ("Done (really!). Next (or not.) And", ["Done (really!).", "Next (or not.)", "And"]),
    ("**Done.** *Next.* `End.` x", ["**Done.**", "*Next.*", "`End.` x"]),
    ("Wait... no. Well... Yes… And", ["Wait... no.", "Well...", "Yes…", "And"]),
    ("1 + 2 + ... + n is 5! = 120 and n! / k! Good", ["1 + 2 + ... + n is 5! = 120 and n! / k!", "Good"]),
    ("../a/b and a[1...5] and x != y", ["../a/b and a[1...5] and x != y"]),
    ("Really?! No!! Yes", ["Really?!", "No!!", "Yes"]),
    ("क्या हाल है। ठीक। هل أنت بخير؟ نعم", ["क्या हाल है।", "ठीक।", "هل أنت بخير؟", "نعم"]),
    ("我觉得……这道题应该……先设未知数。", ["我觉得……这道题应该……先设未知数。"]),
    ("“好吗？”他问。“走！”她们喊。", ["“好吗？”他问。", "“走！”她们喊。"]),
    ("“好吗？”说明他不懂。“我……”他走了。", ["“好吗？”", "说明他不懂。", "“我……”", "他走了。"]),
    ("It rained.We left.They stayed.All ended.", ["It rained.", "We left.", "They stayed.", "All ended."]),
    ("It rained!We left?I stayed.It's all", ["It rained!", "We left?", "I stayed.", "It's all"]),
    ("See example.Com, http://a.com/page.Html and U.S.A", ["See example.Com, http://a.com/page.Html and U.S.A"]),
    ("Call print(torch.Tensor) or torch.nn.Module, 3.Five", ["Call print(torch.Tensor) or torch.nn.Module, 3.Five"]),
    ("我算完了.</think>答案是五。", ["我算完了.", "</think>答案是五。"]),
    ("Done!<answer>Five</answer>", ["Done!", "<answer>Five</answer>"]),
    ("选项A．一 B．二 是3．14", ["选项A．一 B．二 是3．14"]),
    ("Ⓐ. B stays. (a). Next 5%. And", ["Ⓐ. B stays.", "(a).", "Next 5%.", "And"]),
    ("of six. On\nThe other\nécole", ["of six.", "On", "The other\nécole"]),
]


@pytest.mark.parametrize(("text", "sentences"), SENTENCES, ids=[text[:30] for text, _ in SENTENCES])
def test_sentences(text: str, sentences: list[str]) -> None:
    assert [text[start:end] for start, end in sentence_spans(text)] == sentences


PARAGRAPHS: list[tuple[str, list[str]]] = [
    ("", []),
    (" \n \n", []),
    ("a", ["a"]),
    ("a\nb\n\nc\n", ["a\nb", "c"]),
    ("\n\n  a  \n \t\n\u3000\nb", ["a", "b"]),
    ("a\r\n\r\nb\r\nc", ["a", "b\r\nc"]),
    ("第一段。\n还是第一段。\n\n第二段。", ["第一段。\n还是第一段。", "第二段。"]),
]


@pytest.mark.parametrize(("text", "paragraphs"), PARAGRAPHS)
def test_paragraphs(text: str, paragraphs: list[str]) -> None:
    assert [text[start:end] for start, end in paragraph_spans(text)] == paragraphs


MARKS = st.text(alphabet=st.sampled_from("aB1 \n\r.…。!?！？,，\"'”)*_`-+=你好éИ\u0301\u2028"), max_size=60)


WORDS = st.sampled_from([
    "mr", "Mrs", "e.g", "six", "iv", "xi", "went", "We", "x", "U", "5", "Ⓐ", "我", "etc", "no", "he said", "他问",
    ".", "! ", "。", "？", "…", ". ", "．", " ", "\n", "\r\n", "\x85", " (", ")", "”", ",", "：", "</b>",
])  # fmt: skip


def by_each_rule(text: str) -> list[Span]:
    """The sentences where every mark and line break is judged by the whole of the rules."""
    ends = [0]
    for match in re.finditer(rf"(?P<marks>[{END_MARKS}]+)|[\n\r\x0b\x0c\x85\u2028\u2029]\s*", text):
        first, last = match.span()
        if match["marks"]:
            ends += [] if (end := sentences._end_behind(text, ends[-1], first, last)) is None else [end]
        elif sentences._line_ends(text, first, last):
            ends.append(first)
    pieces = zip(ends, [*ends[1:], len(text)], strict=True)
    return [trimmed(text, *piece) for piece in pieces if any(char.isalnum() for char in text[slice(*piece)])]


@given(MARKS | st.lists(WORDS, max_size=30).map("".join) | st.text())
def test_what_is_decided_at_a_glance_is_what_the_rules_say(text: str) -> None:
    assert sentence_spans(text) == by_each_rule(text)


@given(MARKS | st.text())
def test_sentences_are_in_order_and_lose_no_letter(text: str) -> None:
    end = 0
    for first, last in sentence_spans(text):
        assert end <= first < last <= len(text)
        assert not any(char.isalnum() for char in text[end:first])
        assert any(char.isalnum() for char in text[first:last])
        assert text[first:last] == text[first:last].strip()
        end = last
    assert not any(char.isalnum() for char in text[end:])


@given(MARKS | st.text())
def test_paragraphs_are_in_order_and_lose_only_white_space(text: str) -> None:
    end = 0
    for first, last in paragraph_spans(text):
        assert end <= first < last <= len(text)
        assert not text[end:first].strip()
        end = last
    assert not text[end:].strip()


@pytest.mark.parametrize(
    "fragment",
    [
        ".",
        "a.",
        ". ",
        " .",
        "A. B. ",
        "!",
        "…",
        "\"'.",
        ".*",
        "\n",
        "\n a",
        "我.",
        "1. ",
        "went.We",
        "went.A",
        "“？”",
        "…我",
        ".<",
        "</a.",
    ],
)
def test_a_megabyte_of(fragment: str) -> None:
    text = fragment * (1_000_000 // len(fragment))
    assert all(start < end for start, end in sentence_spans(text))
    assert len(paragraph_spans(text)) <= 1

"""Marks of steps of reasoning."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulereward.text import steps
from rulereward.text.steps import open_r1_step_count, step_count

OPEN_R1 = r"(Step \d+:|^\d+\.|\n-|\n\*|First,|Second,|Next,|Finally,)"
"""As open-r1 publishes it, for re.findall without flags."""

PIECES = [
    "Step ", "Step 1:", "step 2.", "12", "1", "٣", "。", ".", ":", "、", "\n", "\r\n", "-", "*", "\n-", "\n*", ",",
    "First", "First,", "Second,", "Next,", "Finally,", "finally", "首先", "其次", "第一步", "第", "二", "，", " ",
    "\u3000", "(3)", "①", "```\n", "word", "**", "# ", "x",
]  # fmt: skip

TEXTS = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


@given(TEXTS)
def test_open_r1_count_equals_the_published_expression(text: str) -> None:
    assert open_r1_step_count(text) == len(re.findall(OPEN_R1, text))


MARKS = re.compile(
    rf"(?:\A|(?<=[\r\n])){steps._AT_LINE}"
    rf"|(?:(?<=[.!?:;])(?=[ \t*_])|(?<=[。！？；：】])){steps._AT_SENTENCE}"
)  # fmt: skip


@given(TEXTS)
def test_marks_are_those_of_one_search(text: str) -> None:
    assert list(steps._marks(text)) == [mark.span() for mark in MARKS.finditer(text)]


@given(TEXTS)
def test_more_is_asked_fewer_count(text: str) -> None:
    counts = [step_count(text, min_letters) for min_letters in (1, 2, 5)]
    assert counts == sorted(counts, reverse=True)


@given(
    TEXTS, st.sampled_from(["1. add", "首先相加", "Step 3: add", "**第二步**：相乘", "（四）检查", "Finally we add"])
)
def test_a_step_on_a_line_of_its_own_is_one_more(text: str, step: str) -> None:
    assert step_count(f"{step}\n") == 1
    if "`" not in text:
        assert step_count(f"{text}\nxx yy\n{step}") >= 1 + step_count(text)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Step 1: a", 1),
        ("Step 1 - a", 1),
        ("Step 12\na", 1),
        ("Step one: a", 1),
        ("Steps 1: a", 0),
        ("Step 1a: b", 0),
        ("A Step 1: a", 0),
        ("So. Step 1: a", 1),
        ("Firstly we add. Secondly, we double. Lastly we check.", 3),
        ("First of all, we add. After that, we stop.", 2),
        ("To begin with, a. To start, b.", 2),
        ("**First**, a", 1),
        ("Finality is near. Firsts, a", 0),
        ("1) a\n(2) b\n3、c\n４．d", 4),
        ("1.a\n2.b", 2),
        ("1.计算\n2．验证", 2),
        ("12.5\n1.5\n１．５", 0),
        ("1234. a", 0),
        ("十一、甲\n十二、乙", 2),
        ("步骤1 甲\n步驟二：乙\n第3步，丙", 3),
        ("首先甲；然後乙；最後丙", 3),
        ("解：首先甲，然后乙。", 1),
        ("\u3000\u3000首先甲。", 1),
        ("最终答案：42", 0),
        ("最后答案是 5。\n最后的结果是5。\n**最终**结论：5", 0),
        ("最后一个数是5。最后一步：检查。最后检查。", 2),
        ("> - **3.** a", 1),
        ("1. First, we add", 1),
        ("1. a: Next, b; Then, c", 3),
        ("~~~\n1. a\n2. b", 0),
    ],
)
def test_marks(text: str, count: int) -> None:
    assert step_count(text) == count


HOSTILE = {
    "newlines": "\n" * 1_000_000,
    "numbers alone": "1.\n" * 300_000,
    "digits": "Step " + "1" * 1_000_000,
    "steps without a colon": "Step 1" * 160_000,
    "signs": "-" * 1_000_000,
    "points": ". " * 500_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=list(HOSTILE))
def test_a_megabyte_of(text: str) -> None:
    assert step_count(text) == 0
    assert open_r1_step_count(text) <= 1

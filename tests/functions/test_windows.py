"""The byte forms of functions that give spans find what their row forms find, and see nothing around a window."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from rulereward.api import Ruleset
from rulereward.data import MISSING, Column, Reason, ReasonTable, State, Texts, span_view
from rulereward.engine.texts import read_text
from rulereward.functions import builtin_functions
from rulereward.functions.windows import LONGEST_MARK
from rulereward.kind import LEFT_TO_SCALAR, Arg, Base, ByteSpans, Features, Function, function
from rulereward.plan.sections import section_content

FUNCTIONS = {item.name: item for item in (*builtin_functions().values(), section_content) if item.windows}
EVERY_FUNCTION = pytest.mark.parametrize("made", FUNCTIONS.values(), ids=FUNCTIONS)
CASES = Path(__file__).parents[1] / "cases" / "functions" / "extractors.yaml"

PIECES = [
    "<think>", "</think>", "<answer>", "</answer>", "<", "a", "aa", "ab", "想", "é", "😀", "1", "½", "１", "1,234",
    "-", "\\boxed{", "\\fbox{", "\\boxed ", "{", "}", "\\", "\\frac{1}{2}", "Answer: ", "the answer is ", "answers",
    "ANSWER", "anſwer:", "answerſ: ", "答案", "【答案】", "是", "：", "*", "**", "`", "\n", "\n", "\r\n", " ", "\t",
    "\u3000", "\u00a0", "\u2028", "\x1c", "\x00", "x" * 70, "H2O", "$",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=20).map("".join)
MARKS = st.sampled_from(["<think>", "</think>", "a", "aa", "aba", "想", "é想", "", "\n", "x" * 9, "$", "<"]) | TEXTS
SPANS = st.tuples(st.integers(0, 99), st.integers(0, 99))


def is_constant(made: Function, arg: Arg) -> bool:
    """Is it the same in all rows, as a choice is, and a section's tags?"""
    return bool(arg.choices) or (made is section_content and arg.name in ("open", "close"))


def drawn_columns(data: st.DataObject, made: Function, size: int) -> list[Column]:
    """Rows of arguments, some of them null; the texts of the first are parts of longer ones."""
    columns: list[Column] = []
    for arg in made.signature.args:
        values = st.sampled_from(arg.choices) if arg.choices else MARKS if columns else TEXTS
        if is_constant(made, arg):
            columns.append(Texts.of([data.draw(values)] * size))
        else:
            columns.append(Texts.of([data.draw(st.none() | values) for _ in range(size)]))
    texts = columns[0].view.texts()
    spans = [None if text is None else cut(text, data.draw(SPANS)) for text in texts]
    return [Texts.of_view(span_view(columns[0].view, spans)), *columns[1:]]


def cut(text: str, span: tuple[int, int]) -> tuple[int, int]:
    """A part of the text: the whole, where the span is wide."""
    start = min(span[0], len(text)) if span[0] < 50 else 0
    return start, max(start, min(span[1], len(text)))


Read = tuple[list[str | None], list[int], list[int], list[int], list[Reason | None]]


def read(made: Function, columns: Sequence[Column]) -> Read:
    """The texts of each row, where they begin and end, states and reasons."""
    reasons = ReasonTable()
    node: Any = SimpleNamespace(payload=made)
    found = read_text(node, columns, [Base.TEXT] * len(columns), reasons, Features())
    assert isinstance(found, Texts)
    assert found.clean is (not found.states.any())
    view = found.view
    why = [reasons[index] for index in found.reasons.tolist()]
    return view.texts(), view.start.tolist(), view.end.tolist(), found.states.tolist(), why


def check(made: Function, columns: Sequence[Column]) -> None:
    assert read(made, columns) == read(dataclasses.replace(made, windows=None), columns)
    full = [row for row in range(len(columns[0])) if all(column.states[row] == State.OK for column in columns)]
    if full:
        gives_something(made, [column.take(full) for column in columns])


def gives_something(made: Function, columns: Sequence[Column]) -> None:
    assert made.windows is not None
    found = made.windows(columns, Features())
    if found is None:
        marks = [column.view for column in columns[1:] if isinstance(column, Texts)]
        assert any((mark.end - mark.start).max() > LONGEST_MARK for mark in marks)
        return
    starts = set(found[0][found[0] < 0].tolist())
    assert starts <= ({MISSING, LEFT_TO_SCALAR} if made.name in ("last_number", "answer_line") else {MISSING})


@EVERY_FUNCTION
@given(data=st.data(), size=st.integers(0, 5))
@settings(max_examples=60)
def test_any_batch(made: Function, data: st.DataObject, size: int) -> None:
    check(made, drawn_columns(data, made, size))


@EVERY_FUNCTION
def test_the_cases(made: Function) -> None:
    entries = [entry for entry in yaml.safe_load(CASES.read_text("utf-8")) if entry["function"] == made.name]
    defaults = [arg.default for arg in made.signature.args]
    for case in (case for entry in entries for case in entry["cases"]):
        args = [*case["args"], *defaults[len(case["args"]) :]]
        texts, *_ = read(made, [Texts.of([text]) for text in args])
        assert texts == [case["expect"]], case["source"]


@EVERY_FUNCTION
def test_rows_do_not_disturb_each_other(made: Function) -> None:
    batch = ["<a>1</a>\n\\boxed{2} Answer: 3", None, "", "  ", "<a>想</a>", "答案：½ \\fbox x", "</a><a>"]
    marks = {"marker": "</a>", "open": "<a>", "close": "</a>", "pick": "first", "prompt": "<a> "}
    others = [marks[arg.name] for arg in made.signature.args[1:]]
    together, *_ = read(made, [Texts.of(batch), *(Texts.of([mark] * len(batch)) for mark in others)])
    alone = [read(made, [Texts.of([text]) for text in (item, *others)])[0][0] for item in batch]
    assert together == alone


def odd(args: Sequence[Column], _: Features) -> ByteSpans | None:
    """The first character; texts of two characters are left, and one that is "none" has none."""
    view = args[0].view
    texts = view.texts()
    if "refuse" in texts:
        return None
    if "fail" in texts:
        raise ValueError("no byte form of this")
    start = view.start.copy()
    start[[len(text) == 2 for text in texts]] = LEFT_TO_SCALAR
    start[[text == "none" for text in texts]] = MISSING
    return start, start + 1


@function("span", windows=odd)
def last_character(text: str) -> tuple[int, int] | None:
    """The last character, so that one sees who was asked."""
    if text == "!!":
        raise ValueError("shouting")
    return None if text == "??" else (len(text) - 1, len(text))


@pytest.mark.parametrize(
    ("batch", "texts"),
    [
        (["abc", "de", "none", None, "??", "xyz"], ["a", "e", None, None, None, "x"]),
        (["abc", "de", "refuse"], ["c", "e", "e"]),
        (["abc", "fail", "none"], ["c", "l", "e"]),
    ],
)
def test_what_is_left_and_what_has_no_byte_form_is_read_row_by_row(batch: list[str], texts: list[str]) -> None:
    found, _, _, states, why = read(last_character, [Texts.of(batch, null_reason=0)])
    assert found == texts
    assert states == [State.OK if text is not None else State.NULL for text in texts]
    nothing = Reason("nothing_found", "`last_character` found nothing")
    given = [None if text is None else nothing for text in batch]
    assert why == [None if text is not None else reason for text, reason in zip(texts, given, strict=True)]


def test_a_row_that_fails_is_an_error_of_its_own() -> None:
    found, _, _, states, why = read(last_character, [Texts.of(["abc", "!!", "de"])])
    assert found == ["a", None, "e"]
    assert states == [State.OK, State.ERROR, State.OK]
    assert why == [None, Reason("kind_failed", "ValueError: shouting"), None]


RULES = """
rulereward: 1
sections:
  think: [<think>, </think>]
rules:
  right: exact_match(boxes ?? last_line(think), answer)
  number: exact_match(last_number(after(completion, "</think>")) ?? announced, answer)
let:
  boxes: strip(boxed(between(completion, "<answer>", "</answer>")))
  announced: answer_line(before(completion, "<answer>"))
score: right + number
"""


def test_without_numba_the_row_forms_serve(monkeypatch: pytest.MonkeyPatch) -> None:
    completions = ["<think>a</think><answer>\\boxed{ 4 }</answer>", "<think>\n4\n\n", "Answer: 4 <answer>", "", "想"]
    ruleset = Ruleset("texts", RULES)
    expected = ruleset.score(completions, answer=["4"] * 5)
    assert expected.reward.tolist() == [2.0, 1.0, 1.0, 0.0, 0.0]
    for name in [name for name in sys.modules if name.startswith("rulereward.text.kernels_")]:
        monkeypatch.setitem(sys.modules, name, None)  # makes its import fail
    assert ruleset.score(completions, answer=["4"] * 5).records(details=True) == expected.records(details=True)

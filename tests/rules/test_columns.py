"""The columns form equals the row form on the cases and on any batch, and obeys the view law."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_case_files import ALL_CASES, KINDS, call, params_of
from texts import TEXTS

from rulereward.api import Ruleset
from rulereward.data import Column, Objects, Reason, State, TextColumn, Texts, filled, span_view
from rulereward.engine.fields import field_value
from rulereward.engine.values import python_values
from rulereward.kind import Arg, Base, Features, FieldValue, Kind, Missing, result_of

COLUMN_KINDS = {name: kind for name, kind in KINDS.items() if kind.columns}
EVERY_KIND = pytest.mark.parametrize("kind", COLUMN_KINDS.values(), ids=COLUMN_KINDS)
PREFILLED = st.tuples(TEXTS, st.sampled_from(["<think>", "<answer>"]), st.text(" \n\u3000", max_size=2)).map("".join)
TOKEN_IDS = st.lists(st.integers(0, 3), max_size=9)  # what is no list of ids is the caller's fault, and an error


def values_of(arg: Arg) -> st.SearchStrategy[Any]:
    if arg.implicit is not None and arg.implicit.source == "token_ids":
        return TOKEN_IDS
    if arg.implicit is not None and arg.implicit.source == "prompt":
        return st.none() | TEXTS | PREFILLED
    assert arg.type.base is Base.TEXT, "say here what such an argument may be"
    return st.none() | TEXTS if arg.nullable else TEXTS


def rows_of(kind: Kind, most: int = 6) -> st.SearchStrategy[list[tuple[Any, ...]]]:
    return st.lists(st.tuples(*map(values_of, kind.signature.args)), max_size=most)


def columns_of(kind: Kind, rows: Sequence[tuple[Any, ...]]) -> list[Column]:
    made = {Base.TEXT: Texts.of, Base.OBJECT: Objects.of}
    return [made[arg.type.base]([row[place] for row in rows]) for place, arg in enumerate(kind.signature.args)]


Told = tuple[float | None, Reason | None, dict[str, FieldValue]]
"""Value (None for a null), reason and fields of a row."""


def measured(kind: Kind, columns: Sequence[Column], params: Any, features: Features | None = None) -> list[Told]:
    """What the columns form says of each row, and the row form where it leaves that to it."""
    assert kind.columns is not None
    rows = list(
        zip(
            *(
                python_values(column, arg.type.base, list(range(len(column))))
                for column, arg in zip(columns, kind.signature.args, strict=True)
            ),
            strict=True,
        )
    )
    found = kind.columns(columns, params, features or Features())
    if found is None:
        return [told(kind, row, params) for row in rows]
    assert set(found.states.tolist()) <= {State.OK, State.NULL}
    assert set(found.fields) == set(kind.fields)
    reasons = list(found.reasons) if found.reasons is not None else [None] * len(columns[0])
    values = np.where(found.states == State.OK, found.values, np.nan).tolist()
    fields = [{name: field_value(column, row) for name, column in found.fields.items()} for row in range(len(rows))]
    left = found.left if found.left is not None else np.zeros(len(rows), np.bool_)
    return [
        told(kind, rows[row], params)
        if left[row]
        else (None if math.isnan(value) else value, reasons[row], fields[row])
        for row, value in enumerate(values)
    ]


def told(kind: Kind, row: tuple[Any, ...], params: Any) -> Told:
    """What the row form says, where a null that it hands on is one already."""
    result = result_of(call(kind, row, params))
    if isinstance(result.value, Missing):
        return None, result.value.reason, dict(result.fields) or dict.fromkeys(kind.fields)
    return float(result.value), result.reason, dict(result.fields)


def check_rows(kind: Kind, rows: Sequence[tuple[Any, ...]], params: Any) -> None:
    for row, found, expected in zip(
        rows, measured(kind, columns_of(kind, rows), params), [told(kind, row, params) for row in rows], strict=True
    ):
        assert found == expected, (row, params)


@EVERY_KIND
def test_the_cases(kind: Kind) -> None:
    cases = ALL_CASES[kind.name]
    for params in {case.params for case in cases}:
        check_rows(kind, [case.args for case in cases if case.params == params], params)


@EVERY_KIND
@given(data=st.data(), n=st.integers(1, 5))
@settings(deadline=None)
def test_any_batch(kind: Kind, data: st.DataObject, n: int) -> None:
    rows = data.draw(rows_of(kind))
    for params in params_of(kind):
        check_rows(kind, rows, params)
    if "n" in {constant.name for constant in kind.signature.constants}:
        check_rows(kind, rows, kind.params(n=n))


@EVERY_KIND
@given(data=st.data())
@settings(deadline=None)
def test_view_law(kind: Kind, data: st.DataObject) -> None:
    """A measure of a view is that of the view's text as a column of its own."""
    rows = data.draw(rows_of(kind, most=5).filter(bool))
    batch = [data.draw(TEXTS) for _ in rows]
    spans = [data.draw(spans_of(text, kind.signature.args[0].nullable)) for text in batch]
    view = span_view(TextColumn.from_strings(batch).view(), spans)
    cut = [None if span is None else text[span[0] : span[1]] for text, span in zip(batch, spans, strict=True)]
    assert view.texts() == cut
    others = columns_of(kind, rows)[1:]
    for params in params_of(kind):
        narrowed = measured(kind, [Texts.of_view(view), *others], params)
        assert narrowed == measured(kind, [Texts.of(cut), *others], params)


def spans_of(text: str, nullable: bool) -> st.SearchStrategy[tuple[int, int] | None]:
    place = st.integers(0, len(text))
    spans = st.tuples(place, place).map(lambda pair: (min(pair), max(pair)))
    return st.none() | spans if nullable else spans


REPETITION = KINDS["ngram_repetition"]


def repetition(texts: Texts, params: Any) -> list[float | None]:
    no_ids = filled(len(texts), State.NULL, 0)  # what the engine hands to a kind that counts no tokens
    return [value for value, _, _ in measured(REPETITION, [texts, no_ids], params)]


def test_rows_of_a_column_do_not_disturb_each_other() -> None:
    texts = Texts.of(["a b c a b c", "", "你好" * 500, None, "x", "a b c a b c"])
    order = np.array([5, 3, 1, 0, 2, 4])
    for tokenizer in ("char", "jieba"):
        params = REPETITION.params(tokenizer=tokenizer)
        values = repetition(texts, params)
        assert repetition(texts.take(order), params) == [values[row] for row in order]


RULES = """
rulereward: 1
rules:
  words: ngram_repetition(completion)
  lines: duplicate_line_share(completion)
  format: think_format()
score: words + lines + format
"""


@pytest.mark.parametrize(
    ("kind", "params", "text"),
    [
        ("duplicate_line_share", {}, "same line\nsame line\U000e0001\nsame line\U000e0002"),
        ("duplicate_paragraph_share", {}, "same\n\nsame\U000e0001\n\nsame\U000e0061"),
        ("duplicate_line_share", {"style": "datatrove"}, "a\nb\x00"),
        ("duplicate_line_share", {"style": "datatrove"}, "\n\x01"),
        ("duplicate_paragraph_share", {"style": "datatrove"}, "x\n\n\x02\x00\n\n\x01"),
        ("ngram_repetition", {"n": 1, "style": "swift"}, "a \x00a \x00\x00a c\x00\x00"),
        ("duplicate_ngram_share", {"n": 1, "style": "datatrove"}, "\x00 \x00\x00 a \x00a"),
    ],
)
def test_characters_that_a_hash_or_an_eye_may_miss(kind: str, params: dict[str, Any], text: str) -> None:
    check_rows(KINDS[kind], [(text, None)[: len(KINDS[kind].signature.args)]], KINDS[kind].params(**params))


def test_without_numba_the_row_forms_serve(monkeypatch: pytest.MonkeyPatch) -> None:
    completions = ["a b c a b c", "", "İ İ İ\na\na", "你好" * 5, "<think>\na\n</think>\nb"]
    ruleset = Ruleset("repetition", RULES)
    expected = ruleset.score(completions)
    for name in [name for name in sys.modules if name.startswith("rulereward.text.kernels_")]:
        monkeypatch.setitem(sys.modules, name, None)  # makes its import fail
    assert ruleset.score(completions).records(details=True) == expected.records(details=True)

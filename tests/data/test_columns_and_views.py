"""Text columns and views: what goes in comes out, wherever the windows are cut."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rulereward.data import MISSING, TextColumn, Texts, View, span_view
from rulereward.data.column import PADDING

TEXTS = st.lists(st.one_of(st.none(), st.text(max_size=12)), min_size=1, max_size=6)
"""Texts of any script; `st.text` leaves lone surrogates out."""


def cut(texts: list[str], data: st.DataObject) -> tuple[View, list[str]]:
    """Random windows into one column, cut at code points, and the texts they should show."""
    column = TextColumn.from_strings(texts)
    start, end, shown = [], [], []
    for row, text in enumerate(texts):
        first = data.draw(st.integers(0, len(text)))
        last = data.draw(st.integers(first, len(text)))
        origin = int(column.offsets[row])
        start.append(origin + len(text[:first].encode()))
        end.append(origin + len(text[:last].encode()))
        shown.append(text[first:last])
    rows = np.arange(len(texts), dtype=np.int64)
    return View(column, np.array(start, dtype=np.int64), np.array(end, dtype=np.int64), rows), shown


@given(TEXTS)
def test_a_column_gives_back_its_texts(texts):
    column = TextColumn.from_strings(texts)
    assert column.view().texts() == texts
    assert (column.view().start == MISSING).tolist() == [text is None for text in texts]
    assert bytes(column.data[-PADDING:]) == bytes(PADDING)
    assert not column.repaired.any()


@given(TEXTS, st.data())
def test_taking_rows_takes_their_texts(texts, data):
    rows = data.draw(st.lists(st.integers(0, len(texts) - 1), max_size=8))
    taken = TextColumn.from_strings(texts).view().take(np.array(rows, dtype=np.int64))
    assert taken.texts() == [texts[row] for row in rows]


@given(st.lists(st.text(max_size=12), min_size=1, max_size=5), st.data())
def test_a_window_shows_its_text_and_nothing_around_it(texts, data):
    view, shown = cut(texts, data)
    assert view.texts() == shown


@given(st.lists(st.text(max_size=12), min_size=1, max_size=5), st.data())
def test_a_span_of_a_window_is_a_slice_of_its_text(texts, data):
    view, shown = cut(texts, data)
    spans = []
    for text in shown:
        first = data.draw(st.integers(0, len(text)))
        spans.append(data.draw(st.one_of(st.none(), st.tuples(st.just(first), st.integers(first, len(text))))))
    expected = [None if span is None else text[slice(*span)] for text, span in zip(shown, spans, strict=True)]
    assert span_view(view, spans).texts() == expected


@given(st.lists(st.text(st.characters(categories=["L", "Cs"]), max_size=6), min_size=1, max_size=4))
def test_a_lone_surrogate_becomes_a_replacement_character_and_marks_its_row(texts):
    column = TextColumn.from_strings(texts)
    for row, text in enumerate(texts):
        shown = column.view().text(row)
        assert shown.encode("utf-8").decode("utf-8") == shown
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            assert column.repaired[row]
        else:
            assert (shown, bool(column.repaired[row])) == (text, False)


def test_a_surrogate_pair_is_the_character_it_spells():
    assert TextColumn.from_strings(["a\ud83d\ude42b", "\ud83d"]).view().texts() == ["a🙂b", "\ufffd"]


def test_null_texts_carry_their_reason():
    texts = Texts.of(["a", None], null_reason=7)
    assert (texts.states.tolist(), texts.reasons.tolist(), texts.clean) == ([0, 1], [0, 7], False)
    assert Texts.of(["a", ""]).clean

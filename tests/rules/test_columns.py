"""The columns form equals the row form on any batch, and obeys the view law."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_case_files import KINDS, call, params_of
from texts import TEXTS

from rulereward.data import F64, Reason, State, TextColumn, Texts, span_view
from rulereward.kind import Features, Kind, result_of

COLUMN_KINDS = {name: kind for name, kind in KINDS.items() if kind.columns}
BATCHES = st.lists(st.none() | TEXTS, max_size=6)


def measured(kind: Kind, texts: Texts, params: Any) -> tuple[F64, list[Reason | None]]:
    found = kind.columns([texts], params, Features())
    assert (found.states == State.OK).all()
    return found.values, list(found.reasons or [None] * len(texts))


def check_rows(kind: Kind, texts: list[str | None], params: Any) -> None:
    values, reasons = measured(kind, Texts.of(texts), params)
    expected = [result_of(call(kind, (text,), params)) for text in texts]
    assert values.tolist() == [result.value for result in expected]
    assert reasons == [result.reason for result in expected]


@pytest.mark.parametrize("kind", COLUMN_KINDS.values(), ids=COLUMN_KINDS)
@given(batch=BATCHES, n=st.integers(1, 5))
@settings(deadline=None)
def test_any_batch(kind: Kind, batch: list[str | None], n: int) -> None:
    for params in params_of(kind):
        check_rows(kind, batch, params)
    check_rows(kind, batch, kind.params(n=n))


@pytest.mark.parametrize("kind", COLUMN_KINDS.values(), ids=COLUMN_KINDS)
@given(data=st.data())
@settings(deadline=None)
def test_view_law(kind: Kind, data: st.DataObject) -> None:
    """A measure of a view is that of the view's text as a column of its own."""
    batch = data.draw(st.lists(TEXTS, min_size=1, max_size=5))
    spans = [data.draw(spans_of(text)) for text in batch]
    view = span_view(TextColumn.from_strings(batch).view(), spans)
    cut = [None if span is None else text[span[0] : span[1]] for text, span in zip(batch, spans, strict=True)]
    assert view.texts() == cut
    for params in params_of(kind):
        narrowed, own = measured(kind, Texts.of_view(view), params), measured(kind, Texts.of(cut), params)
        assert narrowed[0].tolist() == own[0].tolist()
        assert narrowed[1] == own[1]


def spans_of(text: str) -> st.SearchStrategy[tuple[int, int] | None]:
    place = st.integers(0, len(text))
    return st.none() | st.tuples(place, place).map(lambda pair: (min(pair), max(pair)))


def test_rows_of_a_column_do_not_disturb_each_other() -> None:
    kind = KINDS["ngram_repetition"]
    batch = ["a b c a b c", "", "你好" * 500, None, "x", "a b c a b c"]
    values, _ = measured(kind, Texts.of(batch), kind.params())
    order = np.array([5, 3, 1, 0, 2, 4])
    shuffled, _ = measured(kind, Texts.of(batch).take(order), kind.params())
    assert shuffled.tolist() == values[order].tolist()


def test_without_numba_the_row_form_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    kind = KINDS["ngram_repetition"]
    batch = ["a b c a b c", None, "İ İ İ", "你好" * 5]
    expected, _ = measured(kind, Texts.of(batch), kind.params())
    monkeypatch.setitem(sys.modules, "rulereward.text.kernels_ngrams", None)  # makes its import fail
    assert measured(kind, Texts.of(batch), kind.params())[0].tolist() == expected.tolist()

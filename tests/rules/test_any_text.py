"""Whatever reads a completion takes any text: it does not raise, keeps its range, and does bounded work."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_case_files import KINDS, call, params_of
from texts import HOSTILE, TEXTS

from rulereward.functions import builtin_functions
from rulereward.kind import Base, Kind, Missing, result_of

EXTRACTORS = {name: f for name, f in builtin_functions().items() if f.gives in ("span", "text")}
GOLDS = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | st.lists(st.integers() | TEXTS, max_size=3)


def check_outcome(kind: Kind, args: tuple[Any, ...], params: Any) -> None:
    result = result_of(call(kind, args, params))
    if isinstance(result.value, Missing):
        assert kind.returns.null
    else:
        assert result.value in kind.range
        assert isinstance(result.value, bool) == (kind.returns.base is Base.BOOL)
    assert set(result.fields) <= set(kind.fields)


def check_span(text: str, span: object) -> None:
    if span is not None:
        start, end = span
        assert 0 <= start <= end <= len(text)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@given(data=st.data())
@settings(deadline=None)
def test_kinds(kind: Kind, data: st.DataObject) -> None:
    drawn = [data.draw(GOLDS if arg.type.base is Base.OBJECT else TEXTS) for arg in kind.signature.args]
    for params in params_of(kind):
        check_outcome(kind, tuple(drawn), params)


@pytest.mark.parametrize("name", EXTRACTORS)
@given(data=st.data())
@settings(deadline=None)
def test_extractors(name: str, data: st.DataObject) -> None:
    function = EXTRACTORS[name]
    args = [data.draw(st.sampled_from(arg.choices) if arg.choices else TEXTS) for arg in function.signature.args]
    found = function.scalar(*args)
    if function.gives == "span":
        check_span(args[0], found)
    else:
        assert isinstance(found, str)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=list(HOSTILE))
def test_a_megabyte(text: str) -> None:
    for kind in KINDS.values():
        check_outcome(kind, tuple(text for _ in kind.signature.args), kind.params() if kind.params else None)
    for function in EXTRACTORS.values():
        marks = ["<think>", "</think>"][: sum(not arg.choices for arg in function.signature.args) - 1]
        found = function.scalar(text, *marks)
        if function.gives == "span":
            check_span(text, found)

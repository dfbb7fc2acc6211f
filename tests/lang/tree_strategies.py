"""Syntax trees of every kind, for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

from rulereward.lang import tree as syntax
from rulereward.lang.source import Source, Span
from rulereward.lang.words import is_name, normal_name

NOWHERE = Span(Source("generated", ""), 0, 0)

names = st.one_of(
    st.sampled_from(["a", "len", "row", "中文比例", "é", "_x", "iffy", "step", "r"]),
    st.text(min_size=1, max_size=8).map(normal_name).filter(is_name),
)
texts = st.one_of(
    st.text(max_size=12), st.sampled_from(["\\d+", 'a"b', "it's", "\\", '\\"', "\n\t\0", "<think>", "# x"])
)
digits = st.from_regex(r"(0|[1-9][0-9]{0,3}(_[0-9]{1,3})?)(\.[0-9]{1,3})?([eE][+-]?[0-9]{1,2})?", fullmatch=True)
units = st.sampled_from(["", "", "%", "tok", "char", "MiB", "字"])
numbers = st.builds(syntax.Number, st.just(NOWHERE), digits, units)
leaves = st.one_of(
    numbers,
    st.builds(syntax.Text, st.just(NOWHERE), texts),
    st.builds(syntax.Bool, st.just(NOWHERE), st.booleans()),
    st.builds(syntax.Null, st.just(NOWHERE)),
    st.builds(syntax.Name, st.just(NOWHERE), names),
)


def above(inner: st.SearchStrategy[syntax.Expr]) -> st.SearchStrategy[syntax.Expr]:
    """Trees one level higher than `inner`."""
    here = st.just(NOWHERE)
    some = st.lists(inner, max_size=3).map(tuple)
    return st.one_of(
        st.builds(syntax.Attribute, here, inner, st.one_of(names, texts), here),
        st.builds(syntax.Index, here, inner, inner.filter(lambda node: not isinstance(node, syntax.Text))),
        st.builds(syntax.ListOf, here, some),
        ranges(inner),
        calls(inner),
        st.builds(syntax.Binary, here, st.sampled_from(["+", "-", "*", "/", "**"]), inner, inner),
        st.builds(syntax.Negate, here, inner),
        st.builds(syntax.Coalesce, here, inner, inner, st.booleans()),
        st.lists(inner, min_size=2, max_size=4).flatmap(comparisons),
        st.builds(syntax.IsNull, here, inner, st.booleans()),
        st.builds(syntax.Not, here, inner),
        st.builds(syntax.Logical, here, st.sampled_from(["and", "or"]), inner, inner),
        st.builds(syntax.Conditional, here, inner, inner, inner),
        cases(inner),
    )


def comparisons(operands: list[syntax.Expr]) -> st.SearchStrategy[syntax.Expr]:
    ops = st.sampled_from(["<", "<=", ">", ">=", "==", "!=", "in", "not in"])
    count = len(operands) - 1
    chains = st.lists(ops, min_size=count, max_size=count).map(tuple)
    return st.builds(syntax.Compare, st.just(NOWHERE), st.just(tuple(operands)), chains)


@st.composite
def ranges(draw, inner) -> syntax.Expr:
    lo = draw(st.one_of(st.none(), inner))
    hi = draw(inner if lo is None else st.one_of(st.none(), inner))
    return syntax.Range(NOWHERE, lo, hi, lo is not None and hi is not None and draw(st.booleans()))


@st.composite
def calls(draw, inner) -> syntax.Expr:
    args = tuple(draw(st.lists(inner, max_size=3)))
    keyword_names = draw(st.lists(names, max_size=2, unique=True))
    keywords = tuple(syntax.Keyword(name, NOWHERE, draw(inner)) for name in keyword_names)
    where = draw(st.one_of(st.none(), inner)) if args else None
    excluding = bool(args) and draw(st.booleans())
    over = draw(st.one_of(st.none(), names))
    pin = draw(st.one_of(st.none(), st.integers(1, 99)))
    here = (over and NOWHERE, pin, pin and NOWHERE)
    return syntax.Call(NOWHERE, draw(names), NOWHERE, args, keywords, where, excluding, over, *here)


@st.composite
def cases(draw, inner) -> syntax.Expr:
    arms = tuple(syntax.Arm(draw(inner), draw(inner)) for _ in range(draw(st.integers(0, 2))))
    return syntax.Case(NOWHERE, arms, draw(st.one_of(st.none(), inner) if arms else inner))


trees = st.recursive(leaves, above, max_leaves=12)

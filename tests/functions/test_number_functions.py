"""What holds for every function of numbers, whatever the numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rulereward.data import Level
from rulereward.functions import builtin_aggregates, builtin_functions
from rulereward.kind import UNIT_INTERVAL, Base, Function, Interval

FUNCTIONS = {name: item for name, item in builtin_functions().items() if item.gives == "number"}
VECTORS = {name: item for name, item in FUNCTIONS.items() if item.vector}
AGGREGATES = builtin_aggregates()

NICE = st.sampled_from([-0.0, 0.0, 0.1, 0.3, 1.0, -1.0, 2.0, 100.0, 4096.0, 1e-300])
TEXTS = st.lists(st.sampled_from(["a ", "b ", "c ", "你", "好", "\n"]), max_size=12).map("".join)
MIXED = st.sampled_from(["a", "b", "1", 1, 1.0, 0.0, True, [1], [True], [1.0], {"a": 1}, {"a": 1.0}, {"a": True}])
NUMBERS = NICE | st.floats(-1e9, 1e9) | st.floats(-1e150, 1e150)


def draw_args(data: st.DataObject, function: Function) -> list[Any]:
    args: list[Any] = []
    for arg in function.signature.args:
        if arg.variadic:
            args += data.draw(st.lists(NUMBERS, max_size=3))
        else:
            args.append(data.draw(st.sampled_from(arg.choices) if arg.choices else NUMBERS))
    return args


def around(data: st.DataObject, value: Any) -> Interval:
    """An interval that holds the value; nothing is known of a text."""
    if isinstance(value, str):
        return Interval()
    ends = data.draw(st.tuples(NUMBERS, NUMBERS) | st.just((value, value)) | st.just((-math.inf, math.inf)))
    return Interval(min(value, *ends), max(value, *ends))


@pytest.mark.parametrize("name", FUNCTIONS)
@given(data=st.data())
@settings(deadline=None)
def test_a_defined_result_is_finite_and_in_its_range(name: str, data: st.DataObject) -> None:
    function = FUNCTIONS[name]
    args = draw_args(data, function)
    intervals = [around(data, arg) for arg in args]
    if function.undefined(*intervals) is not None:
        intervals = [Interval() if isinstance(arg, str) else Interval(arg, arg) for arg in args]
        if function.undefined(*intervals) is not None:
            return  # refused when the ruleset is compiled, so never called
    result = function.scalar(*args)
    assert isinstance(result, float)
    assert math.isfinite(result)
    assert result in function.range(*intervals)


@pytest.mark.parametrize("name", VECTORS)
@given(data=st.data())
@settings(deadline=None)
def test_vector_has_the_bits_of_scalar(name: str, data: st.DataObject) -> None:
    function = VECTORS[name]
    rows = data.draw(st.integers(1, 4))
    width = len(function.signature.args)
    drawn = [[data.draw(NUMBERS) for _ in range(width)] for _ in range(rows)]
    drawn = [row for row in drawn if function.undefined(*(Interval(x, x) for x in row)) is None]
    columns = [np.array(column) for column in zip(*drawn, strict=True)]
    if not columns:
        return
    found = np.broadcast_to(function.vector(*columns), (len(drawn),))
    expected = np.array([function.scalar(*row) for row in drawn])
    assert found.tobytes() == expected.tobytes()


def test_vectors_take_open_windows_and_plain_numbers() -> None:
    x = np.array([-2.0, 0.5, 7.0])
    clamp = VECTORS["clamp"]
    assert clamp.vector(x, 0.0, math.inf).tolist() == [0.0, 0.5, 7.0]
    assert clamp.vector(x, -math.inf, 1.0).tolist() == [-2.0, 0.5, 1.0]


@pytest.mark.parametrize("name", AGGREGATES)
@given(data=st.data())
@settings(deadline=None)
def test_aggregates_keep_their_range_in_any_order(name: str, data: st.DataObject) -> None:
    aggregate = AGGREGATES[name]
    member = {Base.BOOL: st.sampled_from([0.0, 1.0]), Base.TEXT: TEXTS, None: MIXED}.get(aggregate.takes, NUMBERS)
    constants = {"q": data.draw(st.floats(0, 1))} if name == "quantile" else {}
    params = None if aggregate.params is None else aggregate.params(**constants)
    values = data.draw(st.lists(member, min_size=aggregate.needs, max_size=9))
    order = data.draw(st.permutations(range(len(values))))
    found, shuffled = aggregate.of(values, params), aggregate.of([values[row] for row in order], params)
    members = Interval(min(values), max(values)) if aggregate.takes is Base.NUMBER else UNIT_INTERVAL
    expected = [found[row] for row in order] if aggregate.level is Level.ROW else found
    assert shuffled == expected
    assert aggregate.takes is not None or repr(shuffled) == repr(expected)  # 1 and 1.0 are equal
    if aggregate.gives is not None:
        ranges = [aggregate.range(members, most) for most in (float(len(values)), math.inf)]
        results = found if aggregate.level is Level.ROW else [found]
        assert all(value in reach for value in results for reach in ranges)

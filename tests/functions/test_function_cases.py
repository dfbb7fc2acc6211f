"""Functions and aggregates of the language against tests/cases/functions."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from rulereward.functions import builtin_aggregates, builtin_functions
from rulereward.kind import UNIT_INTERVAL, Base, Interval

CASES = Path(__file__).parents[1] / "cases" / "functions"
FUNCTIONS = builtin_functions()
AGGREGATES = builtin_aggregates()
ENDS = [(0.0, 0.0), (1.0, 1.0)]


def read(name: str) -> list[dict[str, Any]]:
    return yaml.safe_load((CASES / name).read_text(encoding="utf-8"))


def rows(key: str, *files: str) -> list[Any]:
    return [
        pytest.param(entry[key], case, id=f"{entry[key]}-{number}")
        for file in files
        for entry in read(file)
        for number, case in enumerate(entry["cases"], start=1)
    ]


@pytest.mark.parametrize(("name", "case"), rows("function", "extractors.yaml"))
def test_extractor(name: str, case: dict[str, Any]) -> None:
    function = FUNCTIONS[name]
    found = function.scalar(*case["args"])
    if function.gives == "span" and found is not None:
        found = case["args"][0][slice(*found)]
    assert found == case["expect"], case["source"]


@pytest.mark.parametrize(("name", "case"), rows("function", "shapes.yaml", "math.yaml"))
def test_number(name: str, case: dict[str, Any]) -> None:
    function = FUNCTIONS[name]
    args = [float(arg) if isinstance(arg, int | float) else arg for arg in case["args"]]
    found = function.scalar(*args)
    assert isinstance(found, float)
    assert math.isclose(found, case["expect"], rel_tol=1e-15, abs_tol=1e-16), case["source"]
    intervals = [Interval(arg, arg) if isinstance(arg, float) else Interval() for arg in args]
    assert function.undefined(*intervals) is None
    assert found in function.range(*intervals)


@pytest.mark.parametrize(("name", "case"), rows("function", "conditions.yaml"))
def test_condition(name: str, case: dict[str, Any]) -> None:
    assert FUNCTIONS[name].scalar(*case["args"]) is case["expect"], case["source"]


@pytest.mark.parametrize(("name", "case"), rows("aggregate", "aggregates.yaml"))
def test_aggregate(name: str, case: dict[str, Any]) -> None:
    aggregate = AGGREGATES[name]
    params = None if aggregate.params is None else aggregate.params(**case.get("params", {}))
    values = case["values"] if aggregate.takes is None else [as_member(value) for value in case["values"]]
    found = aggregate.of(values, params)
    expected = case["expect"]
    if aggregate.takes is None:
        assert repr(found) == repr(expected), case["source"]
        return
    if isinstance(expected, list):
        assert found == pytest.approx([float(Fraction(item)) for item in expected], rel=1e-15), case["source"]
    else:
        assert math.isclose(found, expected, rel_tol=1e-15, abs_tol=0.0), case["source"]
    members = hull(case["values"]) if aggregate.takes is Base.NUMBER else UNIT_INTERVAL
    for most in (float(len(values)), math.inf):
        reach = aggregate.range(members, most)
        assert all(value in reach for value in (found if isinstance(found, list) else [found]))


def as_member(value: Any) -> Any:
    return value if isinstance(value, str) else float(value)


def hull(values: list[float]) -> Interval:
    return Interval(min(values), max(values))


def test_every_function_and_aggregate_has_cases_and_a_doc() -> None:
    files = ("extractors.yaml", "shapes.yaml", "math.yaml", "conditions.yaml")
    functions = {entry["function"] for file in files for entry in read(file)}
    aggregates = {entry["aggregate"]: entry["needs"] for entry in read("aggregates.yaml")}
    assert functions == set(FUNCTIONS)
    assert aggregates == {name: aggregate.needs for name, aggregate in AGGREGATES.items()}
    assert all(item.doc for item in (*FUNCTIONS.values(), *AGGREGATES.values()))


@pytest.mark.parametrize(
    ("name", "signature"),
    [
        ("ramp", "x, range, from=0, to=1"),
        ("boxed", 'text, pick="last"'),
        ("soft_overlong", "x, max, buffer"),
        ("at_least", "k, [...]"),
    ],
)
def test_signatures_are_what_authors_write(name: str, signature: str) -> None:
    assert str(FUNCTIONS[name].signature) == signature


@pytest.mark.parametrize(
    ("name", "intervals", "trouble"),
    [
        ("log", [(0.0, 1.0)], "its argument can be 0 or less"),
        ("log", [(0.5, 1.0)], None),
        ("sqrt", [(-0.1, 1.0)], "its argument can be less than 0"),
        ("sqrt", [(0.0, 1.0)], None),
        ("exp", [(0.0, math.inf)], "its argument can exceed 700, which is too much"),
        ("exp", [(-math.inf, 700.0)], None),
        ("mod", [(0.0, 1.0), (0.0, 3.0)], "its divisor can be 0"),
        ("mod", [(0.0, 1.0), (1.0, 3.0)], None),
        ("ramp", [(0.0, 1.0), (0.0, 0.0), (math.inf, math.inf), *ENDS], "its range needs two ends"),
        ("cosine", [(0.0, 1.0), (-math.inf, -math.inf), (1.0, 1.0), *ENDS], "its range needs two ends"),
        ("ramp", [(0.0, 1.0), (0.0, 0.0), (0.0, math.inf), *ENDS], None),
        ("decay", [(0.0, 1.0), (0.0, 0.0), (1.0, 1.0), (0.0, 5.0), (0.0, 0.0)], "its scale can be 0 or less"),
        ("clamp", [(0.0, 1.0), (2.0, 2.0), (1.0, 1.0)], "its range runs backwards"),
        ("clamp", [(0.0, 1.0), (1.0, 1.0), (math.inf, math.inf)], None),
    ],
)  # fmt: skip
def test_what_could_be_undefined_is_said(
    name: str, intervals: list[tuple[float, float]], trouble: str | None
) -> None:
    assert FUNCTIONS[name].undefined(*(Interval(lo, hi) for lo, hi in intervals)) == trouble

"""Reads tests/cases/rules/*.yaml.

kind: NAME
cases:
  - name: what this case is about
    args: {text: ..., gold: ...}       # left out: the default, or null; {repeat: ha, times: 1000} spells a long text
    params: {n: 2}                     # left out: the defaults
    expect: 3/4                        # a number, a fraction, a bool, null for a missing value
    reason: no_text                    # the reason's code; left out: it is not looked at
    fields: {extracted: x}             # those named here; left out: not looked at
    source: where the expected value comes from

Cases of a kind that asks a service can say what it is answered, and are then run without the service:

every_answer: {windows: 1}             # what each answer holds besides what it says
cases:
  - ...
    answers: [{nll: {ln2: 8}}]         # one for each job, in order; `{ln2: 8}` is 8 ln 2. None: the row asks nothing
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from rulereward.errors import ConstantError
from rulereward.kind import Kind, Missing, Outcome, result_of
from rulereward.rules import builtin_kinds

CASES = Path(__file__).parents[1] / "cases" / "rules"
ALL_KINDS = builtin_kinds()
KINDS = {name: kind for name, kind in ALL_KINDS.items() if kind.row is not None}


@dataclass(frozen=True)
class RuleCase:
    kind: Kind
    name: str
    args: tuple[Any, ...]
    params: Any
    expect: Any
    reason: str | None
    fields: dict[str, Any]
    source: str
    written: dict[str, Any]
    """The arguments that the case names."""
    constants: dict[str, Any]
    answers: tuple[dict[str, Any], ...] | None

    def __str__(self) -> str:
        return f"{self.kind.name}: {self.name}"


def spelled(value: Any) -> Any:
    """A value as written in a case: repeated texts and fractions made out."""
    if isinstance(value, dict) and set(value) == {"repeat", "times"}:
        return value["repeat"] * value["times"]
    return value


def number(value: Any) -> Any:
    if isinstance(value, dict) and set(value) == {"ln2"}:
        return value["ln2"] * math.log(2.0)
    return float(Fraction(value)) if isinstance(value, str) else value


def frozen(value: Any) -> Any:
    return tuple(frozen(item) for item in value) if isinstance(value, list) else value


def read_cases(path: Path) -> list[RuleCase]:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    kind = ALL_KINDS[document["kind"]]
    return [_case(kind, entry, document.get("every_answer", {})) for entry in document["cases"]]


def _case(kind: Kind, entry: dict[str, Any], every_answer: dict[str, Any]) -> RuleCase:
    given = {name: spelled(value) for name, value in entry["args"].items()}
    assert set(given) <= {arg.name for arg in kind.signature.args}, f"{kind.name} has no such argument: {given}"
    constants = {name: frozen(value) for name, value in entry.get("params", {}).items()}
    answers = entry.get("answers")
    return RuleCase(
        kind=kind,
        name=entry["name"],
        args=tuple(given.get(arg.name, arg.default) for arg in kind.signature.args),
        params=kind.params(**constants) if kind.params else None,
        expect=number(entry["expect"]),
        reason=entry.get("reason"),
        fields=entry.get("fields", {}),
        source=entry["source"],
        written=given,
        constants=constants,
        answers=None if answers is None else tuple(_answer(answer, every_answer) for answer in answers),
    )


def _answer(answer: dict[str, Any], every_answer: dict[str, Any]) -> dict[str, Any]:
    """A refusal is no more than it says."""
    told = {name: value if isinstance(value, str | list) else number(value) for name, value in answer.items()}
    return told if "refused" in told else {**every_answer, **told}


def check_outcome_of(case: RuleCase, outcome: Outcome) -> None:
    """The outcome is the one that the case expects, its fields and its reason as far as the case says."""
    result = result_of(outcome)
    value = result.value
    reason = value.reason if isinstance(value, Missing) else result.reason
    if case.expect is None:
        assert isinstance(value, Missing)
    else:
        assert not isinstance(value, Missing)
        assert isinstance(value, bool) == isinstance(case.expect, bool)
        assert math.isclose(value, case.expect, rel_tol=1e-12, abs_tol=0.0)
        assert value in case.kind.reach(case.params)
    if case.reason is not None:
        assert reason is not None
        assert reason.code == case.reason
    assert set(result.fields) <= set(case.kind.fields)
    for name, expected in case.fields.items():
        if case.kind.fields[name].base.value == "number":
            assert result.fields[name] == pytest.approx(number(expected), rel=1e-12, abs=0.0)
        else:
            assert result.fields[name] == expected


def call(kind: Kind, args: tuple[Any, ...], params: Any) -> Any:
    """The row form; kinds without constants take no params."""
    assert kind.row is not None
    return kind.row(*args) if kind.params is None else kind.row(*args, params)


def params_of(kind: Kind) -> list[Any]:
    """The defaults, each choice of each constant, and what the cases use, as far as these can be had together."""
    if kind.params is None:
        return [None]
    chosen = [
        {constant.name: (choice,) if constant.many else choice}
        for constant in kind.signature.constants
        for choice in constant.choices
    ]
    made = [params for constants in ({}, *chosen) if (params := _made(kind, constants)) is not None]
    return list(dict.fromkeys([*made, *(case.params for case in ALL_CASES[kind.name])]))[:MOST_PARAMS]


def some_params(kind: Kind) -> Any:
    """The defaults, or the constants of the first case where some must be given."""
    return params_of(kind)[0]


def _made(kind: Kind, constants: dict[str, Any]) -> Any:
    """The params with these constants; None where others are required or these contradict the defaults."""
    assert kind.params is not None
    required = {constant.name for constant in kind.signature.constants if constant.required}
    try:
        return kind.params(**constants) if required <= set(constants) else None
    except ConstantError:
        return None


MOST_PARAMS = 16
ALL_CASES = {name: read_cases(CASES / f"{name}.yaml") for name in KINDS}
ANSWERED_CASES = {
    name: cases
    for name, kind in ALL_KINDS.items()
    if kind.row is None
    for cases in [read_cases(CASES / f"{name}.yaml")]
    if any(case.answers is not None for case in cases)
}

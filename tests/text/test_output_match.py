"""What a program wrote is held against what was expected, in every mode."""

from __future__ import annotations

import time
from itertools import product
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from rulereward.text.output_match import OUTPUT_MODES, match_output
from rulereward.text.value_result import Match, Tolerance

CASES = Path(__file__).parents[1] / "cases" / "code_outputs"
MODES = yaml.safe_load((CASES / "modes.yaml").read_text(encoding="utf-8"))
PRESETS = yaml.safe_load((CASES / "presets.yaml").read_text(encoding="utf-8"))
SAME = [(mode, *pair) for mode, groups in MODES.items() for pair in groups["is"]]
DIFFERENT = [(mode, case) for mode, groups in MODES.items() for case in groups["is_not"]]
INF, NAN = float("inf"), float("nan")
OURS = ("lines", "exact", "tokens", "float", "unordered_lines", "json")
TEXTS = st.text(st.sampled_from('01a.-e \t\n\r"[],\x85\ud800é'), max_size=12)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False).map(repr) | st.integers().map(str)


@pytest.mark.parametrize(("mode", "got", "expected"), SAME)
def test_same(mode: str, got: str, expected: str) -> None:
    assert match_output(got, expected, mode) == Match(True)


@pytest.mark.parametrize(("mode", "case"), DIFFERENT)
def test_different(mode: str, case: dict[str, str]) -> None:
    found = match_output(case["got"], case["expected"], mode)
    assert not found.matched
    assert found.difference
    if "says" in case:
        assert found.difference == case["says"].replace("\n", r"\n").replace("\r", r"\r")


@pytest.mark.parametrize("case", PRESETS, ids=lambda case: f"{case['got']!r} {case['expected']!r}")
def test_preset(case: dict[str, object]) -> None:
    passes = [mode for mode in ("lcb", "prime", "verl") if match_output(case["got"], case["expected"], mode).matched]
    assert passes == case["passes"]


def test_tolerance() -> None:
    assert match_output("0.301", "0.3", "float", Tolerance(abs=0.001)).matched  # exactly as it is written
    assert not match_output("0.3011", "0.3", "float", Tolerance(abs=0.001)).matched
    assert match_output("103", "100.0", "float", Tolerance(rel=0.03)).matched  # 3 is at most 0.03 * 103
    assert not match_output("103.1", "100", "float", Tolerance(rel=0.03)).matched  # 3.093
    assert not match_output("0.30000000000000001", "0.3", "float", Tolerance()).matched  # read exactly
    assert match_output("0.30", "0.3", "float", Tolerance()).matched
    assert match_output('[0.301, {"a": 5}]', '[0.3, {"a": 5}]', "json", Tolerance(abs=0.01)).matched
    assert not match_output("[6]", "[5]", "json", Tolerance(abs=2)).matched  # integers: exactly
    assert match_output("[6.0]", "[5]", "json", Tolerance(abs=2)).matched


@pytest.mark.parametrize(
    "numbers", [(-1, 0), (0, 1), (0, -0.1), (float("inf"), 0), (float("nan"), 0), (0, float("nan"))]
)
def test_no_tolerance(numbers: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="tolerance"):
        Tolerance(*numbers)


def test_no_mode() -> None:
    with pytest.raises(ValueError, match="no tolerance"):
        match_output("", "", "lines", Tolerance())
    with pytest.raises(ValueError, match="'fuzzy'"):
        match_output("", "", "fuzzy")  # type: ignore[arg-type]


@given(text=TEXTS, other=TEXTS, mode=st.sampled_from(OUTPUT_MODES))
def test_any_texts(text: str, other: str, mode: str) -> None:
    """A text is like itself, and where two differ, there is a short difference that can be printed."""
    assert mode in ("json", "verl") or match_output(text, text, mode).matched  # for verl see presets.yaml
    found = match_output(text, other, mode)
    assert found.matched == (not found.difference)
    assert len(found.difference) <= 400
    assert found.difference.isprintable()


@given(
    text=TEXTS, other=TEXTS, mode=st.sampled_from(["lines", "exact", "tokens", "float", "unordered_lines", "json"])
)
def test_symmetric(text: str, other: str, mode: str) -> None:
    assert match_output(text, other, mode).matched == match_output(other, text, mode).matched


@given(text=TEXTS, other=TEXTS)
def test_modes_that_allow_more(text: str, other: str) -> None:
    """What is the same in a strict mode is the same in a lenient one."""
    pairs = "exact lines, lines tokens, tokens float, lines unordered_lines, lines prime, prime lcb"
    for strict, lenient in (pair.split() for pair in pairs.split(", ")):
        assert not match_output(text, other, strict).matched or match_output(text, other, lenient).matched


@given(st.lists(NUMBERS, max_size=8))
def test_numbers(words: list[str]) -> None:
    assert match_output(" ".join(words), "\n".join(words), "float").matched
    spelled = [
        repr(float(word)) if "e" in word or "." in word else f"+0{word}".replace("+0-", "-0") for word in words
    ]
    assert match_output(" ".join(spelled), " ".join(words), "float").matched


def test_difference_in_a_long_line() -> None:
    got, expected = "x" * 1_000 + "5" + "y" * 1_000, "x" * 1_000 + "4" + "y" * 1_000
    around = "x" * 20 + "{}" + "y" * 39
    assert match_output(got, expected).difference == (
        f'line 1: expected "…{around.format(4)}…", got "…{around.format(5)}…"'
    )


MIB = 1024 * 1024
HOSTILE = {
    "lines": "\n" * MIB,
    "blanks": " " * MIB,
    "returns": "\r\n" * (MIB // 2),
    "words": "1 " * (MIB // 2),
    "decimals": "0.1\n" * (MIB // 4),
    "zeros": "0" * MIB + "x",
    "digits": "1" * MIB,
    "fraction": "0." + "3" * MIB,
    "dots": "1." * (MIB // 2),
    "exponent": "1e" + "9" * MIB,
    "brackets": "[" * MIB,
    "array": "[" + "1," * (MIB // 2) + "1]",
    "objects": '{"a":' * (MIB // 5),
    "quotation marks": '"' * MIB,
    "backslashes": '"' + "\\" * MIB,
    "surrogates": "\ud800" * MIB,
    "distinct": "\n".join(map(str, range(MIB // 8))),
}


@pytest.mark.parametrize(("mode", "name"), list(product(OUTPUT_MODES, HOSTILE)))
def test_hostile(mode: str, name: str) -> None:
    """A megabyte takes no longer than its length says, against itself, nearly itself and something else."""
    text = HOSTILE[name]
    start = time.process_time()
    for other in (text, text[:-1] + "2", "1\n2\n3"):
        match_output(text, other, mode)
        match_output(other, text, mode)
    assert time.process_time() - start < 20  # some 2 s for the slowest

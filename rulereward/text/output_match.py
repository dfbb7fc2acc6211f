"""Is what a program wrote as expected? Two texts compared by lines, by words, as numbers or as JSON.

- `lines`: CRLF is LF; spaces and tabs at the ends of lines, and blank lines at the end, do not count. All else does.
- `exact`: every character counts.
- `tokens`: the same words in the same order, whatever white space is between them.
- `float`: as `tokens`, but numbers may differ by the tolerance. Two integers are compared exactly, of whatever size;
  NaN is NaN, and an infinity only itself.
- `unordered_lines`: as `lines`, but in any order, each line as often; blank lines do not count.
- `json`: each text is one JSON value (as `json_text.py` reads it), and the values are equal: in objects the order of
  keys does not count, 1 is 1.0, and numbers that are not both integers may differ by the tolerance, if one is given.
- `lcb`, `prime`, `verl`: what those projects' checkers decide (`output_presets.py`).

Time and memory are linear in the two texts, whose size is bounded by whoever runs the program.
"""

from __future__ import annotations

from collections import Counter
from typing import Literal, get_args

from rulereward.text.json_text import JsonFault, parse_json
from rulereward.text.output_numbers import near_tokens
from rulereward.text.output_presets import lcb, prime, verl
from rulereward.text.output_sequences import match_sequences
from rulereward.text.value_match import EXACT, match_values
from rulereward.text.value_result import SAME, Match, Tolerance, first_different, mismatch, quoted

OutputMode = Literal["lines", "exact", "tokens", "float", "unordered_lines", "json", "lcb", "prime", "verl"]
OUTPUT_MODES: tuple[OutputMode, ...] = get_args(OutputMode)

FLOAT_TOLERANCE = Tolerance(abs=1e-6, rel=1e-6)
"""That of `float` where none is given. `json` has none then."""


def match_output(got: str, expected: str, mode: OutputMode = "lines", tolerance: Tolerance | None = None) -> Match:
    """Whether `got` is `expected`, and else the first difference in words.

    Raises ValueError for a tolerance in another mode than `float` and `json`, and for a mode that is none.
    """
    if tolerance is not None and mode not in ("float", "json"):
        raise ValueError(f"the mode {mode} has no tolerance")
    match mode:
        case "lines":
            return match_sequences("line", _lines(got), _lines(expected))
        case "exact":
            return _exact(got, expected)
        case "tokens":
            return match_sequences("word", got.split(), expected.split())
        case "float":
            near = near_tokens(FLOAT_TOLERANCE if tolerance is None else tolerance)
            return match_sequences("word", got.split(), expected.split(), near)
        case "unordered_lines":
            return _unordered(_lines(got), _lines(expected))
        case "json":
            return _json(got, expected, EXACT if tolerance is None else tolerance)
        case "lcb":
            return lcb(got, expected)
        case "prime":
            return prime(got, expected)
        case "verl":
            return verl(got, expected)
    raise ValueError(f"no way to compare outputs is called {mode!r}")


def _lines(text: str) -> list[str]:
    lines = [line.rstrip(" \t") for line in text.replace("\r\n", "\n").split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _exact(got: str, expected: str) -> Match:
    if got == expected:
        return SAME
    place = first_different(got, expected)
    line, column = got.count("\n", 0, place) + 1, place - got.rfind("\n", 0, place)
    return mismatch(
        f"line {line}, column {column}: expected {_rest(expected, place)}, got {_rest(got, place)}",
    )


def _rest(text: str, place: int) -> str:
    return quoted(text, place) if place < len(text) else "the end of the output"


def _unordered(got: list[str], expected: list[str]) -> Match:
    mine, wanted = Counter(line for line in got if line), Counter(line for line in expected if line)
    for line, count in wanted.items():
        if mine[line] < count:
            return mismatch(f"the line {quoted(line)} is expected {_times(count)}, and there {_times(mine[line])}")
    for line, count in mine.items():
        if wanted[line] < count:
            return mismatch(f"the line {quoted(line)} is expected {_times(wanted[line])}, and there {_times(count)}")
    return SAME


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times" if count else "nowhere"


def _json(got: str, expected: str, tolerance: Tolerance) -> Match:
    wanted = parse_json(expected)
    if isinstance(wanted, JsonFault):
        return mismatch(f"the expected output is no JSON: {wanted.message}")
    mine = parse_json(got)
    if isinstance(mine, JsonFault):
        return mismatch(f"the output is no JSON: {mine.message}")
    return match_values(mine, wanted, tolerance)

"""Outputs compared as other projects' checkers compare them, their peculiarities included.

They are here so that rewards are comparable. What they let pass, and do not, is theirs: our own modes are better.
"""

from __future__ import annotations

from decimal import Context, Decimal, InvalidOperation

from rulereward.text.output_sequences import match_sequences
from rulereward.text.value_result import SAME, Match, mismatch

_ABS, _REL = 1e-8, 1e-5  # numpy's `allclose`
_DECIMALS = Context(traps=[InvalidOperation])


def lcb(got: str, expected: str) -> Match:
    """LiveCodeBench's checker for standard input and output.

    White space around each text and around each of its lines, which end at LF alone, does not count. There are as
    many lines, and each pair is equal: as text, or every word of both is a decimal number, of any length, and the two
    lines hold the same numbers by exact value. `1.0` is `1`; `0.3000000001` is not `0.3`; where the texts differ, NaN
    is not itself.
    """
    return match_sequences("line", _stripped_lines(got), _stripped_lines(expected), _same_decimals)


def prime(got: str, expected: str) -> Match:
    """Prime Intellect's verifier for `verification_info` test cases (genesys, SYNTHETIC-1).

    White space around each text and around each of its lines, which end at LF alone, does not count. There are as
    many lines and each pair is the same text: `1.0` is not `1`.
    """
    return match_sequences("line", _stripped_lines(got), _stripped_lines(expected))


def verl(got: str, expected: str) -> Match:
    """The checker `prime_code` of verl, which has it from PRIME, as that has it from APPS.

    The output's lines end wherever Python's `splitlines` ends one, those of the expected text at LF alone. It passes

    1. if the lines, joined by LF, are the expected text, white space around both aside; or
    2. if they are so when each line of the output is stripped; or
    3. if the lines, or those of them that are not empty, are the expected lines, of which empty ones are left out and
       the others stripped; or
    4. if the lines that are not empty are as many as those expected lines, every line of both is one number as
       Python's `float` reads it, not all pairs are unsigned integers, and every pair is near: |got - expected| is at
       most 1e-8 + 1e-5 * |expected|, or the two are equal.

    So `1.0` is `1`, and `0.3000000001` is `0.3`, but only where each number has its line.
    """
    lines = got.splitlines()
    whole = expected.strip()
    if "\n".join(lines).strip() == whole or "\n".join(line.strip() for line in lines).strip() == whole:
        return SAME
    wanted = [line.strip() for line in expected.split("\n") if line]
    written = [line for line in lines if line]
    if wanted in (lines, written) or _near_lines(written, wanted):
        return SAME
    found = match_sequences("line", [line.strip() for line in written], wanted)
    return mismatch("the white space within the output differs") if found.matched else found


def _stripped_lines(text: str) -> list[str]:
    return [line.strip() for line in text.strip().split("\n")]


def _same_decimals(got: str, expected: str) -> bool:
    mine, wanted = _decimals(got), _decimals(expected)
    if mine is None or wanted is None or len(mine) != len(wanted):
        return False
    pairs = zip(mine, wanted, strict=True)
    return all(not one.is_nan() and not other.is_nan() and one == other for one, other in pairs)


def _decimals(line: str) -> list[Decimal] | None:
    """The words of a line as exact numbers; None where one is none. Reading takes linear time."""
    try:
        return [Decimal(word, _DECIMALS) for word in line.split()]
    except (InvalidOperation, ValueError):
        return None


def _near_lines(got: list[str], expected: list[str]) -> bool:
    if len(got) != len(expected):
        return False
    if all(mine.isdigit() and wanted.isdigit() for mine, wanted in zip(got, expected, strict=True)):
        return False  # integers are compared as texts, which was done
    try:  # `float` takes time linear in a line; there is nothing else that reads exactly what it reads
        pairs = [(float(mine), float(wanted)) for mine, wanted in zip(got, expected, strict=True)]
    except ValueError:
        return False
    return all(one == other or abs(one - other) <= _ABS + _REL * abs(other) < _INFINITE for one, other in pairs)


_INFINITE = float("inf")

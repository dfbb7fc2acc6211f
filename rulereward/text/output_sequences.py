"""The first difference between two sequences of lines or words, in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rulereward.text.value_result import SAME, Match, first_different, mismatch, quoted


def match_sequences(
    noun: str, got: Sequence[str], expected: Sequence[str], same: Callable[[str, str], bool] | None = None
) -> Match:
    """Whether there are as many and each is the same, which is equality or what `same(got, expected)` says.

    `noun` is what one of them is called: `line 3: expected "4", got "5"`.
    """
    for number, (mine, wanted) in enumerate(zip(got, expected, strict=False), 1):
        if mine != wanted and (same is None or not same(mine, wanted)):
            place = first_different(mine, wanted)
            return mismatch(f"{noun} {number}: expected {quoted(wanted, place)}, got {quoted(mine, place)}")
    if len(got) == len(expected):
        return SAME
    number = min(len(got), len(expected))
    if len(got) < len(expected):
        return mismatch(f"{noun} {number + 1}: expected {quoted(expected[number])}, got the end of the output")
    return mismatch(f"{noun} {number + 1}: expected the end of the output, got {quoted(got[number])}")

"""The text rules of an R1 set: the peers' functions in turn against one ruleset of ours, one thread.

    python tests/bench/text_r1_peers.py [--rows 20000] [--turns 5] [--json FILE]

Both sides get the same new strings for every call, by turns, in one process; ours is `Ruleset.score` with all that it
does. open-r1's format, tag count, TRL's think format and the repetition must be equal on every text. The Han share is
another definition (ours: all characters of the script, among those that print something); its largest difference is
printed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import text_theirs as theirs
from bench_tools import arguments, by_turns, differing, machine, rate, rewarding, write_figures
from corpus import ROWS, completions, megabytes

import rulereward as rr

BATCHES = {16: 200, 512: 20}
"""Sizes of batches, and how many are measured."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A function of theirs and a rule of ours; `sign` makes their number ours, `same` says that it must be equal."""

    name: str
    function: theirs.Theirs
    rule: str
    sign: float = 1.0
    same: bool = True


def pairs() -> tuple[Pair, ...]:
    """In the order in which the trainer would call them."""
    return (
        Pair("open-r1 format", theirs.open_r1_format, 'think_format(style="open_r1")'),
        Pair("open-r1 tag count", theirs.open_r1_tag_count, 'tag_count(style="open_r1")'),
        Pair("TRL think format", theirs.trl_think_format(), 'think_format(style="trl")'),
        Pair(
            "3-gram repetition", theirs.repetition_penalty(3), 'ngram_repetition(completion, style="open_r1")', -1.0
        ),
        Pair("Han share", theirs.han_loop, 'chinese_ratio(completion, of="chars", exclude=[])', same=False),
        Pair("length", theirs.lengths, 'length(completion, unit="char")'),
    )


def ruleset(rules: Sequence[str], score: str = "1") -> rr.Ruleset:
    listed = "".join(f"  r{place}: {rule}\n" for place, rule in enumerate(rules))
    return rr.Ruleset("r1_text.yaml", f"rulereward: 1\nrules:\n{listed}score: {score}\n")


SCORE = "r0 + 0.25 * r1 + r2 - r3 - 0.1 * (r4 ?? 0) - 0.1 * ramp(r5, 0char..60000char)"


def all_in_turn(listed: Sequence[Pair], texts: Sequence[str]) -> list[list[float]]:
    return [pair.function(texts) for pair in listed]


def compared(listed: Sequence[Pair], their: Sequence[Sequence[float]], scores: rr.Scores) -> dict[str, Any]:
    """How far the values agree; prints what is not as it must be."""
    found: dict[str, Any] = {}
    for place, pair in enumerate(listed):
        ours = scores[f"r{place}"].values.tolist()
        values = [pair.sign * value for value in their[place]]
        if pair.same:
            found[pair.name] = differing(values, ours)
            if found[pair.name]:
                print(f"  !! {pair.name}: {found[pair.name]} texts with another value")
        else:
            gaps = [abs(a - b) for a, b in zip(values, ours, strict=True) if b == b]  # null: nothing is printed
            found[pair.name] = max(gaps, default=0.0)
    return found


def whole_set(listed: Sequence[Pair], texts: Sequence[str], turns: int) -> dict[str, Any]:
    ours = ruleset([pair.rule for pair in listed], SCORE)
    ours.score(texts[:64])  # compiles what there is to compile
    sides = {"theirs": lambda given: all_in_turn(listed, given), "ours": rewarding(ours)}
    seconds, given = by_turns(sides, [texts] * turns)
    agreement = compared(listed, given["theirs"], given["ours"])
    size = megabytes(texts)
    print(f"all in turn: theirs {rate(size, seconds['theirs'])} MB/s, ours {rate(size, seconds['ours'])} MB/s, "
          f"ratio {seconds['theirs'] / seconds['ours']:.1f}; values: {agreement}")  # fmt: skip
    return {**seconds, "agreement": agreement, "turns": turns}


def batches(listed: Sequence[Pair], texts: Sequence[str]) -> dict[str, Any]:
    """Milliseconds of a call."""
    ours = ruleset([pair.rule for pair in listed], SCORE)
    ours.score(texts[:64])
    found: dict[str, Any] = {}
    for size, calls in BATCHES.items():
        if size > len(texts):
            continue
        starts = range(0, min(size * calls, len(texts) - size + 1), size)
        sides = {"theirs": lambda given: all_in_turn(listed, given), "ours": rewarding(ours)}
        seconds, _ = by_turns(sides, [texts[at : at + size] for at in starts])
        found[str(size)] = seconds
        print(f"{size} texts a call: theirs {1000 * seconds['theirs']:.2f} ms, ours {1000 * seconds['ours']:.2f} ms, "
              f"ratio {seconds['theirs'] / seconds['ours']:.1f} ({len(starts)} calls)")  # fmt: skip
    return found


def by_rule(listed: Sequence[Pair], texts: Sequence[str], turns: int) -> dict[str, Any]:
    """Each rule in a ruleset of its own, so that each pays for packing and engine by itself."""
    found: dict[str, Any] = {}
    size = megabytes(texts)
    also = Pair("Han share by re.findall", theirs.han_pattern, listed[4].rule, same=False)
    for pair in (*listed, also):
        ours = ruleset([pair.rule])
        ours.score(texts[:64])
        seconds, given = by_turns({"theirs": pair.function, "ours": rewarding(ours)}, [texts] * turns)
        agreement = compared([pair], [given["theirs"]], given["ours"])
        found[pair.name] = {**seconds, "rule": pair.rule, "agreement": agreement[pair.name]}
        print(f"  {pair.name:<26}{rate(size, seconds['theirs']):>8} MB/s{rate(size, seconds['ours']):>8} MB/s"
              f"{seconds['theirs'] / seconds['ours']:>8.1f}")  # fmt: skip
    return found


def main() -> None:
    theirs.require_peers()
    options = arguments("The text rules of an R1 set against the peers' functions", rows=ROWS, turns=5).parse_args()
    texts = completions(options.rows)
    print(f"{len(texts)} completions, {megabytes(texts):.1f} MB; {machine()}")
    listed = pairs()
    figures = {"rows": len(texts), "megabytes": megabytes(texts), "set": whole_set(listed, texts, options.turns)}
    figures["batches"] = batches(listed, texts)
    figures["rules"] = by_rule(listed, texts, max(1, options.turns // 2))
    write_figures(options.json, figures)


if __name__ == "__main__":
    main()

"""The 13 Gopher measures: datatrove's functions against ours by its style, and ours as we define them.

    python tests/bench/gopher_peers.py [--rows 2000] [--turns 3] [--json FILE]

Shares of duplicate lines and paragraphs (pieces and characters), of the n-gram said most often for n = 2 to 4, of
duplicate n-grams for n = 5 to 10. Both sides split words at white space (datatrove's own words come from spaCy, which
takes far longer), get the same new strings, by turns, in one process, one thread, and must give the same numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import text_theirs as theirs
from bench_tools import arguments, by_turns, differing, machine, rate, rewarding, write_figures
from corpus import completions, megabytes

import rulereward as rr


def rules(style: str) -> list[str]:
    """Our calls, in the order of `text_theirs.measured`."""
    pieces = [
        f'{kind}(completion, of="{of}", style="{style}")'
        for kind, unit in (("duplicate_line_share", "lines"), ("duplicate_paragraph_share", "paragraphs"))
        for of in (unit, "chars")
    ]
    top = [f'top_ngram_share(completion, n={n}, style="{style}")' for n in (2, 3, 4)]
    return pieces + top + [f'duplicate_ngram_share(completion, n={n}, style="{style}")' for n in range(5, 11)]


def ruleset(style: str) -> rr.Ruleset:
    listed = "".join(f"  r{place}: {rule}\n" for place, rule in enumerate(rules(style)))
    total = " + ".join(f"r{place}" for place in range(len(rules(style))))
    return rr.Ruleset("gopher.yaml", f"rulereward: 1\nrules:\n{listed}score: {total}\n")


def compare(name: str, texts: Sequence[str], turns: int) -> dict[str, Any]:
    same, own = ruleset("datatrove"), ruleset("default")
    for compiled in (same, own):
        compiled.score(texts[:64])  # compiles what there is to compile
    sides = {"theirs": theirs.gopher_measures(), "ours": rewarding(same), "own": rewarding(own)}
    seconds, given = by_turns(sides, [texts] * turns)
    size = megabytes(texts)
    columns = [given["ours"][f"r{place}"].values.tolist() for place in range(13)]
    other = sum(
        differing(their, ours) for their, ours in zip(zip(*given["theirs"], strict=True), columns, strict=True)
    )
    print(f"{name}: {len(texts)} texts, {size:.1f} MB: theirs {rate(size, seconds['theirs'])} MB/s, "
          f"ours {rate(size, seconds['ours'])} MB/s, ratio {seconds['theirs'] / seconds['ours']:.1f}, "
          f"{other} other values; as we define them {rate(size, seconds['own'])} MB/s")  # fmt: skip
    return {**seconds, "rows": len(texts), "megabytes": size, "other": other, "turns": turns}


def main() -> None:
    theirs.require_peers()
    options = arguments("The Gopher measures against datatrove's functions", rows=2_000, turns=3).parse_args()
    print(machine())
    figures = {
        "mixed": compare("mixed", completions(options.rows), options.turns),
        "English": compare("English", completions(options.rows, sorts=("english",)), options.turns),
    }
    write_figures(options.json, figures)


if __name__ == "__main__":
    main()

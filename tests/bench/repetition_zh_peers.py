"""3-gram repetition over jieba's words: jieba and a set, as open-r1 has it for Chinese, against ours.

    python tests/bench/repetition_zh_peers.py [--rows 1500] [--turns 3] [--json FILE]

On Chinese completions alone and on the mix; the same new strings for both, by turns, in one process, one thread.
The segmentation is jieba's own on both sides: the values must be equal on every text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import text_theirs as theirs
from bench_tools import arguments, by_turns, differing, machine, rate, rewarding, write_figures
from corpus import SORTS, completions, megabytes

import rulereward as rr

RULESET = 'rulereward: 1\nrules:\n  zh: ngram_repetition(completion, n=3, style="open_r1_zh")\nscore: 1 - zh\n'


def compare(name: str, texts: Sequence[str], jieba: theirs.Theirs, turns: int) -> dict[str, Any]:
    ours = rr.Ruleset("zh.yaml", RULESET)
    ours.score(texts[:64])  # reads the dictionary and compiles what there is to compile
    seconds, given = by_turns({"theirs": jieba, "ours": rewarding(ours)}, [texts] * turns)
    size = megabytes(texts)
    other = differing(given["theirs"], given["ours"]["zh"].values.tolist())
    print(f"{name}: {len(texts)} texts, {size:.1f} MB: theirs {rate(size, seconds['theirs'])} MB/s, "
          f"ours {rate(size, seconds['ours'])} MB/s, ratio {seconds['theirs'] / seconds['ours']:.1f}, "
          f"{other} other values")  # fmt: skip
    return {**seconds, "rows": len(texts), "megabytes": size, "other": other, "turns": turns}


def main() -> None:
    theirs.require_peers()
    options = arguments("3-gram repetition over jieba's words", rows=1_500, turns=3).parse_args()
    print(machine())
    jieba = theirs.jieba_repetition(3)
    figures = {
        name: compare(name, completions(options.rows, sorts=sorts), jieba, options.turns)
        for name, sorts in (("Chinese", ("chinese",)), ("mixed", SORTS))
    }
    write_figures(options.json, figures)


if __name__ == "__main__":
    main()

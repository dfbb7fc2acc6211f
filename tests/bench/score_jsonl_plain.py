"""What people write without a library: read JSON lines, call the reward functions in turn, write JSON lines.

    python tests/bench/score_jsonl_plain.py IN.jsonl OUT.jsonl [--limit N]

`json` of the standard library, 512 rows at a time; the functions of `text_r1_peers.py` in its order. Prints the
seconds without imports.
"""

from __future__ import annotations

import argparse
import json
import time
from itertools import islice
from pathlib import Path

from text_r1_peers import pairs

_BLOCK = 512


def main() -> None:
    parser = argparse.ArgumentParser(description="Score JSON lines with the peers' functions")
    parser.add_argument("source", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--limit", type=int)
    options = parser.parse_args()
    listed = pairs()
    started = time.perf_counter()
    with options.source.open(encoding="utf-8") as lines, options.out.open("w", encoding="utf-8") as out:
        wanted = islice(lines, options.limit)
        while block := [json.loads(line) for line in islice(wanted, _BLOCK)]:
            texts = [row["completion"] for row in block]
            values = [[pair.sign * value for value in pair.function(texts)] for pair in listed]
            for row, found in zip(block, zip(*values, strict=True), strict=True):
                row["reward"] = found[0] + 0.25 * found[1] + found[2] - found[3] - 0.1 * found[4] - found[5] / 600_000
                row["reward_components"] = {f"r{place}": value for place, value in enumerate(found)}
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
    print(time.perf_counter() - started)


if __name__ == "__main__":
    main()

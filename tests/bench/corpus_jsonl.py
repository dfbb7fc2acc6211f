"""A JSONL file of made completions of a wanted size, as trainers and inference engines write them.

    python tests/bench/corpus_jsonl.py OUT.jsonl [--megabytes 1000] [--seed 0]

Rows have `id prompt completion answer prompt_id model finish_reason meta`. They are written as they are made, so that
a file may be larger than memory.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import corpus_pools as pools
from corpus import stream

_GROUP = 8
"""Completions of a prompt."""


def rows(seed: int = 0) -> Iterator[dict[str, Any]]:
    """Rows without an end."""
    chance = random.Random(seed)
    for place, text in enumerate(stream(None, seed)):
        if place % _GROUP == 0:
            question = chance.choice(pools.chinese() if chance.random() < 0.3 else pools.english())
            answer = pools.number(chance)
        yield {
            "id": f"row-{place}",
            "prompt": [{"role": "system", "content": "Think first."}, {"role": "user", "content": question}],
            "completion": text,
            "answer": answer,
            "prompt_id": f"prompt-{place // _GROUP}",
            "model": "made",
            "finish_reason": "stop" if text.endswith(("</answer>", "}")) else "length",
            "meta": {"temperature": 1.0, "seed": place, "tags": ["made", "bench"], "score": chance.random()},
        }


def write_jsonl(path: Path, size: int, seed: int = 0) -> list[int]:
    """Write at least `size` bytes; gives the place in the file where each row ends."""
    ends: list[int] = []
    written = 0
    with path.open("wb") as file:
        for row in rows(seed):
            written += file.write(json.dumps(row, ensure_ascii=False).encode("utf-8") + b"\n")
            ends.append(written)
            if written >= size:
                return ends
    return ends


def main() -> None:
    parser = argparse.ArgumentParser(description="A JSONL file of made completions")
    parser.add_argument("out", type=Path)
    parser.add_argument("--megabytes", type=float, default=1_000.0)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    ends = write_jsonl(options.out, int(options.megabytes * 1e6), options.seed)
    print(f"{len(ends)} rows, {ends[-1] / 1e6:.1f} MB in {options.out}")


if __name__ == "__main__":
    main()

"""How long compiling takes where nothing is in numba's cache: processor seconds for each rule, one after the other.

    python tests/bench/first_run.py

What a rule shares with one above it is compiled there. The cache is a new folder; `again` is another process that
finds it full.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time

from bench_tools import machine

RULES = {
    "think_format()": "a",
    "tag_count()": "a > 0",
    'ngram_repetition(completion, style="swift")': "a > 0",
    "ngram_repetition(completion)": "a > 0",
    "repetition_loop(completion)": "a > 0",
    "duplicate_line_share(completion)": "a > 0",
    "top_ngram_share(completion)": "a > 0",
    "duplicate_ngram_share(completion)": "a > 0",
    'duplicate_ngram_share(completion, style="datatrove")': "a > 0",
    'top_ngram_share(completion, style="datatrove")': "a > 0",
    'duplicate_line_share(completion, style="datatrove")': "a > 0",
    'length(completion, unit="word")': "a > 1word",
    "length(boxed(completion))": "a > 1char",
    "length(answer_line(completion))": "a > 1char",
    "length(last_number(completion))": "a > 1char",
    "chinese_ratio(completion, exclude=[]) ?? 0": "a > 0",
    "chinese_ratio(completion) ?? 0": "a > 0",
    'chinese_ratio(completion, of="words") ?? 0': "a > 0",
    'ngram_repetition(completion, tokenizer="jieba")': "a > 0",
}
"""With a condition on each."""


def measure() -> None:
    import rulereward as rr

    for rule, score in RULES.items():
        ruleset = rr.Ruleset("first_run", f"rulereward: 1\nrules:\n  a: {rule}\nscore: 1 if {score} else 0\n")
        started = time.process_time()
        ruleset.prepare()
        print(f"{time.process_time() - started:8.1f} s  {rule}", flush=True)
    print(f"{time.process_time():8.1f} s  in all, imports and compiling the rulesets included", flush=True)


def main() -> None:
    if sys.argv[1:] == ["measure"]:
        measure()
        return
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        for when in ("from nothing", "again"):
            print(when, flush=True)
            environment = {**os.environ, "NUMBA_CACHE_DIR": folder}
            subprocess.run([sys.executable, __file__, "measure"], env=environment, check=True)


if __name__ == "__main__":
    main()

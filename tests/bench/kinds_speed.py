"""How fast each text kind is by itself: MB of UTF-8 a second through `Ruleset.score`, packing and engine included.

    python tests/bench/kinds_speed.py [--rows 2000] [--only ngram]

A slow kind is measured on fewer rows. `--only` takes the rules whose text holds it. Best of three, fresh strings.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from bench_tools import arguments, fresh, machine, rate, timed, write_figures
from corpus import completions, megabytes

import rulereward as rr

_LIMIT_S = 10.0
_PROBE = 60

RULES = (
    "random(completion)",
    *(f'think_format(style="{style}")' for style in ("open_r1", "trl", "swift")),
    "think_format()", "think_format(trailing=true)", 'tag_count(style="open_r1")', "tag_count()",
    *(f'length(completion, unit="{unit}")' for unit in ("char", "word", "line", "sentence", "byte")),
    "ngram_repetition(completion)", "ngram_repetition(completion, n=6)", 'ngram_repetition(completion, unit="char")',
    'ngram_repetition(completion, unit="word")', 'ngram_repetition(completion, tokenizer="jieba")',
    *(f'ngram_repetition(completion, style="{style}")' for style in ("open_r1", "swift", "open_r1_zh")),
    'ngram_repetition(completion, style="trl")',
    "repetition_loop(completion)", "repetition_loop(completion, ignore_digits=true)",
    *(f"{kind}(completion{n}{style})"
      for kind, ns in (("top_ngram_share", ("", ", n=4")), ("duplicate_ngram_share", ("", ", n=10")))
      for style in ("", ', style="datatrove"') for n in ns),
    *(f"{kind}(completion{of}{style})"
      for kind, unit in (("duplicate_line_share", "lines"), ("duplicate_paragraph_share", "paragraphs"))
      for style in ("", ', style="datatrove"') for of in ("", f', of="{unit}"')),
    'top_ngram_share(completion, tokenizer="jieba")',
    'duplicate_ngram_share(completion, tokenizer="jieba", style="datatrove")',
    *(f'{call}{of}{exclude})' for call in ("chinese_ratio(completion", 'script_ratio(completion, script="Latin"')
      for of in ("", ', of="chars"', ', of="words"') for exclude in ("", ", exclude=[]")),
    "mixed_script_words(completion)", "mixed_script_words(completion, exclude=[])",
    'language_consistency(completion, "zh")', 'language_consistency(completion, "en")',
    "reasoning_steps(completion)", 'reasoning_steps(completion, style="open_r1")',
    "code_fence(completion)", 'code_fence(completion, language="python")',
    'keyword_count(completion, ["wait", "等等", "however"])', 'contains(completion, ["wait", "等等"])',
    'starts_with(completion, "<think>")', 'ends_with(completion, "</answer>")',
    'regex_match(completion, pattern="[0-9]+ of them")', 'regex_count(completion, pattern="(?i)wait")',
    "compression_ratio(completion)", "json_valid(completion)",
    *(f'{kind}(boxed(completion), "12")' for kind in ("token_f1", "exact_match", "number_match")),
    'length(between(completion, "<answer>", "</answer>"), unit="char")',
    'length(after(completion, "</think>"), unit="char")',
    'length(boxed(completion), unit="char")', 'length(answer_line(completion), unit="char")',
)  # fmt: skip


def ids_of(text: str) -> list[int]:
    """Token ids that repeat as the text does: one for each four bytes."""
    data = text.encode("utf-8")
    return (np.frombuffer(data, np.uint32, len(data) // 4) % 32_000).tolist()


def one_rule(rule: str) -> rr.Ruleset:
    return rr.Ruleset("one.yaml", f"rulereward: 1\nrules:\n  measured: {rule}\nscore: 1\n")


def megabytes_per_second(rule: str, texts: Sequence[str]) -> tuple[float, int]:
    """The rate of a ruleset with this one rule, and on how many rows it was measured."""
    ruleset = one_rule(rule)

    def score(given: Sequence[str]) -> rr.Scores:
        ids = {"completion_ids": [token_ids[text] for text in given]} if 'style="trl"' in rule else {}
        return ruleset.score(given, **ids)

    token_ids = {text: ids_of(text) for text in texts} if 'style="trl"' in rule else {}
    probe = texts[:_PROBE]
    score(probe)  # compiles what there is to compile, and reads dictionaries
    expected = min(timed(score, fresh([text.encode() for text in probe]))[0] for _ in range(2)) / _PROBE
    rows = max(_PROBE, min(len(texts), int(_LIMIT_S / expected)))
    encoded = [text.encode() for text in texts[:rows]]
    turns = 3 if expected * rows < _LIMIT_S / 3 else 1
    return megabytes(texts[:rows]) / min(timed(score, fresh(encoded))[0] for _ in range(turns)), rows


def main() -> None:
    parser = arguments("MB/s of each text kind by itself", rows=2_000)
    parser.add_argument("--only", default="", help="rules whose text holds this")
    options = parser.parse_args()
    texts = completions(options.rows)
    print(f"{len(texts)} completions, {megabytes(texts):.1f} MB; {machine()}")
    measured = {rule: megabytes_per_second(rule, texts) for rule in RULES if options.only in rule}
    for rule, (speed, rows) in sorted(measured.items(), key=lambda item: item[1]):
        print(f"{rate(speed, 1.0):>8} MB/s  {rule}{'' if rows == len(texts) else f'   ({rows} rows)'}", flush=True)
    figures = {rule: {"mb_per_s": speed, "rows": rows} for rule, (speed, rows) in measured.items()}
    write_figures(options.json, {"rows": len(texts), "megabytes": megabytes(texts), "rules": figures})


if __name__ == "__main__":
    main()

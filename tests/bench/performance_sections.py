"""The generated sections of docs/performance.md: Markdown from the figures of one script each."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable, Mapping
from typing import Any

Figures = Mapping[str, Any]

_WIDTH = 128
_CORPUS = (
    "made completions in English, Chinese, mathematics and code (`tests/bench/corpus.py`: lengths lognormal and up "
    "to 60,000 characters, tags of open-r1 and TRL, some malformed, 6 % loops)"
)
_SHOWN = {"trl": "TRL"}
"""Libraries whose name on the page is not that of their package."""


def text_rules(found: Figures) -> str:
    listed = found["set"]
    size = found["megabytes"]
    names = {"16": "16 texts a call", "512": "512 texts a call"}
    calls = [
        (names[count], milliseconds(times["theirs"]), milliseconds(times["ours"]), ratio(times))
        for count, times in found["batches"].items()
    ]
    rows = [("all at once", *(f"{speed} MB/s" for speed in rates(size, listed)), ratio(listed)), *calls]
    timed = {name: one for name, one in found["rules"].items() if name != "length"}  # `len` takes no time at all
    alone = [(name, *rates(size, one), ratio(one)) for name, one in timed.items()]
    gap = listed["agreement"]["Han share"]
    return f"""## Text rules of an R1 set

`tests/bench/text_r1_peers.py`: {found["rows"]:,} {_CORPUS}, {size:,.0f} MB of UTF-8. Theirs are open-r1's
format and tag count, TRL's think format, ms-swift's 3-gram repetition (open-r1's for English), the share of
ideographs by a loop over the characters, and `len`, one after the other; ours is one ruleset, `Ruleset.score`
with everything it does. Both get the same new strings, by turns, in one process on one thread; medians of
{listed["turns"]} turns. {machine(found, "trl", "ms-swift")}

{table(("", "theirs", "ours", "ratio"), rows)}

Each by itself, where ours pays for packing the texts and for the engine every time:

{table(("", "theirs, MB/s", "ours, MB/s", "ratio"), alone)}

{equal(sum(count for name, count in listed["agreement"].items() if name != "Han share"))} The Han share is
another definition (all characters of the script, among those that print something); it differs by {gap:.2g} at
most.
"""


def chinese(found: Figures) -> str:
    names = ("Chinese", "mixed")
    rows = []
    for name in names:
        one = found[name]
        rows.append((f"{name}, {one['megabytes']:.0f} MB", *rates(one["megabytes"], one), ratio(one)))
    return f"""## Repetition over jieba's words

`tests/bench/repetition_zh_peers.py`: 3-grams of all words that jieba cuts, as open-r1 counts them for Chinese.
Theirs is `jieba.lcut` and a set, ours `ngram_repetition(style="open_r1_zh")`, which cuts by jieba's own
dictionary and model. One thread, medians of {found["Chinese"]["turns"]} turns, the corpus as above.
{machine(found, "jieba")}

{table(("", "theirs, MB/s", "ours, MB/s", "ratio"), rows)}

{equal(sum(found[name]["other"] for name in names))}
"""


def gopher(found: Figures) -> str:
    rows = []
    for name in ("mixed", "English"):
        one = found[name]
        own = rate(one["megabytes"], one["own"])
        rows.append((f"{name}, {one['megabytes']:.0f} MB", *rates(one["megabytes"], one), ratio(one), own))
    return f"""## The Gopher measures

`tests/bench/gopher_peers.py`: 13 shares of each text (duplicate lines and paragraphs, the n-gram said most
often for n = 2 to 4, duplicate n-grams for n = 5 to 10). Theirs are datatrove's functions, with words split at
white space, which is in their favour: datatrove's own words come from spaCy. Ours is one ruleset of
`style="datatrove"`; the last column is the same 13 as we define them. One thread, medians of
{found["mixed"]["turns"]} turns. {machine(found, "datatrove")}

{table(("", "theirs, MB/s", "ours, MB/s", "ratio", "our definitions, MB/s"), rows)}

{equal(sum(found[name]["other"] for name in ("mixed", "English")))}
"""


def math_set(found: Figures) -> str:
    rows = []
    names = {"trl": "TRL's functions in turn", "open_r1": "open-r1's formulas in turn"}
    for key, name in names.items():
        one = found[key]["seconds"]
        imports = found[key]["imports"]
        for label, their, our in (
            ("workers up", one["theirs"], one["workers up"]),
            ("from nothing", one["theirs"] + imports[0], one["from nothing"] + imports[1]),
            ("again", one["theirs again"], one["again"]),
        ):
            first = name if label == "workers up" else ""
            rows.append((first, label, f"{their:.2f} s", f"{our:.3f} s", f"{their / our:.3g}"))
    verdicts, gap = found["trl"]["agreement"], max(found[key]["agreement"]["largest_difference"] for key in names)
    return f"""## A whole R1 set for mathematics

`tests/bench/math_set_peers.py`: the {found["trl"]["rows"]} completions of the next section in think and answer
tags. TRL: `accuracy_reward`, `think_format_reward`, the cosine and the repetition reward. open-r1: accuracy,
format, tag count, cosine, repetition, the length reward of Kimi k1.5, and the soft overlong punishment. Ours is
one ruleset each. What the lines mean, the section on mathematical answers says.
{machine(found, "trl", "math-verify")}

{table(("against", "", "theirs", "ours", "ratio"), rows)}

The verdicts on the answers are other ones on {verdicts["other_verdicts"]} rows, of which that section tells; on
all other rows every value agrees to {gap:.0e}.
"""


def score_file(found: Figures) -> str:
    plain, full = found["plain"], found["bytes"]
    scaled = plain["seconds"] / plain["bytes"]
    part, speed = plain["bytes"] / 1e6, rate(plain["bytes"] / 1e6, plain["seconds"])
    peak = f"{plain['peak_mb']:,.0f} MB"
    rows = [(f"plain script, measured on {part:.0f} MB", f"{scaled * full:.0f} s", speed, "1", peak)]
    for one in found["ours"]:
        name = " ".join(["score", *one["flags"]])
        share = f", {one['bytes'] / 1e6:,.0f} MB" if one["bytes"] < full else ""
        times = scaled * one["bytes"] / one["seconds"]
        rows.append((f"`{name}`{share}", f"{one['seconds']:.1f} s", rate(one["bytes"] / 1e6, one["seconds"]),
                     f"{times:.3g}", f"{one['peak_mb']:,.0f} MB"))  # fmt: skip
    return f"""## Scoring a file

`tests/bench/score_jsonl.py`: {found["rows"]:,} rows of JSON lines, {full / 1e9:.2f} GB, by the ruleset of the
text rules above. The plain script reads with `json`, calls the peers' functions in turn and writes with `json`;
its time is scaled by bytes. Ours is the command, interpreter start included, kernels compiled before. The script
and the command without options run by turns, medians of {found["turns"]}; all else once. Peak memory is that of the
whole process. {machine(found, "trl", "ms-swift")}

{table(("", "time", "MB/s", "ratio", "peak memory"), rows)}

{equal(sum(found["other"].values()))}
"""


def bounds(found: Figures) -> str:
    total = found["megabytes"]
    rows = [(name, milliseconds(seconds), rate(total, seconds)) for name, seconds in found["seconds"].items()]
    return f"""## What bounds it

`tests/bench/text_bounds.py`: the steps of the same work by themselves, on one thread, for {total:,} MB of JSON
lines. What rules share is charged to the first that asks for it. {machine(found)}

{table(("step", "time", "MB/s"), rows)}
"""


def kinds(found: Figures) -> str:
    of_kind: dict[str, list[tuple[str, float]]] = {}
    for rule, one in found["rules"].items():
        name = re.match(r"\w+", rule)
        assert name is not None
        of_kind.setdefault(name[0], []).append((rule, one["mb_per_s"]))
    rows = []
    for _, calls in sorted(of_kind.items()):
        plain = min(calls, key=lambda call: len(call[0]))
        slowest = min(calls, key=lambda call: call[1])
        other = "" if slowest == plain else f"`{slowest[0]}`: {rate(slowest[1], 1.0)}"
        rows.append((f"`{plain[0]}`", rate(plain[1], 1.0), other))
    return f"""## Each text rule

`tests/bench/kinds_speed.py`: a ruleset with one rule, on {found["rows"]:,} rows of the corpus, `Ruleset.score`
with everything it does, on one thread; best of three. Of each kind its shortest call and the slowest of those
that were tried. {machine(found)}

{table(("rule", "MB/s", "slowest call"), rows)}
"""


def wrapped(section: str) -> str:
    """The section with its paragraphs filled; headings and tables stay as they are."""
    blocks = section.strip().split("\n\n")
    return "\n\n".join(block if block[0] in "#|" else _filled(block) for block in blocks)


def _filled(paragraph: str) -> str:
    return textwrap.fill(" ".join(paragraph.split()), _WIDTH, break_long_words=False, break_on_hyphens=False)


def machine(found: Figures, *libraries: str) -> str:
    """A sentence on what it was measured with; `libraries` are those that matter besides numba and numpy."""
    own = found["machine"]
    named = [name for name in ("numba", "numpy", *libraries) if name in own["versions"]]
    versions = ", ".join(f"{_SHOWN.get(name, name)} {own['versions'][name]}" for name in named)
    return f"{own['processor']}, {own['cores']} cores, CPython {own['python']}, {versions}, {own['month']}."


def equal(other: int) -> str:
    return "All values are equal." if other == 0 else f"**{other:,} values differ.**"


def rates(megabytes: float, times: Mapping[str, float]) -> tuple[str, str]:
    return rate(megabytes, times["theirs"]), rate(megabytes, times["ours"])


def rate(megabytes: float, seconds: float) -> str:
    """MB/s, three figures."""
    value = megabytes / seconds
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def ratio(times: Mapping[str, float]) -> str:
    return f"{times['theirs'] / times['ours']:.3g}"


def milliseconds(seconds: float) -> str:
    return f"{1000 * seconds:,.0f} ms" if seconds >= 0.1 else f"{1000 * seconds:.3g} ms"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [f"| {' | '.join(cells)} |" for cells in (head, *rows)]
    lines.insert(1, "|" + "---|" * (lines[0].count("|") - 1))
    return "\n".join(lines)


SECTIONS: Mapping[str, Callable[[Figures], str]] = {
    "text_r1": text_rules,
    "repetition_zh": chinese,
    "gopher": gopher,
    "score_jsonl": score_file,
    "text_bounds": bounds,
    "kinds_speed": kinds,
    "math_set": math_set,
}
"""By the names of their files of figures, in the order in which new ones come into the page."""

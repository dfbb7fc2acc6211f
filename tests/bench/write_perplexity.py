"""Writes docs/perplexity_figures.md from tests/bench/figures/lm_fluent.json.

python tests/bench/write_perplexity.py
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from performance_sections import machine, table, wrapped

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "perplexity_figures.md"
FIGURES = HERE / "figures" / "lm_fluent.json"

_TITLES = {
    "rollouts": "Real completions",
    "installed": "Text that every installation has",
}
_WORDS = {
    "rollouts": """English: a model's solutions of mathematical problems (MATH). Chinese: another model's answers to
school exams (GAOKAO-Bench). Several completions of one problem are among the English texts, so they are fewer than
they look. These data are not part of this repository.""",
    "installed": """English: the language reference behind Python's `help`, paragraphs behind the one before. Chinese
is made: sentence patterns filled with words of jieba's dictionary, by part of speech. An installation has no real
Chinese text; these figures show the effect of the order of words where it is known, not of Chinese as it is written,
and sentences of known patterns have so few bits that a loop of them has not always fewer.
""",
}
_HEAD = ("form of the text", "5 %", "median", "95 %", "more bits than fluent", "mean reward", "paid less than fluent")


def page(found: Mapping[str, Any]) -> str:
    """The whole page."""
    parts = "\n\n".join(section(source, found[source]) for source in _TITLES if source in found)
    introduction = wrapped(f"""# What perplexity says of a text

`tests/bench/lm_fluent.py`: bits per byte of a text behind its prompt, by a small language model that the script
trains (two layers of width 128, 1,000 tokens, a context of 256 tokens; one model for both languages). Texts for
training, for the band and for judging share no prompt. The model is far weaker than one that you would use: the
order of the figures is what they show, not their size. It begins with a pair of attention heads, set by hand, that
finds what was said before and says it again, as large models learn to do (Olsson et al. 2022), and is then trained as
a whole on plain text: that a loop is cheap is partly built in here.

*Shuffled* words are jieba's for Chinese; for English they are what stands between blanks, and the blanks stay. The
sentence that is said 30 times is the one of middle length. *Random characters* are as many as the text has, ASCII
or Chinese. *The prompt again* is the prompt in the place of the text. The band reaches from the 5th to the 95th
percentile of other fluent texts; the reward is `decay(bits, low..high, scale=(high - low) / 2)`: 1 within the band, 0
from half its width outside it. An empty text has no value at all, and what it is worth is for the ruleset to say
(`?? 0`).

"The lower the better" pays a loop better than the text it was made of, as often as *more bits than fluent* is small.
For the band, see the rewards.

A band sees what moves a text further than fluent texts are from each other. Sentences in another order are not
seen, nor are shuffled words where the texts themselves differ much (Python's reference), nor every loop and every
copy of the prompt: those are for rules on repetition and copying.

PyTorch {found["torch"]}. {machine(found)}""")
    return f"{introduction}\n\n{parts}\n"


def section(source: str, found: Mapping[str, Any]) -> str:
    """The figures of one source of texts."""
    parts = [f"## {_TITLES[source]}", _WORDS[source]]
    for language, one in found.items():
        low, high = one["band"]
        parts.append(f"### {language}: {_TITLES[source].lower()}")
        parts.append(f"{one['texts']} texts; the band is {low:.2f}..{high:.2f}, of {one['reference']} others.")
        parts.append(table(_HEAD, [_row(form, values) for form, values in one["forms"].items()]))
    return wrapped("\n\n".join(part.strip() for part in parts))


def _row(form: str, values: Mapping[str, float]) -> tuple[str, ...]:
    bits = [f"{values[name]:.2f}" for name in ("p5", "median", "p95")]
    if form == "fluent":
        return (form, *bits, "", f"{values['reward']:.2f}", "")
    return (form, *bits, f"{values['above']:.0%}", f"{values['reward']:.2f}", f"{values['paid_less']:.0%}")


def main() -> None:
    PAGE.write_text(page(json.loads(FIGURES.read_text("utf-8"))), "utf-8")
    print(PAGE)


if __name__ == "__main__":
    main()

"""What can be said of a row's texts in a few words: the predicates by which `compare` groups differences.

A predicate has a name for programs (`several_boxes`, `gold:percent`) and words for people. They are looked at in the
order in which they stand here, and of those that hold on the very same rows the first one speaks for all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from rulereward.data import F64, Bools
from rulereward.insight.compare.row_text import CLOSE, OPEN, RowText

Predicate = Callable[[RowText], bool]


@dataclass(frozen=True, slots=True, eq=False)
class Feature:
    """A predicate with its verdict on every row, of shape (rows,)."""

    name: str
    words: str
    holds: Bools
    weak: bool = False
    """Is it close to the verdict itself, so that it coincides with a difference whatever the cause? See `causes`."""


def _matches(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda text: compiled.search(text) is not None


_BLANK_IN_TAGS = _matches(r"<think>\s|\s</think>")
_SPECIAL_TOKEN = _matches(r"<\|[^|<>]{1,40}\|>|</s>")
_LETTERS = _matches(r"[A-Za-z\\]")
_CHINESE = _matches(r"[\u3400-\u9fff]")
_FULL_WIDTH = _matches(r"[\uff01-\uff5e\u3000]")
_UNITS = (
    r"\d\s{0,3}(?:\\[a-z]{1,9}\{\s{0,3})?"
    r"(?:[cmk]?m|k?g|s|h|hours?|minutes?|days?|dollars?|degrees?|inches|feet|miles|units?)\b|\\circ|°"
)

TEXT: tuple[tuple[str, str, Predicate], ...] = (
    ("empty", "the completion is empty", lambda row: not row.text.strip()),
    ("no_box", "there is no box", lambda row: not row.boxes),
    ("several_boxes", "there are several boxes", lambda row: len(row.boxes) > 1),
    ("boxes_differ", "the first box is not the last",
        lambda row: len(row.boxes) > 1 and row.boxes[0] != row.boxes[-1]),
    ("outer_boxes_differ", "the first box behind the thinking is not the last",
        lambda row: len(row.outer_boxes) > 1 and row.outer_boxes[0] != row.outer_boxes[-1]),
    ("box_in_thinking", "a box stands in the thinking", lambda row: bool(row.inner_boxes)),
    ("only_inner_box", "the only boxes stand in the thinking",
        lambda row: bool(row.inner_boxes) and not row.outer_boxes),
    ("inner_box_differs", "a box in the thinking is not the last one behind it",
        lambda row: bool(row.outer_boxes) and any(box != row.outer_boxes[-1] for box in row.inner_boxes)),
    ("empty_box", "a box is empty", lambda row: "" in row.boxes),
    ("nested_braces", "the last box has braces in it", lambda row: bool(row.boxes) and "{" in row.boxes[-1]),
    ("text_behind", "there is text behind the last box", lambda row: bool(row.behind)),
    ("no_close", "there is no `</think>`", lambda row: CLOSE not in row.text),
    ("no_open", "there is no `<think>`", lambda row: OPEN not in row.text),
    ("never_closed", "`<think>` is never closed", lambda row: OPEN in row.text and CLOSE not in row.text),
    ("several_opens", "there are several `<think>`", lambda row: row.text.count(OPEN) > 1),
    ("several_closes", "there are several `</think>`", lambda row: row.text.count(CLOSE) > 1),
    ("prompt_opens", "the prompt opens the `<think>`", lambda row: row.asked.prompt.rstrip().endswith(OPEN)),
    ("text_before", "there is text in front of `<think>`", lambda row: bool(row.text.partition(OPEN)[0].strip())
        and OPEN in row.text),
    ("blank_before", "white space stands in front of `<think>`",
        lambda row: row.text.lstrip().startswith(OPEN) and not row.text.startswith(OPEN)),
    ("blank_in_tags", "white space stands around the thinking", lambda row: _BLANK_IN_TAGS(row.text)),
    ("nothing_behind", "nothing stands behind `</think>`", lambda row: CLOSE in row.text and not row.final.strip()),
    ("answer_tag", "there is an `<answer>`", lambda row: "<answer>" in row.text),
    ("open_answer_tag", "`<answer>` is never closed",
        lambda row: "<answer>" in row.text and "</answer>" not in row.text),
    ("code_fence", "there is a code fence", lambda row: "```" in row.text),
    ("special_token", "a special token is left in the text", lambda row: _SPECIAL_TOKEN(row.text)),
    ("chinese", "there is Chinese in it", lambda row: _CHINESE(row.text)),
    ("full_width", "there are full-width characters", lambda row: _FULL_WIDTH(row.text)),
    ("latex_delimiters", r"there is \( or \[", lambda row: "\\(" in row.text or "\\[" in row.text),
    ("blank_ends", "the completion begins or ends with white space", lambda row: row.text != row.text.strip()),
)  # fmt: skip
"""Of the completion and its prompt."""

BOTH: tuple[tuple[str, str, Predicate], ...] = (
    ("no_gold", "there is no gold", lambda row: not row.gold),
    ("gold_is_no_text", "the gold is no text", lambda row: not isinstance(row.asked.answer, str | None)),
    ("undelimited_gold", "the gold has letters or LaTeX, and no `$` around it",
        lambda row: "$" not in row.gold and _LETTERS(row.gold)),
    ("several_golds", "there are several golds",
        lambda row: isinstance(row.asked.answer, list) and len(row.asked.answer) > 1),
    ("case_differs", "only the case of answer and gold differs",
        lambda row: row.answer != row.gold and row.answer.casefold() == row.gold.casefold()),
    ("blanks_differ", "only white space differs between answer and gold",
        lambda row: row.answer != row.gold and "".join(row.answer.split()) == "".join(row.gold.split())),
    ("written_otherwise", "answer and gold are one number, written in two ways",
        lambda row: row.same_number and row.answer != row.gold),
)  # fmt: skip
"""Of answer and gold together."""

VERDICTS: tuple[tuple[str, str, Predicate], ...] = (
    ("answer_is_gold", "the answer is the gold", lambda row: row.is_gold([row.answer])),
    ("to_the_letter", "the answer is the gold to the letter", lambda row: row.answer == row.gold != ""),
    ("first_box_is_gold", "the first box is the gold", lambda row: row.is_gold(row.boxes[:1])),
    ("inner_box_is_gold", "a box in the thinking is the gold", lambda row: row.is_gold(row.inner_boxes)),
    ("gold_in_answer", "the answer is longer and has the gold in it",
        lambda row: row.gold != "" and row.gold != row.answer and row.gold in row.answer),
    ("gold_elsewhere", "the gold stands in the text and is not the answer",
        lambda row: len(row.gold) > 1 and row.plain_gold != row.plain_answer and row.gold in row.text),
)  # fmt: skip
"""Where the gold stands: weak predicates, which say what a matcher finds and not why."""

SHAPES: tuple[tuple[str, str, Callable[[str], bool]], ...] = (
    ("thousands", "a separator of thousands", _matches(r"\d(?:,|\{,\}|\\,|\\!|，| )+\d{3}(?!\d)")),
    ("percent", "a percent sign", _matches(r"%|％|percent")),
    ("fraction", "a fraction", _matches(r"\\[dt]?frac|\d ?/ ?\d")),
    ("decimal", "a decimal point", _matches(r"\d\.\d|^\.\d")),
    ("trailing_zero", "zeros behind the decimal point", _matches(r"\.\d*0(?!\d)")),
    ("text_mode", r"text-mode LaTeX (\text and its like)", _matches(r"\\(?:text|mathrm|textbf|mbox)\b")),
    ("unit", "a unit", _matches(_UNITS)),
    ("money", "a sign of money", _matches(r"\$\s*\d|\\\$|[€£¥]")),
    ("root", "a root", _matches(r"\\sqrt|√")),
    ("pi", "π", _matches(r"\\pi\b|π")),
    ("minus", "a minus in front", _matches(r"^\s*[-−]")),
    ("list", "a comma-separated list or a pair", _matches(r"^\s*\\?[(\[{].*,|[^\d],|,\s|,\d{1,2}(?!\d)")),
    ("equation", "an equals sign", _matches("=")),
    ("letter", "a single letter", _matches(r"^\W*[A-Za-z]\W*$")),
    ("small_letter", "a single small letter", _matches(r"^\W*[a-z]\W*$")),
    ("words", "words", _matches(r"^[^\\]*[A-Za-z]{3}")),
    ("full_width", "full-width characters", _FULL_WIDTH),
    ("chinese", "Chinese", _CHINESE),
    ("blank", "a blank in it", _matches(r"\S\s+\S")),
    ("final_stop", "a full stop at its end", _matches(r"\.\s*$")),
)  # fmt: skip
"""Of the answer, of the gold, and of one of the two."""


def text_features(rows: Sequence[RowText]) -> Iterator[Feature]:
    """All predicates over the texts of these rows, those about lengths with thresholds from the rows themselves."""
    for name, words, predicate in (*TEXT, *BOTH):
        yield Feature(name, words, _held(predicate, rows))
    for name, words, predicate in VERDICTS:
        yield Feature(name, words, _held(predicate, rows), weak=True)
    for name, words, matches in SHAPES:
        in_answer = np.array([matches(row.answer) for row in rows], dtype=np.bool_)
        in_gold = np.array([matches(row.gold) for row in rows], dtype=np.bool_)
        yield Feature(f"either:{name}", f"answer or gold has {words}", in_answer | in_gold)
        yield Feature(f"answer:{name}", f"the answer has {words}", in_answer)
        yield Feature(f"gold:{name}", f"the gold has {words}", in_gold)
        yield Feature(f"one:{name}", f"one of answer and gold has {words}, and the other not", in_answer ^ in_gold)
    lengths = np.array([len(row.text) for row in rows], dtype=np.float64)
    yield from thresholds("length", "the completion", "characters", lengths)


def _held(predicate: Predicate, rows: Sequence[RowText]) -> Bools:
    return np.fromiter((predicate(row) for row in rows), np.bool_, len(rows))


SHARES = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)


def thresholds(name: str, subject: str, unit: str, values: F64) -> Iterator[Feature]:
    """`longer than` at some quantiles of the values; NaN is neither above nor below."""
    known = values[np.isfinite(values)]
    if len(known) < 2 or known.min() == known.max():
        return
    for limit in sorted({float(limit) for limit in np.quantile(known, SHARES, method="lower")}):
        above = f"{subject} has more than {limit:g} {unit}".rstrip()
        below = f"{subject} has at most {limit:g} {unit}".rstrip()
        yield Feature(f"{name}>{limit:g}", above, values > limit)
        yield Feature(f"{name}<={limit:g}", below, values <= limit)

"""The kind `think_format`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Literal

import numpy as np

from rulereward.data import Coded, Column, Reason, Texts, ok_states
from rulereward.kind import Bounds, ConstantError, Features, Implicit, Measured, Result, Unit, rule
from rulereward.text.format_styles import STYLE_SECTIONS, FormatStyle, missed_style
from rulereward.text.reasons import NO_TEXT
from rulereward.text.section_tags import THINK, Prefilled, Sections, first_tag_given, section_tags
from rulereward.text.sections import end_before_special_tokens
from rulereward.text.tag_columns import ends_of_texts, has_kernel, section_verdicts, style_verdicts, tags_given
from rulereward.text.unseen import visible_length

_OUT_OF_ORDER = Reason("out_of_order", "the tags do not stand in the declared order")
_TEXT_AFTER = Reason("text_after", "there is text behind the last section")


@dataclass(frozen=True, slots=True)
class ThinkFormatParams:
    """`sections` are (name, opening tag, closing tag), in the order they must stand in."""

    trailing: bool = False
    min_chars: Annotated[int, Bounds(lo=0), Unit("char")] = 1
    prefilled: Prefilled = "auto"
    style: Literal["default", FormatStyle] = "default"
    sections: Annotated[Sections, Implicit("sections", hidden=True)] = (THINK,)
    special_tokens: Annotated[tuple[str, ...], Implicit("special_tokens", hidden=True)] = ()

    def __post_init__(self) -> None:
        if self.style == "default":
            return
        given = {"trailing": self.trailing, "min_chars": self.min_chars != 1, "prefilled": self.prefilled != "auto"}
        for name, contradicts in given.items():
            if contradicts:
                message = f'`style="{self.style}"` decides that by itself'
                raise ConstantError(name, message, f'leave out `{name}`, or take `style="default"`')


def _columns(args: Sequence[Column], params: ThinkFormatParams, features: Features) -> Measured | None:
    texts, prompts = args
    if not isinstance(texts, Texts) or not has_kernel(params.sections):
        return None
    view = texts.view
    ends = ends_of_texts(view, params.special_tokens, features)
    if params.style == "default":
        reasons = _section_reasons(params.sections)
        given = tags_given(prompts, params.sections, params.prefilled, features)
        inside = params.trailing, params.min_chars
        codes, shares = section_verdicts(view, ends, given, params.sections, inside, features)
    else:
        reasons = _style_reasons(params.style)
        nothing_given = np.zeros(len(view), dtype=np.bool_)
        _, shares = section_verdicts(view, ends, nothing_given, STYLE_SECTIONS[params.style], None, features)
        codes = style_verdicts(view, ends, params.style, features)
    return Measured(
        (codes == 0).astype(np.float64),
        ok_states(len(view)),
        Coded(codes, reasons) if codes.any() else None,
        {"tags": shares, "reason": Coded(codes, tuple(reason and reason.code for reason in reasons))},
        left=codes == len(reasons) - 1 if params.style == "default" else None,
    )


@rule(
    version=1, returns="bool", polarity="higher", fields={"tags": "share", "reason": "text"}, columns=_columns
)  # fmt: skip
def think_format(
    text: Annotated[str | None, Implicit("completion")],
    prompt: Annotated[str | None, Implicit("prompt", hidden=True)],
    params: ThinkFormatParams,
) -> Result:
    r"""Does the completion consist of the declared sections, each opened and closed once?

    Reads: the completion unless another text is given, the end of the prompt, the ruleset's `sections` and
    `special_tokens`. Every tag must stand exactly once, in the declared order, so that sections are not nested; in
    front of the first tag and between sections there may be white space only; each section must show at least
    `min_chars` characters, white space and what prints nothing not counted; behind the last section only white space
    may follow, unless `trailing=true`. Special tokens at the end are not text. An opening tag at the end of the
    prompt counts as given (`prefilled="auto"`; `"yes"` and `"no"` decide it for all rows), and then must not be
    repeated.
    Another `style` is another project's format, to the letter; it looks at neither the prompt nor `sections`, and
    takes none of the constants above: `open_r1` wants `<think>` and a line break at the start, `</think>` and
    `<answer>` each on a line of its own, `</answer>` on its own line, and lets lines follow; `trl` wants `<think>` at
    the start and once, `</think>` anywhere behind it; `swift` wants `<think>` at the start, `</think>` and `<answer>`
    with white space between, `</answer>` at the very end. All three take a blank section and a tag closed twice.
    Returns: true or false. `.tags` is the share of the tags that stand exactly once and in order, `.reason` the first
    thing that is wrong: `no_text tag_missing unclosed tag_repeated out_of_order text_before text_between
    section_blank text_after`, or `off_style`.
    Missing: never; a text that is not there is false with reason `no_text`.
    Gamed by: a thought of one word; raise `min_chars` or measure the section. It does not see what a section says.
    Source: the format rewards of open-r1 and TRL, with a repeated tag, a blank section and text outside counted as
    wrong, and line breaks around tags left free. The styles are open-r1's `format_reward`, TRL's
    `think_format_reward` and ms-swift's `Format`.
    """
    if text is None:
        return Result(False, {"tags": 0.0, "reason": NO_TEXT.code}, NO_TEXT)
    text = text[: end_before_special_tokens(text, params.special_tokens)]
    if params.style != "default":
        return _in_style(text, params.style)
    found = section_tags(text, params.sections, first_tag_given(prompt, params.sections, params.prefilled))
    wrong = _wrong_tag(found.counts, params.sections) or (_OUT_OF_ORDER if found.in_order < len(found.tags) else None)
    if wrong is None:
        outer = [max(start, 0) for start in found.starts]
        inner = [start + len(tag) if start >= 0 else 0 for start, tag in zip(found.starts, found.tags, strict=True)]
        wrong = _wrong_text(text, outer, inner, params)
    return Result(wrong is None, {"tags": found.share, "reason": wrong.code if wrong else None}, wrong)


def _in_style(text: str, style: FormatStyle) -> Result:
    missed = missed_style(text, style)
    wrong = None if missed is None else Reason("off_style", f"not in the format of {style}: {missed}")
    share = section_tags(text, STYLE_SECTIONS[style], given=False).share
    return Result(wrong is None, {"tags": share, "reason": wrong.code if wrong else None}, wrong)


def _wrong_tag(counts: Sequence[int], sections: Sections) -> Reason | None:
    """The first tag that does not stand exactly once."""
    for index, count in enumerate(counts):
        if count != 1:
            return _repeated(index, sections) if count else _absent(index, sections)
    return None


def _wrong_text(text: str, outer: list[int], inner: list[int], params: ThinkFormatParams) -> Reason | None:
    """The first thing that is wrong inside or outside the sections, whose tags begin at `outer`, end at `inner`."""
    outside = 0
    for index in range(len(params.sections)):
        opening, closing = 2 * index, 2 * index + 1
        if text[outside : outer[opening]].strip():
            return _text_before(index, params.sections)
        if visible_length(text[inner[opening] : outer[closing]]) < params.min_chars:
            return _blank(index, params.sections)
        outside = inner[closing]
    if not params.trailing and text[outside:].strip():
        return _TEXT_AFTER
    return None


def _absent(tag: int, sections: Sections) -> Reason:
    name, opening, closing = sections[tag // 2]
    if tag % 2:
        return Reason("unclosed", f"the section `{name}` is never closed by `{closing}`")
    return Reason("tag_missing", f"there is no `{opening}`")


def _repeated(tag: int, sections: Sections) -> Reason:
    return Reason("tag_repeated", f"`{sections[tag // 2][1 + tag % 2]}` stands more than once")


def _text_before(section: int, sections: Sections) -> Reason:
    code = "text_between" if section else "text_before"
    return Reason(code, f"there is text in front of `{sections[section][0]}`")


def _blank(section: int, sections: Sections) -> Reason:
    return Reason("section_blank", f"the section `{sections[section][0]}` is blank or too short")


@lru_cache(maxsize=64)
def _section_reasons(sections: Sections) -> tuple[Reason | None, ...]:
    """What the codes of `kernels_tags.judge_sections` say; the last one leaves the row to the row form."""
    tags = [reason(tag, sections) for tag in range(2 * len(sections)) for reason in (_absent, _repeated)]
    texts = [reason(index, sections) for index in range(len(sections)) for reason in (_text_before, _blank)]
    return (None, *tags, _OUT_OF_ORDER, *texts, _TEXT_AFTER, NO_TEXT, None)


_STEPS_MISSED: Mapping[FormatStyle, tuple[str, str, str]] = {
    "open_r1": ("", "<think>\n", "<think>\n\n</think>\n<answer>\n"),
    "trl": ("", "<think><think>", "<think>"),
    "swift": ("", "<think>", "<think></think><answer>"),
}
"""Texts that miss a style by its first condition, by its second, by its third."""


@lru_cache(maxsize=8)
def _style_reasons(style: FormatStyle) -> tuple[Reason | None, ...]:
    """What the codes of `kernels_tag_styles.judge_style` say."""
    return (None, *(_in_style(text, style).reason for text in _STEPS_MISSED[style]), NO_TEXT)

"""The kind `tag_count`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from rulereward.data import Coded, Column, Texts, ok_states
from rulereward.kind import ConstantError, Features, Implicit, Measured, Result, rule
from rulereward.text.format_styles import open_r1_tag_share
from rulereward.text.reasons import NO_TEXT
from rulereward.text.section_tags import THINK, Prefilled, Sections, first_tag_given, section_tags
from rulereward.text.tag_columns import has_kernel, open_r1_tag_shares, section_verdicts, tags_given

_ABSENT = Result(0.0, reason=NO_TEXT)


@dataclass(frozen=True, slots=True)
class TagCountParams:
    """`sections` are (name, opening tag, closing tag), in the order they must stand in."""

    prefilled: Prefilled = "auto"
    style: Literal["default", "open_r1"] = "default"
    sections: Annotated[Sections, Implicit("sections", hidden=True)] = (THINK,)

    def __post_init__(self) -> None:
        if self.style == "open_r1" and self.prefilled != "auto":
            message = '`style="open_r1"` looks at the completion alone'
            raise ConstantError("prefilled", message, 'leave out `prefilled`, or take `style="default"`')


def _columns(args: Sequence[Column], params: TagCountParams, features: Features) -> Measured | None:
    texts, prompts = args
    if not isinstance(texts, Texts) or not has_kernel(params.sections):
        return None
    view = texts.view
    if params.style == "open_r1":
        values = open_r1_tag_shares(view, features)
    else:
        given = tags_given(prompts, params.sections, params.prefilled, features)
        _, values = section_verdicts(view, view.end, given, params.sections, None, features)
    return Measured(values, ok_states(len(view)), Coded.where(view.start < 0, NO_TEXT))


@rule(version=1, returns="number", range=(0, 1), polarity="higher", columns=_columns)
def tag_count(
    text: Annotated[str | None, Implicit("completion")],
    prompt: Annotated[str | None, Implicit("prompt", hidden=True)],
    params: TagCountParams,
) -> float | Result:
    r"""Share of the tags of the declared sections that stand exactly once and in order.

    Reads: the completion unless another text is given, the end of the prompt, and the ruleset's `sections`. A tag
    that stands twice counts as none. Of tags out of order as many count as stand in order at best. An opening tag at
    the end of the prompt counts as given (`prefilled="auto"`; `"yes"` and `"no"` decide it for all rows). It is the
    field `.tags` of `think_format`, and a step on the way there.
    `style="open_r1"` reads the completion alone, not `sections`, and gives a quarter each for `<think>` with a line
    break behind it, `</think>` and `<answer>` with one on either side, and `</answer>` with one before it, that stand
    exactly once, in whatever order.
    Returns: 0 (none) to 1 (all); 0 for an empty text, unless the prompt gives a tag.
    Missing: never; a text that is not there has 0, with reason `no_text`.
    Gamed by: writing the tags and nothing in them; use it beside `think_format`, never in its place.
    Source: own definition; the style is open-r1's `tag_count_reward`.
    """
    if text is None:
        return _ABSENT
    if params.style == "open_r1":
        return open_r1_tag_share(text)
    return section_tags(text, params.sections, first_tag_given(prompt, params.sections, params.prefilled)).share

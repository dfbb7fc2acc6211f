"""Tags and sections in a view of many texts, by kernels: what the kinds that look for tags share."""

from __future__ import annotations

import numpy as np

from rulereward.data import F64, I64, U8, Bools, Column, Texts, View
from rulereward.text.feature_source import FeatureSource
from rulereward.text.format_styles import FormatStyle
from rulereward.text.section_tags import ANSWER, THINK, Prefilled, Sections
from rulereward.text.tag_bytes import Events

_USUAL = (*THINK[1:], *ANSWER[1:])
"""The tags of the styles, which most rulesets declare too: looked for together, so that one search serves all."""

_STYLES: tuple[FormatStyle, ...] = ("open_r1", "trl", "swift")

_MOST_SECTIONS = 41
"""The verdicts on more sections, six each, do not fit a code."""


def has_kernel(sections: Sections) -> bool:
    """Can kernels judge these sections? An empty tag, which no ruleset declares, stands between all characters."""
    return len(sections) <= _MOST_SECTIONS and all(tag for _, *pair in sections for tag in pair)


def section_verdicts(
    view: View, ends: I64, given: Bools, sections: Sections, inside: tuple[bool, int] | None, features: FeatureSource
) -> tuple[U8, F64]:
    """What is wrong first with the sections, as a code of `kernels_tags.judge_sections`, and the share in order.

    The texts end at `ends`, at their windows' ends or before; `given` is that of `tags_given`.
    """
    from rulereward.text.kernels_tags import find_tags, judge_sections  # noqa: PLC0415  # loads numba

    tags = tuple(tag for _, *pair in sections for tag in pair)
    searched = _USUAL if set(tags) <= set(_USUAL) else tuple(dict.fromkeys(tags))
    events = features.of(view, find_tags, searched)
    places = np.array([searched.index(tag) for tag in tags], dtype=np.int64)
    return judge_sections(view.column.data, view.start, ends, given, events, places, inside)


def style_verdicts(view: View, ends: I64, style: FormatStyle, features: FeatureSource) -> U8:
    """Which condition of a style is missed first, as a code of `kernels_tag_styles.judge_style`."""
    from rulereward.text.kernels_tag_styles import judge_style  # noqa: PLC0415  # loads numba

    events = _usual_events(view, features)
    return judge_style(view.column.data, view.start, ends, events, _STYLES.index(style))


def open_r1_tag_shares(view: View, features: FeatureSource) -> F64:
    """`format_styles.open_r1_tag_share` of each text, 0 where there is none."""
    from rulereward.text.kernels_tag_styles import open_r1_shares  # noqa: PLC0415  # loads numba

    return open_r1_shares(view.column.data, view.start, view.end, _usual_events(view, features))


def ends_of_texts(view: View, special_tokens: tuple[str, ...], features: FeatureSource) -> I64:
    """Where each text ends, in bytes of the buffer, without special tokens at its end."""
    from rulereward.text.kernels_tags import ends_before  # noqa: PLC0415  # loads numba

    present = tuple(token for token in special_tokens if token)
    return features.of(view, ends_before, present) if present else view.end


def tags_given(prompts: Column, sections: Sections, prefilled: Prefilled, features: FeatureSource) -> Bools:
    """Which rows have the first opening tag in their prompt: `section_tags.first_tag_given`."""
    from rulereward.text.kernels_tags import end_with  # noqa: PLC0415  # loads numba

    if prefilled != "auto" or not sections or not isinstance(prompts, Texts):  # what is no text is all null
        return np.full(len(prompts), prefilled == "yes", dtype=np.bool_)
    return features.of(prompts.view, end_with, sections[0][1])


def _usual_events(view: View, features: FeatureSource) -> Events:
    from rulereward.text.kernels_tags import find_tags  # noqa: PLC0415  # loads numba

    return features.of(view, find_tags, _USUAL)

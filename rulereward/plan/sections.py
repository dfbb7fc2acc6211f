"""A declared section as a function of completion and prompt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from rulereward.data import Column, Texts
from rulereward.kind import BY_TEXT, ByteSpans, Features, function
from rulereward.text.sections import given_by_prompt, section_span
from rulereward.text.tag_columns import tags_given


def _windows(args: Sequence[Column], features: Features) -> ByteSpans:
    from rulereward.text.kernels_between import sections  # noqa: PLC0415  # loads numba

    completions, prompts, opening, closing = args
    texts, opens, closes = (cast(Texts, column).view for column in (completions, opening, closing))
    tags = opens.text(0) or "", closes.text(0) or ""  # the same in all rows: the ruleset declares them
    given = tags_given(prompts, (("", *tags),), "auto", features)
    return sections(texts, given, opens, closes)


@function("span", name="section", null=BY_TEXT, windows=_windows)
def section_content(completion: str, prompt: str | None, open: str, close: str) -> tuple[int, int] | None:
    """What stands between a section's tags; null where the section is absent."""
    return section_span(completion, open, close, given=given_by_prompt(prompt, open))

"""A declared section as a function of completion and prompt."""

from __future__ import annotations

from rulereward.kind import BY_TEXT, function
from rulereward.text.sections import given_by_prompt, section_span


@function("span", name="section", null=BY_TEXT)
def section_content(completion: str, prompt: str | None, open: str, close: str) -> tuple[int, int] | None:
    """What stands between a section's tags; null where the section is absent."""
    return section_span(completion, open, close, given=given_by_prompt(prompt, open))

"""A mistake inside one expression, and its report at the place in the file."""

from __future__ import annotations

from dataclasses import dataclass

from rulereward.lang.diagnostics import Diagnostics, Label
from rulereward.lang.placed_text import PlacedText


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong, and where: offsets in the text of the expression."""

    start: int
    end: int
    code: str
    message: str
    help: str | None = None
    label: str = ""
    note: str | None = None
    secondary: tuple[int, int, str] | None = None


def report_mistake(mistake: Mistake, placed: PlacedText, diagnostics: Diagnostics) -> None:
    """Report a mistake where the file has it."""
    other = mistake.secondary
    diagnostics.report(
        mistake.code,
        mistake.message,
        placed.span(mistake.start, mistake.end),
        mistake.label,
        help=mistake.help,
        note=mistake.note,
        secondary=None if other is None else Label(placed.span(other[0], other[1]), other[2]),
    )

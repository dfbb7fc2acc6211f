"""A tree of values as indented lines: `boxed(final) → "4"`."""

from __future__ import annotations

from collections.abc import Iterator

from rulereward.cli.why_words import folded_lines, plain_words, shortened, value_words
from rulereward.insight.why.told import Step, Told
from rulereward.plan.layout import display_width

ARROW = " → "
INDENT = "  "
MOST_LEVELS = 5
"""Deeper parts are left out unless a single rule is asked for."""

MOST_MEMBERS = 8
_LEAST_ROOM = 24


class TreeLines:
    """Writes trees at a width; `full` shortens nothing, `deep` leaves no level out."""

    def __init__(self, width: int, *, full: bool, deep: bool) -> None:
        self._width = width
        self._full = full
        self._deep = deep

    def lines(self, step: Step, level: int) -> Iterator[str]:
        """The step and its parts, `level` steps to the right."""
        yield from self._own(step, INDENT * level)
        yield from self.parts(step, level + 1)

    def parts(self, step: Step, level: int) -> Iterator[str]:
        """The parts alone; an input that was just shown is not shown again."""
        yield from self._parts(step, level, level, set())

    def _parts(self, step: Step, level: int, start: int, shown: set[str]) -> Iterator[str]:
        if step.members:
            yield from self._members(step, INDENT * level)
        if step.parts and level - start >= MOST_LEVELS and not self._deep:
            yield f"{INDENT * level}…"
            return
        for part in step.parts:
            if not part.parts and not part.members and not part.role:
                if part.text in shown:
                    continue
                shown.add(part.text)
            yield from self._own(part, INDENT * level)
            yield from self._parts(part, level + 1, start, shown)

    def _own(self, step: Step, indent: str) -> Iterator[str]:
        """The step in one line where there is room, its value in the next where there is not."""
        role = f"{step.role} " if step.role else ""
        named = f"{step.name}: " if step.name is not None and step.name != step.text else ""
        head = indent + role + named + step.text
        if self._full:
            yield head + ARROW + value_words(step.cell)
            return
        room = self._width - display_width(head) - len(ARROW)
        short = value_words(step.cell, _LEAST_ROOM)
        if room >= display_width(short) or (step.cell.state == "ok" and room >= _LEAST_ROOM):
            yield head + ARROW + value_words(step.cell, max(room, _LEAST_ROOM))
            return
        yield shortened(head, self._width)
        behind = indent + INDENT
        yield from folded_lines(
            ARROW.lstrip() + value_words(step.cell, self._width - len(behind) - len(ARROW)), self._width, behind
        )

    def _members(self, step: Step, indent: str) -> Iterator[str]:
        """What an aggregate looked at."""
        shown = step.members if self._deep or self._full else step.members[:MOST_MEMBERS]
        words = [_member(member) for member in shown]
        more = len(step.members) - len(shown)
        text = f"of the group: {', '.join(words)}" + (f", and {more} more" if more else "")
        yield from folded_lines(text, self._width, indent)


def _member(member: Told) -> str:
    return plain_words(member.value, _LEAST_ROOM) if member.state == "ok" else member.state

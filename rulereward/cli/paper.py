"""Tables and lines on standard output, for commands whose output is for people."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

WIDTH = 100


class Paper:
    """What a command prints; as wide as the terminal, and 100 columns where there is none."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, markup=False, emoji=False)
        self._console.width = min(self._console.width, WIDTH) if self._console.is_terminal else WIDTH

    @property
    def width(self) -> int:
        """In columns."""
        return self._console.width

    def line(self, text: str = "") -> None:
        """A line, however long."""
        self._console.print(text, soft_wrap=True)

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> None:
        """A table without lines; the first `left` columns hold words, the others numbers."""
        if not rows:
            return
        table = Table(box=None, pad_edge=False, show_edge=False, padding=(0, 2, 0, 0), header_style="dim")
        for place, head in enumerate(heads):
            words = place < left
            table.add_column(head, justify="left" if words else "right", no_wrap=not words, overflow="fold")
        for row in rows:
            table.add_row(*row)
        self._console.print(table)


def number(value: float | None) -> str:
    """A value with up to six digits; a dash for none."""
    return "-" if value is None else f"{value:.6g}"


def signed(value: float) -> str:
    """A change, with its sign."""
    return f"{value:+.6g}"


def percent(share: float | None) -> str:
    """A share; a dash for none. What rounds to nothing has no sign."""
    return "-" if share is None else f"{share:.0%}".replace("-0%", "0%")


def count(number: int, one: str, many: str | None = None) -> str:
    """`1 row`, `2,000 rows`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"

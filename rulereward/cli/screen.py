"""Everything a run says to a person: on stderr, so that stdout stays data. Silent where the user asked for that."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console, RenderableType
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

WIDTH = 100
_WHOLE = 1.0


class Screen:
    """The terminal behind stderr, or the file it goes to."""

    def __init__(self, *, quiet: bool = False, output_is_shown: bool = False) -> None:
        """`output_is_shown`: the rows themselves go to the terminal, which leaves no room for a progress line."""
        self._quiet = quiet
        self._console = Console(stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=False)
        self._console.width = min(self._console.width, WIDTH) if self._console.is_terminal else WIDTH
        self._moves = self._console.is_terminal and not quiet and not output_is_shown

    def note(self, text: str) -> None:
        """A line for information."""
        if not self._quiet:
            self._console.print(text, soft_wrap=True)

    def warn(self, text: str) -> None:
        """A line that asks for attention."""
        if not self._quiet:
            self._console.print(f"warning: {text}", style="yellow", soft_wrap=True)

    def insist(self, text: str) -> None:
        """A line that is told even when quiet is asked for: why the exit status is not 0."""
        self._console.print(text, soft_wrap=True)

    def show(self, part: RenderableType) -> None:
        """A table."""
        if not self._quiet:
            self._console.print(part)

    @contextmanager
    def busy(self, text: str) -> Iterator[None]:
        """What is going on while the block runs, if there is a terminal to show it on."""
        if not self._moves:
            yield
            return
        with self._console.status(text):
            yield

    @contextmanager
    def progress(self) -> Iterator[Meter]:
        """A line that moves while the block runs, if there is a terminal to show it on."""
        columns = (
            TextColumn("{task.fields[rows]}"),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[slowest]}", style="dim"),
            TimeRemainingColumn(elapsed_when_finished=True),
        )
        with Progress(*columns, console=self._console, transient=True, disable=not self._moves) as progress:
            yield Meter(progress)


class Meter:
    """Rows done, rows a second, the rule that takes longest, and how far the run is."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task: TaskID = progress.add_task("", total=None, rows="reading", slowest="")
        self._started = time.monotonic()

    def show(self, rows: int, share: float | None, seconds: dict[str, float]) -> None:
        """`share` of the input that is done, None where its size is not known; `seconds` by rule."""
        elapsed = max(time.monotonic() - self._started, 1e-3)
        slowest = max(seconds, key=lambda rule: seconds[rule], default="")
        named = f"{slowest} {seconds[slowest]:.1f} s" if slowest and seconds[slowest] > elapsed / 10 else ""
        self._progress.update(
            self._task,
            total=None if share is None else _WHOLE,
            completed=0.0 if share is None else share,
            rows=f"{rows:,} rows, {rows / elapsed:,.0f} a second",
            slowest=named,
        )

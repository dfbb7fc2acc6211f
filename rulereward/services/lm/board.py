"""The texts on their way to a language model: which wait, and what they are put together to.

Texts of all rules that want the same model with the same settings wait in one line. They go to a process in batches,
so that passes are full. A batch whose process dies is tried again in two halves, until the text that it dies of is
alone:

its process dies                         tried again in halves; alone, once more; then `service_died`
the model cannot be had                  `service_unavailable`
everyone who waited for it gave up       dropped; told to the process, if it is there
"""

from __future__ import annotations

import itertools
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from rulereward.kind import Answer, Failure
from rulereward.services.entry import Entry, Waiter

_GATHER_S = 0.01
"""How long nothing new must have come before a batch that is not full is sent."""
_DEATHS = 2
_MOST_TEXTS = 8_192

Settings = tuple[Any, ...]
"""The plain form of `LmSettings`."""


@dataclass(slots=True, eq=False)
class Batch:
    """Texts that are sent together, with the `settings` they share; or one question for a model's identity."""

    settings: Settings
    entries: list[Entry]
    number: int = field(default_factory=itertools.count().__next__)
    asks_identity: bool = False

    @property
    def wanted(self) -> bool:
        return any(entry.wanted for entry in self.entries)

    @property
    def characters(self) -> int:
        return sum(_characters(entry) for entry in self.entries)

    def message(self) -> list[object]:
        """What the process is told."""
        if self.asks_identity:
            return ["identity", self.number, self.settings]
        return ["score", self.number, self.settings, [_texts(entry) for entry in self.entries]]

    def halves(self) -> list[Batch]:
        """Two batches in its place, of one text at least."""
        middle = len(self.entries) // 2
        return [Batch(self.settings, part) for part in (self.entries[:middle], self.entries[middle:])]


def _texts(entry: Entry) -> tuple[str, ...]:
    """The prompt and the text."""
    payload: Any = entry.job.payload
    return tuple(payload[1:])


def _characters(entry: Entry) -> int:
    return sum(map(len, _texts(entry)))


class Line:
    """What waits for one model with one set of settings. `again` goes before `entries`, as it is."""

    def __init__(self) -> None:
        self.entries: deque[Entry] = deque()
        self.again: deque[Batch] = deque()
        self.latest = 0.0
        """When the last text came, in monotonic seconds."""

    def __bool__(self) -> bool:
        return bool(self.entries or self.again)

    def ripe_in_s(self, full: int) -> float:
        """How long a batch should still wait for more texts; `full` characters are enough."""
        if self.again or len(self.entries) >= _MOST_TEXTS:
            return 0.0
        left = full
        for entry in self.entries:
            left -= _characters(entry)
            if left <= 0:
                return 0.0
        return max(0.0, self.latest + _GATHER_S - time.monotonic())

    def batch(self, settings: Settings, full: int) -> Batch:
        """The next one, of at least one text."""
        if self.again:
            return self.again.popleft()
        chosen: list[Entry] = []
        characters = 0
        while self.entries and len(chosen) < _MOST_TEXTS and (not chosen or characters < full):
            chosen.append(self.entries.popleft())
            characters += _characters(chosen[-1])
        return Batch(settings, chosen)


class Board:
    """Not thread-safe. `lines` are by settings."""

    def __init__(self) -> None:
        self.lines: dict[Settings, Line] = {}
        self._entries: dict[bytes, Entry] = {}

    def take(self, waiters: Sequence[Waiter]) -> None:
        """Accept jobs. Equal ones already on their way are joined."""
        for waiter in waiters:
            key = waiter.job.key
            entry = self._entries.get(key)
            if entry is None:
                entry = self._entries[key] = Entry(key, waiter.job, None)
                self._line_up(entry)
            entry.waiters.append(waiter)
            waiter.entry = entry

    def _line_up(self, entry: Entry) -> None:
        payload: Any = entry.job.payload
        line = self.lines.setdefault(payload[0], Line())
        line.latest = time.monotonic()
        if len(payload) == 1:
            line.again.append(Batch(payload[0], [entry], asks_identity=True))
        else:
            line.entries.append(entry)

    def give_up(self, waiters: Sequence[Waiter]) -> None:
        """Drop the jobs that nobody waits for any more."""
        for waiter in waiters:
            if waiter.entry is not None and not waiter.entry.wanted:
                self._forget(waiter.entry)
        for line in self.lines.values():
            line.entries = deque(entry for entry in line.entries if self._keeps([entry]))
            line.again = deque(batch for batch in line.again if self._keeps(batch.entries))

    def put_back(self, batches: Iterable[Batch]) -> None:
        """Batches that a process was sent and did not finish, in their order: they are next."""
        for batch in reversed(list(batches)):
            if self._keeps(batch.entries):
                self.lines.setdefault(batch.settings, Line()).again.appendleft(batch)

    def after_death(self, batch: Batch, last_words: str) -> None:
        """The process died that was at this batch."""
        if len(batch.entries) > 1:
            self.put_back(batch.halves())
            return
        (entry,) = batch.entries
        entry.deaths += 1
        if entry.deaths < _DEATHS:
            self.put_back([batch])
        else:
            self.finish(entry, Failure("service_died", f"the lm worker died twice: {last_words}"))

    def finish(self, entry: Entry, answer: Answer) -> None:
        """Hand the answer to all who wait for it."""
        self._forget(entry)
        for waiter in entry.waiters:
            waiter.call(answer)

    def fail(self, entries: Iterable[Entry], failure: Failure) -> None:
        """Answer these jobs with a failure."""
        for entry in list(entries):
            self.finish(entry, failure)

    def waiting(self, settings: Settings) -> Iterator[Entry]:
        """Take all jobs out of a line."""
        line = self.lines.pop(settings, Line())
        for batch in line.again:
            yield from batch.entries
        yield from line.entries

    def fail_all(self, failure: Failure) -> None:
        """Answer every job there is."""
        self.fail(self._entries.values(), failure)

    def _keeps(self, entries: Sequence[Entry]) -> bool:
        """Does anyone wait for one of them? Else they are forgotten: who asks for the same again must not join what
        stands in no line. That nobody waits shows before we are told, as soon as a waiter gives up.
        """
        if any(entry.wanted for entry in entries):
            return True
        for entry in entries:
            self._forget(entry)
        return False

    def _forget(self, entry: Entry) -> None:
        if self._entries.get(entry.key) is entry:
            del self._entries[entry.key]

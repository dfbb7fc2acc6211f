"""The jobs that wait for their first try: first come, first served, but those of one affinity to one worker in a row.

What a worker had to find out for one job of an affinity it knows for the next ones.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Collection, Hashable, Iterator

from rulereward.services.entry import Entry

LONGEST_RUN = 64
"""So many jobs of one affinity in a row; then it is the others' turn, which nobody can keep waiting for ever."""


class Lanes:
    """A queue with a lane for each affinity. All steps take constant time for a given number of workers."""

    def __init__(self) -> None:
        self._lanes: OrderedDict[Hashable, deque[Entry]] = OrderedDict()
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Entry]:
        return (entry for lane in self._lanes.values() for entry in lane)

    def append(self, entry: Entry) -> None:
        """Put a job behind all others of its affinity."""
        self._lanes.setdefault(entry.affinity, deque()).append(entry)
        self._size += 1

    def put_back(self, entry: Entry) -> None:
        """Put a job before all others."""
        self._lanes.setdefault(entry.affinity, deque()).appendleft(entry)
        self._lanes.move_to_end(entry.affinity, last=False)
        self._size += 1

    def take(self, held: Hashable, run: int, others: Collection[Hashable]) -> Entry:
        """The next job for a worker that was handed `run` jobs of the affinity `held` in a row.

        One of the same if there is one, else of an affinity that no other worker holds, else the first.
        """
        if run >= LONGEST_RUN and held in self._lanes:
            self._lanes.move_to_end(held)
        elif held in self._lanes:
            return self._first_of(held)
        free = (affinity for affinity in self._lanes if affinity not in others)
        return self._first_of(next(free, next(iter(self._lanes))))

    def _first_of(self, affinity: Hashable) -> Entry:
        lane = self._lanes[affinity]
        entry = lane.popleft()
        if not lane:
            del self._lanes[affinity]
        self._size -= 1
        return entry

    def clear(self) -> list[Entry]:
        """Take out all."""
        entries = list(self)
        self._lanes.clear()
        self._size = 0
        return entries

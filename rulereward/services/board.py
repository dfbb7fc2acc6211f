"""The jobs of one service on their way: which wait, which wait to be tried alone, and what became of each.

its worker says it hit a limit, or is killed for being stuck     tried again alone; then what the service says
until then, in a phase that is believed                          foreseen: what the service would say
its worker dies                                                  tried again alone; then `service_died`
no worker can be started                                         `service_unavailable`; later jobs try again
everyone who waited for it gave up                               dropped
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Collection, Hashable, Iterable, Sequence

from rulereward.kind import Answer, Failure
from rulereward.services.entry import Entry, Waiter
from rulereward.services.frames import pack
from rulereward.services.lanes import Lanes
from rulereward.services.spec import ServiceSpec

_DEATHS = 2


class JobBoard:
    """Not thread-safe. `queue` holds the first tries, `lone` the second ones, each with a worker to itself.

    Second tries take long and are mostly of hostile answers, so they come when no first try waits. Where there are
    always first tries, as in a server, one second try begins every few seconds.
    """

    def __init__(self, spec: ServiceSpec) -> None:
        self._spec = spec
        self._entries: dict[bytes, Entry] = {}
        self.queue = Lanes()
        self.lone: deque[Entry] = deque()
        self._lone_at = 0.0
        """When a second try last began, or the first of those that wait came to wait."""

    @property
    def waiting(self) -> int:
        """How many jobs are at no worker."""
        return len(self.queue) + len(self.lone)

    def take(self, waiters: Sequence[Waiter]) -> None:
        """Accept jobs. Equal ones already on their way are joined."""
        for waiter in waiters:
            key = pack(waiter.job.payload)
            entry = self._entries.get(key)
            if entry is None:
                affinity = self._spec.affinity(waiter.job)
                entry = self._entries[key] = Entry(key, waiter.job, key if affinity is None else affinity)
                self.queue.append(entry)
            entry.waiters.append(waiter)
            waiter.entry = entry

    def give_up(self, waiters: Sequence[Waiter]) -> None:
        """Drop the jobs that nobody waits for any more."""
        entries = [waiter.entry for waiter in waiters if waiter.entry is not None]
        for entry in entries:
            if not entry.wanted:
                self._forget(entry)
        for entry in self.queue.clear():
            if entry.wanted:
                self.queue.append(entry)
        self.lone = deque(entry for entry in self.lone if entry.wanted)

    def next_for(self, held: Hashable, run: int, others: Collection[Hashable], *, idle: bool) -> Entry | None:
        """The job for a worker (see `Lanes.take`); None where there is none, or it must be idle for the next one."""
        lone_is_due = time.monotonic() - self._lone_at >= self._spec.lone_every_s
        if self.lone and (lone_is_due or not self.queue):
            if not idle:
                return None
            self._lone_at = time.monotonic()
            return self.lone.popleft()
        return self.queue.take(held, run, others) if self.queue else None

    def put_back(self, entries: Iterable[Entry]) -> None:
        """Jobs that a worker was sent and did not begin, in their order: they are next."""
        for entry in reversed(list(entries)):
            if not entry.wanted:
                continue
            if entry.lone:
                self.lone.appendleft(entry)
            else:
                self.queue.put_back(entry)

    def finish(self, entry: Entry, answer: Answer) -> None:
        """Hand the answer to all who wait for it."""
        self._forget(entry)
        for waiter in entry.waiters:
            waiter.call(answer)

    def after_limit(self, entry: Entry, phase: str) -> None:
        """It hit a limit in `phase`, or its worker was killed there."""
        if entry.lone:
            self.finish(entry, self._spec.killed(phase))
            return
        if phase in self._spec.believed:
            entry.foreseen = self._spec.killed(phase)
        self._retry(entry)

    def after_death(self, entry: Entry, last_words: str) -> None:
        """Its worker died of its own accord."""
        entry.deaths += 1
        if entry.deaths < _DEATHS:
            self._retry(entry)
        else:
            self.finish(entry, Failure("service_died", f"the {self._spec.name} worker died twice: {last_words}"))

    def fail_waiting(self, failure: Failure) -> None:
        """Answer all jobs that are at no worker."""
        entries = [*self.queue.clear(), *self.lone]
        self.lone.clear()
        for entry in entries:
            self.finish(entry, failure)

    def fail_all(self, failure: Failure) -> None:
        """Answer every job there is."""
        for entry in list(self._entries.values()):
            self.finish(entry, failure)

    def _retry(self, entry: Entry) -> None:
        if entry.wanted:
            if not self.lone:
                self._lone_at = time.monotonic()
            entry.lone = True
            self.lone.append(entry)

    def _forget(self, entry: Entry) -> None:
        if self._entries.get(entry.key) is entry:
            del self._entries[entry.key]

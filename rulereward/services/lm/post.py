"""One device, and the process that computes on it: started when there is work, and again when it has died."""

from __future__ import annotations

import time
from collections.abc import Sequence

from rulereward.services.lm.board import Batch, Settings
from rulereward.services.process import Stage, WorkerProcess

Place = tuple[str | None, int]
"""A device as it is written, and a number: one device may be named more than once."""

_PIPELINED = 2
"""Batches at a process at once: one being computed and one waiting there, which hides the way through the pipes."""
_BATCH_S = 2.0
"""How long a batch should take: one that is dropped or tried again costs no more."""
_FIRST_CHARACTERS = 1 << 16
_LEAST_CHARACTERS, _MOST_CHARACTERS = 1 << 14, 1 << 21
_PATIENCE = 16
"""Deaths in a row, without a batch done in between, after which the fault is not sought in the texts any more.
Halving the largest batch down to one text takes fewer.
"""
_LOADS = 2
"""Deaths in a row while a model was loaded, or the process started."""
_PAUSE_S = 5.0


class Post:
    """Not thread-safe. `full`: characters that make a batch."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.worker: WorkerProcess[Batch] | None = None
        self.full = _FIRST_CHARACTERS
        self.trouble = ""
        """What became of the process the last time."""
        self.refuses: set[Settings] = set()
        """With which settings it could not have the model."""
        self._begun = 0.0
        self._deaths = 0
        self._failed_loads = 0
        self._paused_until = 0.0

    @property
    def name(self) -> str:
        """For a person."""
        return "language models" if self.place[0] is None else f"the device {self.place[0]}"

    @property
    def has_room(self) -> bool:
        """Can it be sent a batch now?"""
        worker = self.worker
        return worker is not None and worker.stage is Stage.READY and len(worker.in_flight) < _PIPELINED

    @property
    def is_paused(self) -> bool:
        """Is nothing to be started, because that failed again and again?"""
        return time.monotonic() < self._paused_until

    def start(self, command: Sequence[str]) -> None:
        """Start the process; whether that works is known later. Raises OSError. `SPAWNING` is held."""
        self.worker = WorkerProcess(command)

    def begin(self) -> None:
        """It comes to the first of its batches, or to the texts of it after a model was loaded."""
        assert self.worker is not None
        self.worker.enter("")
        self._begun = self.worker.since

    def did(self) -> Batch:
        """The first of its batches is done: which one that was."""
        took_s = max(time.monotonic() - self._begun, 1e-3)
        batch = self.did_not()
        self._deaths = self._failed_loads = 0
        if not batch.asks_identity:
            wanted = int(batch.characters / took_s * _BATCH_S)
            self.full = max(_LEAST_CHARACTERS, min(wanted, _MOST_CHARACTERS))
        return batch

    def did_not(self) -> Batch:
        """The first of its batches ended without answers: which one that was."""
        assert self.worker is not None
        batch = self.worker.in_flight.popleft()
        self.begin()
        return batch

    def died(self, trouble: str, *, in_load: bool) -> bool:
        """The process is gone. Is the fault not in the texts, so that nothing is to be tried for a while?"""
        self.worker, self.trouble = None, trouble
        self.refuses.clear()
        self._deaths += 1
        self._failed_loads = self._failed_loads + 1 if in_load else 0
        hopeless = self._failed_loads >= _LOADS or self._deaths >= _PATIENCE
        if hopeless:
            self._deaths = self._failed_loads = 0
            self._paused_until = time.monotonic() + _PAUSE_S
        return hopeless

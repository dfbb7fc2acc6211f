"""Served measurements: jobs on their way, and the rows that wait for them."""

from __future__ import annotations

import dataclasses
import queue
from collections.abc import Sequence
from dataclasses import dataclass

from rulereward.data import I64, Column, Reason, ReasonTable
from rulereward.engine.leaves import (
    Block,
    failure_reason,
    inherit,
    row_arguments,
    write_error,
    write_outcome,
)
from rulereward.kind import Answer, Base, Failure, Job, Kind, Outcome, Services, Ticket
from rulereward.plan.nodes import Measurement, Node
from rulereward.services.cache import cache_key


@dataclass(frozen=True, slots=True, eq=False)
class Seat:
    """One row of one node, waiting for a job, with the arguments its kind will read the answer against."""

    node: Node
    row: int
    arguments: tuple[object, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Arrival:
    """The outcome of a job for one seat; `error` instead of an outcome where there is none."""

    seat: Seat
    outcome: Outcome | None
    error: Reason | None


_JobKey = tuple[str, str]


def _told_apart(job: Job) -> _JobKey:
    """What a job is known by: to Python 1, 1.0 and True are equal, to a service they are not."""
    return job.service, repr(job.payload)


class Flights:
    """Asks, submits, and reads answers. Answers come in from service threads; everything else is one thread's."""

    def __init__(self, services: Services, reasons: ReasonTable) -> None:
        self._services = services
        self._reasons = reasons
        self._waiting: dict[_JobKey, list[Seat]] = {}
        self._tickets: list[Ticket] = []
        self._answered: dict[_JobKey, Answer] = {}
        self._cache_keys: dict[_JobKey, bytes] = {}
        self._landed: queue.SimpleQueue[tuple[Job, Answer]] = queue.SimpleQueue()
        self.answers: dict[tuple[int, int], Answer] = {}
        """The answer each (node, row) was decided by, for evidence."""

    @property
    def pending(self) -> bool:
        return bool(self._waiting) or not self._landed.empty()

    @property
    def waiting_nodes(self) -> set[int]:
        return {seat.node.id for seats in self._waiting.values() for seat in seats}

    def ask(self, node: Node, args: Sequence[Column], bases: Sequence[Base], rows: I64) -> tuple[Block, list[int]]:
        """Ask for some rows of a node: cells of the rows decided at once, and which places of `rows` now wait.

        `args` hold just those rows.
        """
        kind: Kind = node.payload.kind
        block, open_places = inherit(node.payload, args, len(rows))
        outcomes = self._ask_each(node.payload, args, bases, open_places)
        jobs: list[Job] = []
        waiting: list[int] = []
        for place, (values, outcome) in zip(open_places.tolist(), outcomes, strict=True):
            if isinstance(outcome, Reason):
                write_error(block, place, outcome, self._reasons)
            elif isinstance(outcome, Job):
                self._seat(outcome, Seat(node, int(rows[place]), values), jobs)
                waiting.append(place)
            else:
                write_outcome(block, place, outcome, kind, self._reasons)
        self._submit(jobs)
        return block, waiting

    @staticmethod
    def _ask_each(
        measurement: Measurement, args: Sequence[Column], bases: Sequence[Base], places: I64
    ) -> list[tuple[tuple[object, ...], Outcome | Job | Reason]]:
        """What `ask` says of each row; equal arguments are asked once."""
        kind: Kind = measurement.kind
        assert kind.ask is not None
        extra = () if kind.params is None else (measurement.params,)
        known: dict[str, Outcome | Job | Reason] = {}
        found: list[tuple[tuple[object, ...], Outcome | Job | Reason]] = []
        for values in row_arguments(args, bases, places):
            try:
                key = repr(values)
                if key not in known:
                    known[key] = kind.ask(*values, *extra)
                found.append((values, known[key]))
            except Exception as error:  # noqa: BLE001  (the door from exceptions to error cells)
                found.append((values, failure_reason(error)))
        return found

    def _seat(self, job: Job, seat: Seat, new_jobs: list[Job]) -> None:
        key = _told_apart(job)
        seats = self._waiting.get(key)
        if seats is None:
            self._waiting[key] = [seat]
            new_jobs.append(job)
        else:
            seats.append(seat)

    def _submit(self, jobs: Sequence[Job]) -> None:
        by_service: dict[str, list[Job]] = {}
        for job in jobs:
            by_service.setdefault(job.service, []).append(job)
        for name, wanted in by_service.items():
            try:
                self._submit_to(name, wanted)
            except Exception as error:  # noqa: BLE001  (the door from exceptions to error cells)
                failure = Failure("service_unavailable", f"{type(error).__name__}: {str(error)[:200]}")
                for job in wanted:
                    self._landed.put((job, failure))

    def _submit_to(self, name: str, jobs: Sequence[Job]) -> None:
        service = self._services.get(name)
        fresh = []
        for job in jobs:
            try:
                key = self._key(job, service.identity)
            except (TypeError, ValueError, RecursionError) as error:  # what the kind asks is no plain data
                reason = failure_reason(error)
                self._landed.put((job, Failure(reason.code, reason.message)))
                continue
            cached = self._answered.get(_told_apart(job)) or self._services.cache.get(key)
            if cached is None:
                self._cache_keys[_told_apart(job)] = key
                fresh.append(job)
            else:
                self._landed.put((job, cached))
        if fresh:
            self._tickets.append(service.submit(fresh, self._land))

    def _key(self, job: Job, identity: str) -> bytes:
        """The cache key of a job: the kind that asked first, with its constants, stands for all that wait for it."""
        measurement: Measurement = self._waiting[_told_apart(job)][0].node.payload
        params = None if measurement.params is None else dataclasses.asdict(measurement.params)
        return cache_key(measurement.kind.name, measurement.kind.version, params, job, identity)

    def _land(self, job: Job, answer: Answer) -> None:
        """Called from a service's thread."""
        self._landed.put((job, answer))

    def arrivals(self, timeout_s: float) -> list[Arrival]:
        """What has landed; waits up to `timeout_s` for the first of it."""
        found: list[Arrival] = []
        while True:
            try:
                job, answer = self._landed.get(timeout=timeout_s) if timeout_s > 0.0 else self._landed.get_nowait()
            except queue.Empty:
                return found
            timeout_s = 0.0
            found += self._read(job, answer)

    def _read(self, job: Job, answer: Answer) -> list[Arrival]:
        """What an answer means to all who wait for it. Only one that every kind could read is kept for later runs."""
        self._answered[_told_apart(job)] = answer
        arrivals = [self._read_for(seat, answer) for seat in self._waiting.pop(_told_apart(job), [])]
        key = self._cache_keys.pop(_told_apart(job), None)
        if key is not None and all(arrival.error is None for arrival in arrivals):
            self._services.cache.put(key, answer)
        return arrivals

    def _read_for(self, seat: Seat, answer: Answer) -> Arrival:
        if isinstance(answer, Failure):
            return Arrival(seat, None, Reason(answer.code, answer.message))
        kind: Kind = seat.node.payload.kind
        assert kind.read is not None
        extra = () if kind.params is None else (seat.node.payload.params,)
        self.answers[seat.node.id, seat.row] = answer
        try:
            return Arrival(seat, kind.read(*seat.arguments, *extra, answer), None)
        except Exception as error:  # noqa: BLE001  (the door from exceptions to error cells)
            return Arrival(seat, None, failure_reason(error))

    def give_up(self) -> None:
        """Cancel what is in flight; what lands later finds nobody waiting."""
        for ticket in self._tickets:
            ticket.cancel()
        self._waiting.clear()

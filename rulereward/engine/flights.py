"""Served measurements: jobs on their way, and the rows that wait for them."""

from __future__ import annotations

import dataclasses
import queue
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeGuard, cast

from rulereward.data import I64, Column, Reason, ReasonTable
from rulereward.engine.leaves import (
    Block,
    failure_reason,
    inherit,
    row_arguments,
    write_error,
    write_outcome,
)
from rulereward.kind import (
    UNAVAILABLE,
    Answer,
    Answered,
    Asked,
    Base,
    Failure,
    Job,
    Kind,
    Outcome,
    Services,
    Ticket,
    jobs_of,
)
from rulereward.kind.served import ForesightfulTicket
from rulereward.plan.nodes import Measurement, Node
from rulereward.services.cache import cache_key


def _is_asked(outcome: object) -> TypeGuard[Asked]:
    return isinstance(outcome, Job | tuple) and not isinstance(outcome, Reason)


@dataclass(frozen=True, slots=True, eq=False)
class Seat:
    """One row of one node, waiting for its jobs, with the arguments its kind will read the answers against."""

    node: Node
    row: int
    arguments: tuple[object, ...]
    asked: Asked
    answers: dict[bytes, Answer] = field(default_factory=dict)
    """What has come in so far."""

    @property
    def jobs(self) -> dict[bytes, Job]:
        return {job.key: job for job in jobs_of(self.asked)}

    @property
    def failure(self) -> Failure | None:
        """The first of the jobs, in the order in which they were asked, that was not done."""
        found = (self.answers[key] for key in self.jobs)
        return next((answer for answer in found if isinstance(answer, Failure)), None)

    @property
    def answered(self) -> Answered:
        """What `read` is given, where every answer is there and none is a failure."""
        answers = [cast(dict[str, object], self.answers[job.key]) for job in jobs_of(self.asked)]
        return answers if isinstance(self.asked, tuple) else answers[0]


@dataclass(frozen=True, slots=True, eq=False)
class Arrival:
    """The outcome of the jobs of one seat; `error` instead of an outcome where there is none."""

    seat: Seat
    outcome: Outcome | None
    error: Reason | None


class Flights:
    """Asks, submits, and reads answers. Answers come in from service threads; everything else is one thread's."""

    def __init__(self, services: Services, reasons: ReasonTable) -> None:
        self._services = services
        self._reasons = reasons
        self._waiting: dict[bytes, list[Seat]] = {}
        self._tickets: list[Ticket] = []
        self._answered: dict[bytes, Answer] = {}
        self._cache_keys: dict[bytes, bytes] = {}
        self._landed: queue.SimpleQueue[tuple[Job, Answer]] = queue.SimpleQueue()
        self.answers: dict[tuple[int, int], Answered] = {}
        """What each (node, row) was decided by, for evidence."""

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
            elif _is_asked(outcome):
                self._seat(Seat(node, int(rows[place]), values, outcome), jobs)
                waiting.append(place)
            else:
                write_outcome(block, place, cast(Outcome, outcome), kind, self._reasons)
        self._submit(jobs)
        return block, waiting

    @staticmethod
    def _ask_each(
        measurement: Measurement, args: Sequence[Column], bases: Sequence[Base], places: I64
    ) -> list[tuple[tuple[object, ...], Outcome | Asked | Reason]]:
        """What `ask` says of each row; equal arguments are asked once."""
        kind: Kind = measurement.kind
        assert kind.ask is not None
        extra = () if kind.params is None else (measurement.params,)
        known: dict[str, Outcome | Asked | Reason] = {}
        found: list[tuple[tuple[object, ...], Outcome | Asked | Reason]] = []
        for values in row_arguments(args, bases, places):
            try:
                key = repr(values)
                if key not in known:
                    outcome = kind.ask(*values, *extra)
                    if _is_asked(outcome):
                        for job in jobs_of(outcome):  # raises for what are no jobs
                            _ = job.key  # and this for what is no plain data
                    known[key] = outcome
                found.append((values, known[key]))
            except Exception as error:  # noqa: BLE001  (the door from exceptions to error cells)
                found.append((values, failure_reason(error)))
        return found

    def _seat(self, seat: Seat, new_jobs: list[Job]) -> None:
        for key, job in seat.jobs.items():
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
                failure = Failure(UNAVAILABLE, f"{type(error).__name__}: {str(error)[:200]}")
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
            cached = self._answered.get(job.key) or self._services.cache.get(key)
            if cached is None:
                self._cache_keys[job.key] = key
                fresh.append(job)
            else:
                self._landed.put((job, cached))
        if fresh:
            self._tickets.append(service.submit(fresh, self._land))

    def _key(self, job: Job, identity: str) -> bytes:
        """The cache key of a job: the kind that asked first, with its constants, stands for all that wait for it."""
        measurement: Measurement = self._waiting[job.key][0].node.payload
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
        """What an answer means to all who waited for nothing else. What could be read is kept for later runs."""
        key = job.key
        self._answered[key] = answer
        arrivals: list[Arrival] = []
        for seat in self._waiting.pop(key, []):
            seat.answers[key] = answer
            if len(seat.answers) == len(seat.jobs):
                arrivals.append(self._read_for(seat))
        unread = {key for arrival in arrivals if arrival.error is not None for key in arrival.seat.answers}
        for key in {key for arrival in arrivals for key in arrival.seat.answers}:
            cache_key = self._cache_keys.pop(key, None)
            if cache_key is not None and key not in unread:
                self._services.cache.put(cache_key, self._answered[key])
        return arrivals

    def _read_for(self, seat: Seat) -> Arrival:
        failure = seat.failure
        if failure is not None:
            return Arrival(seat, None, Reason(failure.code, failure.message))
        kind: Kind = seat.node.payload.kind
        assert kind.read is not None
        extra = () if kind.params is None else (seat.node.payload.params,)
        self.answers[seat.node.id, seat.row] = seat.answered
        try:
            return Arrival(seat, kind.read(*seat.arguments, *extra, seat.answered), None)
        except Exception as error:  # noqa: BLE001  (the door from exceptions to error cells)
            return Arrival(seat, None, failure_reason(error))

    def last_arrivals(self) -> list[Arrival]:
        """Give up; but first read what has landed, and for jobs that were tried once what their service foresees.

        What is only foreseen is not kept for later runs: they may have the time for a second try.
        """
        tickets = [ticket for ticket in self._tickets if isinstance(ticket, ForesightfulTicket)]
        foreseen = [found for ticket in tickets for found in ticket.foreseen()]
        arrivals = self.arrivals(timeout_s=0.0)
        for job, answer in foreseen:
            if job.key in self._waiting:
                self._cache_keys.pop(job.key, None)
                arrivals += self._read(job, answer)
        self.give_up()
        return arrivals

    def give_up(self) -> None:
        """Cancel what is in flight; what lands later finds nobody waiting."""
        for ticket in self._tickets:
            ticket.cancel()
        self._waiting.clear()

"""Rows that arrive one by one, scored together: for servers, and for trainers that call for each sample.

A collector thread takes what has arrived within a few milliseconds and hands it to a scoring thread as one batch.
While all scoring threads are busy the next batch grows, so batches are as large as the load asks for. What a row gets
does not hang on its batch (promise of `Ruleset.score_rows`): groups never cross two requests.
"""

from __future__ import annotations

import asyncio
import functools
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from rulereward.api.batches import Fields, group_keys
from rulereward.api.ruleset import Ruleset
from rulereward.api.scores import Scores
from rulereward.data import Reason
from rulereward.errors import BusyError, ConfigurationError, InputError, InternalError, RuleRewardError
from rulereward.io import Record

WINDOW_S = 0.002
MOST_ROWS = 1024
MOST_WAITING_ROWS = 65_536
SCORING_THREADS = 2
DEADLINE_S = 120.0
"""Longer than any honest completion takes to be measured, shorter than the time limits of trainers."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How rows are gathered and scored. `deadline_s` counts from the arrival of a request."""

    window_s: float = WINDOW_S
    most_rows: int = MOST_ROWS
    most_waiting_rows: int = MOST_WAITING_ROWS
    deadline_s: float = DEADLINE_S


@dataclass(frozen=True, slots=True, eq=False)
class _Request:
    """Rows of one caller. `keys` are their groups, counted within the request; None for a row without one."""

    rows: Sequence[Fields | Reason]
    keys: Sequence[Hashable]
    step: int | None
    details: bool
    arrived: float = field(default_factory=time.monotonic)
    answer: Future[list[Record]] = field(default_factory=Future)


class MicroBatcher:
    """Scores requests in batches. Thread-safe; after a fork the child begins with threads and a queue of its own.

    `observe` is told of the scores of every batch, in a scoring thread: for statistics.
    """

    def __init__(
        self, ruleset: Ruleset, settings: Settings | None = None, observe: Callable[[Scores], None] | None = None
    ) -> None:
        self.ruleset = ruleset
        self.settings = settings or Settings()
        self._observe = observe
        self._begin()

    def _begin(self) -> None:
        self._owner = os.getpid()
        self._changed = threading.Condition()
        self._waiting: deque[_Request] = deque()
        self._waiting_rows = 0
        self._unanswered = 0
        self._closing = False
        self._idle = threading.Semaphore(SCORING_THREADS)
        self._scorers: ThreadPoolExecutor | None = None

    @property
    def waiting_rows(self) -> int:
        """Rows that no scoring thread has taken yet."""
        return self._waiting_rows

    def submit(
        self,
        rows: Sequence[Fields | Reason],
        *,
        group: Sequence[object] | None = None,
        step: int | None = None,
        details: bool = False,
    ) -> Future[list[Record]]:
        """The records of some rows, to come; see `Ruleset.score_rows` for rows and groups.

        Raises InputError for a `group` of another length, ConfigurationError where `step` or the groups are missing,
        BusyError when too much is waiting.
        """
        ruleset = self.ruleset
        if ruleset.plan.uses_step and step is None:
            raise ConfigurationError(f"the ruleset `{ruleset.name}` uses `step`: pass the training step")
        if group is not None and len(group) != len(rows):
            raise InputError(f"`group` has {len(group)} values for {len(rows)} rows")
        request = _Request(rows, self._keys(rows, group), step, details)
        if not rows:
            request.answer.set_result([])
            return request.answer
        if self._owner != os.getpid():
            self._begin()
        with self._changed:
            if self._closing:
                raise BusyError("no more rows are taken: the micro-batcher is closing")
            if self._waiting_rows + len(rows) > self.settings.most_waiting_rows and self._waiting:
                raise BusyError(f"{self._waiting_rows:,} rows are waiting: try again later")
            self._start()
            self._waiting.append(request)
            self._waiting_rows += len(rows)
            self._unanswered += 1
            self._changed.notify_all()
        return request.answer

    async def ascore(
        self,
        rows: Sequence[Fields | Reason],
        *,
        group: Sequence[object] | None = None,
        step: int | None = None,
        details: bool = False,
    ) -> list[Record]:
        """`submit` for async code."""
        return await asyncio.wrap_future(self.submit(rows, group=group, step=step, details=details))

    def close(self, timeout_s: float | None = None) -> bool:
        """Take no more rows and answer those that wait; False if that takes longer than `timeout_s`."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
            answered = self._changed.wait_for(lambda: not self._unanswered, timeout_s)
        if self._scorers is not None:
            self._scorers.shutdown(wait=answered)
        return answered

    def _keys(self, rows: Sequence[Fields | Reason], group: Sequence[object] | None) -> Sequence[Hashable]:
        """Each row's group. Without group functions they only serve the statistics, so none are looked for."""
        plan = self.ruleset.plan
        if group is None and not plan.uses_groups:
            return [None] * len(rows)
        return group_keys(plan.group, rows, group, plan.inputs["prompt"].paths)[0]

    # ---- the collector and the scoring threads

    def _start(self) -> None:
        if self._scorers is None:
            self._scorers = ThreadPoolExecutor(SCORING_THREADS, thread_name_prefix="rulereward-scorer")
            threading.Thread(target=self._collect, name="rulereward-collector", daemon=True).start()

    def _collect(self) -> None:
        assert self._scorers is not None
        while True:
            self._idle.acquire()
            batch = self._next_batch()
            if not batch:
                return
            done = functools.partial(self._settle, batch)
            try:
                self._scorers.submit(self._score, batch).add_done_callback(done)
            except RuntimeError:  # the interpreter is ending, and its pools take no more work
                self._settle(batch, None)
                return

    def _next_batch(self) -> list[_Request]:
        """Requests of one step with at most `most_rows` rows (a larger one comes alone), [] when closing.

        It waits until the window of the first one has passed, or enough rows are there.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closing)
            if not self._waiting:
                return []
            until = self._waiting[0].arrived + self.settings.window_s
            while self._waiting_rows < self.settings.most_rows and (left := until - time.monotonic()) > 0:
                self._changed.wait(left)
            first = self._waiting.popleft()
            batch, size = [first], len(first.rows)
            while self._waiting and self._waiting[0].step == first.step:
                if size + len(self._waiting[0].rows) > self.settings.most_rows:
                    break
                batch.append(self._waiting.popleft())
                size += len(batch[-1].rows)
            self._waiting_rows -= size
            return batch

    def _score(self, batch: Sequence[_Request]) -> None:
        """Answer the requests of a batch, each by itself where they cannot be scored together."""
        try:
            self._answer(batch)
        except RuleRewardError as error:
            if len(batch) == 1:
                _fail(batch[0], error)
                return
            for request in batch:
                self._score([request])

    def _settle(self, batch: Sequence[_Request], scored: Future[None] | None) -> None:
        """Whatever happened, nobody waits for ever: what is still open gets the exception that ended the batch."""
        failure = BusyError("the process is ending") if scored is None else scored.exception()
        for request in batch:
            _fail(request, failure or InternalError("a batch was scored without an answer"))
        self._idle.release()
        with self._changed:
            self._unanswered -= len(batch)
            self._changed.notify_all()

    def _answer(self, batch: Sequence[_Request]) -> None:
        rows = [row for request in batch for row in request.rows]
        keyed = [(number, key) for number, request in enumerate(batch) for key in request.keys]
        waited_s = time.monotonic() - batch[0].arrived
        scores = self.ruleset.score_rows(
            rows,
            group=[None if key is None else f"{number}:{key!r}" for number, key in keyed],
            step=batch[0].step,
            deadline_s=self.settings.deadline_s - waited_s,
        )
        records = iter(scores.record_objects(details=any(request.details for request in batch)))
        if self._observe is not None:
            self._observe(scores)
        for request in batch:
            found = [next(records) for _ in request.rows]
            if not request.details:
                found = [record._replace(details=None) for record in found]
            if request.answer.set_running_or_notify_cancel():
                request.answer.set_result(found)


def _fail(request: _Request, error: BaseException) -> None:
    """End a request that is not answered yet; its caller may be giving it up at this moment."""
    if not request.answer.done() and request.answer.set_running_or_notify_cancel():
        request.answer.set_exception(error)

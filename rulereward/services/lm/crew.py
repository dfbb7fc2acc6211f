"""The processes that run language models, one for each device, and the batches between them; driven by one thread."""

from __future__ import annotations

import logging
import os
import selectors
import time
from collections.abc import Callable, Sequence

from rulereward.kind import UNAVAILABLE, Failure
from rulereward.services.entry import Waiter
from rulereward.services.frames import BrokenFrameError, pack
from rulereward.services.lm.board import Batch, Board, Settings
from rulereward.services.lm.post import Place, Post
from rulereward.services.process import Stage, WorkerProcess
from rulereward.services.waking import SPAWNING, Alarm
from rulereward.text.lm_work import LmSettings

_CHUNK = 1 << 18
_TEXTS_PER_START = 64
"""One more of several processes is started for so many waiting texts."""
_START_LIMIT_S = 300.0
_LOAD_LIMIT_S = 3_600.0
"""A model may have to be fetched."""
_PASS_LIMIT_S = 1_800.0
"""Of one forward pass. A long text on a slow processor takes minutes."""
_TELL_EVERY_S = 10.0
_LOADING = "loading"

_logger = logging.getLogger("rulereward.lm")

Command = Callable[[str | None], Sequence[str]]
"""The command of the process for a device."""


class Crew:
    """See `Driven`. `command` starts a process for a device."""

    def __init__(self, command: Command) -> None:
        self._command = command
        self._board = Board()
        self._posts: dict[Place, Post] = {}
        self._identities: dict[Settings, str] = {}
        self._changed: dict[Settings, Failure] = {}
        self._told_at = 0.0
        self._warned: set[str] = set()
        self._alarm = Alarm()
        self._selector = self._alarm.selector

    def wake(self) -> None:
        """See `Driven`."""
        self._alarm.wake()

    def take(self, waiters: Sequence[Waiter]) -> None:
        """See `Driven`."""
        self._board.take(waiters)

    def give_up(self, waiters: Sequence[Waiter]) -> None:
        """See `Driven`. A process keeps its model: it is told, and stops after the pass that it is at."""
        self._board.give_up(waiters)
        for post in self._posts.values():
            for batch in () if post.worker is None else post.worker.in_flight:
                if not batch.wanted:
                    self._tell(post.worker, ["drop", batch.number])

    def step(self) -> None:
        """See `Driven`."""
        patience_s = self._hand_out()
        for key, events in self._selector.select(self._time_left(patience_s)):
            post = key.data
            if post is None:
                self._alarm.heard()
            elif post.worker is not None and key.fd in _pipes(post.worker):
                self._serve(post, post.worker, key.fd, events)
        self._watch_clock()

    def stop(self, failure: Failure) -> None:
        """See `Driven`."""
        workers = [post.worker for post in self._posts.values() if post.worker is not None]
        for worker in workers:
            worker.ask_to_end()
        for worker in workers:
            worker.end()
        self._posts.clear()
        self._alarm.close()
        self._board.fail_all(failure)

    def let_go(self) -> None:
        """See `Driven`."""
        for post in self._posts.values():
            if post.worker is not None:
                post.worker.let_go()
        self._alarm.close()

    # ---------------------------------------------------------------- handing out

    def _hand_out(self) -> float | None:
        """Send what may be sent. How long to wait for more texts, None where nothing waits for that."""
        patience: list[float] = []
        for settings, line in list(self._board.lines.items()):
            posts = self._posts_for(settings)
            while line:
                free = min((post for post in posts if post.has_room), key=_load, default=None)
                if free is None:
                    self._staff(settings, posts)
                    break
                ripe_in_s = line.ripe_in_s(free.full)
                if ripe_in_s > 0.0:
                    patience.append(ripe_in_s)
                    break
                self._send(free, line.batch(settings, free.full))
        return min(patience, default=None)

    def _posts_for(self, settings: Settings) -> list[Post]:
        """Of the devices that are to share the work, those that could have the model so far."""
        return [post for post in self._posts_named_by(settings) if settings not in post.refuses]

    def _posts_named_by(self, settings: Settings) -> list[Post]:
        devices = LmSettings.of_plain(settings).devices
        places = [(device, devices[:index].count(device)) for index, device in enumerate(devices)]
        return [self._posts.setdefault(place, Post(place)) for place in places]

    def _staff(self, settings: Settings, posts: Sequence[Post]) -> None:
        """Start processes for a line whose posts are busy or empty; where that is impossible, fail it."""
        line = self._board.lines[settings]
        live = sum(post.worker is not None for post in posts)
        for post in posts:
            if post.worker is None and not post.is_paused and live * _TEXTS_PER_START <= len(line.entries):
                live += self._start(post)
        if not live and all(post.is_paused for post in posts):
            self._fail_line(settings, posts[0].trouble)

    def _start(self, post: Post) -> bool:
        """Tried until it works or the post pauses: nothing would happen that has it tried again later."""
        while post.worker is None:
            try:
                with SPAWNING:
                    post.start(self._command(post.place[0]))
            except OSError as problem:
                if post.died(str(problem), in_load=True):
                    return False
        assert post.worker is not None
        self._selector.register(post.worker.stdout, selectors.EVENT_READ, post)
        self._selector.register(post.worker.stderr, selectors.EVENT_READ, post)
        return True

    def _fail_line(self, settings: Settings, trouble: str) -> None:
        message = f"the language model `{settings[0]}` cannot be run: {trouble}"
        self._board.fail(self._board.waiting(settings), Failure(UNAVAILABLE, message))

    def _send(self, post: Post, batch: Batch) -> None:
        worker = post.worker
        assert worker is not None
        if not worker.in_flight:
            post.begin()
        worker.in_flight.append(batch)
        self._tell(worker, batch.message())

    def _tell(self, worker: WorkerProcess[Batch] | None, message: list[object]) -> None:
        assert worker is not None
        worker.outgoing += pack(message)
        self._write(worker)

    def _write(self, worker: WorkerProcess[Batch]) -> None:
        worker.write()
        watched = worker.stdin in self._selector.get_map()
        if worker.outgoing and not watched:
            post = next(post for post in self._posts.values() if post.worker is worker)
            self._selector.register(worker.stdin, selectors.EVENT_WRITE, post)
        elif watched and not worker.outgoing:
            self._selector.unregister(worker.stdin)

    # ---------------------------------------------------------------- listening

    def _serve(self, post: Post, worker: WorkerProcess[Batch], fd: int, events: int) -> None:
        if events & selectors.EVENT_WRITE:
            self._write(worker)
            return
        data = os.read(fd, _CHUNK)
        if fd == worker.stderr:
            if data:
                worker.note_stderr(data)
            else:
                self._selector.unregister(fd)
        elif data:
            self._hear(post, worker, data)
        else:
            self._lost(post, worker)

    def _hear(self, post: Post, worker: WorkerProcess[Batch], data: bytes) -> None:
        try:
            for message in worker.frames.feed(data):
                self._obey(post, worker, message)
        except BrokenFrameError as problem:
            worker.note_stderr(f"\nit wrote something that is no message: {problem}".encode())
            self._lost(post, worker)

    def _obey(self, post: Post, worker: WorkerProcess[Batch], message: object) -> None:
        match message:
            case ["ready"] if worker.stage is Stage.STARTING:
                worker.stage = Stage.READY
            case ["loading", str(model)] if worker.in_flight:
                worker.enter(_LOADING)
                _logger.info("loading the language model %s", model)
            case ["loaded", str(identity)] if worker.in_flight:
                post.begin()
                self._note_identity(worker.in_flight[0].settings, identity)
            case ["warned", str(text)]:
                self._warn(text)
            case ["progress", int(done), int(total)] if worker.in_flight:
                worker.enter("")
                self._tell_progress(worker.in_flight[0], done, total)
            case ["answers", int(number), list(answers)] if self._answers(worker, number, answers):
                self._answered(post.did(), answers)
            case ["dropped", int(number)] if self._is_next(worker, number):
                self._board.put_back([post.did_not()])  # somebody may want it again by now
            case ["unavailable", int(number), str(trouble)] if self._is_next(worker, number):
                self._refused(post, post.did_not(), trouble)
            case _:
                raise BrokenFrameError("an unexpected message")

    def _refused(self, post: Post, batch: Batch, trouble: str) -> None:
        """A device cannot have the model, perhaps because it is full: the others do without it. Where none can, the
        batch fails, and the next one is tried anew.
        """
        settings = batch.settings
        post.refuses.add(settings)
        if self._posts_for(settings):
            self._warn(f"{post.name} does not work for the language model `{settings[0]}`: {trouble}")
            self._board.put_back([batch])
            return
        for named in self._posts_named_by(settings):
            named.refuses.discard(settings)
        self._board.fail(batch.entries, Failure(UNAVAILABLE, trouble))

    @staticmethod
    def _is_next(worker: WorkerProcess[Batch], number: int) -> bool:
        return bool(worker.in_flight) and worker.in_flight[0].number == number

    def _answers(self, worker: WorkerProcess[Batch], number: int, answers: list[object]) -> bool:
        """Is it an answer to each text of the batch that it is at?"""
        complete = self._is_next(worker, number) and len(answers) == len(worker.in_flight[0].entries)
        return complete and all(isinstance(answer, dict) for answer in answers)

    def _answered(self, batch: Batch, answers: list[dict[str, object]]) -> None:
        for entry, answer in zip(batch.entries, answers, strict=True):
            failure = self._changed.get(batch.settings)
            if failure is None and "failed" in answer:
                failure = Failure(str(answer["failed"]), str(answer["message"]))
            self._board.finish(entry, answer if failure is None else failure)

    def _note_identity(self, settings: Settings, identity: str) -> None:
        """Answers are kept by what a model is called: it must stay the same as long as this service lives."""
        known = self._identities.setdefault(settings, identity)
        self._changed.pop(settings, None)
        if known != identity:
            message = f"the files of the language model `{settings[0]}` have changed since it was first loaded"
            self._changed[settings] = Failure("model_changed", f"{message}: start anew")

    def _warn(self, text: str) -> None:
        """Each process says it, and a person wants to hear it once."""
        if text not in self._warned:
            self._warned.add(text)
            _logger.warning("%s", text)

    def _tell_progress(self, batch: Batch, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._told_at >= _TELL_EVERY_S and done < total:
            self._told_at = now
            waiting = sum(len(line.entries) for line in self._board.lines.values())
            _logger.info(
                "%s: %s of %s tokens of a batch; %s texts wait",
                batch.settings[0], f"{done:,}", f"{total:,}", f"{waiting:,}",
            )  # fmt: skip

    # ---------------------------------------------------------------- ending

    def _lost(self, post: Post, worker: WorkerProcess[Batch]) -> None:
        """A process ended, or must: what it was at is tried again, perhaps in halves, and the rest waits."""
        for fd in _pipes(worker):
            if fd in self._selector.get_map():
                self._selector.unregister(fd)
        worker.end()
        in_load = worker.stage is Stage.STARTING or worker.phase == _LOADING
        batches = list(worker.in_flight)
        trouble = worker.last_words()
        if in_load:
            self._warn(f"the process for {post.name} ended before it could begin: {trouble}")
        if post.died(trouble, in_load=in_load):
            for batch in batches:
                message = f"the language model `{batch.settings[0]}` cannot be run: {trouble}"
                self._board.fail(batch.entries, Failure(UNAVAILABLE, message))
            return
        self._board.put_back(batches[1:])
        if in_load:
            self._board.put_back(batches[:1])
        elif batches:
            self._board.after_death(batches[0], trouble)

    def _deadline(self, worker: WorkerProcess[Batch]) -> float | None:
        if worker.stage is Stage.STARTING:
            return worker.since + _START_LIMIT_S
        if worker.in_flight:
            return worker.since + (_LOAD_LIMIT_S if worker.phase == _LOADING else _PASS_LIMIT_S)
        return None

    def _workers(self) -> list[tuple[Post, WorkerProcess[Batch]]]:
        return [(post, post.worker) for post in self._posts.values() if post.worker is not None]

    def _time_left(self, patience_s: float | None) -> float | None:
        now = time.monotonic()
        left = [deadline - now for _, worker in self._workers() if (deadline := self._deadline(worker)) is not None]
        left += [] if patience_s is None else [patience_s]
        return max(0.0, min(left)) if left else None

    def _watch_clock(self) -> None:
        now = time.monotonic()
        for post, worker in self._workers():
            deadline = self._deadline(worker)
            if deadline is not None and now >= deadline:
                what = "loaded a model" if worker.phase == _LOADING else "was at one thing"
                worker.note_stderr(f"\nit {what} for {now - worker.since:.0f} s and was ended".encode())
                self._lost(post, worker)


def _load(post: Post) -> int:
    return 0 if post.worker is None else len(post.worker.in_flight)


def _pipes(worker: WorkerProcess[Batch]) -> tuple[int, int, int]:
    return worker.stdin, worker.stdout, worker.stderr

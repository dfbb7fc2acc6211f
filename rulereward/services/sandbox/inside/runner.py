"""The runner: takes orders from a stream, does each in a slot, and sends back how it came out.

One thread. It reads a frame when the stream has one, and waits for its children's ends (never for ends of pipes: a
program can hold those open). It ends when the stream does.
"""

from __future__ import annotations

import os
import select
import signal
import time
from collections import deque
from typing import Any

from rulereward.services.sandbox.inside.forks import Forks
from rulereward.services.sandbox.inside.frames import BlobStream
from rulereward.services.sandbox.inside.kernel import ends_of_children
from rulereward.services.sandbox.inside.languages import BUILD_LIMITS, installed
from rulereward.services.sandbox.inside.limits import Limits
from rulereward.services.sandbox.inside.programs import Made, Program
from rulereward.services.sandbox.inside.run import Order, Process, Run
from rulereward.services.sandbox.inside.settings import Settings
from rulereward.services.sandbox.inside.stage import COMPILED
from rulereward.services.sandbox.inside.usage import Shortages, Usage, UsageReader

_WATCH_EVERY_S = 0.025
_STANDSTILL_S = 0.5
"""So late nothing but a standstill makes the watch over runs."""
_LONGEST_LOOK_S = 2 * _WATCH_EVERY_S
"""For so long at most counts what is seen of a run at one look: who looks late knows little of the time before."""
_PYTHON = "python"


class Runner:
    """Not thread-safe; made once in a process."""

    def __init__(self, settings: Settings, stream: BlobStream, proc: int) -> None:
        self._settings = settings
        self._stream = stream
        self._forks = Forks(settings, proc)
        self._usage = UsageReader(proc)
        self._shortages = Shortages(self._usage.oom_kills())
        self._languages = installed()
        self._programs: dict[int, Program] = {}
        self._waiting: deque[Order] = deque()
        self._free = list(range(settings.slots))
        self._runs: list[Run] = []
        self._of_pid: dict[int, tuple[Run, Process]] = {}
        self._cleaning: dict[int, int] = {}
        self._clean_files = [self._files_in(slot) for slot in self._free]
        self._next_watch = self._watched_at = 0.0
        self._wake = ends_of_children()
        self._poll = select.poll()
        self._poll.register(stream.reading, select.POLLIN)
        self._poll.register(self._wake, select.POLLIN)

    def serve(self) -> None:
        """Work until the stream ends. Raises EOFError then, BrokenFrameError, and in forks `Fork`."""
        languages = [_PYTHON, *sorted(self._languages)]
        has = {"languages": languages, "pytest": self._forks.pytest.is_there}
        self._stream.send({"op": "ready", "slots": self._settings.slots, **has}, [])
        while True:
            for descriptor, _ in self._poll.poll(self._pause_ms()):
                if descriptor == self._wake:
                    os.read(self._wake, 4096)
                else:
                    self._take(*self._stream.receive())
            self._reap()
            self._watch()
            while self._waiting and self._free:
                self._start(self._waiting.popleft())

    def _take(self, header: dict[str, Any], blobs: list[int]) -> None:
        if header["op"] == "program":
            language = header["language"]
            build = language in self._languages and bool(self._languages[language].build)
            self._programs[header["program"]] = Program(language, blobs[0], needs_build=build)
        elif header["op"] == "forget":
            self._programs.pop(header["program"]).close()
        elif header["op"] == "cancel":
            self._cancel(header["id"])
        else:
            program = self._programs[header["program"]]
            limits = Limits(header.get("limits", {}))
            entry, files = header.get("entry", ""), header.get("files", [])
            self._waiting.append(Order(header["id"], header["op"], program, limits, blobs, entry, files))

    def _cancel(self, number: int) -> None:
        for run in self._runs:
            if run.order.number == number:
                self._stop(run, "cancelled")
        for queue in (self._waiting, *(program.waiting for program in self._programs.values())):
            for order in [order for order in queue if order.number == number]:
                queue.remove(order)
                self._answer_without_run(order, stopped="cancelled")

    def _start(self, order: Order) -> None:
        """Begin an order in a free slot, or its program's build."""
        program = order.program
        if program.language != _PYTHON and program.language not in self._languages:
            self._answer_without_run(order, problem=f"no {program.language} here")
        elif program.made is Made.READY:
            self._begin(order)
        elif program.made is Made.FAILED:
            self._answer_without_run(order, said="SE", messages=program.messages)
        else:
            program.waiting.append(order)
            if program.made is Made.NOT_YET:
                program.made = Made.BUILDING
                self._begin(Order(-1, "build", program, Limits(BUILD_LIMITS), []))

    def _begin(self, order: Order) -> None:
        try:
            run = self._forks.start(order, self._free[-1])
        except OSError as problem:  # no process or no memory file to be had
            self._not_begun(order, str(problem))
            return
        self._free.pop()
        self._runs.append(run)
        if order.mode == "pytest":
            self._usage.measure_own()  # it may just have been loaded
        for process in run.processes:
            self._of_pid[process.pid] = (run, process)

    def _not_begun(self, order: Order, problem: str) -> None:
        if order.mode != "build":
            self._answer_without_run(order, problem=problem)
            return
        program = order.program
        program.made = Made.NOT_YET
        if program.binary >= 0:
            os.close(program.binary)
            program.binary = -1
        while program.waiting:
            self._answer_without_run(program.waiting.popleft(), problem=problem)

    def _reap(self) -> None:
        """Wait for all children that have ended: forks of ours, and what programs left behind."""
        while True:
            try:
                pid, status, used = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid in self._cleaning:
                self._cleaned(pid)
            elif pid in self._of_pid:
                run, process = self._of_pid.pop(pid)
                process.ended, process.wait_status = True, status
                run.used.cpu_s += used.ru_utime + used.ru_stime
                run.peak_kb = max(run.peak_kb, used.ru_maxrss)
                if process is run.checker and run.program is not None and not run.program.ended:
                    run.let_go = True
                    os.kill(run.program.pid, signal.SIGKILL)
                if run.over:
                    self._finish(run)

    def _finish(self, run: Run) -> None:
        self._runs.remove(run)
        order = run.order
        if order.mode == "build":
            self._built(run)
        else:
            header = run.header()
            if run.killed:
                header["memory_was_short"] = self._shortages.any_since(run.began, self._usage.oom_kills())
            self._stream.send(header, run.parts())
        slot = run.slot
        run.close()
        if self._is_dirty(slot):
            self._cleaning.update((pid, slot) for pid in self._forks.clean(slot))
        else:
            self._free.append(slot)

    def _built(self, run: Run) -> None:
        program = run.order.program
        assert run.program is not None
        said = run.program.said()
        if not said or run.stopped == "wall":  # our trouble, or the host was slow: no word about the program
            self._not_begun(run.order, "the compiler did not come to an end")
            return
        program.made = Made.READY if said.endswith(COMPILED.decode()) else Made.FAILED
        program.messages = os.dup(run.stderr)
        self._waiting.extendleft(reversed(program.waiting))
        program.waiting.clear()

    def _cleaned(self, pid: int) -> None:
        slot = self._cleaning.pop(pid)
        if slot not in self._cleaning.values():
            self._free.append(slot)

    def _is_dirty(self, slot: int) -> bool:
        """Whether processes may be left of a slot's users, or files in its folder."""
        if self._files_in(slot) != self._clean_files[slot]:
            return True
        if not self._settings.base_uid:
            return False  # the kernel ended them with the first process of their namespace
        children = self._usage.children()
        return children is None or bool(children - self._of_pid.keys() - self._cleaning.keys())

    def _files_in(self, slot: int) -> int:
        space = os.statvfs(self._settings.folder(slot))
        return space.f_files - space.f_ffree

    def _watch(self) -> None:
        """Stop what is over its limits."""
        now = time.monotonic()
        if not self._runs:
            self._next_watch = 0.0
        if not self._runs or now < self._next_watch:
            return
        missed_s = now - self._next_watch
        if missed_s > _STANDSTILL_S and self._next_watch:
            for run in self._runs:  # the host stood still, or we waited for it: no program's fault
                run.since += missed_s
        self._next_watch = now + _WATCH_EVERY_S
        looked_s, self._watched_at = min(now - self._watched_at, _LONGEST_LOOK_S), now
        if all(now - run.since < _WATCH_EVERY_S for run in self._runs):
            return
        by_user = self._usage.by_user()
        for run in list(self._runs):
            usage = self._usage_of(run, by_user)
            run.peak_kb = max(run.peak_kb, usage.memory_kb)
            if not usage.at_work:
                run.idle_s += min(looked_s, now - run.since)
            if not run.stopped and (excess := run.excess(usage, now)):
                self._stop(run, excess)

    def _usage_of(self, run: Run, by_user: dict[int, Usage]) -> Usage:
        settings = self._settings
        if settings.base_uid:
            users = {settings.program_uid(run.slot), settings.checker_uid(run.slot)}
        else:
            users = set(by_user)
        found = [usage for user, usage in by_user.items() if user in users]
        at_work = not found or any(usage.at_work for usage in found)  # one that has not yet changed its user is
        return Usage(sum(usage.cpu_s for usage in found), sum(usage.memory_kb for usage in found), at_work)

    def _stop(self, run: Run, why: str) -> None:
        run.stopped = run.stopped or why
        for process in run.processes:
            if not process.ended:
                os.kill(process.pid, signal.SIGKILL)

    def _answer_without_run(
        self, order: Order, *, said: str = "", stopped: str = "", problem: str = "", messages: int = -1
    ) -> None:
        header = {"op": "done", "id": order.number, "said": said, "stopped": stopped, "problem": problem}
        shown = min(os.fstat(messages).st_size, 4096) if messages >= 0 else 0
        self._stream.send(header, [(-1, 0, 0), (messages, 0, shown), (-1, 0, 0)])
        for blob in order.blobs:
            os.close(blob)

    def _pause_ms(self) -> int | None:
        if self._waiting and self._free:
            return 0
        return int(_WATCH_EVERY_S * 1000) if self._runs else None

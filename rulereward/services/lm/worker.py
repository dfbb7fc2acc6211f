"""The process that runs language models on one device: `python -m rulereward.services.lm.worker [DEVICE]`.

It keeps every model that it was asked for. Messages are frames:

    in   ["score", number, settings, [[prompt, text], ...]]
         ["identity", number, settings]
         ["drop", number]                         nobody waits for this batch any more
    out  ["ready"]                                once, when batches can be taken
         ["loading", model]                       and then one of these:
         ["loaded", identity]
         ["unavailable", number, why]             the model cannot be had, which ends the batch
         ["warned", text]                         it runs slower than it could, and why
         ["progress", done, total]                tokens of this batch, after each pass
         ["answers", number, [{...}, ...]]        in the order of the texts; that to an identity is one
         ["dropped", number]

What nobody foresaw ends the process with a traceback on standard error: its other end tries the texts again.
"""

from __future__ import annotations

import dataclasses
import os
import select
import sys
import warnings
from collections import deque
from typing import Any

from rulereward.errors import ConfigurationError
from rulereward.services.frames import pack, read_frame
from rulereward.services.lm.answers import answer_of
from rulereward.services.lm.language_model import LanguageModel, Shelf
from rulereward.services.lm.loading import need_devices
from rulereward.services.renewal import ending_with
from rulereward.services.worker import take_pipes
from rulereward.text.lm_work import LmSettings


class _DroppedError(Exception):
    """Nobody waits for the batch any more."""


class _Link:
    """The two pipes, and what has come in and is not dealt with."""

    def __init__(self, jobs: int, answers: int) -> None:
        self._jobs = jobs
        self._answers = answers
        self._waiting: deque[list[Any]] = deque()
        self._dropped: set[int] = set()

    def send(self, *message: object) -> None:
        data = pack(list(message))
        while data:
            data = data[os.write(self._answers, data) :]

    def next_batch(self) -> list[Any]:
        """Waits for it. Raises EOFError when nobody sends any more."""
        while not self._waiting:
            self._read()
        return self._waiting.popleft()

    def is_dropped(self, number: int) -> bool:
        """Has it been said so by now?"""
        while select.select([self._jobs], [], [], 0)[0]:
            self._read()
        return number in self._dropped

    def _read(self) -> None:
        message: Any = read_frame(self._jobs)
        if message[0] == "drop":
            self._dropped.add(message[1])
        else:
            self._waiting.append(message)


def main(device: str | None) -> None:
    """Answer until standard input ends."""
    link = _Link(*(pipes := take_pipes()))
    with ending_with(pipes[0]):
        _keep_quiet(link)
        shelf = Shelf()
        link.send("ready")
        try:
            while True:
                _answer(link, shelf, device, *link.next_batch())
        except EOFError:
            return


def _keep_quiet(link: _Link) -> None:
    """Bars of libraries would fill standard error, and warnings are for a person."""
    os.environ |= {"HF_HUB_DISABLE_PROGRESS_BARS": "1", "TRANSFORMERS_VERBOSITY": "error", "TQDM_DISABLE": "1"}
    warnings.showwarning = lambda message, *_, **__: link.send("warned", str(message))


def _answer(
    link: _Link, shelf: Shelf, device: str | None, what: str, number: int, plain: list[Any], texts: Any = ()
) -> None:
    if link.is_dropped(number):
        link.send("dropped", number)
        return
    try:
        model = _model(link, shelf, LmSettings.of_plain(plain), device)
    except ConfigurationError as error:
        link.send("unavailable", number, str(error))
        return
    if what == "identity":
        link.send("answers", number, [{"identity": model.identity}])
        return

    def progress(done: int, total: int) -> None:
        if link.is_dropped(number):
            raise _DroppedError
        link.send("progress", done, total)

    try:
        scores = model.score(texts, progress)
    except _DroppedError:
        link.send("dropped", number)
        return
    link.send("answers", number, [answer_of(text, score) for (_, text), score in zip(texts, scores, strict=True)])


def _model(link: _Link, shelf: Shelf, settings: LmSettings, device: str | None) -> LanguageModel:
    """Raises ConfigurationError where it cannot be had, and where another device that is to share the work is not
    here: else that would show when there are texts enough for it, and be the error of many rows.
    """
    here = dataclasses.replace(settings, device=device)
    is_new = here not in shelf
    if is_new:
        link.send("loading", settings.model)
    need_devices(settings)
    model = shelf.get(here)
    if is_new:
        link.send("loaded", model.identity)
    return model


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)

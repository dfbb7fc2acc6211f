"""A worker that does what a test tells it: `python fake_worker.py [OPTION VALUE]...`, payload `(what, argument)`."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections import deque
from itertools import repeat
from pathlib import Path
from typing import Any

from rulereward.services import time_limit
from rulereward.services.time_limit import OutOfTime, TimeLimit
from rulereward.services.worker import Handler, LimitHit, Turn, Worker, serve

OPTIONS = dict(zip(sys.argv[1::2], sys.argv[2::2], strict=True))
FOR_EVER_S = 600
HOARD: list[bytes] = []


def die(_argument: Any, _turn: Turn) -> None:
    print("the last words", file=sys.stderr)
    os._exit(3)


def die_once(marker: str, _turn: Turn) -> None:
    if not Path(marker).exists():
        Path(marker).touch()
        os._exit(3)


def kill(_argument: Any, _turn: Turn) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def fail(message: str, _turn: Turn) -> None:
    raise ValueError(message)


def sleep(seconds: float, _turn: Turn) -> None:
    time.sleep(seconds)


def hang(phase: str, turn: Turn) -> None:
    turn.phase(phase)
    time.sleep(FOR_EVER_S)


def occupy(marker: str, _turn: Turn) -> None:
    """Let the test see that the job has begun, then do not end it."""
    Path(marker).touch()
    time.sleep(FOR_EVER_S)


def wait_for(marker: str, _turn: Turn) -> None:
    while not Path(marker).exists():
        time.sleep(0.005)


def limit(phase: str, _turn: Turn) -> None:
    raise LimitHit(phase)


def limit_once(phase: str, turn: Turn) -> None:
    if not turn.lone:
        raise LimitHit(phase)


def limit_then_hang(phase: str, turn: Turn) -> None:
    if not turn.lone:
        raise LimitHit(phase)
    time.sleep(FOR_EVER_S)


def spin(seconds: float, turn: Turn) -> str:
    try:
        with TimeLimit(seconds):
            while True:
                pass
    except OutOfTime:
        if not turn.lone:
            raise LimitHit("spin") from None
        return "out of time"


def deaf(seconds: float, turn: Turn) -> None:
    """Never returns to the interpreter, so that no exception can stop it."""
    turn.phase("deaf")
    with TimeLimit(seconds):
        deque(repeat(None), maxlen=0)


def chat(_argument: Any, _turn: Turn) -> None:
    print("noise on standard output", flush=True)


def garbage(_argument: Any, _turn: Turn) -> None:
    for fd in range(3, 12):
        try:
            os.write(fd, b"this is no frame at all, and too long for one")
        except OSError:
            continue
    time.sleep(FOR_EVER_S)


def flood(lines: int, _turn: Turn) -> None:
    for _ in range(lines):
        print("x" * 999, file=sys.stderr)


def grow(size: int, _turn: Turn) -> None:
    HOARD.append(b"x" * size)


def large(size: int, _turn: Turn) -> str:
    return "y" * size


def echo(argument: Any, _turn: Turn) -> Any:
    return argument


DEEDS = [
    die,
    die_once,
    kill,
    fail,
    sleep,
    occupy,
    wait_for,
    hang,
    limit,
    limit_once,
    limit_then_hang,
    spin,
    deaf,
    chat,
    garbage,
    flood,
    grow,
    large,
    echo,
]


class FakeHandler:
    def __init__(self) -> None:
        self.served = 0

    def __call__(self, payload: Any, turn: Turn) -> dict[str, object]:
        self.served += 1
        what, argument = payload
        returned = {deed.__name__: deed for deed in DEEDS}[what](argument, turn)
        pids = {"pid": os.getpid(), "parent": os.getppid()}
        return {"returned": returned, "served": self.served, "lone": turn.lone, **pids}


def start() -> Handler:
    if "--log" in OPTIONS:
        with Path(OPTIONS["--log"]).open("a", encoding="utf-8") as log:
            log.write(f"{os.getpid()}\n")
    time.sleep(float(OPTIONS.get("--slow", 0)))
    if "--broken" in OPTIONS and Path(OPTIONS["--broken"]).exists():
        raise ImportError("a library is missing")
    return FakeHandler()


if __name__ == "__main__":
    time_limit._GRACE_S = 0
    serve(Worker(start, address_space_bytes=4 << 30, recycle_bytes=200 << 20))

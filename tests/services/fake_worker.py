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

from rulereward.services.time_limit import OutOfTime, TimeLimit
from rulereward.services.worker import Handler, LimitHit, Turn, Worker, serve

OPTIONS = dict(zip(sys.argv[1::2], sys.argv[2::2], strict=True))
SERVED = 0


def first_time(marker: str) -> bool:
    try:
        Path(marker).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def answer(payload: Any, turn: Turn) -> dict[str, object]:
    global SERVED  # noqa: PLW0603
    SERVED += 1
    what, argument = payload
    reply: dict[str, object] = {"pid": os.getpid(), "served": SERVED, "lone": turn.lone, "argument": argument}
    match what:
        case "echo":
            pass
        case "sleep":
            time.sleep(argument)
        case "die":
            print("the last words", file=sys.stderr)
            os._exit(3)
        case "die_once":
            if first_time(argument):
                os._exit(3)
        case "raise":
            raise ValueError(argument)
        case "hang":
            turn.phase(argument)
            time.sleep(600)
        case "limit":
            raise LimitHit(argument)
        case "limit_once":
            if not turn.lone:
                raise LimitHit(argument)
        case "print":
            print("noise on standard output", flush=True)
        case "garbage":
            for fd in range(3, 12):
                try:
                    os.write(fd, b"this is no frame at all, and too long for one")
                except OSError:
                    continue
            time.sleep(600)
        case "flood":
            for _ in range(argument):
                print("x" * 999, file=sys.stderr)
        case "grow":
            turn.spoiled = False
            HOARD.append(b"x" * argument)
        case "large":
            reply["argument"] = "y" * argument
        case "spin":
            try:
                with TimeLimit(argument):
                    while True:
                        pass
            except OutOfTime:
                turn.spoiled = True
                if not turn.lone:
                    raise LimitHit("spin") from None
                reply["argument"] = "out of time"
        case "deaf":  # never returns to the interpreter, so that no exception can stop it
            turn.phase("deaf")
            with TimeLimit(argument):
                deque(repeat(None), maxlen=0)
        case "signal":
            os.kill(os.getpid(), signal.SIGKILL)
    return reply


HOARD: list[bytes] = []


def start() -> Handler:
    if "--log" in OPTIONS:
        with Path(OPTIONS["--log"]).open("a", encoding="utf-8") as log:
            log.write(f"{os.getpid()}\n")
    time.sleep(float(OPTIONS.get("--slow", 0)))
    if "--broken" in OPTIONS and Path(OPTIONS["--broken"]).exists():
        raise ImportError("a library is missing")
    return answer


if __name__ == "__main__":
    serve(Worker(start, address_space_bytes=4 << 30, recycle_bytes=200 << 20))

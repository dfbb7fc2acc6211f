"""Stands in for the process that runs language models: the same messages, and no model.

    python fake_lm_worker.py LOG DEVICE

A text's `nll` is its length; what a text or a model is called says what else happens. LOG gets a line for each thing
that is done.
"""

from __future__ import annotations

import os
import select
import sys
import time
from pathlib import Path
from typing import Any

from rulereward.services.frames import pack, read_frame

log, device = Path(sys.argv[1]), sys.argv[2]
known: set[str] = set()
waiting: list[list[Any]] = []
dropped: set[int] = set()


def note(*words: object) -> None:
    with log.open("a") as file:
        file.write(" ".join(map(str, (device, *words))) + "\n")


def send(*message: object) -> None:
    data = pack(list(message))
    while data:
        data = data[os.write(1, data) :]


def read() -> None:
    message: Any = read_frame(0)
    if message[0] == "drop":
        note("drop", message[1])
        dropped.add(message[1])
    else:
        waiting.append(message)


def load(number: int, model: str) -> bool:
    """Does as the model's name says. False where it cannot be had."""
    if model in known:
        return True
    send("loading", model)
    note("loads", model)
    if device.endswith("full"):
        send("unavailable", number, "out of memory")
        return False
    if model.startswith("absent"):
        send("unavailable", number, f"there is no {model}")
        return False
    if model.startswith("dies"):
        print("killed while it was loaded", file=sys.stderr, flush=True)
        os._exit(3)
    if model.startswith("slow to load"):
        time.sleep(60)
    if model.startswith("warns"):
        send("warned", f"{model} is run padded, which is slower")
    loads = log.read_text().count(f"loads {model}\n")
    known.add(model)
    send("loaded", f"{model} {loads}" if model.startswith("changes") else model)
    return True


def nll(text: str) -> float:
    if text == "dies":
        print("Segmentation fault", file=sys.stderr, flush=True)
        os._exit(4)
    if text.startswith("dies once") and f"died of {text}" not in log.read_text():
        note("died of", text)
        os._exit(5)
    return float(len(text))


def score(number: int, texts: list[list[str]]) -> None:
    for done, (_, text) in enumerate(texts):
        if text == "is waited for":
            for _ in range(600):
                send("progress", done, len(texts))
                if select.select([0], [], [], 0.1)[0]:
                    read()
                if number in dropped:
                    send("dropped", number)
                    return
        if text.startswith("slow "):
            time.sleep(0.002)
        if text == "babbles":
            os.write(1, b"what is this?")
        send("progress", done, len(texts))
    told = {"device": device, "unscored": 0, "windows": 1, "surprises": []}
    answers = [
        {"nll": nll(text), "tokens": len(text), "bytes": len(text.encode()), "characters": len(text), **told}
        for _, text in texts
    ]
    refused = [{"failed": "out_of_memory", "message": "too much"} if text == "large" else None for _, text in texts]
    send("answers", number, [other or answer for answer, other in zip(answers, refused, strict=True)])


note("starts")
if device.endswith("broken"):
    print("no such device", file=sys.stderr, flush=True)
    sys.exit(1)
send("ready")
while True:
    try:
        while not waiting:
            read()
    except EOFError:
        sys.exit(0)
    what, number, settings, *rest = waiting.pop(0)
    if not load(number, settings[0]):
        continue
    if what == "identity":
        send("answers", number, [{"identity": f"identity of {settings[0]}"}])
    else:
        note("batch of", len(rest[0]))
        score(number, rest[0])

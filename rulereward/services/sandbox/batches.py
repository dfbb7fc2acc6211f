"""Many tests of one program in one fork: what came of each.

Weaker than a fork for each: the program can keep state from one to the next, and whatever ends the process in one of
them leaves the others undone. Expected values are out of its reach all the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from rulereward.services.sandbox.endings import Ending, ending
from rulereward.services.sandbox.inside import call_frames
from rulereward.services.sandbox.inside.many import RECORD
from rulereward.services.sandbox.shapes import CallBatch, Outcome, StdinBatch


@dataclass(frozen=True, slots=True)
class Part:
    """What came of one test of a batch. `ending` None: it was not done, and is to be run by itself.

    With an ending whose verdict is None, `got` is to be compared: what was printed, or the encoded value of a call.
    """

    ending: Ending | None
    got: bytes = b""


def parts(batch: StdinBatch | CallBatch, outcome: Outcome) -> list[Part]:
    """The parts of an outcome, one for each test of the batch, in its order.

    A program that does not compile, or was not run at all, says so for all of them. Where the process was ended by a
    limit or by itself, what it had done by then counts, and the rest is not done.
    """
    whole = ending(batch, outcome)
    count = len(batch.stdins) if isinstance(batch, StdinBatch) else len(batch.calls)
    if whole.verdict in ("CE", "IE", "NR"):
        return [Part(whole)] * count
    found = _printed(outcome) if isinstance(batch, StdinBatch) else _replied(outcome)
    return (found + [Part(None)] * count)[:count]


def _printed(outcome: Outcome) -> list[Part]:
    found: list[Part] = []
    start = 0
    for at in range(0, len(outcome.report) - RECORD.size + 1, RECORD.size):
        status, end = RECORD.unpack_from(outcome.report, at)
        if not start <= end <= len(outcome.stdout):
            break  # more than was let through, or no honest record
        found.append(Part(Ending("RE" if status else None), outcome.stdout[start:end]))
        start = end
    return found


def _replied(outcome: Outcome) -> list[Part]:
    found: list[Part] = []
    for tag, data in call_frames.unpack(outcome.report):
        if tag == call_frames.UNDEFINED:
            break
        found.append(Part(Ending(None), data) if tag == call_frames.VALUE else Part(Ending("RE")))
    return found

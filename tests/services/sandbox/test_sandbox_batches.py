"""Many tests of one program in one fork."""

from __future__ import annotations

import pytest
from sandbox_links import Box

from rulereward.services.sandbox.batches import Part, parts
from rulereward.services.sandbox.endings import Ending
from rulereward.services.sandbox.inside.many import RECORD
from rulereward.services.sandbox.inside.plain_reading import decode
from rulereward.services.sandbox.shapes import CallBatch, Limits, Outcome, Program, StdinBatch

LIMITS = Limits(cpu_s=3, wall_s=60)
NOT_DONE = Part(None)


def stdins(source: str, *inputs: bytes, limits: Limits = LIMITS) -> StdinBatch:
    return StdinBatch(Program("python", source.encode()), inputs, limits)


@pytest.mark.parametrize(
    "source",
    [
        "print(int(input()) + 1)",
        "print(int(open(0).read()) + 1)",
        "import os\nprint(int(os.read(0, 100)) + 1)",
        "import sys\nsys.stdout.buffer.write(b'%d\\n' % (int(sys.stdin.buffer.readline()) + 1))",
        "import sys\nprint(int(sys.stdin.read()) + 1)\nsys.exit()",
        "n = 1\ndef f():\n    global n\n    n += int(input())\nf()\nprint(n)\nexit()",
        "import atexit\natexit.register(lambda: print(int(input()) + 1))",
        "import os, sys\nprint(int(input()) + 1)\nsys.stdout.flush()\nos.close(0)\nos.close(1)",
    ],
)
def test_each_has_its_own_input_and_output(box: Box, source: str) -> None:
    batch = stdins(source, *(b"%d\n" % number for number in range(50)))
    found = parts(batch, box.one(batch))
    assert [part.got for part in found] == [b"%d\n" % (number + 1) for number in range(50)]
    assert {part.ending for part in found} == {Ending(None)}


def test_what_fails_is_told_apart(box: Box) -> None:
    batch = stdins("print(10 // int(input()))", b"5", b"0", b"x", b"2")
    found = parts(batch, box.one(batch))
    assert [(part.ending, part.got) for part in found] == [
        (Ending(None), b"2\n"), (Ending("RE"), b""), (Ending("RE"), b""), (Ending(None), b"5\n"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "way",
    ["import os; os._exit(0)", "while True: pass", "import ctypes; ctypes.string_at(0)", "x = 'x' * 10**7; print(x)"],
)
def test_an_end_of_all_leaves_the_rest_undone(box: Box, way: str) -> None:
    source = f"n = int(input())\nif n == 2:\n    {way}\nprint(n)"
    batch = stdins(source, b"0", b"1", b"2", b"3", limits=Limits(cpu_s=1, wall_s=20))
    found = parts(batch, box.one(batch))
    assert [part.got for part in found[:2]] == [b"0\n", b"1\n"]
    assert found[2:] == [NOT_DONE, NOT_DONE]
    box.assert_well()


def test_what_does_not_compile(box: Box) -> None:
    batch = stdins("print(", b"", b"")
    assert [part.ending for part in parts(batch, box.one(batch))] == [Ending("CE")] * 2


def test_calls(box: Box) -> None:
    source = b"def f(x, y=1):\n    if x == 2: raise ValueError\n    return [x + y]"
    batch = CallBatch(Program("python", source), (("f", (1,), {}), ("f", (2,), {}), ("f", (3,), {"y": 4})), LIMITS)
    first, second, third = parts(batch, box.one(batch))
    assert (decode(first.got), decode(third.got)) == (([2], None), ([7], None))
    assert second.ending == Ending("RE")


def test_calls_of_a_program_that_raises_at_once(box: Box) -> None:
    batch = CallBatch(Program("python", b"1/0"), (("f", (1,), {}),) * 2, LIMITS)
    assert parts(batch, box.one(batch)) == [NOT_DONE] * 2


def test_forged_records_claim_nothing_that_was_not_printed() -> None:
    batch = stdins("", b"", b"", b"")
    for record in (RECORD.pack(0, 2**60), RECORD.pack(0, 3) + RECORD.pack(0, 2), b"\xff" * 30, b""):
        found = parts(batch, Outcome(said="SC", exit=0, stdout=b"abc", report=record))
        assert len(found) == 3
        assert b"".join(part.got for part in found) in (b"", b"abc")


def test_nothing_is_left(box: Box) -> None:
    box.assert_well()

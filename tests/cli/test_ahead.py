"""Work done ahead in threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import rulereward

from rulereward.cli.ahead import default_workers, in_order


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_results_stand_in_the_order_of_the_items(workers: int) -> None:
    def work(item: int) -> int:
        time.sleep(0.002 * (item % 3))
        return item * item

    assert list(in_order(range(30), work, workers, threading.Event())) == [item * item for item in range(30)]


@pytest.mark.parametrize("workers", [1, 3])
def test_an_exception_stands_where_the_result_would(workers: int) -> None:
    def work(item: int) -> int:
        if item == 2:
            raise ValueError("two")
        return item

    found = in_order(range(9), work, workers, threading.Event())
    assert [next(found), next(found)] == [0, 1]
    with pytest.raises(ValueError, match="two"):
        next(found)


def test_no_more_is_taken_than_is_at_work_and_one() -> None:
    taken = []
    free = threading.Event()

    def items() -> Iterator[int]:
        for item in range(100):
            taken.append(item)
            yield item

    def work(item: int) -> int:
        if item:
            free.wait(10)
        return item

    found = in_order(items(), work, 2, threading.Event())
    assert next(found) == 0
    assert len(taken) <= 3
    free.set()
    found.close()  # type: ignore[attr-defined]


def test_whoever_stops_asking_stops_the_work() -> None:
    stopped = threading.Event()
    begun = threading.Semaphore(0)

    def work(item: int) -> int:
        if item:
            begun.release()
            assert stopped.wait(10)
        else:
            assert begun.acquire(timeout=10), "the next item is at work as well"
        return item

    found = in_order(range(100), work, 2, stopped)
    assert next(found) == 0
    found.close()  # type: ignore[attr-defined]
    assert stopped.is_set()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("rulereward-blocks")]


def test_at_least_one_worker() -> None:
    assert 1 <= default_workers() <= 4


def test_the_output_does_not_depend_on_the_workers(tmp_path: Path) -> None:
    """Rows good and bad, several blocks."""
    rows = tmp_path / "rows.jsonl"
    lines = [f'{{"completion": "a b c {number % 7} "}}' for number in range(1500)]
    rows.write_text("\n".join([*lines[:700], "{broken", *lines[700:]]))
    written = []
    for workers in ("1", "3"):
        out = tmp_path / f"out{workers}.jsonl"
        rulereward("score", str(rows), "-r", "quality_filter", "-o", str(out), "--workers", workers)
        written.append(out.read_text())
    assert written[0] == written[1]
    assert len(written[0].splitlines()) == 1501

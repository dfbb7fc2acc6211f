"""Ctrl-C is never lost, and waits for the end of a block."""

from __future__ import annotations

import contextlib
import signal
import threading

import pytest

from rulereward.cli.interrupts import Interrupts, noticed_interrupts


def test_it_is_raised_at_once():
    with pytest.raises(KeyboardInterrupt), noticed_interrupts():
        signal.raise_signal(signal.SIGINT)


def test_one_that_was_swallowed_is_raised_again():
    with noticed_interrupts() as interrupts:
        with contextlib.suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            interrupts.check()


def steps_before_the_end(presses, *, hold):
    """How many of two steps are done, with so many Ctrl-C before the first, until KeyboardInterrupt ends it."""
    steps = []

    def work():
        with noticed_interrupts() as interrupts, interrupts.held_back(hold=hold):
            for _ in range(presses):
                signal.raise_signal(signal.SIGINT)
            steps.append("first")
            steps.append("second")

    with pytest.raises(KeyboardInterrupt) if presses else contextlib.nullcontext():
        work()
    return len(steps)


@pytest.mark.parametrize(
    ("presses", "hold", "steps"),
    [(0, True, 2), (1, True, 2), (2, True, 0), (0, False, 2), (1, False, 0)],
)
def test_it_waits_for_the_end_of_a_block_unless_it_comes_again(presses, hold, steps):
    assert steps_before_the_end(presses, hold=hold) == steps


def test_the_handler_of_someone_else_stays():
    def handler(number, frame):
        pass

    before = signal.signal(signal.SIGINT, handler)
    try:
        with noticed_interrupts():
            assert signal.getsignal(signal.SIGINT) is handler
    finally:
        signal.signal(signal.SIGINT, before)


def test_the_handler_is_put_back():
    with noticed_interrupts():
        assert isinstance(signal.getsignal(signal.SIGINT), Interrupts)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_outside_the_main_thread_nothing_is_touched():
    seen = []

    def look():
        with noticed_interrupts():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [signal.default_int_handler]

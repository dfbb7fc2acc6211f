"""A forked child does not wait for a lock that a thread of its parent held."""

from __future__ import annotations

import os
import threading

import pytest

from rulereward.data.cached import cached_property


class Slow:
    entered = threading.Event()
    go_on = threading.Event()

    @cached_property
    def value(self) -> int:
        self.entered.set()
        self.go_on.wait(30.0)
        return 1


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_fork_while_another_thread_computes_a_value() -> None:
    thread = threading.Thread(target=lambda: Slow().value)
    thread.start()
    assert Slow.entered.wait(30.0)
    child = os.fork()
    if child == 0:
        Slow.go_on.set()
        os._exit(Slow().value)
    Slow.go_on.set()
    thread.join()
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 1


def test_it_is_computed_once() -> None:
    one = Slow()
    Slow.go_on.set()
    assert one.value is one.value
    assert vars(one) == {"value": 1}

"""What a long run asks of the interpreter is given back."""

from __future__ import annotations

import gc
import sys

import pytest

from rulereward.cli.long_run import COLLECT_AFTER, SWITCH_S, long_run


def fail() -> None:
    with long_run():
        assert gc.isenabled()
        assert gc.get_threshold()[0] == COLLECT_AFTER
        assert sys.getswitchinterval() == pytest.approx(SWITCH_S)
        assert 1 / 0


def test_everything_is_as_before_whatever_ends_the_run() -> None:
    before = gc.get_threshold(), sys.getswitchinterval(), gc.get_freeze_count()
    with pytest.raises(ZeroDivisionError):
        fail()
    assert (gc.get_threshold(), sys.getswitchinterval()) == before[:2]
    assert gc.get_freeze_count() == 0

"""Settings for all tests."""

from __future__ import annotations

import signal

from hypothesis import settings

from rulereward.services.spec import processors

settings.register_profile("rulereward", deadline=None)  # how fast a machine is says nothing about a property
settings.load_profile("rulereward")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell starts what runs in the background so
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_xdist_auto_num_workers() -> int:
    """`-n auto`: one more than there are processors, as tests wait for other processes a third of their time."""
    return processors() + 1

"""`cached_property` that a fork cannot lock for ever."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


class cached_property(functools.cached_property[T]):  # noqa: N801  (it takes the place of one that is named so)
    """As that of functools, without the lock that Python 3.11 has for all objects of a class together.

    A child that is forked while another thread is inside would wait for that lock for ever. Without it two threads
    may compute the same value at the same time, which costs time and is no error.
    """

    def __init__(self, func: Callable[[Any], T]) -> None:
        super().__init__(func)
        self.lock = contextlib.nullcontext()

"""Where what several kinds want of a view is computed once."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Protocol, TypeVar

from rulereward.data import View

T = TypeVar("T")


class FeatureSource(Protocol):
    """The part of `kind.Features` that works on text know of it."""

    def of(self, view: View, function: Callable[..., T], *parameters: Hashable) -> T:
        """`function(buffer, start, end, *parameters)` of the windows of the view."""

"""Compiling what a plan measures with before there is anything to measure.

Kernels are compiled when they are first called, which takes seconds, or loaded from numba's cache on disk. Whoever
loads a ruleset pays for that at once, and not in the middle of the first batch.
"""

from __future__ import annotations

from contextlib import suppress

import numpy as np

from rulereward.data import Column, Objects, ReasonTable, Texts, all_ok
from rulereward.engine.constants import constant_column
from rulereward.errors import ConfigurationError
from rulereward.kind import Base, ColumnsFunction, Features, Kind
from rulereward.plan.nodes import Node, Op, Plan


def warm(plan: Plan) -> None:
    """Call what there is for many rows at once of our own kinds and functions, on a row of nothing.

    Without numba there is none of it to call. What else is not there, rows will tell.
    """
    features = Features()
    for node in plan.nodes:
        args = [_nothing(plan.nodes[arg]) for arg in node.args]
        with suppress(ImportError, ConfigurationError):
            if node.op is Op.TEXT and node.payload.windows is not None:
                node.payload.windows(args, features)
            elif node.op is Op.MEASURE and (columns := _own_columns(node.payload.kind)) is not None:
                columns(args, node.payload.params, features)


def _own_columns(kind: Kind) -> ColumnsFunction | None:
    """The columns form of a kind of ours: what other people's kinds do when they are called is not known."""
    is_ours = kind.columns is not None and kind.columns.__module__.startswith("rulereward.")
    return kind.columns if is_ours else None


def _nothing(node: Node) -> Column:
    """One row with as little as a value can be; a constant is itself, because it may choose the kernel."""
    if node.op is Op.CONST:
        return constant_column(node.payload, 1, ReasonTable())
    if node.base is Base.TEXT:
        return Texts.of([""])
    if node.base in (Base.OBJECT, Base.LIST):
        return Objects.of([[]])
    return all_ok(np.zeros(1))

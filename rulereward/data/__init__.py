"""Columns, cells and levels: the shapes every other part computes with."""

from rulereward.data.arrays import F64, I64, U8, U16, Bools
from rulereward.data.batch import Batch
from rulereward.data.cells import Cells, Reason, ReasonTable, State, all_ok, filled, no_reasons, ok_states
from rulereward.data.coded import Coded
from rulereward.data.column import MISSING, TextColumn, View, span_view
from rulereward.data.levels import Groups, Level
from rulereward.data.objects import Column, Objects, Texts

__all__ = [
    "F64",
    "I64",
    "MISSING",
    "U8",
    "U16",
    "Batch",
    "Bools",
    "Cells",
    "Coded",
    "Column",
    "Groups",
    "Level",
    "Objects",
    "Reason",
    "ReasonTable",
    "State",
    "TextColumn",
    "Texts",
    "View",
    "all_ok",
    "filled",
    "no_reasons",
    "ok_states",
    "span_view",
]

"""What one run scores: rows, their columns, their groups and the training step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rulereward.data.cells import ReasonTable
from rulereward.data.levels import Groups
from rulereward.data.objects import Column


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """`columns` maps input names (`completion`, `answer`, `row.source`, ...) to one value per row.

    `reasons` holds the reasons that the columns' cells name, and takes those that the run adds.
    """

    size: int
    columns: Mapping[str, Column]
    groups: Groups | None = None
    step: int | None = None
    reasons: ReasonTable = field(default_factory=ReasonTable)

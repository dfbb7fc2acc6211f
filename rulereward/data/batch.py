"""What one run scores: rows, their columns, their groups and the training step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rulereward.data.levels import Groups
from rulereward.data.objects import Column


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """`columns` maps input names (`completion`, `answer`, `row.source`, ...) to one value per row."""

    size: int
    columns: Mapping[str, Column]
    groups: Groups | None = None
    step: int | None = None

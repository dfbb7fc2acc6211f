"""A value per row out of a few: texts and reasons that many rows share, without a Python object for each row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from rulereward.data.arrays import U8

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Coded(Generic[T]):
    """Row `i` has the value `palette[codes[i]]`; None is a value like others. At most 256 of them."""

    codes: U8
    palette: tuple[T | None, ...]

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, row: int) -> T | None:
        return self.palette[int(self.codes[row])]

    def __iter__(self) -> Iterator[T | None]:
        return (self.palette[code] for code in self.codes.tolist())

    @staticmethod
    def where(mask: object, value: T) -> Coded[T] | None:
        """`value` on the rows that the mask marks and None on the others; None where it marks no row."""
        marked = np.asarray(mask, dtype=np.uint8)
        return Coded(marked, (None, value)) if marked.any() else None

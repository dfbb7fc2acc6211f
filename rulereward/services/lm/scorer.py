"""The log-probability of every token of every completion, in as few forward passes as the memory allows."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch

from rulereward.services.lm.packing import Pack, packs, padded_batches
from rulereward.services.lm.passes import Way, packed_pass, padded_pass
from rulereward.services.lm.quick import quickened
from rulereward.services.lm.results import Progress, Scored, Unscored
from rulereward.services.lm.self_check import Checked, checked, told
from rulereward.services.lm.tokens import Tokens
from rulereward.services.lm.windows import Piece, fits, last_part, whole, windows
from rulereward.text.lm_work import Truncate

_OUT_OF_MEMORY = ("can't allocate memory", "not enough memory", "out of memory")


@dataclass(slots=True)
class Scorer:
    """A model that is ready, and how it is run. Not thread-safe.

    `capacity`: the most tokens that the model is given of one text. `budget`: those of one pass, halved when memory
    runs out.
    """

    model: Any
    capacity: int
    budget: int
    truncate: Truncate
    stride: int
    how: Checked

    @classmethod
    def of(
        cls,
        model: Any,
        capacity: int,
        budget: int,
        truncate: Truncate = "window",
        stride: int | None = None,
        *,
        compiling: bool = False,
    ) -> Scorer:
        """Checks how the model may be run, and compiles its layers if that is asked for. Warns (UserWarning) where
        it cannot be packed, or run as quickly as it could be.
        """
        how = checked(model)
        if how.way is not Way.PACKED or not how.share:
            told = "without shared beginnings" if how.way is Way.PACKED else how.way.value
            warnings.warn(
                f"{type(model).__name__} is run {told}, which is slower: {'; '.join(how.reasons)}", stacklevel=2
            )
        how, slower = quickened(model, how, compiling)
        for reason in slower:
            warnings.warn(f"{type(model).__name__} is run {reason}", stacklevel=2)
        return cls(model, capacity, budget, truncate, max(1, capacity // 2) if stride is None else stride, how)

    def score(self, texts: Sequence[Tokens], progress: Progress | None = None) -> list[Scored | Unscored]:
        """What each text scored, in their order; no text moves another one by more than rounding."""
        planned = [self._planned(text) for text in texts]
        pieces = [piece for plan in planned for piece in plan or ()]
        found = self._run(pieces, progress)
        results: list[Scored | Unscored] = []
        start = 0
        for text, plan in zip(texts, planned, strict=True):
            count = 0 if plan is None else len(plan)
            results.append(self._result(text, plan, found[start : start + count]))
            start += count
        return results

    def _planned(self, text: Tokens) -> list[Piece] | None:
        """The pieces of a text; None where it is too long."""
        parts = text.context, text.completion
        if fits(*parts, self.capacity):
            return whole(*parts)
        if self.truncate == "window":
            return windows(*parts, self.capacity, self.stride)
        return last_part(*parts, self.capacity) if self.truncate == "left" else None

    def _result(
        self, text: Tokens, plan: list[Piece] | None, found: Sequence[list[float] | None]
    ) -> Scored | Unscored:
        size = len(text.context) + len(text.completion) - 1
        if plan is None:
            return Unscored("too_long", f"the text has {size} tokens, and the model sees {self.capacity}")
        log_probs: list[float] = []
        for part in found:
            if part is None:
                return Unscored(
                    "out_of_memory", f"{min(size, self.capacity)} tokens at once need more memory than there is"
                )
            log_probs += part
        return Scored(tuple(log_probs), len(text.completion) - len(log_probs), len(plan))

    def _run(self, pieces: Sequence[Piece], progress: Progress | None) -> list[list[float] | None]:
        """The log-probabilities of each piece; None where even alone it takes too much memory."""
        found: dict[int, list[float] | None] = {}
        done, total = 0, sum(piece.size for piece in pieces)
        while len(found) < len(pieces):
            for batch in self._batches(pieces, [number for number in range(len(pieces)) if number not in found]):
                numbers = batch.pieces if isinstance(batch, Pack) else batch
                parts = self._pass(pieces, batch)
                if parts is None:
                    if self._halve(pieces, numbers):
                        break
                    parts = [None] * len(numbers)
                found.update(zip(numbers, parts, strict=True))
                done += sum(pieces[number].size for number in numbers)
                if progress is not None:
                    progress(done, total)
        return [found[number] for number in range(len(pieces))]

    def _batches(self, pieces: Sequence[Piece], numbers: list[int]) -> Sequence[Pack] | Sequence[list[int]]:
        if self.how.way is Way.PACKED:
            return packs(pieces, numbers, self.budget, self.how.share)
        if self.how.way is Way.PADDED:
            return padded_batches(pieces, numbers, self.budget)
        return [[number] for number in numbers]

    def _pass(self, pieces: Sequence[Piece], batch: Pack | list[int]) -> Sequence[list[float] | None] | None:
        """One forward pass; None where memory ran out."""
        head = self.how.head
        try:
            if isinstance(batch, Pack):
                assert head is not None  # packed passes are checked with the head apart only
                return packed_pass(self.model, head, batch, compiled=self.how.compiled)
            return padded_pass(self.model, head, [pieces[number] for number in batch])
        except (MemoryError, RuntimeError) as error:
            if _is_out_of_memory(error):
                return None
            if self.how.compiled is None:
                raise
            reason = f"{type(self.model).__name__} is run without being compiled from now on: {told(error)}"
        warnings.warn(reason, stacklevel=2)  # the compiler met a size that it cannot do
        self.how = replace(self.how, compiled=None)
        return self._pass(pieces, batch)

    def _halve(self, pieces: Sequence[Piece], numbers: Sequence[int]) -> bool:
        """Make passes smaller than the one that failed, for good. False where nothing is left to halve."""
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        smaller_head = self.how.head is not None and self.how.head.halve()
        if len(numbers) == 1:
            if not smaller_head and self.how.head is not None:
                self.how.head.restore()  # one text that is too large for any must not slow the others down
            return smaller_head
        self.budget = max(1, min(self.budget, sum(pieces[number].size for number in numbers)) // 2)
        return True


def _is_out_of_memory(error: BaseException) -> bool:
    out_of_memory = isinstance(error, MemoryError | torch.OutOfMemoryError)
    return out_of_memory or any(sign in str(error) for sign in _OUT_OF_MEMORY)

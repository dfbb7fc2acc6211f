"""Which language model, how it is run, and what happens to a text that is longer than it can see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Truncate = Literal["error", "left", "window"]
Dtype = Literal["auto", "float32", "bfloat16", "float16"]


@dataclass(frozen=True, slots=True)
class LmSettings:
    """Raises ValueError for numbers that make no sense.

    `model` is a folder, or the name of a model on a hub; then `revision` is a branch, a tag or a commit there.
    `dtype` of the weights: `auto` is float32 on a CPU and bfloat16 elsewhere.
    `device` as torch writes it; None is the first CUDA device where there is one, else the CPU.
    `max_length`: the most tokens of one text that the model sees at once; None is what its configuration says.
    `truncate`: a text longer than that is not scored (`error`), scored as far as its last `max_length` tokens go
    (`left`), or scored in windows of `max_length` tokens (`window`), each of which scores `stride` new tokens; None
    is half of `max_length`, so that every token but the first ones has that much before it.
    `batch_tokens`: tokens of one forward pass; None is a number that suits the device. It halves itself when memory
    runs out.
    `trust_remote_code`: whether Python code that comes with a model is run.
    """

    model: str
    revision: str | None = None
    dtype: Dtype = "auto"
    device: str | None = None
    max_length: int | None = None
    truncate: Truncate = "window"
    stride: int | None = None
    batch_tokens: int | None = None
    trust_remote_code: bool = False

    def __post_init__(self) -> None:
        for name in ("max_length", "stride", "batch_tokens"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"`{name}` is a number of tokens: at least 1, not {value}")
        if self.stride is not None and self.max_length is not None and self.stride > self.max_length:
            raise ValueError(f"`stride` ({self.stride}) is at most `max_length` ({self.max_length})")

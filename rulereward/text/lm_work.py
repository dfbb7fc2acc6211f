"""What is asked of a language model: which one it is, how it is run, and the text that it is to score."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import Any, Literal

from rulereward.text.code_tests.values import Plain

Truncate = Literal["error", "left", "window"]
Dtype = Literal["auto", "float32", "bfloat16", "float16"]


@dataclass(frozen=True, slots=True)
class LmSettings:
    """Raises ValueError for numbers that make no sense.

    `model` is a folder, or the name of a model on a hub; then `revision` is a branch, a tag or a commit there.
    `dtype` of the weights: `auto` is float32 on a CPU and bfloat16 elsewhere.
    `device` as torch writes it; None is the first CUDA device where there is one, else the CPU. Several, with commas
    between them and of one kind, share the work: `cuda:0,cuda:1`.
    `max_length`: the most tokens of one text that the model sees at once; None is what its configuration says.
    `truncate`: a text longer than that is not scored (`error`), scored as far as its last `max_length` tokens go
    (`left`), or scored in windows of `max_length` tokens (`window`), each of which scores `stride` new tokens; None
    is half of `max_length`, so that every token but the first ones has that much before it.
    `batch_tokens`: tokens of one forward pass; None is a number that suits the device. It halves itself when memory
    runs out.
    `chat_template`: whether a prompt is put into the words in which the model's tokenizer writes a user's turn.
    `trust_remote_code`: whether Python code that comes with a model is run.
    `compile`: whether the layers are compiled when the model is loaded, which takes a minute or more and pays for
    itself over many texts.
    """

    model: str
    revision: str | None = None
    dtype: Dtype = "auto"
    device: str | None = None
    max_length: int | None = None
    truncate: Truncate = "window"
    stride: int | None = None
    batch_tokens: int | None = None
    chat_template: bool = False
    trust_remote_code: bool = False
    compile: bool = False

    def __post_init__(self) -> None:
        for name in ("max_length", "stride", "batch_tokens"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"`{name}` is a number of tokens: at least 1, not {value}")
        if self.stride is not None and self.max_length is not None and self.stride > self.max_length:
            raise ValueError(f"`stride` ({self.stride}) is at most `max_length` ({self.max_length})")
        if self.device is not None and not all(self.devices):
            raise ValueError(f"`device` names one or more devices, such as cuda:0,cuda:1, not {self.device!r}")
        if len({(name or "").partition(":")[0] for name in self.devices}) > 1:
            raise ValueError(f"the devices of `device` are of one kind, not {self.device!r}: numbers differ by kind")

    @property
    def devices(self) -> tuple[str | None, ...]:
        """Each device that shares the work; a None among them is for the worker to find."""
        return (None,) if self.device is None else tuple(name.strip() for name in self.device.split(","))

    def of_weights(self) -> LmSettings:
        """The part that says which weights are loaded, and where."""
        return LmSettings(
            self.model,
            revision=self.revision,
            dtype=self.dtype,
            device=self.device,
            trust_remote_code=self.trust_remote_code,
        )

    def to_plain(self) -> tuple[Plain, ...]:
        """A tuple of texts and numbers, fit to be part of the payload of a job."""
        return astuple(self)

    @staticmethod
    def of_plain(plain: Any) -> LmSettings:
        """What `to_plain` made, also after it has been JSON. Raises TypeError and ValueError for anything else."""
        return LmSettings(*plain)


@dataclass(frozen=True, slots=True)
class LmWork:
    """A text to be scored behind a prompt, which is none where it is empty."""

    settings: LmSettings
    prompt: str
    text: str

    def to_plain(self) -> tuple[Plain, ...]:
        """The payload of a job."""
        return (self.settings.to_plain(), self.prompt, self.text)

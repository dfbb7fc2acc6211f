"""Where the numbers of a training run go when the trainer has no place for them.

A sink is anything with `log(values, step)`. As text, as configuration files have it: `jsonl:FILE`, `tensorboard:DIR`,
`wandb`. Sinks open on first use, so they may be pickled and sent to other processes before.
"""

from __future__ import annotations

import json
import threading
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from rulereward.errors import ConfigurationError


class Sink(Protocol):
    """Takes numbers by name. `step` is the training step, None where the trainer does not tell it."""

    def log(self, values: Mapping[str, float], step: int | None) -> None: ...


class JsonlSink:
    """A file with one JSON object for each call: `{"step": 3, "rulereward/reward/mean": 0.5, ...}`."""

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)

    def log(self, values: Mapping[str, float], step: int | None) -> None:
        line = json.dumps({"step": step, **values}, allow_nan=False) + "\n"
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:  # one write of one line: several processes may append
            file.write(line)


class TensorBoardSink:
    """Scalars in a TensorBoard log folder, by `torch.utils.tensorboard`. Steps are counted where none is told."""

    def __init__(self, folder: str | Path) -> None:
        self._folder = str(folder)
        self._open = _Opened()

    def log(self, values: Mapping[str, float], step: int | None) -> None:
        with self._open.lock:
            if self._open.writer is None:
                try:
                    from torch.utils.tensorboard import SummaryWriter  # noqa: PLC0415  # comes with the trainer
                except ImportError as error:
                    raise ConfigurationError("the sink `tensorboard` needs: pip install torch tensorboard") from error
                self._open.writer = SummaryWriter(self._folder)
            self._open.calls += 1
            for name, value in values.items():
                self._open.writer.add_scalar(name, value, self._open.calls if step is None else step)
            self._open.writer.flush()


class WandbSink:
    """The process's run of Weights & Biases, or `run`; the trainer's own log call sends the numbers off."""

    def __init__(self, run: Any = None) -> None:
        self._run = run

    def log(self, values: Mapping[str, float], step: int | None) -> None:
        run = self._run
        if run is None:
            try:
                import wandb  # noqa: PLC0415  # comes with the trainer
            except ImportError as error:
                raise ConfigurationError("the sink `wandb` needs: pip install wandb") from error
            run = wandb.run
        if run is not None:
            # W&B refuses steps that go back, and the trainer counts its own: ours is a number like any other
            told = {} if step is None else {"rulereward/step": float(step)}
            run.log({**values, **told}, commit=False)


@dataclass(slots=True)
class _Opened:
    """What a sink holds open in one process; an unpickled sink begins with nothing."""

    writer: Any = None
    calls: int = 0
    lock: Any = field(default_factory=threading.Lock)

    def __reduce__(self) -> tuple[object, ...]:
        return _Opened, ()


def tell(sink: Sink, values: Mapping[str, float], step: int | None) -> None:
    """Log, and warn where that fails: a full disk, or a fault in somebody's sink, is no reason to end a training run.

    Raises ConfigurationError where the package behind a sink is not installed.
    """
    try:
        sink.log(values, step)
    except ConfigurationError:
        raise
    except Exception as error:  # noqa: BLE001  the sink is the user's own code
        told = f"{type(error).__name__}: {error}"
        warnings.warn(f"the numbers of this step could not be logged: {told}", stacklevel=2)


def open_sink(given: Sink | str | None) -> Sink | None:
    """A sink as it is, or as text says. Raises ConfigurationError for a text that names none."""
    if given is None or not isinstance(given, str):
        return given
    kind, _, where = given.partition(":")
    if kind == "wandb" and not where:
        return WandbSink()
    if kind == "jsonl" and where:
        return JsonlSink(where)
    if kind == "tensorboard" and where:
        return TensorBoardSink(where)
    raise ConfigurationError(f"sink={given!r}: say `jsonl:FILE`, `tensorboard:DIR` or `wandb`")

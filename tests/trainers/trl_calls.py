"""Calling reward functions as TRL's trainers do: keyword arguments, the same lists for every function."""

from __future__ import annotations

import asyncio
import inspect
from types import SimpleNamespace


class TrlStep:
    """One step of a trainer: what it hands to each function, and what the functions log."""

    def __init__(self, completions, *, prompts=None, completion_ids=None, step=0, **columns):
        self.metrics, self.extras = {}, {}
        self._given = {
            "prompts": prompts or ["q"] * len(completions),
            "completions": completions,
            "completion_ids": completion_ids or [[1]] * len(completions),
            "trainer_state": SimpleNamespace(global_step=step, max_steps=100),
            **columns,
        }

    def log_metric(self, name, value):
        self.metrics.setdefault(name, []).append(value)

    def log_extra(self, column, values):
        self.extras.setdefault(column, []).extend(values)

    def call(self, function):
        arguments = {**self._given, "log_metric": self.log_metric, "log_extra": self.log_extra}
        if inspect.iscoroutinefunction(function.__call__):
            return asyncio.run(function(**arguments))
        return function(**arguments)

    def call_as_async_grpo(self, function):
        """Per group, without the trainer's state and its logging."""
        arguments = {name: value for name, value in self._given.items() if name != "trainer_state"}
        return function(**arguments)

"""What makes a checked way quicker, each used only after it has given the same numbers: an own kernel for the head on
CUDA, and compiled layers.
"""

from __future__ import annotations

import dataclasses
import subprocess
from typing import Any

from rulereward.services.lm import self_check
from rulereward.services.lm.compiled import Compiled
from rulereward.services.lm.heads import Head, fused_for
from rulereward.services.lm.passes import Way, packed_pass, padded_pass
from rulereward.services.lm.self_check import Checked

_FAILURES = (*self_check.FAILURES, AssertionError, ImportError, OSError, subprocess.SubprocessError)
"""What a compiler raises besides, or that of C which it calls."""


def quickened(model: Any, how: Checked, compiling: bool) -> tuple[Checked, list[str]]:
    """How a model is run, as quickly as it gives the same numbers, and why not quicker.

    `compiling`: whether its layers are to be compiled.
    """
    reasons = []
    if how.head is not None and (reason := _fuse(model, how, how.head)) is not None:
        reasons.append(f"without the kernel for its head: {reason}")
    if compiling:
        compiled, reason = _compiled(model, how)
        how = dataclasses.replace(how, compiled=compiled)
        if reason is not None:
            reasons.append(f"without being compiled: {reason}")
    return how, reasons


def _fuse(model: Any, how: Checked, head: Head) -> str | None:
    """Give the head its kernel if there is one and it is right; why it is not."""
    try:
        if (kernel := fused_for(model.device)) is None:
            return None
        before = _scored(model, how, head)
        head.fused = kernel
        found = _scored(model, how, head)
    except _FAILURES as error:
        head.fused = None
        return self_check.told(error)
    if self_check.near(model, found, before):
        return None
    head.fused = None
    return "it gives other numbers"


def _scored(model: Any, how: Checked, head: Head) -> list[list[float]]:
    pieces = self_check.pieces_of(model)
    if how.way is Way.PACKED:
        return packed_pass(model, head, *self_check.packed(model, pieces, (0, 1)))
    return padded_pass(model, head, pieces[:1])


def _compiled(model: Any, how: Checked) -> tuple[Compiled | None, str | None]:
    if how.way is not Way.PACKED or how.head is None:
        return None, "that is for packed passes"
    pieces = self_check.pieces_of(model)
    numbers = [(0, 1), (2, 1), *([(0, 3, 4)] if how.share else [])]
    laid = [self_check.packed(model, pieces, some) for some in numbers]
    expected = [packed_pass(model, how.head, *one) for one in laid]
    try:
        compiled = Compiled(model)
        found = [packed_pass(model, how.head, *one, compiled) for one in laid]
    except _FAILURES as error:
        return None, self_check.told(error)
    if not all(self_check.near(model, one, other) for one, other in zip(found, expected, strict=True)):
        return None, "it gives other numbers"
    if self_check.moved(laid[0][0], found[0], found[1]):
        return None, "a text sees another one of its pass"
    return compiled, None

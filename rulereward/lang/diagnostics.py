"""Diagnostics: what is wrong with a ruleset, exactly where, and the next step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rulereward.lang.source import Span

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Label:
    """A span with a few words beside its carets."""

    span: Span
    text: str = ""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding. Codes: E00 structure, E01 syntax, E02 names, E03 types and units, E04 meaning; W for warnings."""

    code: str
    message: str
    primary: Label
    secondary: Label | None = None
    note: str | None = None
    help: str | None = None

    @property
    def severity(self) -> Severity:
        return "warning" if self.code.startswith("W") else "error"


class Diagnostics:
    """Collects findings, so that one run reports all of them."""

    def __init__(self) -> None:
        self.found: list[Diagnostic] = []

    def report(
        self,
        code: str,
        message: str,
        span: Span,
        label: str = "",
        *,
        help: str | None = None,
        note: str | None = None,
        secondary: Label | None = None,
    ) -> None:
        self.found.append(Diagnostic(code, message, Label(span, label), secondary, note, help))

    @property
    def has_errors(self) -> bool:
        return any(diagnostic.severity == "error" for diagnostic in self.found)

    def in_order(self) -> list[Diagnostic]:
        """By place in the file; findings at one place keep the order they were found in."""
        return sorted(self.found, key=lambda diagnostic: diagnostic.primary.span.start)

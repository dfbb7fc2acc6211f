"""Diagnostics: what is wrong with a ruleset, exactly where, and the next step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rulereward.lang.source import Source, Span

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
        self.files: list[Source] = []
        """The files of a ruleset in the order in which they are told of: itself, then what it extends."""

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
        """Each once, file by file, by place; findings at one place keep their order.

        What several routes share would otherwise be told for each of them.
        """
        told: dict[object, Diagnostic] = {}
        files = {source: number for number, source in enumerate(self.files)}
        for diagnostic in self.found:
            span = diagnostic.primary.span
            files.setdefault(span.source, len(files))
            told.setdefault((diagnostic.code, diagnostic.message, span.source, span.start, span.end), diagnostic)
        return sorted(told.values(), key=lambda found: (files[found.primary.span.source], found.primary.span.start))

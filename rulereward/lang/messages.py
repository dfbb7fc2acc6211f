"""Diagnostics as people and tools read them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Literal

from rulereward.lang.diagnostics import Diagnostic, Label
from rulereward.lang.snippet import marked_lines

Format = Literal["text", "json", "github"]


def render(diagnostic: Diagnostic) -> str:
    """One finding: what, where, the line with carets under the place, and the next step."""
    primary, secondary = diagnostic.primary, diagnostic.secondary
    labels = [(primary, "^")] if secondary is None else [(primary, "^"), (secondary, "-")]
    width = max(len(str(label.span.position.line)) for label, _ in labels)
    margin = " " * width
    here = [(label, mark) for label, mark in labels if label.span.source is primary.span.source]
    elsewhere = [(label, mark) for label, mark in labels if label.span.source is not primary.span.source]
    lines = [
        f"{diagnostic.severity}[{diagnostic.code}]: {diagnostic.message}",
        f"{margin}--> {primary.span}",
        f"{margin} |",
        *marked_lines(here, width),
        *(line for label, mark in elsewhere for line in _in_another_file(label, mark, width)),
    ]
    extra = [("note", diagnostic.note), ("help", diagnostic.help)]
    if any(text for _, text in extra):
        lines.append(f"{margin} |")
    lines.extend(f"{margin} = {name}: {text}" for name, text in extra if text)
    return "\n".join(lines)


def _in_another_file(label: Label, mark: str, width: int) -> list[str]:
    """The second place of a finding, under the name of its own file."""
    margin = " " * width
    return [f"{margin} |", f"{margin}::: {label.span}", f"{margin} |", *marked_lines([(label, mark)], width)]


def render_all(diagnostics: Iterable[Diagnostic], format: Format = "text") -> str:
    """All findings in the order given: as text with a closing count, as one JSON object, or as lines that GitHub
    shows beside the code of a pull request.
    """
    found = list(diagnostics)
    if format == "json":
        return json.dumps(as_json(found), ensure_ascii=False, indent=2)
    if format == "github":
        return "\n".join(_as_github(diagnostic) for diagnostic in found)
    return "\n\n".join([*(render(diagnostic) for diagnostic in found), _count_line(found)])


def _counts(found: Sequence[Diagnostic]) -> tuple[int, int]:
    errors = sum(diagnostic.severity == "error" for diagnostic in found)
    return errors, len(found) - errors


def _count_line(found: Sequence[Diagnostic]) -> str:
    errors, warnings = _counts(found)
    if not found:
        return "no errors"
    parts = [
        f"{count} {word}{'s' if count != 1 else ''}" for count, word in ((errors, "error"), (warnings, "warning"))
    ]
    return ", ".join(part for part in parts if not part.startswith("0 "))


def as_json(found: Sequence[Diagnostic]) -> dict[str, object]:
    """The findings as plain JSON values."""
    errors, warnings = _counts(found)
    return {
        "diagnostics": [
            {
                "code": diagnostic.code,
                "severity": diagnostic.severity,
                "message": diagnostic.message,
                **_label_as_json(diagnostic.primary),
                "secondary": None if diagnostic.secondary is None else _label_as_json(diagnostic.secondary),
                "note": diagnostic.note,
                "help": diagnostic.help,
            }
            for diagnostic in found
        ],
        "errors": errors,
        "warnings": warnings,
    }


def _label_as_json(label: Label) -> dict[str, object]:
    source = label.span.source
    start, end = source.position(label.span.start), source.position(label.span.end)
    return {
        "file": source.name,
        "line": start.line,
        "column": start.column,
        "end_line": end.line,
        "end_column": end.column,
        "label": label.text,
    }


def _as_github(diagnostic: Diagnostic) -> str:
    """A workflow command; its values may hold no line break, percent sign, and (in front of `::`) no `:` and `,`."""
    span = diagnostic.primary.span
    start, end = span.source.position(span.start), span.source.position(span.end)
    place = {"file": span.source.name, "line": start.line, "endLine": end.line}
    if start.line == end.line:
        place |= {"col": start.column, "endColumn": max(end.column, start.column + 1)}
    values = {**place, "title": f"rulereward {diagnostic.code}"}
    properties = ",".join(f"{name}={_escape(str(value), ':,')}" for name, value in values.items())
    parts = [diagnostic.message, *(part for part in (diagnostic.note, diagnostic.help) if part)]
    return f"::{diagnostic.severity} {properties}::{_escape('; '.join(parts))}"


def _escape(text: str, also: str = "") -> str:
    for char in "%\r\n" + also:
        text = text.replace(char, f"%{ord(char):02X}")
    return text

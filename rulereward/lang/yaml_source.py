"""From the bytes of a file to YAML nodes, within bounds of size, depth and alias expansion."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from rulereward.lang.diagnostics import Diagnostics
from rulereward.lang.source import Source, Span
from rulereward.lang.yaml_compose import Composer
from rulereward.lang.yaml_mend import without_entry
from rulereward.lang.yaml_nodes import Node

MAX_FILE_BYTES = 1_000_000
MAX_YAML_ERRORS = 20
MAX_RECOVERY_CHARACTERS = 100_000
"""A longer file is not read again after an entry that is not YAML."""

_TOO_LARGE = "is this the right file? Data stands in the columns of the rows, not in the ruleset"
_PYTHON = re.compile(r"^(?:async def |def |class |from \S+ import |import )\w", re.MULTILINE)
_NOT_TEXT = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def decode_source(name: str, data: bytes, diagnostics: Diagnostics) -> Source | None:
    """The text of a ruleset file: UTF-8, a byte order mark at its start left out. None after a report."""
    if len(data) > MAX_FILE_BYTES:
        message = f"this file is too large: a ruleset has at most {MAX_FILE_BYTES:,} bytes"
        diagnostics.report("E0003", message, Span(Source(name, ""), 0, 0), help=_TOO_LARGE)
        return None
    try:
        return Source(name, data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        readable = Source(name, data[: error.start].decode("utf-8-sig", "replace") + "\ufffd")
        place = Span(readable, len(readable.text) - 1, len(readable.text))
        message = "this file is not UTF-8 text"
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            message = "this file is UTF-16, not UTF-8 text"
        help = "save it as UTF-8: editors have a setting for the encoding of a file"
        diagnostics.report("E0001", message, place, help=help)
        return None


@dataclass(frozen=True)
class Composed:
    """The file's one YAML document. Not `whole` where entries that cannot be read had to be replaced."""

    root: Node
    whole: bool


def compose(source: Source, diagnostics: Diagnostics) -> Composed | None:
    """The file's YAML, or None after a report of why there is none.

    An entry that is not YAML is reported and read as `key: 0`, so that one run also finds what is wrong elsewhere.
    """
    if source.text.startswith("\ufeff"):
        source = Source(source.name, source.text[1:])
    if not _is_text(source, diagnostics) or _is_python(source, diagnostics):
        return None
    text, whole = source.text, True
    seen: list[int] = []
    for _ in range(MAX_YAML_ERRORS if len(text) <= MAX_RECOVERY_CHARACTERS else 1):
        composer = Composer(source)
        place = composer.read(text)
        if place is None:
            if whole or composer.root is not None:  # what is left of a broken file may be nothing
                diagnostics.found.extend(composer.diagnostics.found)
            whole = whole and not composer.replaced
            return Composed(composer.root, whole) if composer.root is not None else None
        line = source.position(place).line
        if line not in seen:
            diagnostics.found.append(composer.diagnostics.found[-1])
        mended = without_entry(text, place, wholly=line in seen)
        if mended is None or seen.count(line) > 1:
            break
        seen.append(line)
        text, whole = mended, False
    return None


def _is_text(source: Source, diagnostics: Diagnostics) -> bool:
    if len(source.text) > MAX_FILE_BYTES:
        message = f"a ruleset has at most {MAX_FILE_BYTES:,} characters"
        diagnostics.report("E0003", message, Span(source, 0, 0), help=_TOO_LARGE)
        return False
    wrong = _NOT_TEXT.search(source.text)
    if wrong:
        message = f"the character U+{ord(wrong.group()):04X} cannot stand in a ruleset"
        diagnostics.report("E0002", message, Span(source, wrong.start(), wrong.end()), help="delete it")
    return wrong is None


def _is_python(source: Source, diagnostics: Diagnostics) -> bool:
    """Report a Python file: a reward function that somebody handed in where a ruleset belongs."""
    found = _PYTHON.search(source.text)
    if found is None or re.search(r"^rulereward\s*:", source.text, re.MULTILINE):
        return False
    line_end = found.start() + len(source.line(source.position(found.start()).line).rstrip())
    message = "this file holds Python, and a ruleset is YAML"
    help = "start a ruleset with `rulereward: 1`; a function of your own becomes a rule kind with `@rule`"
    diagnostics.report("E0015", message, Span(source, found.start(), line_end), help=help)
    return True

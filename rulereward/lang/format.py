"""Formats a ruleset file: its expressions in the usual spacing, and no slips of a full-width input method.

Every other character stays: comments, empty lines, line ends, quotes, the order of keys. What comes out is read again
and compared with what went in, so a mistake made here costs a run and never a ruleset.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from rulereward.errors import InternalError
from rulereward.lang.diagnostics import Diagnostics
from rulereward.lang.format_check import Expressions, same_ruleset
from rulereward.lang.format_edits import Edit, apply
from rulereward.lang.format_slips import colon_edits, expression_edits
from rulereward.lang.format_spacing import spacing_edits
from rulereward.lang.parse import MAX_BYTES
from rulereward.lang.read_document import read_composed
from rulereward.lang.read_parts import Parts
from rulereward.lang.source import Source
from rulereward.lang.yaml_nodes import MappingNode, Node, ScalarNode
from rulereward.lang.yaml_source import MAX_FILE_BYTES, compose


@dataclass(frozen=True)
class Formatted:
    """The text of a formatted file; how many expressions were spaced anew, and how many characters were slips."""

    text: str
    expressions: int = 0
    slips: int = 0


@dataclass(frozen=True)
class _Reading:
    """What one look at a file gave. `root` is None where it is no YAML."""

    source: Source
    diagnostics: Diagnostics
    root: Node | None
    expressions: Expressions

    @property
    def own(self) -> list[ScalarNode]:
        """Expressions that stand at one place only. An alias may use one as a word too, which must not change."""
        counts = Counter() if self.root is None else _occurrences(self.root)
        return [node for node in self.expressions if counts[node] == 1]


def format_ruleset(source: Source, diagnostics: Diagnostics) -> Formatted | None:
    """The formatted file, or None after a report of why it cannot be read.

    Raises InternalError where formatting would change what the ruleset means.
    """
    bare = source.text.removeprefix("\ufeff")  # the reader counts characters from behind a byte order mark
    mark = source.text[: len(source.text) - len(bare)]
    mended, slips = _mended(Source(source.name, bare))
    if mended.diagnostics.has_errors or mended.root is None:
        diagnostics.found.extend(_read(source).diagnostics.found)
        return None
    edits, expressions = _spacing(mended)
    text = apply(mended.source.text, edits)
    if len((mark + text).encode()) > MAX_FILE_BYTES:  # with its new blanks nobody could read it again
        return Formatted(source.text)
    if edits:
        _refuse_another_meaning(mended, _read(Source(source.name, text)))
    return Formatted(mark + text, expressions, slips)


def _read(source: Source) -> _Reading:
    diagnostics = Diagnostics()
    composed = compose(source, diagnostics)
    if composed is None:
        return _Reading(source, diagnostics, None, {})
    parts = Parts(diagnostics, whole=composed.whole)
    read_composed(composed, parts)
    return _Reading(source, diagnostics, composed.root, parts.expressions)


def _mended(source: Source) -> tuple[_Reading, int]:
    """The file without full-width slips, as far as they can be told from what is meant, and how many there were."""
    reading, slips = _read(source), 0
    while True:
        broken = [node for node in reading.own if reading.expressions[node] is None]
        edits = colon_edits(reading.diagnostics.found, broken)  # first: what stands behind is not read yet
        edits = edits or [edit for node in broken for edit in expression_edits(node.placed)]
        if not edits:
            return reading, slips
        reading = _read(Source(source.name, apply(reading.source.text, edits)))
        slips += len(edits)


def _spacing(reading: _Reading) -> tuple[list[Edit], int]:
    """What is to be done to the blanks of a file, and in how many expressions."""
    edits: list[Edit] = []
    changed = 0
    for node in reading.own:
        found = spacing_edits(node.placed)
        added = sum(len(edit.new) for edit in found)
        if found and len(node.text.encode()) + added <= MAX_BYTES:
            edits += found
            changed += 1
    return edits, changed


def _refuse_another_meaning(before: _Reading, after: _Reading) -> None:
    if (
        after.diagnostics.has_errors
        or before.root is None
        or after.root is None
        or not same_ruleset(before.root, after.root, before.expressions, after.expressions)
    ):
        raise InternalError(f"formatting {before.source.name} would change what it means; it is left as it was")


def _occurrences(root: Node) -> Counter[Node]:
    """How often each node stands in the file, aliases written out; the reader bounds how many that are."""
    counts: Counter[Node] = Counter()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        counts[node] += 1
        if isinstance(node, MappingNode):
            waiting.extend(child for entry in node.entries for child in entry)
        elif not isinstance(node, ScalarNode):
            waiting.extend(node.items)
    return counts

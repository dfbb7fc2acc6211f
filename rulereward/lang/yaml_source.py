"""From the bytes of a file to YAML nodes, within bounds of size, depth and alias expansion.

The nodes are made from the library's events, not by its composer: the composer calls itself once per level, expands
aliases without a bound, and keeps keys that occur twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from rulereward.lang.diagnostics import Diagnostics, Label
from rulereward.lang.placed_text import Style
from rulereward.lang.source import Source, Span
from rulereward.lang.yaml_mend import without_entry
from rulereward.lang.yaml_nodes import MappingNode, Node, ScalarNode, SequenceNode
from rulereward.lang.yaml_problems import NO_CHARACTER, report_yaml_error

MAX_FILE_BYTES = 1_000_000
MAX_DEPTH = 30
MAX_YAML_ERRORS = 20
MAX_RECOVERY_CHARACTERS = 100_000
"""A longer file is not read again after an entry that is not YAML."""
MAX_NODES = 100_000
"""Nodes of the file with every alias written out."""

LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The event parser: libyaml's where PyYAML was built with it."""

_STYLES: dict[str | None, Style] = {"'": "single", '"': "double", "|": "literal", ">": "folded"}
_NOT_TEXT = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ANCHOR = re.compile(r"(?:&[^\s,\[\]{}]+)?[ \t]*(?:[\r\n]+[ \t]*)?")


def decode_source(name: str, data: bytes, diagnostics: Diagnostics) -> Source | None:
    """The text of a ruleset file: UTF-8, a byte order mark at its start left out."""
    if len(data) > MAX_FILE_BYTES:
        place = Span(Source(name, ""), 0, 0)
        diagnostics.report(
            "E0003", f"this file has {len(data):,} bytes; a ruleset has at most {MAX_FILE_BYTES:,}", place
        )
        return None
    try:
        return Source(name, data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        good = Source(name, data[: error.start].decode("utf-8-sig", "replace") + "\ufffd")
        place = Span(good, len(good.text) - 1, len(good.text))
        diagnostics.report("E0001", "this file is not UTF-8 text", place, help="save it as UTF-8")
        return None


@dataclass(frozen=True)
class Composed:
    """The file's one YAML document. Not `whole` where entries that are not YAML had to be left out."""

    root: Node
    whole: bool


def compose(source: Source, diagnostics: Diagnostics) -> Composed | None:
    """The file's YAML, or None after a report of why there is none.

    An entry that is not YAML is reported and read as `key: 0`, so that one run also finds what is wrong elsewhere.
    """
    if not _is_text(source, diagnostics):
        return None
    text = source.text.replace("\ufeff", " ", 1) if source.text.startswith("\ufeff") else source.text
    attempts = MAX_YAML_ERRORS if len(text) <= MAX_RECOVERY_CHARACTERS else 1
    whole = True
    for _ in range(attempts):
        composer = _Composer(source)
        place = composer.read(text)
        if place is None:
            diagnostics.found.extend(composer.diagnostics.found)
            return Composed(composer.root, whole) if composer.root is not None else None
        diagnostics.found.append(composer.diagnostics.found[-1])
        whole = False
        mended = without_entry(text, place)
        if mended is None:
            break
        text = mended
    return None


def _is_text(source: Source, diagnostics: Diagnostics) -> bool:
    if len(source.text) > MAX_FILE_BYTES:
        place = Span(source, 0, 0)
        diagnostics.report("E0003", f"a ruleset has at most {MAX_FILE_BYTES:,} characters", place)
        return False
    wrong = _NOT_TEXT.search(source.text)
    if wrong:
        message = f"the character U+{ord(wrong.group()):04X} cannot stand in a ruleset"
        diagnostics.report("E0002", message, Span(source, wrong.start(), wrong.end()), help="delete it")
    return wrong is None


@dataclass
class _Open:
    """A collection whose end has not come yet."""

    start: int
    flow: bool
    mapping: bool
    anchor: str | None
    children: list[Node] = field(default_factory=list)
    size: int = 1


class _Composer:
    """Builds nodes from events. `refused` is set when the rest of the file need not be read."""

    def __init__(self, source: Source) -> None:
        self.source, self.diagnostics = source, Diagnostics()
        self.root: Node | None = None
        self.refused = False
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._documents = 0
        self._nodes = 0

    def read(self, text: str) -> int | None:
        """Read the source, or `text` of the same length in its place: None, or where it is not YAML.

        The last of `diagnostics` then says why.
        """
        try:
            for event in yaml.parse(text, Loader=LOADER):
                self._take(event)
                if self.refused:
                    self.root = None
                    return None
        except yaml.YAMLError as error:
            report_yaml_error(error, self.source, self.diagnostics)
            return self.diagnostics.found[-1].primary.span.start
        except (ValueError, OverflowError):  # PyYAML's own parser lets these through from an escape out of range
            escape = re.search(r"\\U(?!000|0010)", text)
            at = escape.start() if escape else 0
            self.diagnostics.report("E0004", NO_CHARACTER, Span(self.source, at, at + 2))
            return at
        if self.root is None:
            message = "this file holds no ruleset"
            self.diagnostics.report("E0013", message, Span(self.source, 0, 0), help="start with `rulereward: 1`")
        return None

    def _take(self, event: Any) -> None:
        span = Span(self.source, event.start_mark.index, event.end_mark.index)
        if getattr(event, "tag", None):
            self._refuse("E0007", "tags such as `!name` are not part of the ruleset language", span, help=_TAG_HELP)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._refuse("E0006", "a second YAML document starts here", span, help="one file is one ruleset")
        elif isinstance(event, yaml.AliasEvent):
            self._alias(str(event.anchor), span)
        elif isinstance(event, yaml.ScalarEvent):
            style = _STYLES.get(event.style, "plain")
            node = ScalarNode(event.value, style, self._without_anchor(span, event.anchor))
            if re.search(r"[\ud800-\udfff]", event.value):
                self._refuse("E0004", NO_CHARACTER, span)
            self._nodes += 1
            self._add(node, 1, event.anchor)
        elif isinstance(event, yaml.CollectionStartEvent):
            if len(self._open) == MAX_DEPTH:
                self._refuse("E0003", f"this is nested more than {MAX_DEPTH} levels deep", span)
            self._nodes += 1
            mapping = isinstance(event, yaml.MappingStartEvent)
            start = self._without_anchor(span, event.anchor).start
            self._open.append(_Open(start, bool(event.flow_style), mapping, event.anchor))
        elif isinstance(event, yaml.CollectionEndEvent):
            self._close(span.end)

    def _refuse(self, code: str, message: str, span: Span, *, help: str | None = None) -> None:
        if not self.refused:
            self.diagnostics.report(code, message, span, help=help)
        self.refused = True

    def _without_anchor(self, span: Span, anchor: str | None) -> Span:
        if anchor is None:
            return span
        behind = _ANCHOR.match(self.source.text, span.start, span.end)
        return Span(self.source, behind.end() if behind else span.start, span.end)

    def _alias(self, name: str, span: Span) -> None:
        if name in self._anchors:
            node, size = self._anchors[name]
            self._nodes += size
            self._add(node, size, None)
        elif any(collection.anchor == name for collection in self._open):
            self._refuse("E0008", f"`*{name}` stands inside the thing it names", span)
        else:
            help = "`*` at the start of a value is a YAML alias; put an expression that starts so under `|`"
            self._refuse("E0008", f"no anchor `&{name}` stands before this alias", span, help=help)

    def _close(self, end: int) -> None:
        collection = self._open.pop()
        span = Span(self.source, collection.start, max(end, collection.start))
        if not collection.flow and collection.children:
            # libraries end a block collection where the next thing starts; ours ends with its last child
            span = Span(self.source, collection.start, max(collection.start, collection.children[-1].span.end))
        node: Node
        if collection.mapping:
            node = MappingNode(self._entries(collection.children), span, collection.flow)
        else:
            node = SequenceNode(tuple(collection.children), span, collection.flow)
        self._add(node, collection.size, collection.anchor)

    def _add(self, node: Node, size: int, anchor: str | None) -> None:
        if anchor is not None:
            self._anchors[anchor] = (node, size)
        if not self._open:
            self.root = node
            return
        self._open[-1].children.append(node)
        self._open[-1].size += size
        if self._nodes > MAX_NODES:
            message = f"this file has more than {MAX_NODES:,} entries, each alias written out"
            self._refuse("E0003", message, node.span)

    def _entries(self, children: list[Node]) -> tuple[tuple[ScalarNode, Node], ...]:
        """Keys and values; a key that is no text, occurs twice or merges is reported and left out."""
        first: dict[str, ScalarNode] = {}
        entries = []
        for key, value in zip(children[::2], children[1::2], strict=True):
            if not isinstance(key, ScalarNode) or key.absent:
                self.diagnostics.report("E0009", "a key must be a word", key.span, help=_KEY_HELP)
            elif key.text == "<<" and key.style == "plain":
                message = "merging with `<<` is not part of the ruleset language"
                self.diagnostics.report("E0008", message, key.span, help="write the keys out")
            elif key.text in first:
                earlier = Label(first[key.text].span, "first here")
                message = f"the key `{key.text}` stands twice"
                note = "a YAML reader would silently keep the last one"
                self.diagnostics.report("E0010", message, key.span, "again here", note=note, secondary=earlier)
            else:
                first[key.text] = key
                entries.append((key, value))
        return tuple(entries)


_TAG_HELP = "write `not x` for `!x`; put an expression that starts with `!` under `|`"
_KEY_HELP = "in a ruleset every key is a plain word; put an expression that starts with `[`, `{` or `?` under `|`"

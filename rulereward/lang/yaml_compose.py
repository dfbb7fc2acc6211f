"""From the events of the YAML parser to nodes.

The library's own composer is not used: it calls itself once per level (the compiled one on the C stack), and it
keeps keys that occur twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from rulereward.lang.diagnostics import Diagnostics, Label
from rulereward.lang.placed_text import Style
from rulereward.lang.source import Source, Span
from rulereward.lang.syntax_characters import INVISIBLE
from rulereward.lang.templates import report_template
from rulereward.lang.yaml_nodes import MappingNode, Node, ScalarNode, SequenceNode
from rulereward.lang.yaml_problems import NO_CHARACTER, report_yaml_error

MAX_DEPTH = 30
MAX_NODES = 100_000
"""Nodes of a file with every alias written out."""

LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Whose event parser reads: libyaml's where PyYAML was built with it."""

_STYLES: dict[str | None, Style] = {"'": "single", '"': "double", "|": "literal", ">": "folded"}
_ANCHOR = re.compile(r"&[^\s,\[\]{}]+\s*")
_TAG_HELP = "write `not x` for `!x`; put an expression that starts with `!` under `|`"
_KEY_HELP = "every key of a ruleset is a plain word; put an expression that starts with `[`, `{` or `?` under `|`"
_DEPTH_HELP = "the keys of a ruleset stand at most six levels deep: is a bracket missing, or one too many?"
_ENTRIES_HELP = "long lists belong into a column of the data, or into a file beside the ruleset"
_ALIAS_HELP = "`*` at the start of a value is a YAML alias; put an expression that starts so under `|`"


@dataclass
class _Open:
    """A collection whose end has not come yet; `size` counts the nodes in it with aliases written out."""

    start: int
    flow: bool
    mapping: bool
    anchor: str | None
    children: list[Node] = field(default_factory=list)
    size: int = 1


class Composer:
    """Builds the nodes of one document.

    `root` is None if there is none; `replaced` says that a node had to be replaced to go on.
    """

    def __init__(self, source: Source) -> None:
        self.source, self.diagnostics = source, Diagnostics()
        self.root: Node | None = None
        self.replaced = False
        self._refused = False
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._documents = 0
        self._nodes = 0

    def read(self, text: str) -> int | None:
        """Read the source, or `text` of the same length in its place: None, or where what is not YAML starts.

        The last of `diagnostics` then says why.
        """
        try:
            for event in yaml.parse(text, Loader=LOADER):
                self._take(event)
                if self._refused:
                    self.root = None
                    return None
        except yaml.YAMLError as error:
            return report_yaml_error(error, self.source, self.diagnostics)
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
            message = "tags such as `!name` are not part of the ruleset language"
            self.diagnostics.report("E0007", message, span, help=_TAG_HELP)
            self.replaced = True
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._refuse("E0006", "a second YAML document starts here", span, help="one file is one ruleset")
        elif isinstance(event, yaml.AliasEvent):
            self._alias(str(event.anchor), span)
        elif isinstance(event, yaml.ScalarEvent):
            self._scalar(event, span)
        elif isinstance(event, yaml.CollectionStartEvent):
            if len(self._open) == MAX_DEPTH:
                self._refuse("E0003", f"this is nested more than {MAX_DEPTH} levels deep", span, help=_DEPTH_HELP)
            self._nodes += 1
            mapping = isinstance(event, yaml.MappingStartEvent)
            start = self._without_anchor(span, event.anchor).start
            self._open.append(_Open(start, bool(event.flow_style), mapping, event.anchor))
        elif isinstance(event, yaml.CollectionEndEvent):
            self._close(span.end)

    def _refuse(self, code: str, message: str, span: Span, *, help: str | None = None) -> None:
        """Report something that the rest of the file cannot be read after."""
        if not self._refused:
            self.diagnostics.report(code, message, span, help=help)
        self._refused = True

    def _without_anchor(self, span: Span, anchor: str | None) -> Span:
        behind = None if anchor is None else _ANCHOR.match(self.source.text, span.start, span.end)
        return Span(self.source, behind.end() if behind else span.start, span.end)

    def _scalar(self, event: Any, span: Span) -> None:
        text, style = event.value, _STYLES.get(event.style, "plain")
        if re.search(r"[\ud800-\udfff]", text):  # PyYAML's own parser reads half a surrogate pair
            self.diagnostics.report("E0004", NO_CHARACTER, span)
            self.replaced, text = True, "0"
        self._nodes += 1
        self._add(ScalarNode(text, style, self._without_anchor(span, event.anchor)), 1, event.anchor)

    def _alias(self, name: str, span: Span) -> None:
        if name in self._anchors:
            node, size = self._anchors[name]
            self._nodes += size
            self._add(node, size, None)
            return
        if any(collection.anchor == name for collection in self._open):
            message = f"`*{name}` stands inside the thing it names"
            self.diagnostics.report("E0008", message, span, help="write the value out")
        else:
            self.diagnostics.report("E0008", f"no anchor `&{name}` stands before this alias", span, help=_ALIAS_HELP)
        self.replaced = True
        self._add(ScalarNode("0", "plain", span), 1, None)

    def _close(self, end: int) -> None:
        collection = self._open.pop()
        if not collection.flow and collection.children:
            # the parser ends a block collection where the next thing starts; here it ends with its last child
            end = collection.children[-1].span.end
        span = Span(self.source, collection.start, max(collection.start, end))
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
            self._refuse("E0003", message, node.span, help=_ENTRIES_HELP)

    def _entries(self, children: list[Node]) -> tuple[tuple[ScalarNode, Node], ...]:
        """Keys and values; a key that is no text, occurs twice or merges is reported and left out."""
        first: dict[str, ScalarNode] = {}
        entries = []
        for key, value in zip(children[::2], children[1::2], strict=True):
            if not isinstance(key, ScalarNode) or key.absent:
                self._no_word(key)
            elif key.style == "plain" and key.text[0] in INVISIBLE:
                what = f"{INVISIBLE[key.text[0]]} (U+{ord(key.text[0]):04X})"
                place = Span(self.source, key.span.start, key.span.start + 1)
                help = "indent with plain blanks"
                self.diagnostics.report("E0107", f"{what} stands in front of this key", place, help=help)
            elif key.text == "<<" and key.style == "plain":
                message = "merging with `<<` is not part of the ruleset language"
                self.diagnostics.report("E0008", message, key.span, help="write the keys out")
            elif key.text in first:
                earlier = Label(first[key.text].span, "first here")
                message = f"the key `{key.text}` stands twice"
                note = "a YAML reader would silently keep the last one"
                help = "delete one of them, or give it another name"
                if isinstance(value, MappingNode):
                    help = f"put the entries of both under one `{key.text}`"
                self.diagnostics.report(
                    "E0010", message, key.span, "again here", help=help, note=note, secondary=earlier
                )
            else:
                first[key.text] = key
                entries.append((key, value))
        return tuple(entries)

    def _no_word(self, key: Node) -> None:
        """Report a key that is no text. YAML reads `{{ name }}` as a mapping that is the key of a mapping."""
        start, end = key.span.start, key.span.end
        if self.source.text.startswith("{{", start - 1) and self.source.text.startswith("}}", end - 1):
            report_template(Span(self.source, start - 1, end + 1), self.diagnostics)
        else:
            self.diagnostics.report("E0009", "a key must be a word", key.span, help=_KEY_HELP)

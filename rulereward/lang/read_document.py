"""A ruleset file as read: structure, names and expressions, all mistakes of the file in one run."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from rulereward.lang.diagnostics import Diagnostics
from rulereward.lang.document import (
    Document,
    Entry,
    GroupEntry,
    InputEntry,
    Removal,
    RuleEntry,
    SectionEntry,
    Word,
)
from rulereward.lang.read_monitor import read_monitors
from rulereward.lang.read_parts import Parts
from rulereward.lang.read_score import read_routes, read_score
from rulereward.lang.source import Source
from rulereward.lang.tree import Expr, ListOf, Text
from rulereward.lang.yaml_nodes import MappingNode, Node, ScalarNode, SequenceNode, is_null
from rulereward.lang.yaml_source import Composed, compose

LANGUAGE_VERSION = "1"
MAX_RULES = 500

_KEYS = (
    "rulereward", "name", "description", "extends", "params", "inputs", "sections", "special_tokens", "tokenizer",
    "let", "rules", "score", "route", "monitor", "cases", "fingerprint",
)  # fmt: skip
_ON_ERROR = ("propagate", "null", "abort")
_QUOTED = re.compile(r"""r?(["']).*\1""", re.DOTALL)
"""A text of the expression language, inside the quotes of YAML."""

_T = TypeVar("_T")


def read_document(source: Source, diagnostics: Diagnostics) -> Document | None:
    """The document as far as it could be read, or None if the file is no YAML mapping through and through.

    A document with errors is only good for finding more of them: ask `diagnostics.has_errors` before it is used.
    """
    diagnostics.files.append(source)
    composed = compose(source, diagnostics)
    return None if composed is None else read_composed(composed, Parts(diagnostics, whole=composed.whole))


def read_composed(composed: Composed, parts: Parts) -> Document | None:
    """As `read_document`, of a file whose YAML was read before. `parts` then holds which scalars are expressions."""
    if not isinstance(composed.root, MappingNode):
        parts.entries(composed.root, "a ruleset")
        return None
    document = _Reader(composed.root, parts).document()
    return document if composed.whole else None


class _Reader:
    def __init__(self, root: MappingNode, parts: Parts) -> None:
        self.root, self.parts, self.diagnostics = root, parts, parts.diagnostics
        self.found = parts.keys(root, "the ruleset", _KEYS, required=("rulereward",))
        self.removed: list[Removal] = []

    def document(self) -> Document:
        self._version()
        inputs, group = self._inputs()
        cases = self.found.get("cases")
        score, route, monitor = (self.found.get(name) for name in ("score", "route", "monitor"))
        return Document(
            source=self.root.span.source,
            span=self.root.span,
            name=self._word("name"),
            description=self._word("description"),
            extends=self._words("extends", self._base) or (),
            params=self._each("params", self._param),
            inputs=inputs,
            group=group,
            sections=self._each("sections", self._section),
            let=self._each("let", self._let),
            rules=self._each("rules", self._rule, MAX_RULES),
            score=None if score is None else read_score(*score, self.parts, laid_over="extends" in self.found),
            routes=None if route is None else read_routes(route[1], self.parts),
            monitors=None if monitor is None else read_monitors(monitor[1], self.parts),
            special_tokens=self._words("special_tokens", self._special_token),
            tokenizer=self._word("tokenizer"),
            pin=self._word("fingerprint"),
            cases=None if cases is None else cases[1].span,
            removed=tuple(self.removed),
        )

    def _version(self) -> None:
        word = self._word("rulereward")
        if word is not None and word.text != LANGUAGE_VERSION:
            message = f"this version of rulereward reads version {LANGUAGE_VERSION} of the ruleset language"
            self.diagnostics.report("E0014", message, word.span, help="write `rulereward: 1`")

    def _word(self, name: str) -> Word | None:
        return self.parts.word(self.found[name][1], f"`{name}`") if name in self.found else None

    def _each(
        self, name: str, read: Callable[[ScalarNode, Node], _T | None], limit: int | None = None
    ) -> tuple[_T, ...]:
        """What `read` makes of each entry of the mapping under the top-level key `name`."""
        if name not in self.found:
            return ()
        entries = self.parts.entries(self.found[name][1], f"`{name}`")
        if limit is not None and len(entries) > limit:
            message = f"a ruleset has at most {limit} rules; this is number {limit + 1}"
            help = "move what needs no report to `let`"
            self.diagnostics.report("E0026", message, entries[limit][0].span, help=help)
        read_entries = [read(key, value) for key, value in entries[:limit] if not self._removes(name, key, value)]
        return tuple(entry for entry in read_entries if entry is not None)

    def _removes(self, mapping: str, key: ScalarNode, node: Node) -> bool:
        """Note an entry that is taken away from what this ruleset extends."""
        if not is_null(node):
            return False
        name = self.parts.name(key, f"an entry of `{mapping}`")
        if name is not None:
            self.removed.append(Removal(mapping, name, key.span))
        return True

    def _words(self, name: str, read: Callable[[Node], Word | None]) -> tuple[Word, ...] | None:
        """One word, or a list of words, under a top-level key; None without it."""
        if name not in self.found:
            return None
        node = self.found[name][1]
        items = node.items if isinstance(node, SequenceNode) else (node,)
        words = [read(item) for item in items]
        return tuple(word for word in words if word is not None)

    def _base(self, node: Node) -> Word | None:
        return self.parts.word(node, "a ruleset that this one extends")

    def _special_token(self, node: Node) -> Word | None:
        return self._tag(node, "a special token")

    # ---- params

    def _param(self, key: ScalarNode, node: Node) -> Entry | None:
        name = self.parts.name(key, "a parameter")
        value = self._constant(node, f"the parameter `{key.text}`")
        if name is None:
            return None
        self.parts.declare(name, key.span, "a parameter")
        return Entry(name, key.span, value)

    def _constant(self, node: Node, what: str) -> Expr | None:
        """A parameter's default. Unlike elsewhere, what YAML quotes is a text, and a list of YAML is a list."""
        if isinstance(node, SequenceNode):
            items = [self._constant(item, f"an item of {what}") for item in node.items]
            return ListOf(node.span, tuple(item for item in items if item is not None))
        quoted = isinstance(node, ScalarNode) and node.style in ("single", "double")
        if isinstance(node, ScalarNode) and quoted and not _QUOTED.fullmatch(node.text):
            return Text(node.span, node.text)
        return self.parts.expression(node, what)

    # ---- inputs, sections, special tokens

    def _inputs(self) -> tuple[dict[str, InputEntry], GroupEntry | None]:
        inputs: dict[str, InputEntry] = {}
        group = None
        entries = self.parts.entries(self.found["inputs"][1], "`inputs`") if "inputs" in self.found else ()
        for key, node in entries:
            name = self.parts.name(key, "an input", allow="group")
            if name is not None and is_null(node):
                self.removed.append(Removal("inputs", name, key.span))
            elif name == "group":
                group = self._group(key, node)
            elif name is not None:
                self.parts.declare(name, key.span, "an input")
                paths = self._paths(node, f"input `{name}`")
                if paths:
                    inputs[name] = InputEntry(name, key.span, paths)
        return inputs, group

    def _paths(self, node: Node, what: str) -> tuple[Word, ...]:
        """One column path, or several to try in order; a path is names joined by dots."""
        items = node.items if isinstance(node, SequenceNode) else (node,)
        words = [self.parts.word(item, f"a column of {what}") for item in items]
        if not items:
            help = "write a column, or a list of them"
            self.diagnostics.report("E0023", f"{what} names no column", node.span, help=help)
        for word in words:
            if word is not None and not all(part.strip() for part in word.text.split(".")):
                message = f"`{word.text}` is not a column path"
                help = "write the column, and keys inside it behind dots: `reward_model.ground_truth`"
                self.diagnostics.report("E0028", message, word.span, help=help)
        return tuple(word for word in words if word is not None)

    def _group(self, key: ScalarNode, node: Node) -> GroupEntry:
        if not isinstance(node, MappingNode):
            return GroupEntry(key.span, self._paths(node, "`group`"), None)
        found = self.parts.keys(node, "`group`", ("by", "size"), required=("by",))
        by = self._paths(found["by"][1], "`group`") if "by" in found else ()
        size = self.parts.word(found["size"][1], "`size` of `group`") if "size" in found else None
        if size is not None and not (
            size.text.isascii() and size.text.isdecimal() and 1 <= len(size.text.lstrip("0")) <= 9
        ):
            message = "`size` of `group` must be a whole number from 1"
            help = "write how many completions a prompt has: `8`"
            self.diagnostics.report("E0024", message, size.span, help=help)
            size = None
        return GroupEntry(key.span, by, size)

    def _section(self, key: ScalarNode, node: Node) -> SectionEntry | None:
        name = self.parts.name(key, "a section")
        if name is not None:
            self.parts.declare(name, key.span, "a section")
        if not isinstance(node, SequenceNode) or len(node.items) != 2:
            help = 'write `think: ["<think>", "</think>"]`'
            message = f"section `{key.text}` must be a pair of tags"
            self.diagnostics.report("E0025", message, node.span, help=help)
            return None
        opening, closing = (self._tag(item, f"a tag of section `{key.text}`") for item in node.items)
        if opening is None or closing is None or name is None:
            return None
        if opening.text == closing.text:
            message = f"section `{name}` opens and closes with the same tag"
            self.diagnostics.report("E0025", message, closing.span, help="the closing tag must differ: `</think>`")
            return None
        return SectionEntry(name, key.span, opening, closing)

    def _tag(self, node: Node, what: str) -> Word | None:
        word = self.parts.word(node, what)
        if word is not None and not word.text:
            self.diagnostics.report("E0025", f"{what} is empty", word.span, help="write the tag, or delete the entry")
            return None
        return word

    # ---- let and rules

    def _let(self, key: ScalarNode, node: Node) -> Entry | None:
        name = self.parts.name(key, "a `let` entry")
        value = self.parts.expression(node, f"`{key.text}`")
        if name is None:
            return None
        self.parts.declare(name, key.span, "a `let` entry")
        return Entry(name, key.span, value)

    def _rule(self, key: ScalarNode, node: Node) -> RuleEntry | None:
        name = self.parts.name(key, "a rule")
        what = f"rule `{key.text}`"
        if isinstance(node, MappingNode):
            entry = self._rule_mapping(name or key.text, key, node, what)
        else:
            entry = RuleEntry(name or key.text, key.span, self.parts.expression(node, what))
        if name is None:
            return None
        self.parts.declare(name, key.span, "a rule")
        return entry

    def _rule_mapping(self, name: str, key: ScalarNode, node: MappingNode, what: str) -> RuleEntry:
        found = self.parts.keys(node, what, ("value", "when", "on_error"), required=("value",))
        value = self.parts.expression(found["value"][1], f"`value` of {what}") if "value" in found else None
        when = self.parts.expression(found["when"][1], f"`when` of {what}") if "when" in found else None
        on_error: Word | Expr | None = None
        if "on_error" in found:
            chosen = found["on_error"][1]
            if isinstance(chosen, ScalarNode) and chosen.text in _ON_ERROR:
                on_error = Word(chosen.text, chosen.span)
            else:
                on_error = self.parts.expression(chosen, f"`on_error` of {what}")
        return RuleEntry(name, key.span, value, when, on_error)

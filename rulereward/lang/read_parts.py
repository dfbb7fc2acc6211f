"""The parts every key of a ruleset is read with: mappings, words, names, expressions. What is wrong is reported."""

from __future__ import annotations

from collections.abc import Collection

from rulereward.lang.diagnostics import Diagnostics, Label
from rulereward.lang.document import Word
from rulereward.lang.full_width import full_width_colon, report_full_width_colon
from rulereward.lang.parse import parse_expression
from rulereward.lang.shapes import mapping_help
from rulereward.lang.source import Span
from rulereward.lang.suggest import SURELY, closest, did_you_mean
from rulereward.lang.tree import Expr
from rulereward.lang.words import FOREIGN_SPELLINGS, KEYWORDS, RESERVED_NAMES, is_name, near_name, normal_name
from rulereward.lang.yaml_nodes import MappingNode, Node, ScalarNode

UNDER_A_BAR = "put the expression under `|`, on lines of its own"


class Parts:
    """Reads nodes into the pieces of a document and keeps the one namespace of the file.

    Of a file that is not `whole`, because entries had to be taken out, nothing is reported as missing.
    """

    def __init__(self, diagnostics: Diagnostics, *, whole: bool = True) -> None:
        self.diagnostics = diagnostics
        self._whole = whole
        self.expressions: dict[ScalarNode, Expr | None] = {}
        """Every scalar that was read as an expression, with its tree if it is one."""
        self._names: dict[str, tuple[Span, str]] = {}

    # ---- mappings

    def entries(self, node: Node, what: str) -> tuple[tuple[ScalarNode, Node], ...]:
        """Keys and values of a mapping; nothing, after a report, if the node is none or is cut to pieces.

        Keys that start with `x-` are the author's own and left out.
        """
        return tuple((key, value) for key, value in self.pairs(node, what) if not key.text.startswith("x-"))

    def pairs(self, node: Node, what: str) -> tuple[tuple[ScalarNode, Node], ...]:
        """As `entries`, with every key: those of a row are columns."""
        if not isinstance(node, MappingNode):
            colon = full_width_colon(node.span.source, node.span.start)
            if colon is not None:
                report_full_width_colon(colon, self.diagnostics)
                return ()
            if self._whole or not _absent(node):
                found = "nothing" if _absent(node) else "a text" if isinstance(node, ScalarNode) else "a list"
                message = f"{what} must be a mapping (`key: value` lines), not {found}"
                self.diagnostics.report("E0015", message, node.span, help=mapping_help(node))
            return ()
        return () if self._cut(node) else node.entries

    def keys(
        self,
        node: Node,
        what: str,
        known: Collection[str],
        *,
        required: Collection[str] = (),
    ) -> dict[str, tuple[ScalarNode, Node]]:
        """The known keys of a mapping. Others are reported."""
        found = {}
        for key, value in self.entries(node, what):
            if key.text in known:
                found[key.text] = (key, value)
                continue
            meant = _meant_key(key.text, known)
            listed = ", ".join(f"`{name}`" for name in known)
            near = None if meant is None else f"did you mean `{meant}`?"
            help = near or _MISPLACED_KEYS.get(key.text) or did_you_mean(key.text, known) or f"known keys: {listed}"
            self.diagnostics.report("E0011", f"unknown key `{key.text}` in {what}", key.span, help=help)
            if meant is not None:
                found.setdefault(meant, (key, value))
        complete = self._whole and isinstance(node, MappingNode) and _cut_at(node) is None
        for name in required:
            if complete and name not in found:
                place = Span(node.span.source, node.span.start, node.span.start)
                self.diagnostics.report("E0013", f"{what} needs the key `{name}`", place, help=_NEEDED.get(name))
        return found

    def _cut(self, node: MappingNode) -> bool:
        """Report an expression that YAML cut at a comma inside `{ }`."""
        key = _cut_at(node)
        if key is not None:
            message = f"YAML ends a value at `,` inside `{{ }}`, so `{key.text}` became a key"
            help = "write the mapping over several lines, without `{ }`"
            self.diagnostics.report("E0022", message, key.span, help=help)
        return key is not None

    def missing(self, message: str, span: Span, *, help: str) -> None:
        """Report something that is not there, unless it may be among what was taken out of the file."""
        if self._whole:
            self.diagnostics.report("E0013", message, span, help=help)

    # ---- scalars

    def word(self, node: Node, what: str) -> Word | None:
        """A text as written. None, after a report, for anything else and for nothing."""
        if not isinstance(node, ScalarNode):
            help = "write one word or text behind the `:`"
            self.diagnostics.report("E0015", f"{what} must be a text", node.span, help=help)
            return None
        if node.absent:
            self._report_absent(node, what)
            return None
        return Word(node.text, node.span)

    def choice(self, node: Node, what: str, choices: Collection[str]) -> Word | None:
        """One word out of a few."""
        word = self.word(node, what)
        if word is None or word.text in choices:
            return word
        listed = ", ".join(f"`{choice}`" for choice in choices)
        help = did_you_mean(word.text, choices)
        self.diagnostics.report("E0024", f"{what} is one of {listed}", word.span, help=help)
        return None

    def expression(self, node: Node, what: str, *, help: str = UNDER_A_BAR) -> Expr | None:
        """The expression in a scalar; None, after a report, if there is none. `help` is for a mapping or a list."""
        if isinstance(node, ScalarNode):
            if node.absent:
                self._report_absent(node, what)
                return None
            if node not in self.expressions:  # an alias leads to one node more than once
                self.expressions[node] = parse_expression(node.placed, self.diagnostics)
            return self.expressions[node]
        kind = "a mapping" if isinstance(node, MappingNode) else "a list"
        bracket = "{ }" if isinstance(node, MappingNode) else "[ ]"
        note = f"YAML reads `{bracket}` at the start of a value as {kind} of its own" if node.flow else None
        message = f"{what} must be an expression, not {kind} of YAML"
        self.diagnostics.report("E0018", message, node.span, note=note, help=help)
        return None

    def _report_absent(self, node: ScalarNode, what: str) -> None:
        if self._whole:
            self.diagnostics.report("E0023", f"{what} has no value", node.span, help=_NO_VALUE)

    # ---- names

    def name(self, key: ScalarNode, what: str, *, allow: str | None = None) -> str | None:
        """The key as a name, NFC. None, after a report, if no expression could read it; `allow` one reserved name."""
        name = normal_name(key.text)
        if name in RESERVED_NAMES and name != allow:
            message = f"`{name}` is reserved and cannot be the name of {what}"
            self.diagnostics.report("E0017", message, key.span, help=f"choose another name, such as `my_{name}`")
            return None
        if is_name(name):
            return name
        near = near_name(key.text)
        help = None if near is None else f"write `{near}`"
        if name in KEYWORDS or name in FOREIGN_SPELLINGS:
            message = f"`{name}` is a word of the language and cannot be the name of {what}"
            self.diagnostics.report("E0017", message, key.span, help=help)
        else:
            message = f"`{key.text}` cannot be the name of {what}"
            note = "a name has letters, digits and `_`, and starts with no digit"
            self.diagnostics.report("E0016", message, key.span, note=note, help=help)
        return None

    def declared(self, name: str) -> str | None:
        """What `name` stands for so far, in words, or None."""
        return self._names[name][1] if name in self._names else None

    def declare(self, name: str, span: Span, what: str) -> None:
        """Enter a name into the namespace that inputs, sections, let, rules and valued terms share."""
        if name not in self._names:
            self._names[name] = (span, what)
            return
        earlier, other = self._names[name]
        note = "inputs, sections, let, rules and terms with a value share one namespace"
        secondary = Label(earlier, f"{other} here")
        message = f"`{name}` names two things"
        help = "give one of them another name"
        self.diagnostics.report("E0220", message, span, f"{what} here", help=help, note=note, secondary=secondary)


def _meant_key(written: str, known: Collection[str]) -> str | None:
    """The key that an unknown one surely stands for: what is below it is then read as below the right one."""
    if written in _MEANT_KEYS:
        return _MEANT_KEYS[written] if _MEANT_KEYS[written] in known else None
    if written in _MISPLACED_KEYS:
        return None
    return closest(written, known, cutoff=SURELY)


def _cut_at(node: MappingNode) -> ScalarNode | None:
    """The first key of a flow mapping that has no value and is no name: the rest of a value with a comma."""
    keys = (key for key, value in node.entries if _absent(value) and not is_name(key.text))
    return next(keys, None) if node.flow else None


def _absent(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.absent


_NO_VALUE = "write it behind the `:`, or delete the key"
_NEEDED = {
    "value": "write `name: <expression>`, or the expression behind `value:`",
    "rulereward": "add `rulereward: 1` as the first line; 1 is the version of the ruleset language",
    "name": "write a gate as `- name: too_long`, with `when: <condition>` and `value: <number>` below",
    "terms": "write `score: <expression>`, or list the terms: `terms: {name: weight}`",
}
_MEANT_KEYS = {
    "rewards": "rules", "metrics": "rules",
    "if": "when", "cond": "when", "condition": "when", "then": "value",
}  # fmt: skip
"""Keys of other languages. What stands under them is read as if the right key stood there."""

_MISPLACED_KEYS = {
    "gates": "gates stand under `score`, beside `terms`",
    "terms": "terms stand under `score`",
    "on_null": "`on_null` stands under `score`",
    "clamp": "`clamp` stands under `score`",
    "kind": "a rule is an expression: write `name: exact_match(...)`",
    "type": "a rule is an expression: write `name: exact_match(...)`",
    "weight": "weights stand under `terms` of `score`",
    "weights": "weights stand under `terms` of `score`",
}

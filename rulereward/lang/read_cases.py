"""The key `cases` of a ruleset, and files of cases: read into rows and expectations, all mistakes in one run."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rulereward.lang.case_document import Case, CaseRow, CasesFile, Expectation, Scalar, Setting, Stub
from rulereward.lang.case_expect import read_expectations
from rulereward.lang.case_stubs import read_stubs
from rulereward.lang.case_values import plain_value, scalar_value
from rulereward.lang.diagnostics import Diagnostics, Label
from rulereward.lang.read_parts import Parts
from rulereward.lang.source import Source, Span
from rulereward.lang.yaml_nodes import MappingNode, Node, ScalarNode, SequenceNode
from rulereward.lang.yaml_source import compose

_KEYS = ("name", "given", "rows", "step", "set", "stub", "todo", "expect")
_FILE_KEYS = ("ruleset", "cases", "description")
_A_CASE = "write `- name: right and well formed`, with `given: {...}` and `expect: {reward: 1}` below"
_QUOTES = "put the whole value in quotes, or write the row over several lines"


def read_inline_cases(source: Source, diagnostics: Diagnostics) -> tuple[Case, ...]:
    """The cases in a ruleset's file, none where it has no `cases`. What else is wrong with the file is not told."""
    composed = compose(source, Diagnostics())
    if composed is None or not isinstance(composed.root, MappingNode):
        return ()
    parts = Parts(diagnostics, whole=composed.whole)
    found = [node for key, node in composed.root.entries if key.text == "cases"]
    return _Reader(parts).cases(found[0]) if found else ()


def is_cases_file(source: Source) -> bool:
    """Does the file hold cases for a ruleset, rather than a ruleset?"""
    composed = compose(source, Diagnostics())
    if composed is None or not isinstance(composed.root, MappingNode):
        return False
    keys = {key.text for key, _ in composed.root.entries}
    return "rulereward" not in keys and ("ruleset" in keys or keys.issubset(_FILE_KEYS))


def read_cases_file(source: Source, diagnostics: Diagnostics) -> CasesFile | None:
    """A file of cases; None, after a report, if it is no YAML mapping."""
    composed = compose(source, diagnostics)
    if composed is None:
        return None
    parts = Parts(diagnostics, whole=composed.whole)
    found = parts.keys(composed.root, "a file of cases", _FILE_KEYS, required=("ruleset", "cases"))
    ruleset = parts.word(found["ruleset"][1], "`ruleset`") if "ruleset" in found else None
    return CasesFile(ruleset, _Reader(parts).cases(found["cases"][1]) if "cases" in found else ())


class _Reader:
    def __init__(self, parts: Parts) -> None:
        self.parts, self.diagnostics = parts, parts.diagnostics
        self._names: dict[str, Span] = {}

    def cases(self, node: Node) -> tuple[Case, ...]:
        if not isinstance(node, SequenceNode):
            self.diagnostics.report("E0015", "`cases` must be a list", node.span, help=_A_CASE)
            return ()
        read = [self._case(item) for item in node.items]
        return tuple(case for case in read if case is not None)

    def _case(self, node: Node) -> Case | None:
        """One case, as far as it could be read."""
        before = len(self.diagnostics.found)
        found = {key: value for key, (_, value) in self.parts.keys(node, "a case", _KEYS).items()}
        if not isinstance(node, MappingNode):
            return None
        name, place = self._name(found.get("name"), node)
        rows = self._rows(found, node, place)
        step = self._step(found["step"]) if "step" in found else None
        settings = self._settings(found["set"]) if "set" in found else ()
        todo = self._todo(found["todo"]) if "todo" in found else None
        sound = len(self.diagnostics.found) == before
        return Case(name, place, rows, step, settings, todo, sound)

    def _name(self, node: Node | None, case: Node) -> tuple[str, Span]:
        start = Span(case.span.source, case.span.start, case.span.start)
        if node is None:
            self.diagnostics.report("E0601", "this case has no name", start, help=_A_CASE)
            return "", start
        word = self.parts.word(node, "`name` of a case")
        if word is None:
            return "", start
        if not word.text.strip() or not word.text.isprintable():
            help = "a name is one line of text: it stands in reports"
            self.diagnostics.report("E0601", "this cannot be the name of a case", word.span, help=help)
        earlier = self._names.setdefault(word.text, word.span)
        if earlier is not word.span:
            message = f"two cases are called `{word.text}`"
            first = Label(earlier, "first here")
            help = "say in the name what tells them apart"
            self.diagnostics.report("E0602", message, word.span, "again here", help=help, secondary=first)
        return word.text, word.span

    # ---- rows

    def _rows(self, found: Mapping[str, Node], case: Node, place: Span) -> tuple[CaseRow, ...]:
        if ("given" in found) == ("rows" in found):
            both = "given" in found
            message = "a case has either `given` or `rows`, not both" if both else "a case needs `given` or `rows`"
            help = "`given` is one row; `rows` is a list: the rows of one group"
            span = found["rows"].span if both else Span(case.span.source, case.span.start, case.span.start)
            self.diagnostics.report("E0603", message, span, help=help)
            return ()
        if "expect" not in found:
            self.parts.missing("this case expects nothing", place, help="write `expect: {reward: 1}`")
        return self._group(found) if "rows" in found else self._single(found)

    def _single(self, found: Mapping[str, Node]) -> tuple[CaseRow, ...]:
        stubs = read_stubs(found["stub"], self.parts) if "stub" in found else {}
        expected = read_expectations(found["expect"], self.parts) if "expect" in found else ()
        return (self._row(found["given"], stubs, expected),)

    def _group(self, found: Mapping[str, Node]) -> tuple[CaseRow, ...]:
        rows = self._list(found["rows"], "`rows`")
        expect = self._list(found["expect"], "`expect` of `rows`") if "expect" in found else None
        if rows is None or expect is None:
            return ()
        if not rows or len(rows) != len(expect):
            message = f"`rows` has {_counted(len(rows))}, and `expect` says what is expected of {len(expect)}"
            help = "give one entry under `expect` for each row, in their order"
            self.diagnostics.report("E0603", message if rows else "`rows` is empty", found["expect"].span, help=help)
            return ()
        stubs = self._stubs_of_rows(found.get("stub"), len(rows))
        expected = [read_expectations(node, self.parts) for node in expect]
        return tuple(self._row(*parts) for parts in zip(rows, stubs, expected, strict=True))

    def _list(self, node: Node, what: str) -> tuple[Node, ...] | None:
        if isinstance(node, SequenceNode):
            return node.items
        help = "a list has an entry for each row; a case of one row has `given`"
        self.diagnostics.report("E0603", f"{what} must be a list", node.span, help=help)
        return None

    def _stubs_of_rows(self, node: Node | None, size: int) -> list[Mapping[str, Stub]]:
        """One mapping for all rows, or a list with one for each."""
        if node is None or not isinstance(node, SequenceNode):
            return [{} if node is None else read_stubs(node, self.parts)] * size
        if len(node.items) != size:
            message = f"`stub` is a list of {len(node.items)}, and there are {_counted(size)}"
            help = "give one for each row, or a mapping for all of them"
            self.diagnostics.report("E0603", message, node.span, help=help)
            return [{}] * size
        read = [read_stubs(item, self.parts) for item in node.items]
        for item, stubs in zip(node.items, read, strict=True):
            if set(stubs) != set(read[0]):
                help = "a rule is measured on all rows of a case or on none"
                message = "the rows of a case give values for the same rules"
                self.diagnostics.report("E0606", message, item.span, help=help)
        return list(read)

    def _row(self, node: Node, stubs: Mapping[str, Stub], expected: tuple[Expectation, ...]) -> CaseRow:
        fields: dict[str, object] = {}
        for key, value in self.parts.pairs(node, "a row"):
            if isinstance(value, ScalarNode) and value.absent and not _has_colon(key):
                message = f"YAML ends a value at `,` inside `{{ }}`, so `{key.text}` became a column"
                self.diagnostics.report("E0022", message, key.span, help=_QUOTES)
            fields[key.text] = plain_value(value, self.diagnostics)
        return CaseRow(node.span, fields, stubs, expected)

    # ---- step, set, todo

    def _step(self, node: Node) -> int | None:
        value = scalar_value(node, self.diagnostics) if isinstance(node, ScalarNode) else None
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        help = "write how many steps were trained: `step: 100`"
        self.diagnostics.report("E0608", "`step` must be a whole number", node.span, help=help)
        return None

    def _settings(self, node: Node) -> tuple[Setting, ...]:
        read = [self._setting(key, value) for key, value in self.parts.entries(node, "`set`")]
        return tuple(setting for setting in read if setting is not None)

    def _setting(self, key: ScalarNode, node: Node) -> Setting | None:
        items = node.items if isinstance(node, SequenceNode) else (node,)
        values: list[Scalar] = []
        for item in items:
            value = scalar_value(item, self.diagnostics) if isinstance(item, ScalarNode) else None
            if value is None:
                message = f"`{key.text}` cannot be set to this"
                help = "a parameter is a number, a text, true or false, or a list of those"
                self.diagnostics.report("E0609", message, item.span, help=help)
                return None
            values.append(value)
        return Setting(key.text, node.span, tuple(values) if isinstance(node, SequenceNode) else values[0])

    def _todo(self, node: Node) -> str | None:
        word = self.parts.word(node, "`todo`")
        return None if word is None else word.text


def _counted(rows: int) -> str:
    return f"{rows} row{'s' if rows != 1 else ''}"


def _has_colon(key: ScalarNode) -> bool:
    """Does a colon stand behind the key? Within `{ }` YAML takes a word without one for a key too."""
    return _COLON.match(key.span.source.text, key.span.end) is not None


_COLON = re.compile(r"\s*:")

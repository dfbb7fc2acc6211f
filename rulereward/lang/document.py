"""A ruleset file as read: every key in its place, expressions parsed, nothing resolved yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rulereward.lang.source import Source, Span
from rulereward.lang.tree import Expr


@dataclass(frozen=True, eq=False)
class Entry:
    """A name in the file, where it stands, and the expression under it (None if it did not parse).

    `below` is what the name was in a ruleset that this one extends, for parameters, which keep its type.
    """

    name: str
    span: Span
    value: Expr | None
    below: Entry | None = None


@dataclass(frozen=True, eq=False)
class Word:
    """A scalar that is not an expression: `on_error: propagate`, a column path, a name."""

    text: str
    span: Span


@dataclass(frozen=True, eq=False)
class InputEntry:
    """`answer: [answer, ground_truth]`: column paths to try in order."""

    name: str
    span: Span
    paths: tuple[Word, ...]


@dataclass(frozen=True, eq=False)
class GroupEntry:
    """`group: {by: prompt_id, size: 8}`, or `group: prompt_id`."""

    span: Span
    by: tuple[Word, ...]
    size: Word | None


@dataclass(frozen=True, eq=False)
class SectionEntry:
    """`think: ["<think>", "</think>"]`."""

    name: str
    span: Span
    open: Word
    close: Word


@dataclass(frozen=True, eq=False)
class RuleEntry:
    """A reported rule; `on_error` is a word (`propagate`, `null`, `abort`) or an expression (a constant)."""

    name: str
    span: Span
    value: Expr | None
    when: Expr | None = None
    on_error: Word | Expr | None = None


@dataclass(frozen=True, eq=False)
class Removal:
    """`name: null`: the entry of a ruleset that this one extends is not wanted. `key` is the mapping it stands in."""

    key: str
    name: str
    span: Span


@dataclass(frozen=True, eq=False)
class GateEntry:
    name: str
    span: Span
    when: Expr | None
    value: Expr | None


@dataclass(frozen=True, eq=False)
class TermEntry:
    """`right: 1.0` (the value is the name itself) or, where `valued`, `concise: {value, weight}`."""

    name: str
    span: Span
    value: Expr | None
    weight: Expr | None
    valued: bool = False


@dataclass(frozen=True, eq=False)
class ScoreEntry:
    """Either one expression, or, where it is a `mapping`, gates, terms and what to do around them.

    What a mapping does not say is None: laid over another score, it leaves that as it is.
    """

    span: Span
    expression: Expr | None = None
    mapping: bool = False
    gates: tuple[GateEntry, ...] | None = None
    terms: tuple[TermEntry, ...] | None = None
    on_null: Word | None = None
    clamp: Expr | None = None
    final_null: Expr | None = None
    removed: tuple[Removal, ...] = ()


@dataclass(frozen=True, eq=False)
class RouteEntry:
    """Rows for which `when` is true have `score` laid over the score of the ruleset."""

    name: str
    span: Span
    when: Expr | None
    score: ScoreEntry | None


@dataclass(frozen=True, eq=False)
class MonitorEntry:
    """`expect` is a condition over a batch; it is told of after `steps` (None: at once) on which it did not hold."""

    span: Span
    expect: Expr | None
    steps: Expr | None
    level: Word | None


@dataclass(frozen=True, eq=False)
class Document:
    """One ruleset file, or several that were laid over each other. What a file does not say is None or empty.

    `cases` are kept only as a place; `pin` is the fingerprint that the author expects.
    """

    source: Source
    span: Span
    name: Word | None
    description: Word | None
    extends: tuple[Word, ...]
    params: tuple[Entry, ...]
    inputs: Mapping[str, InputEntry]
    group: GroupEntry | None
    sections: tuple[SectionEntry, ...]
    let: tuple[Entry, ...]
    rules: tuple[RuleEntry, ...]
    score: ScoreEntry | None
    routes: tuple[RouteEntry, ...] | None = None
    monitors: tuple[MonitorEntry, ...] | None = None
    special_tokens: tuple[Word, ...] | None = None
    tokenizer: Word | None = None
    pin: Word | None = None
    cases: Span | None = None
    removed: tuple[Removal, ...] = ()

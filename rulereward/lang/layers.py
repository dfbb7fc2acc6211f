"""`extends`: a ruleset and those it builds on, laid over each other into one document.

Mappings are merged name by name, an entry being replaced whole and `null` taking it away; everything else is replaced
whole. Every part keeps its place in the file it was written in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from rulereward.lang.diagnostics import Diagnostics, Label
from rulereward.lang.document import Document, Entry, Removal, ScoreEntry, TermEntry, Word
from rulereward.lang.read_document import read_document
from rulereward.lang.source import Source, Span

MOST_LAYERS = 50


@dataclass(frozen=True, slots=True)
class Base:
    """A ruleset that another one extends. `key` tells whether two names lead to the same one."""

    key: str
    source: Source


@dataclass(frozen=True, slots=True)
class NoBase:
    """Why a ruleset that another one names cannot be had."""

    message: str
    help: str | None = None


FindBase = Callable[[Word], Base | NoBase]


def read_layers(base: Base, find: FindBase, diagnostics: Diagnostics) -> Document | None:
    """The ruleset with all it extends laid below it, or None if one of them is no YAML mapping.

    `find` looks up a name under `extends`, whose span says in which file it stands.
    """
    document = _Layers(find, diagnostics).read(base, [])
    if document is not None:
        _check_names(document, diagnostics)
    return document


class _Layers:
    def __init__(self, find: FindBase, diagnostics: Diagnostics) -> None:
        self._find = find
        self._diagnostics = diagnostics
        self._read = 0

    def read(self, base: Base, above: list[str]) -> Document | None:
        """One ruleset over those it extends, from left to right. `above` holds the keys that led to it."""
        self._read += 1
        own = read_document(base.source, self._diagnostics)
        if own is None:
            return None
        below: Document | None = None
        complete = True
        if len(own.extends) > MOST_LAYERS:
            message = f"a ruleset is laid over at most {MOST_LAYERS} others"
            self._diagnostics.report("E0029", message, own.extends[MOST_LAYERS].span, help="extend fewer")
            return None
        for word in own.extends:
            found = self._base(word, [*above, base.key])
            layer = None if found is None else self.read(found, [*above, base.key])
            complete = complete and layer is not None
            if layer is not None:
                below = layer if below is None else laid_over(below, layer, self._diagnostics)
        if not complete:
            return None
        return _alone(own, self._diagnostics) if below is None else laid_over(below, own, self._diagnostics)

    def _base(self, word: Word, above: list[str]) -> Base | None:
        found = self._find(word)
        if isinstance(found, NoBase):
            self._diagnostics.report("E0029", found.message, word.span, help=found.help)
            return None
        if found.key in above:
            chain = " → ".join([*above[above.index(found.key) :], found.key])
            help = "put what they share into a ruleset of its own, and extend that"
            self._diagnostics.report("E0030", f"these rulesets extend each other: {chain}", word.span, help=help)
            return None
        if self._read >= MOST_LAYERS:
            self._diagnostics.report("E0029", f"a ruleset is laid over at most {MOST_LAYERS} others", word.span)
            return None
        return found


def _alone(document: Document, diagnostics: Diagnostics) -> Document:
    """A ruleset that extends none: there is nothing it could take away."""
    removed = [*document.removed, *(document.score.removed if document.score is not None else ())]
    for removal in removed:
        _report_idle(removal, diagnostics, "`null` takes away an entry of a ruleset under `extends`: there is none")
    return document


def _report_idle(removal: Removal, diagnostics: Diagnostics, note: str) -> None:
    message = f"`{removal.name}: null` takes away nothing: `{removal.key}` below has no `{removal.name}`"
    diagnostics.report("E0031", message, removal.span, note=note, help="delete the line, or give it a value")


class _Named(Protocol):
    """An entry of a mapping: a parameter, a section, a value, a rule, a term."""

    @property
    def name(self) -> str: ...


_N = TypeVar("_N", bound=_Named)
_BELOW = "what is below are the rulesets under `extends`"


def laid_over(below: Document, top: Document, diagnostics: Diagnostics) -> Document:
    """`top` over `below`. The name, the description, the cases and the fingerprint are those of `top` alone."""

    def merged(key: str, lower: Iterable[_N], upper: Iterable[_N]) -> tuple[_N, ...]:
        return _merged(lower, upper, [item for item in top.removed if item.key == key], diagnostics)

    removes_group = any(item.key == "inputs" and item.name == "group" for item in top.removed)
    removed = [item for item in top.removed if item.key == "inputs" and item.name != "group"]
    inputs = _merged(below.inputs.values(), top.inputs.values(), removed, diagnostics)
    return replace(
        top,
        params=merged("params", below.params, _over_params(below.params, top.params)),
        inputs={entry.name: entry for entry in inputs},
        group=top.group or (None if removes_group else below.group),
        sections=merged("sections", below.sections, top.sections),
        let=merged("let", below.let, top.let),
        rules=merged("rules", below.rules, top.rules),
        score=below.score if top.score is None else score_over(below.score, top.score, diagnostics),
        routes=below.routes if top.routes is None else top.routes,
        monitors=below.monitors if top.monitors is None else top.monitors,
        special_tokens=below.special_tokens if top.special_tokens is None else top.special_tokens,
        tokenizer=top.tokenizer or below.tokenizer,
        removed=(*below.removed, *top.removed, *(top.score.removed if top.score is not None else ())),
    )


def _over_params(lower: Iterable[Entry], upper: Iterable[Entry]) -> Iterable[Entry]:
    """Parameters that know what they were below: a plain number takes on the unit there."""
    known = {entry.name: entry for entry in lower}
    return (replace(entry, below=known.get(entry.name)) for entry in upper)


def _merged(
    lower: Iterable[_N], upper: Iterable[_N], removed: Sequence[Removal], diagnostics: Diagnostics
) -> tuple[_N, ...]:
    """Entries by name, in the order of the lower layer, new ones behind them."""
    entries = {entry.name: entry for entry in lower}
    for removal in removed:
        if entries.pop(removal.name, None) is None:
            _report_idle(removal, diagnostics, _BELOW)
    return tuple((entries | {entry.name: entry for entry in upper}).values())


def score_over(below: ScoreEntry | None, top: ScoreEntry, diagnostics: Diagnostics) -> ScoreEntry:
    """A score over another: an expression replaces it, a mapping is laid over it key by key, terms name by name."""
    if below is None or not (below.mapping and top.mapping):
        for removal in top.removed:
            _report_idle(removal, diagnostics, "the score below has no terms")
        return top
    lower = below.terms or ()
    valued = {term.name: term for term in lower if term.valued}
    upper = tuple(_weighed_anew(term, valued.get(term.name)) for term in top.terms or ())
    return ScoreEntry(
        top.span,
        mapping=True,
        gates=below.gates if top.gates is None else top.gates,
        terms=_merged(lower, upper, top.removed, diagnostics),
        on_null=top.on_null or below.on_null,
        clamp=top.clamp or below.clamp,
        final_null=top.final_null or below.final_null,
    )


def _weighed_anew(term: TermEntry, below: TermEntry | None) -> TermEntry:
    """A plain weight for a term that brings its own value changes the weight only: the name still stands for it."""
    if term.valued or below is None:
        return term
    return TermEntry(term.name, term.span, below.value, term.weight, valued=True)


def _check_names(document: Document, diagnostics: Diagnostics) -> None:
    """One name for two things in two files; within a file this was reported when it was read."""
    seen: dict[str, tuple[Span, str]] = {}
    for name, span, what in _declared(document):
        earlier = seen.setdefault(name, (span, what))
        if earlier[0].source is not span.source:
            diagnostics.report(
                "E0220",
                f"`{name}` names two things",
                span,
                f"{what} here",
                note="all names share one namespace, across the files of a ruleset too",
                secondary=Label(earlier[0], f"{earlier[1]} here"),
            )


def _declared(document: Document) -> Iterable[tuple[str, Span, str]]:
    for what, entries in (
        ("a parameter", document.params),
        ("an input", document.inputs.values()),
        ("a section", document.sections),
        ("a `let` entry", document.let),
        ("a rule", document.rules),
    ):
        yield from ((entry.name, entry.span, what) for entry in entries)
    scores = [document.score, *(route.score for route in document.routes or ())]
    for score in scores:
        yield from ((term.name, term.span, "a term") for term in (score.terms or () if score else ()) if term.valued)

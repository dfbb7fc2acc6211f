"""A ruleset against somebody's reward function: where they differ, grouped by cause."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np

from rulereward.api import Ruleset
from rulereward.data import F64, I64, U8, Bools, State
from rulereward.insight.compare.answers import Answer, Theirs, printable
from rulereward.insight.compare.asked import Asked, asked_rows
from rulereward.insight.compare.calling import ask
from rulereward.insight.compare.causes import Cause, causes
from rulereward.insight.compare.conventions import Style, convention
from rulereward.insight.compare.differences import differences
from rulereward.insight.compare.features import Feature, text_features
from rulereward.insight.compare.foreign import Function
from rulereward.insight.compare.row_text import RowText
from rulereward.insight.compare.rule_features import column_features, part_features, rule_features, value_features
from rulereward.insight.data import Data
from rulereward.insight.judged import Judged, judge, told_reason

TOLERANCE = 1e-6
SHOWN_EXAMPLES = 3
SHOWN_PAIRS = 5
SHOWN_CHARS = 60


@dataclass(frozen=True, slots=True)
class Example:
    """A row of a group; `ours` and `theirs` as they are told to people."""

    row: int
    where: str
    ours: str
    theirs: str
    gold: str
    text: str
    """The end of the completion."""


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that differ in one way for one reason.

    `features` are the predicates that they share, by name, and `cause` the same in words; both are empty where no
    common cause was found (`found` is false), or where the difference is on every row. `also` names predicates that
    hold on the same rows as the feature; where no cause was found, predicates that all these rows and no
    agreeing one have, which may be chance. `agreeing` rows share the predicates and do not differ. `values` are the
    most frequent pairs of ours and theirs with their number, and `own` what our side says of its rows: why it has no
    value, or which gate gave the reward, each with its number.
    """

    difference: str
    cause: str
    features: tuple[str, ...]
    also: tuple[str, ...]
    found: bool
    rows: tuple[int, ...]
    agreeing: int
    own: tuple[tuple[str, int], ...]
    values: tuple[tuple[str, str, int], ...]
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is compared, and where it differs.

    `agree` rows have values within the tolerance, or none on both sides; `unread` ones could not be read and are in
    neither number. `notes` say what is worth knowing of the calls.
    """

    ruleset: str
    rule: str | None
    function: str
    style: Style
    rows: int
    agree: int
    differ: int
    unread: int
    groups: tuple[Group, ...]
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """Plain values, as `rulereward compare --format json` prints them."""
        return asdict(self)


def compare(
    ruleset: Ruleset,
    function: Function,
    data: Data,
    *,
    style: Style | None = None,
    rule: str | None = None,
    tolerance: float = TOLERANCE,
    step: int | None = None,
) -> Comparison:
    """Call `function` on all rows and group the differences to the reward, or to one `rule`.

    Raises ConfigurationError where nobody can tell how to call the function, where the data lacks a column that it
    needs, and for a rule that the ruleset does not have.
    """
    if rule is not None:
        ruleset.check_rule(rule)
    how = convention(function, style)
    rows = asked_rows(ruleset, data)
    keys = data.keys(ruleset)
    told = ask(how, ruleset, rows, keys, step)
    judged = judge(ruleset, data, step)
    ours, states = (judged.reward, judged.states) if rule is None else (judged.rules[rule], judged.rule_states(rule))
    parts = judged.parts if rule is None else {}
    found = differences(ours, states, told.answers, parts, tolerance)
    groups = causes(found, _features(ruleset, judged, rows, ours, parts), _units(keys, len(rows)))
    return Comparison(
        ruleset=ruleset.name,
        rule=rule,
        function=_named(function),
        style=told.convention.style,
        rows=len(rows),
        agree=int(found.agree.sum()),
        differ=int(found.differ.sum()),
        unread=sum(row is None for row in rows),
        groups=tuple(
            _group(cause, _Shown(ours, states, told.answers, rows, data.where, _own(judged, rule)))
            for cause in groups
        ),
        notes=told.notes,
    )


def _own(judged: Judged, rule: str | None) -> list[str | None]:
    """Why a row has no value on our side, or which gate gave its reward."""
    if rule is None:
        return [judged.trouble(row) or gate for row, gate in enumerate(judged.gates)]
    cells = judged.scores[rule]
    reasons = zip(cells.states.tolist(), cells.reasons, strict=True)
    return [None if state == State.OK else told_reason(State(state), reason) for state, reason in reasons]


def _named(function: Function) -> str:
    return str(getattr(function, "__qualname__", None) or getattr(function, "__name__", type(function).__name__))


def _features(
    ruleset: Ruleset, judged: Judged, rows: Sequence[Asked | None], ours: F64, parts: Mapping[str, F64]
) -> list[Feature]:
    """All predicates, those about texts first: they say more to whoever looks for the bug than our own values do."""
    places = [place for place, row in enumerate(rows) if row is not None]
    asked = [row for row in rows if row is not None]
    known = {path.partition(".")[0] for item in ruleset.plan.inputs.values() for path in item.paths}
    known |= set(ruleset.plan.group.by)
    found = [*text_features([RowText(row) for row in asked]), *column_features(asked, sorted(known))]
    spread = [replace(one, holds=_spread(one, places, len(rows))) for one in found]
    return [
        *spread,
        *(part_features(parts, judged.gates, judged.routes) if parts else ()),
        *rule_features(ruleset, judged.scores),
        *value_features(ours),
    ]


def _units(keys: Sequence[Hashable] | None, size: int) -> I64:
    """Rows of one group by one number; a row without a group is on its own."""
    known = [None] * size if keys is None else keys
    told = [("row", row) if key is None else ("key", key) for row, key in enumerate(known)]
    numbers = {one: number for number, one in enumerate(dict.fromkeys(told))}
    return np.array([numbers[one] for one in told], dtype=np.int64)


def _spread(feature: Feature, places: Sequence[int], size: int) -> Bools:
    holds = np.zeros(size, dtype=np.bool_)
    holds[list(places)] = feature.holds
    return holds


@dataclass(frozen=True, slots=True, eq=False)
class _Shown:
    """What groups show of their rows."""

    ours: F64
    states: U8
    theirs: Sequence[Theirs]
    rows: Sequence[Asked | None]
    where: Sequence[str]
    own: Sequence[str | None]
    """What we know of our value on a row, beside its number."""

    def pair(self, row: int) -> tuple[str, str]:
        return self.told_ours(row), told_theirs(self.theirs[row])

    def told_ours(self, row: int) -> str:
        value = float(self.ours[row])
        return _number(value) if math.isfinite(value) else ("null", "null", "skipped", "error")[int(self.states[row])]

    def example(self, row: int) -> Example:
        asked = self.rows[row]
        assert asked is not None
        ours, theirs = self.pair(row)
        if self.theirs[row].answer is Answer.FAILED:
            theirs = f"{theirs}: {self.theirs[row].message}"
        text = printable(asked.completion)
        gold = "" if asked.answer is None else printable(str(asked.answer))[:SHOWN_CHARS]
        shown = text if len(text) <= SHOWN_CHARS else f"...{text[3 - SHOWN_CHARS :]}"
        return Example(row, self.where[row], ours, theirs, gold, shown)


def told_theirs(one: Theirs) -> str:
    """Their answer in a word or two."""
    if one.answer is Answer.NUMBER:
        return _number(one.value)
    return one.name or ("None" if one.answer is Answer.NONE else one.answer.value)


def _number(value: float) -> str:
    return f"{value:.6g}"


def _group(cause: Cause, shown: _Shown) -> Group:
    rows = np.flatnonzero(cause.rows).tolist()
    pairs = Counter(shown.pair(row) for row in rows).most_common(SHOWN_PAIRS)
    own = Counter(said for said in (shown.own[row] for row in rows) if said is not None)
    words = [
        literal.feature.words if literal.holds else f"not: {literal.feature.words}" for literal in cause.literals
    ]
    return Group(
        difference=cause.kind,
        cause=" and ".join(words),
        features=tuple(literal.name for literal in cause.literals),
        also=tuple(feature.name for feature in cause.also),
        found=cause.found,
        rows=tuple(rows),
        agreeing=cause.agreeing,
        own=tuple(own.most_common(SHOWN_PAIRS)),
        values=tuple((ours, theirs, number) for (ours, theirs), number in pairs),
        examples=tuple(shown.example(row) for row in rows[:SHOWN_EXAMPLES]),
    )

"""Asking somebody's reward function about all rows, so that a row it cannot deal with loses no other."""

from __future__ import annotations

import asyncio
import inspect
from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rulereward.api import Ruleset
from rulereward.api.batches import whole_groups
from rulereward.insight.compare.answers import NOT_ASKED, Answer, Theirs, failed, read_value, read_values
from rulereward.insight.compare.asked import Arguments, Asked
from rulereward.insight.compare.conventions import BATCHED, Convention

BATCH_ROWS = 256
"""Rows in one call; a group is never cut."""

PROBED_ROWS = 8
_TRIED_FORMS = 3


@dataclass(frozen=True, slots=True)
class Told:
    """All answers in row order, how the function was called in the end, and what is worth knowing of the calls."""

    answers: list[Theirs]
    convention: Convention
    notes: tuple[str, ...]


def ask(
    convention: Convention,
    ruleset: Ruleset,
    rows: Sequence[Asked | None],
    keys: Sequence[Hashable] | None,
    step: int | None,
) -> Told:
    """Ask about every row. Raises ConfigurationError where the data lacks what the function needs."""
    readable = [row for row in rows if row is not None]
    convention, notes = _settled(convention, ruleset, readable, step)
    caller = _Caller(convention, Arguments(convention, ruleset, readable, step))
    answers = [NOT_ASKED] * len(rows)
    known: list[Hashable] = [None] * len(rows) if keys is None else list(keys)
    places = [place for place, row in enumerate(rows) if row is not None]
    for block in whole_groups([known[place] for place in places], BATCH_ROWS):
        asked = [places[number] for number in block]
        for place, answer in caller.answers(asked, rows, known):
            answers[place] = answer
    notes += caller.notes(answers, rows, known)
    return Told(answers, convention, tuple(notes))


class _Caller:
    def __init__(self, convention: Convention, arguments: Arguments) -> None:
        self._convention = convention
        self._arguments = arguments
        self._alone = 0

    def call(self, rows: Sequence[Asked]) -> list[Theirs]:
        """One call for all rows where the function takes many. Raises whatever the function does."""
        if self._convention.style in BATCHED:
            return read_values(_result(self._convention, self._arguments.batch(rows)), len(rows))
        return [read_value(_result(self._convention, self._arguments.row(row))) for row in rows]

    def answers(
        self, places: Sequence[int], rows: Sequence[Asked | None], keys: Sequence[Hashable]
    ) -> Iterator[tuple[int, Theirs]]:
        """All at once; if that fails group by group; and where a group fails row by row."""
        asked = [row for place in places if (row := rows[place]) is not None]
        try:
            found = self.call(asked)
        except (Exception, SystemExit) as error:  # noqa: BLE001  (what a function raises is a finding)
            if len(places) == 1:
                yield places[0], failed(error)
                return
        else:
            yield from zip(places, found, strict=True)
            return
        groups: dict[Hashable, list[int]] = defaultdict(list)
        for place in places:
            groups[("row", place) if keys[place] is None else ("key", keys[place])].append(place)
        parts = list(groups.values()) if len(groups) > 1 else [[place] for place in places]
        if self._convention.style in BATCHED:
            self._alone += len(places) if len(groups) == 1 else 0
        for part in parts:
            yield from self.answers(part, rows, keys)

    def notes(self, answers: Sequence[Theirs], rows: Sequence[Asked | None], keys: Sequence[Hashable]) -> list[str]:
        """What a reader has to know of the calls: rows asked about alone, values that hang on other rows."""
        if self._convention.style not in BATCHED:
            return []
        found = []
        if self._alone:
            found.append(
                f"{self._alone:,} rows were asked about one by one, because a call with their group failed: a "
                "function that compares the completions of a call sees one there"
            )
        places = [place for place, answer in enumerate(answers) if answer.answer is Answer.NUMBER]
        if places and keys[places[0]] is not None:
            places = [place for place in places if keys[place] == keys[places[0]]]
        asked = [row for place in places[:PROBED_ROWS] if (row := rows[place]) is not None]
        text = self._probe(asked) if len(asked) > 1 else None
        return [*found, text] if text else found

    def _probe(self, asked: Sequence[Asked]) -> str | None:
        """Ask about a few rows again, twice together and once alone."""
        try:
            first, second = self.call(asked), self.call(asked)
            alone = [self.call([row])[0] for row in asked]
        except (Exception, SystemExit):  # noqa: BLE001  (the rows were answered before; a probe that fails tells nothing)
            return None
        if _other(first, second):
            return "the function is not deterministic: two calls with the same rows gave different values"
        if _other(first, alone):
            return "the function compares completions: a completion alone gets another value than among its group"
        return None


def _other(first: Sequence[Theirs], second: Sequence[Theirs]) -> bool:
    pairs = zip(first, second, strict=True)
    return any(a.answer is not b.answer or abs(a.value - b.value) > 1e-9 * max(1.0, abs(a.value)) for a, b in pairs)


def _result(convention: Convention, arguments: dict[str, Any]) -> Any:
    result = convention.function(**arguments)
    return asyncio.run(_awaited(result)) if inspect.isawaitable(result) else result


async def _awaited(result: Any) -> Any:
    return await result


def _settled(
    convention: Convention, ruleset: Ruleset, rows: Sequence[Asked], step: int | None
) -> tuple[Convention, list[str]]:
    """Texts or messages, where the signature does not say: messages if the data has them, or if only they work."""
    if convention.told or convention.style != "trl":
        return convention, []
    chat = replace(convention, style="trl-chat", told=True)
    if rows and all(isinstance(row.raw_completion, list) for row in rows):
        return chat, []
    tried = [row for row in rows if row.completion.strip()][:_TRIED_FORMS]
    as_texts, as_messages = ([_works(form, ruleset, row, step) for row in tried] for form in (convention, chat))
    if not any(as_texts) and any(as_messages):
        return chat, ["completions are given as chat messages: with plain texts the function fails"]
    return convention, []


def _works(convention: Convention, ruleset: Ruleset, row: Asked, step: int | None) -> bool:
    caller = _Caller(convention, Arguments(convention, ruleset, [row], step))
    try:
        caller.call([row])
    except (Exception, SystemExit):  # noqa: BLE001  (this is the question: does it fail?)
        return False
    return True

"""Scoring texts in the place of a row's own completion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rulereward.api import Ruleset
from rulereward.api.batches import Fields
from rulereward.data import F64, U8, Reason
from rulereward.insight.lazy.sampling import Case, with_completion

Texts = Sequence[str | None]
"""A text for each case; None where there is none to try."""


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """What one text per case came to. `cases` are the places of those that had a text; all else is in their order."""

    cases: tuple[int, ...]
    texts: tuple[str, ...]
    reward: F64
    states: U8
    reasons: tuple[Reason | None, ...]
    parts: Mapping[str, F64]
    """What each rule, or term of its own, put into the reward."""
    rules: Mapping[str, F64]


def try_texts(ruleset: Ruleset, cases: Sequence[Case], tried: Sequence[Texts], step: int | None) -> list[Trial]:
    """One trial for each list of texts.

    Where the ruleset compares the completions of a group, the text replaces one member, and the other members are
    the row's own: a policy that has found a trick is one of several that have not. If all members wrote the same,
    group functions would be tied and say nothing; a member too many would make a group of a declared size incomplete.
    """
    rows: list[Fields] = []
    keys: list[str] = []
    own: list[list[int]] = []
    places = [tuple(place for place, text in enumerate(texts) if text is not None) for texts in tried]
    for number, (texts, chosen) in enumerate(zip(tried, places, strict=True)):
        own.append([])
        for place in chosen:
            case = cases[place]
            others = case.others if ruleset.uses_groups else ()
            own[-1].append(len(rows))
            rows += [with_completion(ruleset, case.row, texts[place] or ""), *others]
            keys += [f"{number}/{place}"] * (1 + len(others))
    scores = ruleset.score_rows(rows, group=keys, step=step, evaluate="all")
    parts = scores.contributions()
    rules = {name: scores[name].values for name in scores}
    found = []
    for texts, chosen, members in zip(tried, places, own, strict=True):
        at = np.array(members, dtype=np.int64)
        found.append(
            Trial(
                cases=chosen,
                texts=tuple(texts[place] or "" for place in chosen),
                reward=scores.reward[at],
                states=scores.states[at],
                reasons=tuple(scores.reasons[row] for row in members),
                parts={name: values[at] for name, values in parts.items()},
                rules={name: values[at] for name, values in rules.items()},
            )
        )
    return found

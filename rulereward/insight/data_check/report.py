"""A ruleset on data: columns and types, rules that are constant or missing, groups that teach nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rulereward.api import RuleScores, Ruleset, Scores
from rulereward.data import Reason
from rulereward.engine.credit import CreditTally
from rulereward.insight.data import Data
from rulereward.insight.data_check.columns import ColumnReport, check_columns, column_observations
from rulereward.insight.data_check.constant_rules import RuleReport, rule_report
from rulereward.insight.data_check.observations import Observation, share

FEWEST_ROWS = 10
"""A rule that is the same on fewer rows than this is nothing to warn of."""

MANY = 0.05
"""Share of the rows from which on missing values are a warning."""

TIED = 0.5
"""Share of the groups from which on being tied is a warning."""

REWARD = "reward"


@dataclass(frozen=True, slots=True)
class DataReport:
    """`unreadable` rows are no JSON objects; rules and reward are told of rows with a completion. `groups` have two
    members or more with a reward; in `tied` of them all rewards are equal.
    """

    ruleset: str
    rows: int
    unreadable: int
    columns: tuple[ColumnReport, ...]
    rules: tuple[RuleReport, ...]
    reward: RuleReport
    groups: int
    tied: int
    observations: tuple[Observation, ...]

    @property
    def warnings(self) -> tuple[Observation, ...]:
        return tuple(found for found in self.observations if found.level == "warning")


def check_data(ruleset: Ruleset, data: Data, *, step: int | None = None, scores: Scores | None = None) -> DataReport:
    """Score the data and say what is odd. `scores` are those of the rows, where they are known already.

    Raises ConfigurationError where the ruleset needs a `step` or groups that are not there.
    """
    scores = ruleset.score_rows(data.rows, step=step, evaluate="all") if scores is None else scores
    unreadable = sum(isinstance(row, Reason) for row in data.rows)
    good = [place for place, row in enumerate(data.rows) if not _is_unfit(row, scores.reasons[place])]
    columns = check_columns(ruleset, data)
    rules = tuple(
        rule_report(ruleset, name, node, scores[name], good, data) for name, node in ruleset.plan.reported.items()
    )
    cells = RuleScores(scores.reward, scores.states, scores.reasons)
    reward = rule_report(ruleset, REWARD, ruleset.plan.reward, cells, good, data)
    tally = CreditTally()
    scores.add_to(tally)
    observations = [
        *_unreadable(data),
        *column_observations(columns),
        *(found for rule in (*rules, reward) for found in _about(rule, len(good))),
        *_groups(tally),
    ]
    counted = tally.groups, tally.tied
    return DataReport(
        ruleset.name, len(data.rows), unreadable, columns, rules, reward, *counted, told_once(observations)
    )


def without_cut_group(ruleset: Ruleset, data: Data, limit: int) -> Data:
    """The data without its last group, where a limit may have cut it and the ruleset compares groups."""
    if not ruleset.uses_groups or len(data.rows) < limit:
        return data
    keys = data.keys(ruleset)
    if keys is None or keys[-1] is None or len(set(keys)) < 2:
        return data
    kept = [place for place, key in enumerate(keys) if key != keys[-1]]
    return Data([data.rows[place] for place in kept], [data.where[place] for place in kept])


def _is_unfit(row: object, reason: Reason | None) -> bool:
    """Is the row itself at fault, whatever the ruleset? Then no rule has to answer for it."""
    return isinstance(row, Reason) or (reason is not None and reason.code in ("no_completion", "bad_completion"))


def _unreadable(data: Data) -> Iterator[Observation]:
    bad = [(place, row) for place, row in enumerate(data.rows) if isinstance(row, Reason)]
    if bad:
        place, reason = bad[0]
        message = (
            f"{share(len(bad), len(data.rows))} rows cannot be read, first {data.where[place]}: {reason.message}"
        )
        yield Observation("warning", "unreadable", message, where=data.where[place])
    if not data.rows:
        yield Observation("warning", "no_rows", "there is no row in this file")


def _about(rule: RuleReport, rows: int) -> Iterator[Observation]:
    name = rule.name
    if rule.constant is not None and rule.ok >= FEWEST_ROWS:
        because = f": {rule.because}" if rule.because else ""
        message = f"{name} is {rule.constant_text} on {share(rule.ok, rows)} rows{because}"
        yield Observation("note" if rule.at_best else "warning", "constant", message, rule=name)
    for state, code, message, number in rule.why:
        first = "" if number == 1 else "first: "
        text = f"{name} is {_STATES[state]} on {share(number, rows)} rows: {code} ({first}{message})"
        grave = state == "error" or number >= MANY * rows
        yield Observation("warning" if grave else "note", f"rule_{state}", text, rule=name)


_STATES = {"null": "null", "error": "an error"}


def _groups(tally: CreditTally) -> Iterator[Observation]:
    if not tally.groups or not tally.tied:
        return
    grave = tally.tied >= TIED * tally.groups and tally.groups > 1
    message = f"{share(tally.tied, tally.groups)} groups have no spread: all their rewards are equal, so no advantage"
    yield Observation("warning" if grave else "note", "tied_groups", message)


def told_once(observations: Sequence[Observation]) -> tuple[Observation, ...]:
    """Without what is said of the reward for a reason that one of its rules has given already."""
    codes = Counter(_code(found) for found in observations if found.rule not in (None, REWARD))
    return tuple(
        found
        for found in observations
        if found.rule != REWARD or found.code == "constant" or _code(found) not in codes
    )


def _code(found: Observation) -> str:
    return found.message.partition(" rows: ")[2].partition(" (")[0]

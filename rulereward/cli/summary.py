"""The end of a run for people: a line for each rule, what is missing and why, and what looks wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from rich.table import Table

from rulereward.cli.screen import Screen
from rulereward.cli.tally import Count, RunTally
from rulereward.engine.credit import REST, CreditTally

MOST_REASONS = 12
MOST_COLUMNS = 12
FEWEST_ROWS = 10
"""A rule that is the same on fewer rows than this is nothing to warn of."""

_NEGLIGIBLE = 0.005


@dataclass(frozen=True, slots=True)
class Ending:
    """A finished run.

    `bools` names the rules whose values are true and false; `kept` rows were in the output before; `renamed` rows had
    columns of their own that had to be renamed.
    """

    tally: RunTally
    ruleset: str
    bools: Collection[str]
    seconds: float
    kept: int
    renamed: int


def show_summary(screen: Screen, ending: Ending) -> None:
    """Print it."""
    groups = ending.tally.groups.tally()
    if ending.tally.good_rows:
        screen.note("")
        screen.show(_table(ending.tally, groups))
    for text in (*_facts(ending, groups), *_reasons(ending.tally)):
        screen.note(text)
    for text in _warnings(ending):
        screen.warn(text)


def _table(tally: RunTally, groups: CreditTally) -> Table:
    """One line for each rule, each term of its own that has credit, and the reward."""
    table = Table(box=None, pad_edge=False, show_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("", overflow="fold", max_width=36)
    compared = groups.groups > 0
    for head in ("mean", *(("spread", "credit") if compared else ()), "missing", "error", "skipped", "time"):
        table.add_column(head, justify="right", no_wrap=True)

    def add(
        name: str, count: Count | None, spread: int | None, time: str = "", style: str = "", unfit: int = 0
    ) -> None:
        differs = "" if spread is None else _percent(spread / groups.groups)
        credited = _percent(credit[name]) if name in credit else ""
        numbers = () if count is None else (count.null, count.error + unfit, count.skipped)
        states = [f"{number:,}" for number in numbers] or [""] * 3
        mean = "" if count is None or count.mean is None else _number(count.mean)
        table.add_row(name, mean, *((differs, credited) if compared else ()), *states, time, style=style)

    credit = groups.credit()
    for name, count in tally.rules.items():
        add(name, count, groups.spread.get(name, 0) if compared else None, _time(tally.seconds[name]))
    for name, share in credit.items():
        if name not in tally.rules and (name != REST or abs(share) >= _NEGLIGIBLE):
            add(name, None, None)
    add("reward", tally.reward, groups.groups - groups.tied if compared else None, style="bold", unfit=tally.bad_rows)
    return table


def _rate(rows: float) -> str:
    return f"{rows:,.0f}" if rows >= 10 else f"{rows:.2g}"


def _facts(ending: Ending, groups: CreditTally) -> Iterator[str]:
    tally, seconds = ending.tally, ending.seconds
    rate = f" ({_rate(tally.rows / seconds)} a second)" if tally.rows and seconds else ""
    bad = f", {tally.bad_rows:,} of them bad" if tally.bad_rows else ""
    before = f"; {_rows(ending.kept)} from before are not counted here" if ending.kept else ""
    yield f"{ending.ruleset}: {_rows(tally.rows)} in {_time(seconds)}{rate}{bad}{before}"
    if groups.groups:
        keyed = " with equal prompts" if tally.grouped_by_prompt else ""
        sampled = "" if tally.groups.is_whole else ", in a sample of all groups"
        meaning = " (no spread, so no advantage)" if groups.tied else ""
        alone = tally.good_rows - groups.rows if tally.groups.is_whole else 0
        apart = f"; {_rows(alone)} outside of them" if alone else ""
        yield f"{groups.tied:,} of {groups.groups:,} groups{keyed} tied{meaning}{sampled}{apart}"
    yield from _ways(tally)


def _ways(tally: RunTally) -> Iterator[str]:
    """How many rows took each route, and had their reward from each gate."""
    for title, counts in (("routes taken", tally.ways.routes), ("rewards given by gates", tally.ways.gates)):
        if counts:
            yield f"{title}: {', '.join(f'{name} {number:,}' for name, number in counts.items())}"
    for name, number in tally.ways.undecided.items():
        if number:
            yield f"  the condition of {name} was null on {_rows(number)}, which counts as not true"


def _reasons(tally: RunTally) -> Iterator[str]:
    """Each rule's reasons for having no value, the most frequent first; the reward's where they are no rule's."""
    found = [
        (number, name, why, count.messages[why])
        for name, count in tally.rules.items()
        for why, number in count.why.items()
    ]
    told = {why for _, _, why, _ in found}
    reward = tally.reward
    found += [(n, "reward", why, reward.messages[why]) for why, n in reward.why.items() if why not in told]
    found.sort(key=lambda entry: -entry[0])
    for number, name, why, message in found[:MOST_REASONS]:
        first = "" if number == 1 else "first: "
        yield f"  {name}: {why.state.name.lower()} on {_rows(number)}: {why.code} ({first}{message})"
    if len(found) > MOST_REASONS:
        yield f"  and {len(found) - MOST_REASONS} further reasons"


def _warnings(ending: Ending) -> Iterator[str]:
    tally = ending.tally
    if not tally.rows and not ending.kept:
        yield "there was no row to score"
    yield from absent_inputs(tally, "no row")
    if tally.good_rows and not tally.reward.ok:
        why, number = max(tally.reward.why.items(), key=lambda entry: entry[1])
        yield f"no row has a reward: {why.state.name.lower()} on {_rows(number)}: {tally.reward.messages[why]}"
    for name, count in {**tally.rules, "reward": tally.reward}.items():
        if count.ok >= FEWEST_ROWS and count.low == count.high:
            value = ("true" if count.low else "false") if name in ending.bools else f"{count.low:g}"
            yield f"{name} is {value} on {count.ok:,} of {tally.good_rows:,} rows"
    if ending.renamed:
        yield f"{_rows(ending.renamed)} had columns named reward...: they are kept as input_reward..."


def absent_inputs(tally: RunTally, who: str) -> list[str]:
    """What to say of inputs that were never there; `who` is `no row` or its like."""
    absent = tally.inputs.absent
    if not tally.columns or not absent:
        return []
    columns = [paths[0] for name, paths in absent.items() if name.startswith("row.")]
    texts = [
        f"{who} has `{name}` (tried {', '.join(paths)}): use --map {name}=COLUMN"
        for name, paths in absent.items()
        if not name.startswith("row.")
    ]
    if columns:
        texts.append(f"{who} has {_listed(columns)}, which the ruleset reads as row.{', row.'.join(columns)}")
    more = len(tally.columns) - MOST_COLUMNS
    texts[-1] += f"; the first row has {_listed(tally.columns[:MOST_COLUMNS])}"
    texts[-1] += f" and {more} more" if more > 0 else ""
    return texts


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _rows(number: int) -> str:
    return f"{number:,} row" if number == 1 else f"{number:,} rows"


def _number(value: float) -> str:
    return f"{value:,.1f}" if abs(value) >= 1000 else f"{value:.3f}"


def _percent(share: float) -> str:
    return f"{share:.0%}"


def _time(seconds: float) -> str:
    if seconds >= 120:
        return f"{seconds / 60:,.0f} min"
    return f"{seconds:.1f} s" if seconds >= 0.1 else f"{seconds * 1000:.0f} ms"

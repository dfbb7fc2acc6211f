"""The end of a run for people: a line for each rule, what is missing and why, and what looks wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from rich.table import Table

from rulereward.cli.screen import Screen
from rulereward.cli.tally import Count, RunTally
from rulereward.engine.credit import REST, CreditTally

MOST_REASONS = 12
MOST_COLUMNS = 12
FEWEST_ROWS = 10
"""A rule that is the same on fewer rows than this is nothing to warn of."""

_NEGLIGIBLE = 0.005
_HEADS = ("mean", "spread", "credit", "missing", "error", "skipped", "time")


def show_summary(screen: Screen, tally: RunTally, bools: Collection[str], seconds: float, renamed: int) -> None:
    """Print it. `bools` names the rules whose values are true and false; `renamed` counts rows whose own columns
    were.
    """
    groups = tally.groups.tally()
    if tally.good_rows:
        screen.note("")
        screen.show(_table(tally, groups))
    for text in _facts(tally, groups, seconds):
        screen.note(text)
    for text in _reasons(tally):
        screen.note(text)
    for text in _warnings(tally, bools, renamed):
        screen.warn(text)


def _table(tally: RunTally, groups: CreditTally) -> Table:
    table = Table(box=None, pad_edge=False, show_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("", overflow="fold", max_width=36)
    for head in _HEADS:
        table.add_column(head, justify="right", no_wrap=True)
    credit = groups.credit()
    for name, count in tally.rules.items():
        spread = _percent(groups.spread.get(name, 0) / groups.groups) if groups.groups else ""
        credited = _percent(credit[name]) if name in credit else ""
        table.add_row(name, *_cells(count, spread, credited), _time(tally.seconds[name]))
    for name, share in credit.items():
        if name not in tally.rules and (name != REST or abs(share) >= _NEGLIGIBLE):
            table.add_row(name, "", "", _percent(share))
    spread = _percent(1 - groups.tied / groups.groups) if groups.groups else ""
    table.add_row("reward", *_cells(tally.reward, spread, ""), style="bold")
    return table


def _cells(count: Count, spread: str, credit: str) -> list[str]:
    mean = "" if count.mean is None else _number(count.mean)
    return [mean, spread, credit, *(f"{number:,}" for number in (count.null, count.error, count.skipped))]


def _facts(tally: RunTally, groups: CreditTally, seconds: float) -> Iterator[str]:
    bad = f", {tally.bad_rows:,} of them bad" if tally.bad_rows else ""
    rate = f" ({tally.rows / seconds:,.0f} a second)" if tally.rows and seconds else ""
    yield f"{_rows(tally.rows)} in {_time(seconds)}{rate}{bad}"
    if groups.groups:
        keyed = " with equal prompts" if tally.grouped_by_prompt else ""
        sampled = "" if tally.groups.is_whole else ", a sample of all groups"
        yield f"{groups.tied:,} of {groups.groups:,} groups{keyed} tied (no spread, so no advantage){sampled}"


def _reasons(tally: RunTally) -> Iterator[str]:
    """Each rule's reasons for having no value, the most frequent first."""
    found = [
        (number, name, why, count.messages[why])
        for name, count in {**tally.rules, "reward": tally.reward}.items()
        for why, number in count.why.items()
    ]
    found.sort(key=lambda entry: -entry[0])
    for number, name, why, message in found[:MOST_REASONS]:
        yield f"  {name}: {why.state.name.lower()} on {_rows(number)}: {why.code}: {message}"
    if len(found) > MOST_REASONS:
        yield f"  and {len(found) - MOST_REASONS} further reasons"


def _warnings(tally: RunTally, bools: Collection[str], renamed: int) -> Iterator[str]:
    if not tally.rows:
        yield "there was no row to score"
    yield from absent_inputs(tally, "no row")
    for name, count in {**tally.rules, "reward": tally.reward}.items():
        if count.ok >= FEWEST_ROWS and count.low == count.high:
            value = ("true" if count.low else "false") if name in bools else f"{count.low:g}"
            yield f"{name} is {value} on {count.ok:,} of {tally.good_rows:,} rows"
    if renamed:
        yield f"{_rows(renamed)} had columns named reward...: they are kept as input_reward..."


def absent_inputs(tally: RunTally, who: str) -> Iterator[str]:
    """What to say of inputs that were never there; `who` is `no row` or its like."""
    if not tally.good_rows and not tally.columns:
        return
    shown = ", ".join(tally.columns[:MOST_COLUMNS]) + (", ..." if len(tally.columns) > MOST_COLUMNS else "")
    for name, paths in tally.inputs.absent.items():
        if name.startswith("row."):
            yield f"{who} has the column `{paths[0]}`, which the ruleset reads as {name}; the first row has {shown}"
        else:
            tried = ", ".join(paths)
            yield f"{who} has `{name}` (tried {tried}): use --map {name}=COLUMN; the first row has {shown}"


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

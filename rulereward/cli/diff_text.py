"""What `rulereward diff` prints for people."""

from __future__ import annotations

from collections.abc import Iterator

from rulereward.cli.paper import Paper, count, number, percent, signed
from rulereward.engine.credit import REST
from rulereward.insight.diff import ByRule, Diff
from rulereward.insight.diff_groups import GroupsDiff

_NEGLIGIBLE = 0.005


def show_diff(found: Diff, shown: int) -> None:
    """Print it, with up to `shown` rows in each list."""
    paper = Paper()
    for letter, side in (("A", found.a), ("B", found.b)):
        paper.line(f"{letter}: {side.name} {side.fingerprint}")
    if found.equal:
        paper.line("A and B mean the same: no row can differ")
        return
    for line in _facts(found):
        paper.line(line)
    _show_rules(paper, found)
    _show_moves(paper, found, shown)
    _show_switches(paper, found, shown)
    paper.line()
    if found.groups is None:
        paper.line(f"order, advantages and credit are left out: {found.no_groups}")
    else:
        _show_groups(paper, found.groups, shown)


def _facts(found: Diff) -> Iterator[str]:
    ups = sum(move.move > 0 for move in found.moves)
    told = f"{len(found.moves):,} of {count(found.rows, 'row')} move"
    if found.moves:
        told += f": {ups:,} up, {len(found.moves) - ups:,} down, by {signed(found.mean_move)} on average"
    yield told
    appear = sum(switch.a is None for switch in found.switches)
    if found.switches:
        yield f"{appear:,} have a reward under B only, {len(found.switches) - appear:,} under A only"
    missing = min(found.a.missing, found.b.missing)
    if missing:
        yield f"{count(found.a.missing, 'row')} without a reward under A, {found.b.missing:,} under B"


def _show_rules(paper: Paper, found: Diff) -> None:
    rows = [
        (_named(rule), f"{rule.rows:,}", signed(rule.mean_move), signed(rule.largest_move)) for rule in found.by_rule
    ]
    if rows:
        paper.line()
        paper.table(("moved by", "rows", "mean", "largest"), rows)


def _named(rule: ByRule) -> str:
    return rule.rule if rule.owner == "both" else f"{rule.rule} (only in {rule.owner})"


def _show_moves(paper: Paper, found: Diff, shown: int) -> None:
    rows = [(move.where, move.by, number(move.a), number(move.b), signed(move.move)) for move in found.moves[:shown]]
    if rows:
        paper.line()
        paper.table(("row", "moved by", "A", "B", "move"), rows, left=2)
        _tell_more(paper, len(found.moves) - shown)


def _show_switches(paper: Paper, found: Diff, shown: int) -> None:
    rows = [(switch.where, switch.why, number(switch.a), number(switch.b)) for switch in found.switches[:shown]]
    if rows:
        paper.line()
        paper.table(("row", "no reward on one side", "A", "B"), rows, left=2)
        _tell_more(paper, len(found.switches) - shown)


def _tell_more(paper: Paper, more: int) -> None:
    if more > 0:
        paper.line(f"and {count(more, 'more row')}; --rows N shows more")


def _show_groups(paper: Paper, groups: GroupsDiff, shown: int) -> None:
    for line in _group_facts(groups):
        paper.line(line)
    flips = [
        (flip.where, flip.by or "the group's mean", signed(flip.a), signed(flip.b)) for flip in groups.flips[:shown]
    ]
    if flips:
        paper.line()
        paper.table(("advantage changes sign", "moved by", "A", "B"), flips, left=2)
        _tell_more(paper, len(groups.flips) - shown)
    rows = [
        (credit.rule, percent(credit.a), percent(credit.b))
        for credit in groups.credit
        if credit.rule != REST or max(abs(credit.a or 0.0), abs(credit.b or 0.0)) >= _NEGLIGIBLE
    ]
    rows.append(
        ("groups tied", f"{groups.tied_a:,} of {groups.groups_a:,}", f"{groups.tied_b:,} of {groups.groups_b:,}")
    )
    paper.line()
    paper.table(("credit", "A", "B"), rows)


def _group_facts(groups: GroupsDiff) -> Iterator[str]:
    tau = "is not defined: one side ties every group"
    if groups.tau is not None:
        tau = f"{groups.tau:.3f} on average over the {count(groups.tau_groups, 'group')} that both sides spread"
    yield (
        f"{count(groups.groups, 'group')}: the order changes in {groups.order_changes:,}, "
        f"and in {groups.turned:,} of them a pair turns around"
    )
    yield f"rank correlation (Kendall's tau-b): {tau}"
    yield (
        f"{count(len(groups.flips), 'advantage')} of the other sign; {groups.pushed:,} under B only, "
        f"{groups.released:,} under A only"
    )

"""`rulereward score`."""

from __future__ import annotations

import re
import sys
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from rulereward.cli.main import FAILED, INTERRUPTED
from rulereward.cli.options import (
    kinds_option,
    map_option,
    open_ruleset,
    ruleset_or_default,
    sandbox_option,
    set_option,
    step_option,
)
from rulereward.cli.provisions import models_heard, tell_provisions
from rulereward.errors import RuleRewardError

if TYPE_CHECKING:
    from rulereward.api import Ruleset
    from rulereward.cli.scoring import Job, Scoring
    from rulereward.cli.screen import Screen

STDOUT = "-"

_SHARE = re.compile(r"[0-9]*\.?[0-9]+%?")


class OptionalValue(click.Option):
    """Its value may be left out; then there is no blank before it in the help."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        record = super().get_help_record(ctx)
        return None if record is None else (record[0].replace(" [=", "[="), record[1])


class ScoreCommand(click.Command):
    """`--fail-on-error` stands alone or with `=SHARE`: it never takes the word behind it, which is a file."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        for arg, following in pairwise(args):
            if arg == "--fail-on-error" and _SHARE.fullmatch(following) and not Path(following).exists():
                raise click.UsageError(f"write --fail-on-error={following}, without a blank", ctx)
        return super().parse_args(ctx, ["--fail-on-error=0" if arg == "--fail-on-error" else arg for arg in args])


@click.command(cls=ScoreCommand)
@click.argument("files", nargs=-1, metavar="FILE...")
@click.option(
    "-r",
    "--ruleset",
    metavar="RULESET",
    help="A shipped ruleset (`rulereward rules` lists them) or a path; by default ./rulereward.yaml, else math.",
)
@click.option(
    "-o",
    "--output",
    default=STDOUT,
    metavar="OUT",
    help="Where the rows go: .jsonl, .jsonl.gz or .parquet; standard output by default.",
)
@click.option("--sample", is_flag=True, help="Score the sample that ships with rulereward.")
@map_option
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Score the first N rows only.")
@step_option
@click.option("--resume", is_flag=True, help="Go on with an output that was left unfinished.")
@click.option("--overwrite", is_flag=True, help="Replace an output that is there.")
@click.option(
    "--fail-on-error",
    "budget",
    cls=OptionalValue,
    type=click.FloatRange(0, 1),
    metavar="[=SHARE]",
    help="Exit with 1 when more than this share of the rows (0 if left out) are errors.",
)
@click.option("--details", is_flag=True, help="Add reward_details: every rule's state, reason, weight and evidence.")
@click.option(
    "--evaluate",
    type=click.Choice(["all", "needed"]),
    default="all",
    show_default=True,
    help="needed: skip expensive rules where a gate has given the reward.",
)
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    metavar="N",
    help="Threads that measure; by default one for each core, 4 at most. No value depends on it.",
)
@sandbox_option
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but what is wrong.")
@set_option
@kinds_option
def score(
    files: tuple[str, ...],
    ruleset: str | None,
    output: str,
    sample: bool,
    written_mapping: tuple[str, ...],
    limit: int | None,
    step: int | None,
    resume: bool,
    overwrite: bool,
    budget: float | None,
    details: bool,
    evaluate: Literal["all", "needed"],
    workers: int | None,
    quiet: bool,
    written_params: tuple[str, ...],
    kinds: tuple[str, ...],
) -> int:
    """Score completions from files: .jsonl, JSON arrays (both also .gz or .zst), .parquet; `-` is standard input.

    Each row goes to the output as it came, with reward, reward_state and reward_components added. Rows that cannot
    be read or scored are kept, with the state `error` and the reason; when there are no others, the exit status is 1.
    Everything else is told on stderr.
    """
    from rulereward.cli.ahead import default_workers  # noqa: PLC0415  slow to import, as are those below
    from rulereward.cli.mapping import read_mapping  # noqa: PLC0415
    from rulereward.cli.scoring import Job  # noqa: PLC0415
    from rulereward.cli.screen import Screen  # noqa: PLC0415

    if resume and overwrite:
        raise click.UsageError("--resume goes on with an output and --overwrite starts anew: choose one")
    job = Job(
        files=_inputs(files, sample=sample),
        output=output,
        mapping=read_mapping(written_mapping),
        limit=limit,
        step=step,
        resume=resume,
        overwrite=overwrite,
        details=details,
        evaluate=evaluate,
        workers=workers or default_workers(),
    )
    screen = Screen(quiet=quiet, output_is_shown=output == STDOUT and sys.stdout.isatty())
    with models_heard(screen):
        return _run(job, _opened(ruleset, kinds, written_params, job, screen), screen, budget)


def _inputs(files: tuple[str, ...], *, sample: bool) -> tuple[str, ...]:
    from rulereward._files import shipped  # noqa: PLC0415

    if sample and files:
        raise click.UsageError("--sample takes no files")
    if not sample and not files:
        raise click.UsageError("name a file to score, `-` for standard input, or --sample")
    for name in files:
        if name.lower().endswith((".yaml", ".yml")):
            raise click.UsageError(f"{name} is a ruleset, not a file of rows: name it with -r {name}")
    return (str(shipped("rulesets", "sample.jsonl")),) if sample else files


def _opened(
    name: str | None, kinds: tuple[str, ...], written_params: tuple[str, ...], job: Job, screen: Screen
) -> Ruleset:
    from rulereward.io import check_output, describe_inputs  # noqa: PLC0415

    chosen, told = ruleset_or_default(name)
    opened = open_ruleset(chosen, kinds, written_params)
    if told is not None:
        screen.note(told)
    for diagnostic in opened.diagnostics:
        screen.warn(f"{diagnostic.primary.span}: {diagnostic.message} ({diagnostic.code})")
    check_output(job.output, describe_inputs(job.files), resume=job.resume, overwrite=job.overwrite)
    tell_provisions(opened, screen.note)  # may load models for minutes
    return opened.with_inputs(job.mapping) if job.mapping else opened


def _run(job: Job, ruleset: Ruleset, screen: Screen, budget: float | None) -> int:
    from rulereward.cli.scoring import Scoring  # noqa: PLC0415
    from rulereward.cli.summary import Ending, show_summary  # noqa: PLC0415
    from rulereward.kind import Base  # noqa: PLC0415

    scoring = Scoring(ruleset, job, screen)
    try:
        with screen.busy("loading kernels (compiled the first time, for up to half a minute)"):
            ruleset.prepare()
        scoring.run()
    except KeyboardInterrupt:
        screen.insist(f"stopped; {_kept(job, scoring)}")
        return INTERRUPTED
    except RuleRewardError:
        if scoring.written:
            screen.insist(_kept(job, scoring))
        raise
    ending = Ending(
        tally=scoring.tally,
        ruleset=ruleset.name,
        bools={name for name, node in ruleset.plan.reported.items() if ruleset.plan.nodes[node].base is Base.BOOL},
        seconds=scoring.seconds,
        kept=scoring.kept,
        renamed=scoring.renamed,
    )
    show_summary(screen, ending)
    for alert in scoring.monitor.close_batch(job.step, at_once=True):
        values = ", ".join(f"{value:.4g}" for value in alert.values)
        screen.warn(f"the ruleset expects {alert.expect}; over the rows of this run it is {values}")
    return _judged(scoring, screen, budget)


def _kept(job: Job, scoring: Scoring) -> str:
    """What became of the rows that were done when a run ended early."""
    if not scoring.kept + scoring.written:
        return "no row was written"
    rows = f"{scoring.kept + scoring.written:,} rows"
    if job.output == STDOUT:
        return f"{rows} were written"
    if job.output.lower().endswith(".parquet"):
        return f"{rows} are kept in {job.output}.part0 and its like; a Parquet file cannot be resumed"
    return f"{rows} are kept in {job.output}; the same command with --resume goes on"


def _judged(scoring: Scoring, screen: Screen, budget: float | None) -> int:
    """The exit status of a run that came to its end, told where it is not 0."""
    tally = scoring.tally
    if tally.rows and tally.bad_rows == tally.rows and not scoring.kept:
        screen.insist(f"no row could be scored, {tally.rows:,} were bad; the first: {scoring.first_bad}")
        return FAILED
    if tally.rows and tally.errors == tally.rows and not scoring.kept:
        screen.insist(f"no row could be scored: all {tally.rows:,} are errors")
        return FAILED
    share = tally.errors / tally.rows if tally.rows else 0.0
    if budget is None or share <= budget:
        return 0
    screen.insist(f"{tally.errors:,} of {tally.rows:,} rows are errors ({share:.2%}), more than {budget:.2%}")
    return FAILED

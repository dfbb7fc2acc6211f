"""`rulereward diff`."""

from __future__ import annotations

from typing import Literal

import click

from rulereward.cli.data_options import check_step, data_options
from rulereward.cli.options import open_ruleset, warn_of_unsafe
from rulereward.cli.provisions import models_at_work


@click.command()
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@click.argument("files", nargs=-1, required=True, metavar="DATA...")
@click.option(
    "--rows", "shown", type=click.IntRange(min=0), default=10, show_default=True, metavar="N",
    help="How many rows to list of each kind.",
)  # fmt: skip
@click.option("--set-a", multiple=True, metavar="NAME=VALUE", help="Set a parameter of A; repeatable.")
@click.option("--set-b", multiple=True, metavar="NAME=VALUE", help="Set a parameter of B; repeatable.")
@data_options
def diff(
    a: str,
    b: str,
    files: tuple[str, ...],
    shown: int,
    set_a: tuple[str, ...],
    set_b: tuple[str, ...],
    written_mapping: tuple[str, ...],
    limit: int | None,
    step: int | None,
    kinds: tuple[str, ...],
    style: Literal["text", "json"],
) -> None:
    """Score the same rows with two rulesets: whose reward moves, how far, and by which rule.

    A and B are names of shipped rulesets or paths, or one ruleset with other parameters (`--set-b max_len=8192`).
    Where the data tells groups, the order within groups, the signs of advantages and the credit of each rule are
    compared too. DATA is what `rulereward score` takes.
    """
    from rulereward.cli.diff_text import show_diff  # noqa: PLC0415  slow to import, as are those below
    from rulereward.cli.mapping import read_mapping  # noqa: PLC0415
    from rulereward.insight.data import read_data  # noqa: PLC0415
    from rulereward.insight.diff import diff as compare_rulesets  # noqa: PLC0415
    from rulereward.insight.diff import mapped  # noqa: PLC0415

    first, second = mapped(
        open_ruleset(a, kinds, set_a), open_ruleset(b, kinds, set_b), read_mapping(written_mapping)
    )
    warn_of_unsafe(first if "sandbox" in first.plan.services else second)
    if first.fingerprint != second.fingerprint:
        check_step(first, step)
        check_step(second, step)
    with models_at_work(first, second):
        found = compare_rulesets(first, second, read_data(files, limit), step=step)
    if style == "text":
        show_diff(found, shown)
        return
    import msgspec  # noqa: PLC0415

    click.echo(msgspec.json.encode(found.to_json(shown)).decode())

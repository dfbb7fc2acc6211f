"""`rulereward calibrate`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from rulereward.cli.data_options import data_options
from rulereward.cli.main import FAILED
from rulereward.cli.options import open_ruleset, set_option, warn_of_unsafe
from rulereward.cli.provisions import models_heard


@click.command()
@click.argument("ruleset", metavar="RULESET")
@click.argument("files", nargs=-1, required=True, metavar="DATA...")
@click.option(
    "--of", "target", metavar="NAME",
    help="A rule that is a number, or a field of a rule, such as size or fluency.bpb; may be left out if there is "
    "only one.",
)  # fmt: skip
@click.option(
    "--share", type=click.FloatRange(min=0, max=1, min_open=True), default=0.9, show_default=True, metavar="X",
    help="The share of the values that is to lie inside the band.",
)  # fmt: skip
@click.option(
    "--by", "column", metavar="COLUMN",
    help="A column of the data, such as language: percentiles and a band for each of its values.",
)  # fmt: skip
@click.option(
    "--svg", "svg", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="Draw histograms with the band into this file.",
)  # fmt: skip
@set_option
@data_options
def calibrate(
    ruleset: str,
    files: tuple[str, ...],
    target: str | None,
    share: float,
    column: str | None,
    svg: Path | None,
    written_params: tuple[str, ...],
    written_mapping: tuple[str, ...],
    limit: int | None,
    step: int | None,
    kinds: tuple[str, ...],
    style: Literal["text", "json"],
) -> int:
    """Tell how a measurement is distributed on a reference file, and which band a ruleset should ask for.

    DATA holds completions that are good: answers of people, of a model that is trusted, right rollouts; it is what
    `rulereward score` takes. Only what the measurement needs is measured. The exit status is 1 where no row has a
    value.
    """
    from rulereward.cli.mapping import read_mapping  # noqa: PLC0415  slow to import, as are those below
    from rulereward.cli.screen import Screen  # noqa: PLC0415
    from rulereward.insight.calibrate.calibration import calibrate as calibrated  # noqa: PLC0415
    from rulereward.insight.data import read_data  # noqa: PLC0415

    opened = open_ruleset(ruleset, kinds, written_params).with_inputs(read_mapping(written_mapping))
    warn_of_unsafe(opened)
    data = read_data(files, limit)
    with models_heard(Screen()):  # those that the target needs are loaded, and no others
        found = calibrated(opened, data, of=target, share=share, by=column, step=step, limit=limit)
    if svg is not None:
        from rulereward.cli.whole_files import write_whole  # noqa: PLC0415
        from rulereward.insight.calibrate.picture import picture  # noqa: PLC0415

        write_whole(svg, picture(found).encode())
    if style == "text":
        from rulereward.cli.calibrate_text import show_calibration  # noqa: PLC0415

        show_calibration(found)
    else:
        import msgspec  # noqa: PLC0415

        click.echo(msgspec.json.encode(found.to_json()).decode())
    return 0 if found.whole.values else FAILED

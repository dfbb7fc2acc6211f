"""`rulereward sandbox`: `check` tries the sandbox that runs code, `build` makes an image for it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rulereward.cli.main import FAILED, WRONG
from rulereward.errors import ConfigurationError

if TYPE_CHECKING:
    from rulereward.cli.sandbox_text import Report

_MB = 1_000_000


@click.group()
def sandbox() -> None:
    """Try the sandbox that runs the code of completions, or build an image for it.

    RULEREWARD_SANDBOX says which sandbox that is: auto (docker where an engine answers and has the image, else
    embedded, which needs bubblewrap), docker (with settings: docker?runtime=runsc&image=mine), embedded,
    http://host:port (a service that understands SandboxFusion's requests) or unsafe (no walls). What each of them
    stops is said in docs/sandbox_safety.md.
    """


@sandbox.command(short_help="Which sandboxes there are, and does the one that is taken hold?")
@click.option(
    "--backend",
    "--sandbox",
    "what",
    metavar="WHAT",
    help="Try this one: auto, docker, embedded, http://host:port or unsafe; by default as RULEREWARD_SANDBOX says.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, for programs.")
def check(what: str | None, as_json: bool) -> int:
    """Say which sandboxes there are and which is taken; then run honest programs and a few attacks in that one.

    Each language runs a small program. The attacks read, write, kill, connect and use up what is not theirs; they do
    no harm where they succeed, and reach for nothing beyond this host. In a sandbox that is asked over HTTP none are
    made. The exit status is 0 where all is well, 1 where an attack is not stopped or a program comes out wrong, and 2
    where there is no sandbox.
    """
    from rulereward.api.sandbox import VARIABLE, asked_for, is_known, survey  # noqa: PLC0415  slow to import
    from rulereward.cli.sandbox_text import Report  # noqa: PLC0415

    asked = what or asked_for()
    if not is_known(asked):
        named = "--backend" if what else VARIABLE
        raise click.UsageError(f"{named} is auto, docker, embedded, http://host:port or unsafe, not {asked!r}")
    report = Report(asked, by_option=what is not None, as_json=as_json)
    report.show_survey(survey(asked))
    status = _try(report, asked)
    report.end()
    return status


def _try(report: Report, asked: str) -> int:
    from rulereward.api.sandbox import chosen_backend  # noqa: PLC0415  slow to import
    from rulereward.api.sandbox_trial import TrialError, try_sandbox  # noqa: PLC0415

    try:
        backend = chosen_backend(asked)
    except ConfigurationError as problem:
        report.show_nothing(str(problem))
        return WRONG
    report.show_chosen(backend)
    try:
        trial = try_sandbox(backend, attacks=backend.name != "http", tell=report.show_tried)
    except TrialError as problem:
        report.show_broken(str(problem))
        return FAILED
    report.show_trial(trial)
    return 0 if trial.well else FAILED


@sandbox.command(short_help="Build the image of the docker sandbox.")
@click.option("--from-host", is_flag=True, help="Put the image together from files of this host; nothing is pulled.")
@click.option(
    "--languages",
    metavar="LIST",
    default="python",
    show_default=True,
    help="With --from-host: what it can run, with commas between: python (always), cpp, javascript, bash.",
)
@click.option(
    "--packages",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    multiple=True,
    metavar="FOLDER",
    help="With --from-host: a folder of Python modules that programs may import; repeatable.",
)
@click.option(
    "--file",
    type=click.Choice(["python", "cpp", "node"]),
    help="Build by a shipped Dockerfile instead, for engines that can pull images: python, or that and cpp or node.",
)
@click.option("--base", metavar="IMAGE", default="", help="With --file: another image to begin with.")
@click.option(
    "--network", metavar="NAME", default="default", help="With --file: the engine's network that packages come by."
)
@click.option("--image", "--tag", "name", metavar="NAME", help="What to call it; by default rulereward-sandbox.")
def build(
    from_host: bool,
    languages: str,
    packages: tuple[Path, ...],
    file: str | None,
    base: str,
    network: str,
    name: str | None,
) -> None:
    """Build the image that the docker sandbox runs code in.

    From this host it holds the host's Python, the runner and, if they are asked for, further languages with the
    libraries they need; no shell unless bash is asked for, and no file that changes the user. After an update of
    rulereward whose runner is another, the image has to be built again. The docker sandbox takes the one called
    rulereward-sandbox.
    """
    from rulereward.api.sandbox import (  # noqa: PLC0415  slow to import
        DEFAULT_IMAGE,
        build_from_dockerfile,
        build_from_this_host,
    )

    if from_host == (file is not None):
        raise click.UsageError("say --from-host, which needs no registry, or --file python, cpp or node, which does")
    chosen = name or DEFAULT_IMAGE
    if file is None:
        built = build_from_this_host(chosen, _wanted(languages), packages, _say)
    else:
        built = build_from_dockerfile(chosen, file, base, network, _say)
    number = built.id.removeprefix("sha256:")[:12]
    click.echo(f"built {chosen} ({number}) in {built.seconds:.1f} s: {built.size_bytes / _MB:.0f} MB")
    if chosen == DEFAULT_IMAGE:
        click.echo("next: rulereward sandbox check --backend docker")


def _say(line: str) -> None:
    click.echo(line, err=True)


def _wanted(written: str) -> list[str]:
    """The languages of a list beside Python, each once. Raises click.UsageError for one that is none."""
    from rulereward.api.sandbox import LANGUAGES  # noqa: PLC0415  slow to import

    names = list(dict.fromkeys(part.strip() for part in written.split(",") if part.strip()))
    for name in names:
        if name not in LANGUAGES:
            raise click.UsageError(f"--languages: {name!r} is none of {', '.join(LANGUAGES)}")
    return [name for name in names if name != "python"]

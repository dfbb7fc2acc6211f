"""`rulereward serve`."""

from __future__ import annotations

import os
import signal
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rulereward.cli.main import FAILED, INTERRUPTED
from rulereward.cli.options import (
    kinds_option,
    map_option,
    open_ruleset,
    sandbox_option,
    set_option,
)
from rulereward.cli.provisions import tell_provisions
from rulereward.errors import ConfigurationError

if TYPE_CHECKING:
    from rulereward.api import Ruleset
    from rulereward.server.settings import ServerSettings

TOKEN_VARIABLE = "RULEREWARD_TOKEN"  # noqa: S105  the name of a variable
MEBIBYTE = 2**20


@click.command()
@click.option(
    "-r", "--ruleset", "name", required=True, metavar="RULESET",
    help="A shipped ruleset (`rulereward rules` lists them) or a path.",
)  # fmt: skip
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8400, show_default=True,
    help="The port to listen on; 0 takes a free one, which is told.",
)  # fmt: skip
@map_option
@click.option(
    "--masked", "written_masked", metavar="WHAT",
    help="What a missing reward becomes where an endpoint gives numbers only: group_mean, or a number.",
)  # fmt: skip
@click.option(
    "--group-size", type=click.IntRange(min=1), metavar="N",
    help="Completions of a prompt, for --masked group_mean.",
)  # fmt: skip
@click.option(
    "--group-wait-s", type=click.FloatRange(min=0), default=60, show_default=True, metavar="S",
    help="Seconds that a missing reward waits for the rest of its group.",
)  # fmt: skip
@click.option(
    "--completion-after", metavar="TEXT",
    help=r"Where one text holds prompt and completion: what the completion begins behind; \n is a line break.",
)  # fmt: skip
@click.option(
    "--token-file", type=click.Path(path_type=Path), metavar="FILE",
    help=f"A file with the token that requests must carry; or set {TOKEN_VARIABLE}.",
)  # fmt: skip
@click.option("--no-token", is_flag=True, help="Take requests from everybody who reaches the port.")
@click.option(
    "--max-body-mb", type=click.IntRange(1, 4096), default=64, show_default=True, metavar="N",
    help="Largest body of a request, in MiB.",
)  # fmt: skip
@click.option(
    "--max-rows", type=click.IntRange(min=1), default=4096, show_default=True, metavar="N",
    help="Most rows of a request.",
)  # fmt: skip
@click.option(
    "--window-ms", type=click.FloatRange(0, 1000), default=2, show_default=True, metavar="MS",
    help="How long a row waits for others to be scored with.",
)  # fmt: skip
@click.option(
    "--batch-rows", type=click.IntRange(min=1), default=1024, show_default=True, metavar="N",
    help="Most rows that are scored together.",
)  # fmt: skip
@click.option(
    "--waiting-rows", type=click.IntRange(min=1), default=65_536, show_default=True, metavar="N",
    help="With more rows waiting, requests are refused with 503.",
)  # fmt: skip
@click.option(
    "--deadline-s", type=click.FloatRange(min=0), default=120, show_default=True, metavar="S",
    help="What is not measured by then is an error.",
)  # fmt: skip
@click.option(
    "--drain-s", type=click.IntRange(min=0), default=30, show_default=True, metavar="S",
    help="How long requests that were taken may go on after SIGTERM or Ctrl-C.",
)  # fmt: skip
@sandbox_option
@set_option
@kinds_option
def serve(
    name: str,
    host: str,
    port: int,
    written_mapping: tuple[str, ...],
    written_masked: str | None,
    group_size: int | None,
    group_wait_s: float,
    completion_after: str | None,
    token_file: Path | None,
    no_token: bool,
    max_body_mb: int,
    max_rows: int,
    window_ms: float,
    batch_rows: int,
    waiting_rows: int,
    deadline_s: float,
    drain_s: int,
    written_params: tuple[str, ...],
    kinds: tuple[str, ...],
) -> int:
    """Serve a ruleset over HTTP, to trainers' own protocols and to Python.

    POST /score is the native endpoint; /get_reward is OpenRLHF's, /classify vLLM's, /v1/embeddings SGLang's,
    /v1/scores LLaMA-Factory's. GET /healthz, /metrics (Prometheus), /ruleset, /openapi.json. Without a token only
    this machine can be listened to. SIGTERM and Ctrl-C end it when all it has taken is answered; the exit status is
    then 0 and 130, and 1 if time ran out.
    """
    _require_extra()
    from rulereward.api.masking import read_masked  # noqa: PLC0415  slow to import, as are those below
    from rulereward.api.micro_batches import Settings as Batching  # noqa: PLC0415
    from rulereward.server.settings import Limits, ServerSettings  # noqa: PLC0415

    settings = ServerSettings(
        limits=Limits(body_bytes=max_body_mb * MEBIBYTE, rows=max_rows),
        batching=Batching(
            window_s=window_ms / 1000, most_rows=batch_rows, most_waiting_rows=waiting_rows, deadline_s=deadline_s
        ),
        masked=None if written_masked is None else read_masked(written_masked),
        group_size=group_size,
        group_wait_s=group_wait_s,
        completion_after=None if completion_after is None else completion_after.replace("\\n", "\n"),
        token=_token(token_file, no_token=no_token),
    )
    _refuse_exposure(host, settings, no_token=no_token)
    return _run(_opened(name, written_mapping, written_params, kinds), settings, host, port, drain_s)


def _require_extra() -> None:
    for package in ("fastapi", "prometheus_client", "uvicorn"):
        if find_spec(package) is None:
            raise ConfigurationError(f"serving needs the package {package}: pip install 'rulereward[serve]'")


def _token(file: Path | None, *, no_token: bool) -> str | None:
    """The token that requests must carry. It is never taken from the command line, which every user can read."""
    if file is not None and no_token:
        raise click.UsageError("--token-file names a token and --no-token wants none: choose one")
    if file is None:
        return None if no_token else os.environ.get(TOKEN_VARIABLE)
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"the token file {file} cannot be read: {error}") from error


def _refuse_exposure(host: str, settings: ServerSettings, *, no_token: bool) -> None:
    from rulereward.server.listening import is_loopback  # noqa: PLC0415

    if settings.token is None and not no_token and not is_loopback(host):
        raise ConfigurationError(
            f"{host} can be reached from other machines: give a token by --token-file or {TOKEN_VARIABLE}, "
            "or say --no-token"
        )


def _opened(
    name: str, written_mapping: tuple[str, ...], written_params: tuple[str, ...], kinds: tuple[str, ...]
) -> Ruleset:
    from rulereward.cli.mapping import read_mapping  # noqa: PLC0415

    mapping = read_mapping(written_mapping)
    opened = open_ruleset(name, kinds, written_params)
    for diagnostic in opened.diagnostics:
        _say(f"warning: {diagnostic.primary.span}: {diagnostic.message} ({diagnostic.code})")
    tell_provisions(opened, _say)
    return opened.with_inputs(mapping) if mapping else opened


def _run(ruleset: Ruleset, settings: ServerSettings, host: str, port: int, drain_s: int) -> int:
    from rulereward.server.app import Application  # noqa: PLC0415
    from rulereward.server.listening import listen, url_of  # noqa: PLC0415
    from rulereward.server.run import serve as run_server  # noqa: PLC0415
    from rulereward.server.run import warm_up  # noqa: PLC0415

    application = Application(ruleset, settings)
    listener = listen(host, port)
    warm_up(ruleset)
    for told in application.warnings:
        _say(told)
    _say(f"serving {ruleset.name} ({ruleset.fingerprint}) on {url_of(listener)}; Ctrl-C ends it")
    ending = run_server(application, listener, drain_s=drain_s)
    interrupted = ending.signal == signal.SIGINT
    if not ending.answered:
        _say("ended, with requests left unanswered")
        os._exit(INTERRUPTED if interrupted else FAILED)  # a thread that still scores would keep the process
    _say("ended: every request was answered")
    return INTERRUPTED if interrupted else 0


def _say(text: str) -> None:
    click.echo(text, err=True)

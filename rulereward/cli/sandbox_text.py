"""What `rulereward sandbox check` prints: as it happens for people, or all at the end for programs."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from rulereward.plan.layout import aligned

if TYPE_CHECKING:
    from rulereward.api.sandbox import Found
    from rulereward.api.sandbox_trial import Trial, Tried
    from rulereward.services.sandbox.backends import Backend

_NAME_WIDTH = 40
_COLORS = {"right": "green", "stopped": "green", "unknown": "yellow"}
_NEXT = [
    ["apt-get install bubblewrap", "for the embedded sandbox (dnf install bubblewrap on Fedora)"],
    ["apt-get install docker.io && dockerd", "or an engine of containers, as root, and then"],
    ["rulereward sandbox build --from-host", "the image for it"],
    ["export RULEREWARD_SANDBOX=http://host:port", "or a SandboxFusion service that runs elsewhere"],
]


class Report:
    """One check. `asked` is what was asked for, `by_option` whether on the command line."""

    def __init__(self, asked: str, *, by_option: bool, as_json: bool) -> None:
        self._asked = asked
        self._by_option = by_option
        self._as_json = as_json
        self._all: dict[str, object] = {"asked": asked, "chosen": None, "trial": None, "trouble": None, "well": False}
        self._found: Sequence[Found] = ()

    def show_survey(self, found: Sequence[Found]) -> None:
        """Which back-ends there are."""
        self._found = found
        self._all["backends"] = [{**dataclasses.asdict(one), "usable": one.usable} for one in found]
        for one in found:
            mark = click.style("yes", fg="green") if one.usable else click.style("no", fg="yellow")
            self._line(f"{one.name}: {mark}")
            facts = [[f"{label}:", value] for label, value in one.facts.items()]
            if one.trouble:
                facts.append(["why not:", one.trouble])
            for line in aligned(facts):
                self._line(line)
        self._line()

    def show_nothing(self, problem: str) -> None:
        """Nothing can be tried, and what to do about that."""
        self._all["trouble"] = problem
        if self._asked == "auto":
            self._line("there is no sandbox to run code in; one of these gives one:")
            for line in aligned(_NEXT):
                self._line(line)
        else:
            self._line(click.style(problem, fg="red"))

    def show_chosen(self, backend: Backend) -> None:
        """Which one is taken, and why."""
        self._all |= {"chosen": backend.name, "described": backend.told, "identity": backend.identity}
        self._line(f"{self._why(backend.name)}: {backend.told}")
        if backend.name == "unsafe":
            self._line(click.style("unsafe has no walls: expect attacks that are not stopped", fg="red", bold=True))

    def _why(self, name: str) -> str:
        if self._asked != "auto":
            return f"asked for by {'--backend' if self._by_option else 'RULEREWARD_SANDBOX'}"
        docker = next(one for one in self._found if one.name == "docker")
        if name == "docker":
            return "auto takes docker, because an engine answers and has the image"
        return f"auto takes {name}, because docker cannot be used" if not docker.usable else f"auto takes {name}"

    def show_tried(self, tried: Tried) -> None:
        """One program, as it is over."""
        result = tried.result if tried.result != "not stopped" else "NOT stopped"
        colored = click.style(result, fg=_COLORS.get(tried.result, "red"), bold=not tried.well)
        why = f" ({tried.why})" if tried.why else ""
        self._line(f"  {tried.name:{_NAME_WIDTH}} {colored}{why}")

    def show_broken(self, problem: str) -> None:
        """The sandbox itself does not work."""
        self._all["trouble"] = problem
        self._line(click.style(f"it does not work: {problem}", fg="red"))

    def show_trial(self, trial: Trial) -> None:
        """The times, and what it all comes to."""
        self._all |= {"trial": dataclasses.asdict(trial), "well": trial.well}
        at_once = trial.slots * trial.links
        self._line(f"  {'tests at once':{_NAME_WIDTH}} {at_once}")
        self._line(f"  {'the first test, from nothing':{_NAME_WIDTH}} {trial.first_s * 1000:,.0f} ms")
        self._line(f"  {'one test, warm (median)':{_NAME_WIDTH}} {trial.warm_s * 1000:.1f} ms")
        self._line()
        self._line(_verdict(trial))

    def end(self) -> None:
        """Print what programs read."""
        if self._as_json:
            click.echo(json.dumps(self._all, ensure_ascii=False, indent=2))

    def _line(self, text: str = "") -> None:
        if not self._as_json:
            click.echo(text)


def _verdict(trial: Trial) -> str:
    wrong = [tried.name for tried in trial.languages if not tried.well]
    loose = [tried.name for tried in trial.attacks if not tried.well]
    if wrong:
        return click.style(f"honest programs come out wrong: {', '.join(wrong)}", fg="red", bold=True)
    if loose:
        return click.style(f"not stopped: {', '.join(loose)}", fg="red", bold=True)
    if not trial.attacks:
        return "honest programs come out right; whether that service stops attacks was not tried"
    return "all is well; this tries a few attacks, and docs/sandbox_safety.md says what is known of others"

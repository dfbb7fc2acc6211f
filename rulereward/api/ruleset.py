"""A compiled ruleset: the object that scores."""

from __future__ import annotations

import asyncio
import threading
import time
import warnings
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from rulereward.api.batches import Fields, as_columns, group_keys, groups_of, make_batch, sizes_of, whole_groups
from rulereward.api.compiling import Definition, compile_definition
from rulereward.api.environment import environment, identity_of, resources
from rulereward.api.inputs import absent_columns, remapped
from rulereward.api.scores import Part, Scores
from rulereward.api.shared import shared_services
from rulereward.data import I64, Reason, State
from rulereward.engine.run import Evaluate, Options, run
from rulereward.engine.warming import warm
from rulereward.errors import ConfigurationError, InputError, RulesetError
from rulereward.kind import UNAVAILABLE, Services
from rulereward.lang.messages import render_all
from rulereward.lang.suggest import did_you_mean
from rulereward.plan.lower import lower
from rulereward.plan.nodes import Plan
from rulereward.plan.params import ParamValue, constant_text

BLOCK_ROWS = 4096
BLOCK_SIZE = 8_000_000
"""Rows, and characters or bytes of completions, scored at a time: memory does not grow with the batch."""


def _restored(definition: Definition, fingerprint: str) -> Ruleset:
    """An unpickled ruleset. Raises ConfigurationError where it no longer means what it meant."""
    restored = Ruleset.of(definition)
    if restored.fingerprint != fingerprint:
        raise ConfigurationError(
            f"the ruleset `{restored.name}` was {fingerprint} when it was pickled and here is {restored.fingerprint}:"
            " a file that it names, or the version of rulereward, is another one"
        )
    return restored


class Ruleset:
    """Immutable and thread-safe. Pickles as its text, with that of all it extends, and compiles again elsewhere.

    Raises RulesetError, with every mistake of the text, when the text is no valid ruleset.
    """

    def __init__(
        self,
        name: str,
        text: str,
        kinds: tuple[str, ...] = (),
        columns: Mapping[str, str] | None = None,
        params: Mapping[str, ParamValue] | None = None,
    ) -> None:
        """`columns` names other columns for some inputs, as `with_inputs` does; `params` sets parameters."""
        self._compile(Definition(name, text, kinds, dict(columns or {}), dict(params or {})))

    @classmethod
    def of(cls, definition: Definition) -> Ruleset:
        """The ruleset of a definition. Raises as the constructor does."""
        made = cls.__new__(cls)
        made._compile(definition)
        return made

    def _compile(self, definition: Definition) -> None:
        compiled = compile_definition(definition)
        if compiled.checked is None:
            raise RulesetError(compiled.diagnostics, render_all(compiled.diagnostics))
        self._definition = replace(definition, files=compiled.files)
        self.checked = compiled.checked
        self.diagnostics = tuple(compiled.diagnostics)
        """Warnings; a ruleset with errors is never made."""
        self.plan: Plan = remapped(lower(compiled.checked, definition.stubs), definition.columns)

    def __reduce__(self) -> tuple[object, ...]:
        return _restored, (self._definition, self.fingerprint)

    def with_inputs(self, columns: Mapping[str, str]) -> Ruleset:
        """The same ruleset on data with other names: `with_inputs({"completion": "response", "group": "uid"})`.

        The fingerprint stays. Raises ConfigurationError for an input the ruleset does not have.
        """
        definition = self._definition
        return Ruleset.of(replace(definition, columns={**definition.columns, **columns}))

    def with_params(self, params: Mapping[str, ParamValue]) -> Ruleset:
        """The same ruleset with other values for some parameters: `with_params({"max_len": 8192})`.

        Raises RulesetError for a parameter it does not have and for a value of another type.
        """
        definition = self._definition
        return Ruleset.of(replace(definition, params={**definition.params, **params}))

    def with_stubs(self, rules: Collection[str]) -> Ruleset:
        """The same ruleset with some rules not measured: rows give their values as `stub.<rule>`.

        A value is a number, true, false, None for null or a `Reason` for an error; a field that the ruleset reads is
        given as `stub.<rule>.<field>`. Raises ConfigurationError for a rule the ruleset does not report.
        """
        for rule in rules:
            self.check_rule(rule)
        return Ruleset.of(replace(self._definition, stubs=self._definition.stubs | frozenset(rules)))

    def check_rule(self, rule: str) -> None:
        """Raise ConfigurationError, with the next step, for a rule that is not reported."""
        if rule not in self.rules:
            hint = did_you_mean(rule, self.rules) or f"its rules are {', '.join(self.rules)}"
            raise ConfigurationError(f"the ruleset `{self.name}` has no rule `{rule}`: {hint}")

    def __repr__(self) -> str:
        return f"<Ruleset {self.name} {self.fingerprint}: {', '.join(self.rules)}>"

    @property
    def name(self) -> str:
        return self.plan.name

    @property
    def text(self) -> str:
        """The file it was compiled from, as it was."""
        return self._definition.text

    @property
    def params(self) -> dict[str, str]:
        """The parameters with their values, as they are written in a ruleset."""
        named = self.checked.named
        return {name: constant_text(named, named[name]) for name in self.checked.params}

    @property
    def rules(self) -> tuple[str, ...]:
        """The names of the reported rules, in the author's order."""
        return tuple(self.plan.reported)

    @property
    def fingerprint(self) -> str:
        """Changes exactly when the meaning of the ruleset, or of a kind it calls, does."""
        return self.plan.fingerprint

    @property
    def uses_groups(self) -> bool:
        """Does it compare completions of one prompt? Then a call must hold whole groups."""
        return self.plan.uses_groups

    @property
    def environment(self) -> dict[str, str]:
        """The versions that could change a value: this library, and what the services run."""
        return environment(self.plan, shared_services())

    def prepare(self) -> None:
        """Compile or load the kernels that its kinds need, as `load` does; else the first batch waits for them."""
        warm(self.plan)

    def score(
        self,
        completions: Sequence[object],
        *,
        group: Sequence[object] | None = None,
        step: int | None = None,
        evaluate: Evaluate = "needed",
        deadline_s: float | None = None,
        **columns: Sequence[object],
    ) -> Scores:
        """Score completions: strings or lists of chat messages; `columns` hold one value for each.

        A column is looked up as the ruleset's `inputs` say (`prompt=`, `answer=`), and as `row.name`. `group` gives
        the key of each completion's group. What is not measured `deadline_s` seconds from now is an error.
        Raises InputError for columns of different lengths, ConfigurationError where `step` or the groups are missing.
        """
        rows = self._rows(completions, group, columns)
        return self.score_rows(rows, group=group, step=step, evaluate=evaluate, deadline_s=deadline_s)

    def score_rows(
        self,
        rows: Sequence[Fields | Reason],
        *,
        group: Sequence[object] | None = None,
        step: int | None = None,
        evaluate: Evaluate = "needed",
        deadline_s: float | None = None,
        cancelled: threading.Event | None = None,
        services: Services | None = None,
    ) -> Scores:
        """Score rows: mappings from column names to plain JSON values. See `score`.

        A `Reason` in place of a row stands for one that could not be read: it becomes an error for that reason.
        `services` serve this call instead of the shared ones. Raises InputError for a `group` of another length,
        ConfigurationError where `step` or the groups are missing, or a service that a row needs cannot be had here.
        """
        if evaluate not in ("all", "needed"):
            raise InputError(f'evaluate="{evaluate}": say "all" or "needed"')
        if step is not None and not isinstance(step, int | np.integer):
            raise InputError(f"step={step!r}: the training step is a whole number")
        deadline = None if deadline_s is None else time.monotonic() + deadline_s
        options = Options(evaluate, deadline, cancelled)
        keys, warnings = self._keys(rows, group)
        used = shared_services() if services is None else services
        parts = [self._score_block(rows, keys, block, step, options, used) for block in self._blocks(rows, keys)]
        header = {
            "ruleset": self.name,
            "fingerprint": self.fingerprint,
            "environment": environment(self.plan, used),
        }
        scores = Scores(parts, len(rows), self.rules, header, warnings)
        if services is None:
            self._refuse_without_services(scores)
        return scores

    def _refuse_without_services(self, scores: Scores) -> None:
        """Raises ConfigurationError where a service that a row needed cannot be had on this host: going on would pay
        only for the rows that do not need it.
        """
        if State.ERROR in scores.states and any(reason and reason.code == UNAVAILABLE for reason in scores.reasons):
            for name in sorted(self.plan.services):
                shared_services().get(name)
            for resource in resources(self.plan):
                identity_of(resource, shared_services())

    async def ascore(
        self,
        completions: Sequence[object],
        *,
        group: Sequence[object] | None = None,
        step: int | None = None,
        evaluate: Evaluate = "needed",
        deadline_s: float | None = None,
        **columns: Sequence[object],
    ) -> Scores:
        """`score` off the event loop. Cancelling the task ends the run: what is in flight is given up."""
        cancelled = threading.Event()
        rows = self._rows(completions, group, columns)
        asked = time.monotonic()

        def work() -> Scores:
            """In a thread that may have been waited for, which counts as well."""
            left_s = None if deadline_s is None else deadline_s - (time.monotonic() - asked)
            return self.score_rows(
                rows, group=group, step=step, evaluate=evaluate, deadline_s=left_s, cancelled=cancelled
            )

        try:
            return await asyncio.to_thread(work)
        finally:
            cancelled.set()

    def _rows(
        self, completions: Sequence[object], group: Sequence[object] | None, columns: Mapping[str, Sequence[object]]
    ) -> list[Fields | Reason]:
        if isinstance(completions, str):
            raise InputError("the completions are one text: pass a list, also for a single one")
        given = as_columns({"completions": completions, **columns, "group": group})
        names = (self.plan.inputs["completion"].paths[0], *columns)
        if len(given["completions"]):
            self._warn_absent(names)
        listed = [given["completions"], *(given[name] for name in columns)]
        return [dict(zip(names, values, strict=True)) for values in zip(*listed, strict=True)]

    def _warn_absent(self, given: Sequence[str]) -> None:
        """A misspelt column would otherwise only show as rewards that are missing."""
        for name, paths in absent_columns(self.plan, given).items():
            tried = ", ".join(f"`{path}`" for path in paths)
            message = f"the ruleset `{self.name}` reads `{name}`, and no column is called {tried}"
            warnings.warn(message, UserWarning, stacklevel=4)

    def _keys(
        self, rows: Sequence[Fields | Reason], given: Sequence[object] | None
    ) -> tuple[list[Hashable] | None, tuple[str, ...]]:
        """Group keys where the ruleset needs them, or where the data has them (credit is then known)."""
        if given is not None and len(given) != len(rows):
            raise InputError(f"`group` has {len(given)} values for {len(rows)} rows")
        prompts = self.plan.inputs["prompt"].paths
        try:
            keys, warning = group_keys(self.plan.group, rows, given, prompts)
        except ConfigurationError:
            if self.uses_groups:
                raise
            return None, ()
        return keys, (warning,) if warning is not None and self.uses_groups else ()

    def _blocks(self, rows: Sequence[Fields | Reason], keys: Sequence[Hashable] | None) -> list[I64]:
        """The rows in blocks. With keys none cuts a group, without group functions too: credit is told of groups."""
        if keys is None:
            keys = [None] * len(rows)
        blocks = whole_groups(keys, BLOCK_ROWS, sizes_of(self.plan, rows), BLOCK_SIZE)
        return [np.array(block, dtype=np.int64) for block in blocks]

    def _score_block(
        self,
        rows: Sequence[Fields | Reason],
        keys: Sequence[Hashable] | None,
        block: I64,
        step: int | None,
        options: Options,
        services: Services,
    ) -> Part:
        listed = block.tolist()
        groups = None if keys is None else groups_of(keys, listed, self.plan.group.size)
        batch = make_batch(self.plan, [rows[row] for row in listed], groups, step)
        return Part(block, run(self.plan, batch, services, options))

"""The rows of a file as somebody's reward function is given them."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from rulereward.api import Ruleset
from rulereward.api.batches import Fields
from rulereward.data import Reason
from rulereward.errors import ConfigurationError
from rulereward.insight.compare.conventions import MEANINGS, Convention
from rulereward.insight.data import Data
from rulereward.io import BadValueError, completion_text, pick, prompt_text

TRAINERS_OWN = {"trainer_state", "log_extra", "log_metric", "kwargs"}
"""What TRL adds to its columns."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One row: its columns, its texts, and whether the data itself holds chat messages."""

    fields: Fields
    completion: str
    prompt: str
    answer: object
    raw_completion: object
    raw_prompt: object


def asked_rows(ruleset: Ruleset, data: Data) -> list[Asked | None]:
    """The rows that can be asked about; None for one that could not be read or holds no completion."""
    paths = {name: ruleset.plan.inputs[name].paths for name in ("completion", "prompt")}
    answer = ruleset.plan.inputs["answer"].paths if "answer" in ruleset.plan.inputs else ("answer",)
    found: list[Asked | None] = []
    for row in data.rows:
        if isinstance(row, Reason):
            found.append(None)
            continue
        completion, prompt = (pick(row, paths[name]) for name in ("completion", "prompt"))
        try:
            text = completion_text(completion)
        except BadValueError:
            found.append(None)
            continue
        found.append(Asked(row, text, _prompt(prompt), pick(row, answer), completion, prompt))
    return found


def _prompt(value: object) -> str:
    try:
        return "" if value is None else prompt_text(value)
    except BadValueError:
        return ""


class Arguments:
    """Makes the keyword arguments of a call. Raises ConfigurationError where the data lacks one that is needed."""

    def __init__(self, told: Convention, ruleset: Ruleset, rows: Sequence[Asked], step: int | None) -> None:
        self._told = told
        self._inputs = {name: item.paths for name, item in ruleset.plan.inputs.items()}
        self._columns = list(dict.fromkeys(name for row in rows for name in row.fields))
        self._state = SimpleNamespace(global_step=0 if step is None else step)
        self._texts = {path for name in ("completion", "prompt") for path in self._inputs[name]}
        self._roles = self._positions() if told.style == "row" else {}
        if rows:
            self._check()

    def batch(self, rows: Sequence[Asked]) -> dict[str, Any]:
        """The arguments of one call for many rows."""
        if self._told.style == "openrlhf":
            known: dict[str, Any] = {
                "queries": [row.prompt + row.completion for row in rows],
                "prompts": [row.prompt for row in rows],
                "labels": [row.answer for row in rows],
            }
            return self._taken(known)
        known = {name: [row.fields.get(name) for row in rows] for name in self._columns if name not in self._texts}
        known |= {name: [self._value(row, name) for row in rows] for name in self._told.names if self._has(name)}
        chat = self._told.style == "trl-chat"
        known["completions"] = [_messages(row.raw_completion, row.completion, "assistant", chat) for row in rows]
        known["prompts"] = [_messages(row.raw_prompt, row.prompt, "user", chat) for row in rows]
        if self._has("token_ids"):
            known["completion_ids"] = [self._value(row, "token_ids") for row in rows]
        known |= {"trainer_state": self._state, "log_extra": _ignore, "log_metric": _ignore}
        return self._taken(known)

    def row(self, row: Asked) -> dict[str, Any]:
        """The arguments of a call for one row."""
        if self._told.style == "verl":
            rest = {name: value for name, value in row.fields.items() if name not in self._texts}
            known: dict[str, Any] = {
                "data_source": row.fields.get("data_source", ""),
                "solution_str": row.completion,
                "ground_truth": row.answer,
                "extra_info": row.fields.get("extra_info") or {**rest, "prompt": row.prompt},
            }
            return self._taken(known)
        known = dict(row.fields) if self._told.takes_all else {}
        known |= {name: self._value(row, name) for name in self._told.names if self._has(name)}
        return self._taken(known)

    def _taken(self, known: dict[str, Any]) -> dict[str, Any]:
        """What the function takes, as copies: one that changes its arguments changes no row for the next call."""
        taken = known if self._told.takes_all else {name: known[name] for name in self._told.names if name in known}
        return copy.deepcopy(taken)

    def _positions(self) -> dict[str, str]:
        """What the first two parameters stand for where no name tells: the completion and the answer."""
        if any(self._has(name, {}) for name in self._told.names):
            return {}
        return dict(zip(self._told.needed, ("completion", "answer"), strict=False))

    def _meaning(self, name: str) -> str | None:
        """The input that a parameter stands for."""
        if name in self._inputs:
            return name
        by_path = next((known for known, paths in self._inputs.items() if name in paths), None)
        return by_path or next((known for known, names in MEANINGS.items() if name in names), None)

    def _has(self, name: str, roles: dict[str, str] | None = None) -> bool:
        roles = self._roles if roles is None else roles
        return (
            name in roles
            or name in self._columns
            or self._meaning(name) in ("completion", "prompt", "answer")
            or ((meaning := self._meaning(name)) is not None and self._is_there(meaning))
        )

    def _is_there(self, name: str) -> bool:
        return any(path.partition(".")[0] in self._columns for path in self._inputs.get(name, ()))

    def _value(self, row: Asked, name: str) -> object:
        meaning = self._roles.get(name) or self._meaning(name)
        if name in self._columns and name not in self._inputs and meaning != "completion":
            return row.fields.get(name)
        if meaning == "completion":
            return row.completion
        if meaning == "prompt":
            return row.prompt
        if meaning == "answer":
            return row.answer
        return None if meaning is None else pick(row.fields, self._inputs[meaning])

    def _check(self) -> None:
        if self._told.style in ("verl", "openrlhf"):
            return
        given = {"completions", "prompts", *TRAINERS_OWN} if self._told.style != "row" else set()
        lacking = [name for name in self._told.needed if name not in given and not self._has(name)]
        if lacking:
            named = getattr(self._told.function, "__name__", type(self._told.function).__name__)
            listed = ", ".join(f"`{name}`" for name in self._columns[:12])
            raise ConfigurationError(
                f"`{named}` (called as --style {self._told.style}) needs `{lacking[0]}`, and the rows have no column "
                f"of that name; they have {listed}. Add the column, or say with --style how it is called"
            )


def _messages(raw: object, text: str, role: str, chat: bool) -> object:
    """A text, or chat messages where the function wants them; those of the data where they are messages already."""
    if not chat:
        return text
    return raw if isinstance(raw, list) else [{"role": role, "content": text}]


def _ignore(*_: object, **__: object) -> None:
    """Stands for the trainer's log."""

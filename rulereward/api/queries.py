"""Samples as the protocols of trainers carry them: a prompt and its completion decoded as one text, and a label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rulereward.api.batches import Fields
from rulereward.api.ruleset import Ruleset
from rulereward.data import Reason
from rulereward.io import Record, completion_of, flagged_numbers

NO_PROMPT = Reason(
    "prompt_not_found", "the query does not hold its prompt, so nobody knows where the completion begins"
)


def row_of_query(ruleset: Ruleset, query: str, prompt: str, label: object) -> Fields | Reason:
    """The row of a sample, its label as the answer and as `row.label`; a Reason where the prompt is not found."""
    completion = completion_of(query, prompt)
    if completion is None:
        return NO_PROMPT
    first = {name: item.paths[0] for name, item in ruleset.plan.inputs.items()}
    return {"label": label, first["completion"]: completion, first["prompt"]: prompt, first["answer"]: label}


def numbers_answer(rewards: Sequence[float], records: Sequence[Record]) -> Mapping[str, object]:
    """`rewards`, `scores` and `extra_logs`: plain numbers for one sample, lists for several.

    A list of one number would become a tensor of shape (1, 1) where one of shape (1,) is meant.
    """
    logs = [flagged_numbers(record) for record in records]
    if len(logs) == 1:
        return {"rewards": rewards[0], "scores": rewards[0], "extra_logs": logs[0]}
    merged = {name: [log[name] for log in logs] for name in (logs[0] if logs else ())}
    return {"rewards": list(rewards), "scores": list(rewards), "extra_logs": merged}

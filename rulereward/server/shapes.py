"""What requests and answers look like. The requests are decoded by these types, and the OpenAPI document shows them.

Native requests refuse names they do not know, for a misspelt `group` would go unseen. The others come from trainers,
which send fields of their own: those are ignored.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

LAST_STEP = 2**53 - 1
"""The last whole number that every JSON reader holds exactly."""

Step = Annotated[float, Meta(ge=0, le=LAST_STEP, multiple_of=1)]
"""A whole number, which JSON may write as 3.0 as well."""


class ScoreRequest(Struct, forbid_unknown_fields=True):
    """Rows to score. `group` holds one key for each row: rows with equal keys are one group; null is in none.

    `step` is the training step, for rulesets that use it; `details` adds `reward_details` to each result.
    """

    rows: list[Any]
    group: list[Any] | None = None
    step: Step | None = None
    details: bool = False


class Result(Struct, omit_defaults=True):
    """`reward_state` is `ok`, or the state and its reason; then `reward` is null. Components are rules' values."""

    reward: float | None
    reward_state: str
    reward_components: dict[str, float | None]
    reward_details: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET


class ScoreAnswer(Struct):
    """One result for each row, in the order of the rows."""

    results: list[Result]
    ruleset: str
    fingerprint: str


class RewardRequest(Struct):
    """Samples as OpenRLHF sends them: a query holds its prompt and the completion; all lists have one length."""

    query: list[str]
    prompts: list[str]
    labels: list[Any] | None = None


class RewardAnswer(Struct):
    """Numbers for a single sample, lists of numbers for several."""

    rewards: float | list[float]
    scores: float | list[float]
    extra_logs: dict[str, float | list[float]]


class ClassifyRequest(Struct):
    """Texts as they are sent to a reward model behind vLLM."""

    input: str | list[str]
    model: str | None = None


class Class(Struct):
    """The reward of one text, as the probability of a single class."""

    index: int
    label: str
    probs: list[float]
    num_classes: int
    reward_state: str


class ClassifyAnswer(Struct):
    object: str
    model: str
    data: list[Class]


class EmbeddingRequest(Struct):
    """Texts as they are sent to a reward model behind SGLang."""

    input: str | list[str]
    model: str | None = None


class Embedding(Struct):
    """The reward of one text, as an embedding of one number."""

    object: str
    index: int
    embedding: list[float]
    reward_state: str


class EmbeddingAnswer(Struct):
    object: str
    model: str
    data: list[Embedding]


class ScoresRequest(Struct):
    """Texts as LLaMA-Factory sends them to a reward model."""

    messages: list[str]
    model: str | None = None


class ScoresAnswer(Struct):
    object: str
    model: str
    scores: list[float]


class Health(Struct):
    """`ok`, or `draining` once the server has been told to end."""

    status: str


class RulesetAnswer(Struct):
    """What is served. `inputs` names the columns each input is taken from, `score_range` where rewards lie.

    `closed` says which endpoints refuse this ruleset or these settings, and why.
    """

    name: str
    fingerprint: str
    environment: dict[str, str]
    rules: list[str]
    inputs: dict[str, list[str]]
    group: list[str]
    uses_groups: bool
    uses_step: bool
    score_range: Annotated[list[float | None], Meta(min_length=2, max_length=2)]
    closed: dict[str, str]
    text: str


class Error(Struct, omit_defaults=True):
    """`code` is for programs, `message` for people; `field` is the place in the body, `help` the next step."""

    code: str
    message: str
    field: str | msgspec.UnsetType = msgspec.UNSET
    help: str | msgspec.UnsetType = msgspec.UNSET


class Refusal(Struct):
    """The answer to a request that is refused as a whole."""

    error: Error

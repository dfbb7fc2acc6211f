"""`POST /get_reward`: the remote reward model of OpenRLHF (`--reward.remote_url`).

It sends one sample at a time and puts what it gets into tensors: a number becomes one of shape (1,), a list of one
number would become (1, 1). Its logged numbers are merged by name over all samples, and a name that one sample lacks
ends the training: so every answer has the same names, and says beside each whether there is a value.
"""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from rulereward.api import Ruleset
from rulereward.api.queries import numbers_answer, row_of_query
from rulereward.server.bodies import Bodies, decode
from rulereward.server.refusals import RefusedError
from rulereward.server.rendering import json_response
from rulereward.server.samples import Sample, Samples
from rulereward.server.settings import Limits
from rulereward.server.shapes import RewardRequest

PATH = "/get_reward"

_DECODER = msgspec.json.Decoder(RewardRequest)


class OpenRlhf:
    def __init__(self, samples: Samples, bodies: Bodies, limits: Limits, ruleset: Ruleset) -> None:
        self._samples, self._bodies, self._limits, self._ruleset = samples, bodies, limits, ruleset

    async def get_reward(self, request: Request) -> Response:
        """Score samples as OpenRLHF sends them. The label is the input `answer` of the ruleset, and `row.label`.

        A sample without a reward gets what `--masked` says. `extra_logs` holds every rule's value (0 where there is
        none) and beside it, under `.../valid`, whether there is one; `valid` says the same of the reward.
        """
        self._samples.refuse_closed(PATH)
        samples = await self._bodies.read(request, self._parsed)
        records, rewards = await self._samples.rewards(PATH, samples)
        return json_response(numbers_answer(rewards, records))

    def _parsed(self, body: bytes) -> list[Sample]:
        asked = decode(body, _DECODER, self._limits)
        labels = [None] * len(asked.query) if asked.labels is None else asked.labels
        if not len(asked.query) == len(asked.prompts) == len(labels):
            counts = f"{len(asked.query)}, {len(asked.prompts)} and {len(labels)}"
            message = f"`query`, `prompts` and `labels` have {counts} values"
            raise RefusedError(422, "lengths_differ", message, help="send one prompt and one label for each query")
        return [
            Sample(row_of_query(self._ruleset, query, prompt, label), prompt)
            for query, prompt, label in zip(asked.query, asked.prompts, labels, strict=True)
        ]

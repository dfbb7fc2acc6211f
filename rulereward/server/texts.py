"""Texts only, as they are sent to a reward model: `POST /classify` (vLLM), `/v1/embeddings` (SGLang), `/v1/scores`
(LLaMA-Factory).

A text is the completion. Where it holds the prompt too, the server is told behind which marker the completion begins.
The first marker counts. The last one would let a completion that writes the marker itself hide all before it; an
error instead would let it choose to have no reward. So an earlier turn of the assistant within the prompt is measured
too: for such prompts there are endpoints that are sent the prompt by itself.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from rulereward.api import Ruleset
from rulereward.data import Reason
from rulereward.io import Record, state_text, without_special_tokens
from rulereward.server.bodies import Bodies, decode
from rulereward.server.metrics import Metrics
from rulereward.server.rendering import json_response
from rulereward.server.samples import Sample, Samples
from rulereward.server.settings import ServerSettings
from rulereward.server.shapes import ClassifyRequest, EmbeddingRequest, ScoresRequest

_CLASSIFY = msgspec.json.Decoder(ClassifyRequest)
_EMBEDDING = msgspec.json.Decoder(EmbeddingRequest)
_SCORES = msgspec.json.Decoder(ScoresRequest)

Scored = list[tuple[Record, float]]


class Texts:
    def __init__(
        self, samples: Samples, bodies: Bodies, settings: ServerSettings, ruleset: Ruleset, metrics: Metrics
    ) -> None:
        self._samples, self._bodies, self._limits = samples, bodies, settings.limits
        self._marker, self._model, self._metrics = settings.completion_after, ruleset.name, metrics
        inputs = ruleset.plan.inputs
        self._completion, self._prompt = inputs["completion"].paths[0], inputs["prompt"].paths[0]

    async def classify(self, request: Request) -> Response:
        """Score texts as a reward model behind vLLM would: the reward is `data[i].probs[-1]`, of no bounded size."""
        scored = await self._scored(request, "/classify", self._classify_samples)
        data = [
            {
                "index": index,
                "label": "reward",
                "probs": [reward],
                "num_classes": 1,
                "reward_state": state_text(record),
            }
            for index, (record, reward) in enumerate(scored)
        ]
        return json_response({"object": "list", "model": self._model, "data": data})

    async def embeddings(self, request: Request) -> Response:
        """Score texts as a reward model behind SGLang would: the reward is `data[i].embedding[-1]`."""
        scored = await self._scored(request, "/v1/embeddings", self._embedding_samples)
        data = [
            {"object": "embedding", "index": index, "embedding": [reward], "reward_state": state_text(record)}
            for index, (record, reward) in enumerate(scored)
        ]
        return json_response({"object": "list", "model": self._model, "data": data})

    async def scores(self, request: Request) -> Response:
        """Score texts as LLaMA-Factory's reward API would: `scores[i]` is the reward of message i."""
        scored = await self._scored(request, "/v1/scores", self._scores_samples)
        rewards = [reward for _, reward in scored]
        return json_response({"object": "list", "model": self._model, "scores": rewards})

    async def _scored(self, request: Request, path: str, parse: Callable[[bytes], list[Sample]]) -> Scored:
        self._samples.refuse_closed(path)
        samples = await self._bodies.read(request, parse)
        records, rewards = await self._samples.rewards(path, samples)
        return list(zip(records, rewards, strict=True))

    def _classify_samples(self, body: bytes) -> list[Sample]:
        return self._of(decode(body, _CLASSIFY, self._limits).input)

    def _embedding_samples(self, body: bytes) -> list[Sample]:
        return self._of(decode(body, _EMBEDDING, self._limits).input)

    def _scores_samples(self, body: bytes) -> list[Sample]:
        return self._of(decode(body, _SCORES, self._limits).messages)

    def _of(self, texts: str | list[str]) -> list[Sample]:
        return [self._sample(text) for text in ([texts] if isinstance(texts, str) else texts)]

    def _sample(self, text: str) -> Sample:
        if self._marker is None:
            return Sample({self._completion: text}, None)
        prompt, marker, completion = text.partition(self._marker)
        if not marker:
            shown = self._marker[:60]
            return Sample(
                Reason("marker_not_found", f"the text does not hold {shown!r}, which --completion-after says"), None
            )
        if self._marker in completion:
            self._metrics.marker_repeated()
        row = {self._completion: without_special_tokens(completion), self._prompt: prompt}
        return Sample(row, prompt)

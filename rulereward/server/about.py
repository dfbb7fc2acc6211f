"""`GET /healthz`, `/metrics` and `/ruleset`: what a server says of itself."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Mapping

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import Response

from rulereward.server.rendering import json_response
from rulereward.server.scoring import Scoring


class About:
    def __init__(self, scoring: Scoring, closed: Mapping[str, str], is_draining: Callable[[], bool]) -> None:
        self._scoring, self._closed, self._is_draining = scoring, closed, is_draining

    async def healthz(self, request: Request) -> Response:
        """200 while requests are taken, 503 once the server has been told to end. Needs no token."""
        if self._is_draining():
            return json_response({"status": "draining"}, 503)
        return json_response({"status": "ok"})

    async def metrics(self, request: Request) -> Response:
        """Requests, batches, and what every rule gave, in Prometheus' text format."""
        return Response(self._scoring.metrics.text(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def ruleset(self, request: Request) -> Response:
        """The ruleset that is served: its text, what it reads, where its rewards lie, and what changes its values."""
        return json_response(await asyncio.to_thread(self._described))

    def _described(self) -> dict[str, object]:
        """In a thread, for to know its version a service may have to look at what it runs."""
        ruleset = self._scoring.ruleset
        plan = ruleset.plan
        reach = plan.nodes[plan.reward].range
        return {
            "name": ruleset.name,
            "fingerprint": ruleset.fingerprint,
            "environment": ruleset.environment,
            "rules": list(ruleset.rules),
            "inputs": {name: list(item.paths) for name, item in plan.inputs.items() if name in plan.reads},
            "group": list(plan.group.by),
            "uses_groups": plan.uses_groups,
            "uses_step": plan.uses_step,
            "score_range": [end if math.isfinite(end) else None for end in (reach.lo, reach.hi)],
            "closed": dict(self._closed),
            "text": ruleset.text,
        }

"""`POST /score`: rows with the columns the ruleset reads, whole groups, everything that is known of each row."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from rulereward.io import Record, record_fields
from rulereward.server.bodies import Bodies, decode
from rulereward.server.rendering import json_response
from rulereward.server.scoring import INLINE_ROWS, Row, Scoring, as_row
from rulereward.server.settings import Limits
from rulereward.server.shapes import ScoreRequest

PATH = "/score"

_DECODER = msgspec.json.Decoder(ScoreRequest)


class Native:
    def __init__(self, scoring: Scoring, bodies: Bodies, limits: Limits) -> None:
        self._scoring, self._bodies, self._limits = scoring, bodies, limits

    async def score(self, request: Request) -> Response:
        """Score rows. A row that cannot be scored has an error for its result, and the others their rewards.

        The rows of a request are groups of their own: groups never cross two requests.
        """
        asked, rows = await self._bodies.read(request, self._parsed)
        step = None if asked.step is None else int(asked.step)
        records = await self._scoring.records(PATH, rows, group=asked.group, step=step, details=asked.details)
        if len(records) <= INLINE_ROWS and not asked.details:
            return self._answer(records)
        return await asyncio.to_thread(self._answer, records)

    def _parsed(self, body: bytes) -> tuple[ScoreRequest, list[Row]]:
        asked = decode(body, _DECODER, self._limits)
        return asked, [as_row(value) for value in asked.rows]

    def _answer(self, records: Sequence[Record]) -> Response:
        ruleset = self._scoring.ruleset
        results = [record_fields(record) for record in records]
        return json_response({"results": results, "ruleset": ruleset.name, "fingerprint": ruleset.fingerprint})

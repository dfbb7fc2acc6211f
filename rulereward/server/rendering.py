"""Answers as bytes. JSON that leaves here never holds NaN or infinity."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from rulereward.io.records import encode_json

JSON = "application/json"


def json_response(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Numbers that JSON cannot hold become null."""
    return Response(encode_json(value), status, headers, JSON)

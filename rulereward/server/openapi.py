"""The OpenAPI document, made of the shapes that requests are decoded by."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from rulereward.api.environment import library_version
from rulereward.server import shapes
from rulereward.server.rendering import JSON

TITLE = "rulereward"
ABOUT = "A ruleset as a reward function. What is wrong with a row is told in its own result."

REFUSALS = {
    400: "No JSON, or JSON that is refused: NaN, numbers no float holds, text that is no Unicode, too deep",
    401: "The token is missing or wrong",
    408: "The body did not arrive in time",
    409: "This ruleset, or what the server was started with, closes the endpoint",
    413: "More bytes or rows than a request may have",
    415: "Not sent as JSON in UTF-8",
    422: "JSON of another shape, or a `step` or group that is missing",
    500: "A fault of the server",
    503: "Too much is waiting, or the server is ending",
}
"""What each status of a refusal means; the codes in the answer say more."""

_ROOTS = (
    shapes.ScoreRequest, shapes.ScoreAnswer, shapes.RewardRequest, shapes.RewardAnswer, shapes.ClassifyRequest,
    shapes.ClassifyAnswer, shapes.EmbeddingRequest, shapes.EmbeddingAnswer, shapes.ScoresRequest, shapes.ScoresAnswer,
    shapes.Health, shapes.RulesetAnswer, shapes.Refusal,
)  # fmt: skip

Json = dict[str, Any]
Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What is answered where. `answers` describes each status, `takes` is the shape of the body."""

    method: str
    path: str
    handler: Handler
    answers: Mapping[int, Json]
    takes: type[msgspec.Struct] | None = None


def answers(shape: type[msgspec.Struct], *refusals: int) -> dict[int, Json]:
    """What an endpoint can answer: 200 of a shape, and refusals of one shape."""
    found = {200: {"description": "Done", "content": _content(shape)}}
    return found | {
        status: {"description": REFUSALS[status], "content": _content(shapes.Refusal)} for status in refusals
    }


def document(endpoints: Sequence[Endpoint], *, token: bool) -> Json:
    """The whole document; `token` says whether requests must carry one."""
    found = get_openapi(
        title=TITLE, version=library_version(), description=ABOUT, routes=[_route(endpoint) for endpoint in endpoints]
    )
    _, described = msgspec.json.schema_components(_ROOTS, ref_template="#/components/schemas/{name}")
    found["components"] = {"schemas": described}
    if token:
        found["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        found["security"] = [{"token": []}]
        found["paths"]["/healthz"]["get"]["security"] = []
    return found


def _route(endpoint: Endpoint) -> APIRoute:
    """A route that is described and never called."""
    body = {} if endpoint.takes is None else {"requestBody": {"required": True, "content": _content(endpoint.takes)}}
    return APIRoute(
        endpoint.path, endpoint.handler, methods=[endpoint.method], response_model=None, response_class=Response,
        responses=dict(endpoint.answers.items()), openapi_extra=body,
    )  # fmt: skip


def _content(shape: type[msgspec.Struct]) -> Json:
    return {JSON: {"schema": {"$ref": f"#/components/schemas/{shape.__name__}"}}}

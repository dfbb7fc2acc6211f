"""The application: the endpoints, what they share, and how failures are answered."""

from __future__ import annotations

import msgspec
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from rulereward.api import Ruleset
from rulereward.server import native, openapi, openrlhf, shapes
from rulereward.server.about import About
from rulereward.server.bodies import Bodies
from rulereward.server.gate import Gate
from rulereward.server.native import Native
from rulereward.server.openapi import Endpoint, Handler, answers
from rulereward.server.openrlhf import OpenRlhf
from rulereward.server.refusals import RefusedError
from rulereward.server.rendering import json_response
from rulereward.server.samples import Samples
from rulereward.server.scoring import Scoring
from rulereward.server.settings import ServerSettings
from rulereward.server.texts import Texts

DOCUMENT_PATH = "/openapi.json"

_TAKES = (400, 401, 408, 413, 415, 422, 500, 503)
"""What every endpoint that reads a body can refuse with."""


class Application:
    """A ruleset behind HTTP: `asgi` is for a web server, which runs it on one event loop."""

    def __init__(self, ruleset: Ruleset, settings: ServerSettings | None = None) -> None:
        settings = settings or ServerSettings()
        self._scoring = Scoring(ruleset, settings)
        self._samples = Samples(self._scoring, settings)
        endpoints = self._endpoints(settings)
        self.document = openapi.document(endpoints, token=settings.token is not None)
        """The OpenAPI document."""
        paths = [*(endpoint.path for endpoint in endpoints), DOCUMENT_PATH]
        self._gate = Gate(self._api(endpoints), paths, settings.token, self._scoring.metrics)
        self.asgi: ASGIApp = self._gate

    @property
    def warnings(self) -> list[str]:
        """What whoever starts the server should know: endpoints that are closed, columns that nobody sends."""
        paths: dict[str, list[str]] = {}
        for path, why in self._samples.closed.items():
            paths.setdefault(why, []).append(path)
        closed = [f"closed: {', '.join(found)}: {why}" for why, found in paths.items()]
        return [*closed, *(f"warning: {why}" for why in self._samples.unsent)]

    def stop_taking(self) -> None:
        """Refuse new work. May be called from a signal handler."""
        self._gate.draining = True

    def drain(self) -> None:
        """Refuse new work, and let what waits for the rest of its group have what is known. For the event loop."""
        self.stop_taking()
        self._samples.release()

    def close(self, timeout_s: float) -> bool:
        """Answer the rows that wait; False if that takes longer."""
        return self._scoring.close(timeout_s)

    def _endpoints(self, settings: ServerSettings) -> list[Endpoint]:
        bodies = Bodies(settings.limits)
        scoring, samples, ruleset = self._scoring, self._samples, self._scoring.ruleset
        scored = Native(scoring, bodies, settings.limits)
        rewarded = OpenRlhf(samples, bodies, settings.limits, ruleset)
        texts = Texts(samples, bodies, settings, ruleset, scoring.metrics)
        about = About(scoring, samples.closed, lambda: self._gate.draining)
        ending = {**answers(shapes.Health)[200], "description": openapi.REFUSALS[503]}
        numbers = {"description": "Done", "content": {"text/plain": {"schema": {"type": "string"}}}}
        return [
            _post(native.PATH, scored.score, shapes.ScoreRequest, shapes.ScoreAnswer),
            _post(openrlhf.PATH, rewarded.get_reward, shapes.RewardRequest, shapes.RewardAnswer, 409),
            _post("/classify", texts.classify, shapes.ClassifyRequest, shapes.ClassifyAnswer, 409),
            _post("/v1/embeddings", texts.embeddings, shapes.EmbeddingRequest, shapes.EmbeddingAnswer, 409),
            _post("/v1/scores", texts.scores, shapes.ScoresRequest, shapes.ScoresAnswer, 409),
            Endpoint("GET", "/healthz", about.healthz, {**answers(shapes.Health), 503: ending}),
            Endpoint("GET", "/metrics", about.metrics, {**answers(shapes.Health, 401, 500), 200: numbers}),
            Endpoint("GET", "/ruleset", about.ruleset, answers(shapes.RulesetAnswer, 401, 500)),
        ]

    def _api(self, endpoints: list[Endpoint]) -> Api:
        api = Api(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
        for endpoint in endpoints:
            api.add_route(endpoint.path, endpoint.handler, methods=[endpoint.method])
        api.add_route(DOCUMENT_PATH, self._show_document, methods=["GET"])
        api.add_exception_handler(RefusedError, _refused)
        api.add_exception_handler(HTTPException, _nothing_there)
        api.add_exception_handler(Exception, _failed)
        return api

    async def _show_document(self, request: Request) -> Response:
        return json_response(self.document)


class Api(FastAPI):
    """FastAPI without what it puts around each call: bodies are read by ours, and a fifth of the requests a second
    would go into layers that have nothing to do.
    """

    def build_middleware_stack(self) -> ASGIApp:
        return Starlette.build_middleware_stack(self)


def _post(
    path: str, handler: Handler, takes: type[msgspec.Struct], gives: type[msgspec.Struct], *more: int
) -> Endpoint:
    return Endpoint("POST", path, handler, answers(gives, *_TAKES, *more), takes)


async def _refused(request: Request, failure: Exception) -> Response:
    assert isinstance(failure, RefusedError)
    return failure.response()


async def _nothing_there(request: Request, failure: Exception) -> Response:
    """404 and 405, in the shape of all refusals."""
    assert isinstance(failure, HTTPException)
    message = f"there is no {request.method[:20]} {request.url.path[:100]}"
    help = f"GET {DOCUMENT_PATH} lists what there is"
    return RefusedError(failure.status_code, "nothing_there", message, help=help, headers=failure.headers).response()


async def _failed(request: Request, failure: Exception) -> Response:
    """What nobody foresaw: told without its text, which may hold anything; the server's log has all of it."""
    message = f"the server failed ({type(failure).__name__}); please report what its log says"
    return RefusedError(500, "internal", message).response()

"""The OpenAPI document is what the server does: schemathesis sends what it allows, and what it forbids."""

from __future__ import annotations

from collections import Counter

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance
from served_rulesets import PLAIN, ruleset
from serving import get, served

from rulereward.server.app import Application
from rulereward.server.openapi import REFUSALS
from rulereward.server.settings import Limits, ServerSettings

TOKEN = "a token"
EXAMPLES, MANY_EXAMPLES = 15, 500
SETTINGS = ServerSettings(masked=0.0, token=TOKEN, limits=Limits(rows=50))
QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]

sent: Counter[str] = Counter()


@pytest.fixture(scope="module")
def url():
    with served(ruleset(PLAIN), SETTINGS) as (found, _):
        yield found
    print(f"\nschemathesis sent {sum(sent.values())} requests; answers by status: {dict(sorted(sent.items()))}")


api = schemathesis.openapi.from_dict(Application(ruleset(PLAIN), SETTINGS).document)


def accepts_what_it_allows(context, response, case):
    """But for lists of different lengths and too many rows, which JSON Schema has no words for."""
    if response.status_code in (413, 422) and response.json()["error"]["code"] in ("lengths_differ", "too_many_rows"):
        return None
    return positive_data_acceptance(context, response, case)


def check(case, url):
    response = case.call(base_url=url, headers={"Authorization": f"Bearer {TOKEN}"})
    sent[str(response.status_code)] += 1
    case.validate_response(
        response, excluded_checks=[positive_data_acceptance], additional_checks=[accepts_what_it_allows]
    )


@api.parametrize()
@settings(max_examples=EXAMPLES, derandomize=True, deadline=None, suppress_health_check=QUIET)
def test_the_document_is_kept(case, url):
    check(case, url)


@pytest.mark.slow
@api.parametrize()
@settings(max_examples=MANY_EXAMPLES, derandomize=True, deadline=None, suppress_health_check=QUIET)
def test_the_document_is_kept_by_many_more(case, url):
    check(case, url)


def test_every_endpoint_is_described(url):
    found = get(url, "/openapi.json", Authorization=f"Bearer {TOKEN}").json
    assert found["openapi"].startswith("3.1")
    described = {(method, path) for path, item in found["paths"].items() for method in item}
    assert described == {
        *(("post", path) for path in ("/score", "/get_reward", "/classify", "/v1/embeddings", "/v1/scores")),
        *(("get", path) for path in ("/healthz", "/metrics", "/ruleset")),
    }
    assert all(operation["description"] for item in found["paths"].values() for operation in item.values())
    statuses = {int(status) for item in found["paths"].values() for op in item.values() for status in op["responses"]}
    assert statuses == {200, *REFUSALS}

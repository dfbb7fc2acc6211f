"""`docs/server.md` is true: its examples are sent, and what it lists is what there is."""

from __future__ import annotations

import json
import re

import pytest
from prometheus_client.parser import text_string_to_metric_families
from serving import ROOT, get, post, served

import rulereward as rr
from rulereward.server.settings import ServerSettings

PAGE = (ROOT / "docs" / "server.md").read_text("utf-8")


@pytest.fixture(scope="module")
def url():
    with served(rr.load("math"), ServerSettings(masked=0.0)) as (found, application):
        assert application.warnings[0] in PAGE
        yield found


def examples():
    """Path, request and answer of each section with two blocks of JSON."""
    for path, text in re.findall(r"^### `POST (\S+)`$(.*?)(?=^##)", PAGE, re.M | re.S):
        request, answer = re.findall(r"^```json\n(.*?)^```$", text, re.M | re.S)
        yield path, json.loads(request), json.loads(answer)


@pytest.mark.parametrize(
    ("path", "request_body", "answer"), list(examples()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_examples(url, path, request_body, answer):
    found = post(url, path, request_body).json
    assert found.pop("fingerprint", "").startswith(answer.pop("fingerprint", "")[:4])
    assert found == answer


def test_the_refusal_that_is_shown(url):
    assert post(url, "/score", {"row": []}).body.decode() in PAGE


def test_all_endpoints_are_listed(url):
    listed = {tuple(found.split(" ")) for found in re.findall(r"^\| `((?:GET|POST) \S+)`", PAGE, re.M)}
    described = get(url, "/openapi.json").json["paths"]
    there = {(method.upper(), path) for path, item in described.items() for method in item}
    assert listed == {*there, ("GET", "/openapi.json")}


def test_all_metrics_are_listed(url):
    families = text_string_to_metric_families(get(url, "/metrics").body.decode())
    names = {family.name for family in families if not family.name.endswith("_created")}
    listed = re.findall(r"`(rulereward_\w+)`", PAGE)
    stems = {name.removesuffix("_total") for name in listed}
    stems |= {f"rulereward_reward{rest}" for rest in ("_value_sum", "_mean", "_std")}
    assert names <= stems

"""`GET /metrics`: requests, rows, batches, and every rule's values as worked out by hand."""

from __future__ import annotations

import math

import pytest
from prometheus_client.parser import text_string_to_metric_families
from served_rulesets import PLAIN, ruleset
from serving import get, post, served

from rulereward.server.settings import ServerSettings


def numbers(url):
    """Every sample by its name and labels."""
    answer = get(url, "/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    families = list(text_string_to_metric_families(answer.body.decode()))
    assert all(family.documentation for family in families)
    return {(item.name, *sorted(item.labels.values())): item.value for family in families for item in family.samples}


def test_what_is_counted():
    """Sizes 1, 3 and 5: sum 9, mean 3, deviation 2. `right` is 1, 0 and null, for the third has no gold."""
    with served(ruleset(PLAIN), ServerSettings(masked=0.0)) as (url, _):
        rows = [{"completion": "x", "answer": "x"}, {"completion": "xyz", "answer": "x"}, {"completion": "xyzab"}]
        post(url, "/score", {"rows": [*rows, 4]})
        post(url, "/score", b"no JSON")
        post(url, "/somewhere", {})
        post(url, "/elsewhere", {})
        found = numbers(url)
    assert found["rulereward_requests_total", "/score", "200"] == 1
    assert found["rulereward_requests_total", "/score", "400"] == 1
    assert found["rulereward_requests_total", "404", "other"] == 2
    assert found["rulereward_request_seconds_count", "/score"] == 2
    assert found["rulereward_rows_total", "/score"] == 4
    assert found["rulereward_batch_rows_sum",] == 4
    assert found["rulereward_batch_rows_count",] == 1
    assert found["rulereward_rows_waiting",] == 0
    assert found["rulereward_marker_repeated_total",] == 0

    def states(*labels):
        return [found[(*labels[:1], *sorted((*labels[1:], state)))] for state in ("ok", "null", "skipped", "error")]

    assert states("rulereward_rule_rows_total", "size") == [3, 0, 0, 1]
    assert states("rulereward_rule_rows_total", "right") == [2, 1, 0, 1]
    assert states("rulereward_reward_rows_total") == [2, 1, 0, 1]
    assert found["rulereward_rule_value_sum", "size"] == 9.0
    assert found["rulereward_rule_mean", "size"] == 3.0
    assert found["rulereward_rule_std", "size"] == 2.0
    assert found["rulereward_rule_mean", "right"] == 0.5
    assert math.isclose(found["rulereward_reward_mean",], (0.99 - 0.03) / 2)
    assert found["rulereward_rule_seconds_total", "size"] >= 0.0


def test_without_a_row_there_is_no_mean():
    with served(ruleset(PLAIN)) as (url, _):
        found = numbers(url)
    assert ("rulereward_rule_mean", "size") not in found
    assert found["rulereward_rule_rows_total", "ok", "size"] == 0


@pytest.mark.parametrize("rule", ["right", "size"])
def test_sums_go_on_over_requests_of_all_endpoints(rule):
    with served(ruleset(PLAIN), ServerSettings(masked=0.0)) as (url, _):
        for _ in range(3):
            post(url, "/score", {"rows": [{"completion": "x", "answer": "x"}]})
            post(url, "/get_reward", {"query": ["px"], "prompts": ["p"], "labels": ["x"]})
        assert numbers(url)["rulereward_rule_value_sum", rule] == 6.0

"""`POST /score` gives what the library gives, however many ask at a time."""

from __future__ import annotations

import json
import math
import threading

import pytest
from served_rulesets import ABORTING, GROUPED, PLAIN, SAMPLE, STEPPED, ruleset
from serving import Process, post, run_load, served

import rulereward as rr
from rulereward.kind import Failure, Job
from rulereward.server.settings import ServerSettings
from rulereward.services import Services


@pytest.fixture(scope="module")
def math_url():
    with served(rr.load("math")) as (url, _):
        yield url


@pytest.fixture(scope="module")
def plain_url():
    with served(ruleset(PLAIN)) as (url, _):
        yield url


@pytest.mark.parametrize("details", [False, True])
def test_one_request_equals_the_library(math_url, details):
    expected = rr.load("math").score_rows(SAMPLE).records(details=details)
    answer = post(math_url, "/score", {"rows": SAMPLE, "details": details})
    assert answer.status == 200
    assert answer.json["results"] == json.loads(json.dumps(expected))
    assert (answer.json["ruleset"], answer.json["fingerprint"]) == ("math", rr.load("math").fingerprint)


@pytest.fixture(scope="module")
def math_process():
    with Process("-r", "math") as server:
        yield server.url


@pytest.mark.parametrize("clients", [16, 256])
def test_many_clients_with_one_row_each_get_what_the_library_gives(math_process, clients):
    """Every answer is that of its own row, though rows of many requests are scored together."""
    rows = [{**SAMPLE[number % len(SAMPLE)]} for number in range(2 * clients)]
    expected = rr.load("math").score_rows(rows, group=[None] * len(rows)).records()
    bodies = [json.dumps({"rows": [row]}).encode() for row in rows]
    load = run_load(math_process, "/score", bodies, clients)
    assert [json.loads(answer)["results"] for answer in load.answers] == [[record] for record in expected]


def test_rows_that_are_none_and_rows_without_a_completion(plain_url):
    rows = [{"completion": "4", "answer": "4"}, 3, None, [], {"answer": "4"}, {"completion": 7}, {}]
    results = post(plain_url, "/score", {"rows": rows}).json["results"]
    assert [result["reward"] for result in results] == [0.99, *[None] * 6]
    states = [result["reward_state"].split(":")[1].strip() for result in results[1:]]
    assert states == ["not_object"] * 3 + ["no_completion", "bad_completion", "no_completion"]
    assert all(result["reward_components"] == {"right": None, "size": None} for result in results[1:4])


def test_a_missing_reward_is_null_with_its_reason(plain_url):
    (result,) = post(plain_url, "/score", {"rows": [{"completion": "four"}]}).json["results"]
    assert result["reward"] is None
    assert result["reward_state"].startswith("null: gold_missing")
    assert result["reward_components"] == {"right": None, "size": 4.0}


def test_no_rows(plain_url):
    assert post(plain_url, "/score", {"rows": []}).json["results"] == []


def test_text_of_any_kind_survives(plain_url):
    text = '\u4f60\u597d \U0001f600 \x00 \u2028 "\\'
    answer = post(plain_url, "/score", json.dumps({"rows": [{"completion": text, "answer": text}]}).encode())
    assert answer.json["results"][0]["reward_components"] == {"right": 1.0, "size": float(len(text))}


def test_a_body_that_is_decoded_in_a_thread(plain_url):
    rows = [{"completion": "x" * 1000, "answer": "y"}] * 1000
    answer = post(plain_url, "/score", {"rows": rows})
    assert [result["reward"] for result in answer.json["results"]] == [-10.0] * 1000


def test_groups_are_those_of_the_request():
    """Means 2 and 20 by hand: the group `a` of one request is not the group `a` of another."""
    with served(ruleset(GROUPED)) as (url, _):
        answers = {}

        def ask(lengths):
            rows = [{"completion": "x" * length} for length in lengths]
            answers[lengths] = post(url, "/score", {"rows": rows, "group": ["a"] * len(rows)}).json["results"]

        threads = [threading.Thread(target=ask, args=(lengths,)) for lengths in ((1, 3), (10, 30))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [result["reward"] for result in answers[1, 3]] == [-0.1, 0.1]
        assert [result["reward"] for result in answers[10, 30]] == [-1.0, 1.0]
        by_column = [{"completion": "x", "group_id": 7}, {"completion": "xxx", "group_id": 7}]
        results = post(url, "/score", {"rows": by_column}).json["results"]
        assert [result["reward"] for result in results] == [-0.1, 0.1]


def test_groups_that_are_missing_are_asked_for():
    with served(ruleset(GROUPED)) as (url, _):
        answer = post(url, "/score", {"rows": [{"completion": "x"}]})
        assert (answer.status, answer.code) == (422, "no_group")
        assert "group" in answer.json["error"]["help"]


def test_the_step():
    with served(ruleset(STEPPED)) as (url, _):
        row = {"completion": "x" * 10}
        answer = post(url, "/score", {"rows": [row]})
        assert (answer.status, answer.code, answer.json["error"]["field"]) == (422, "no_step", "step")
        for step in (20, 20.0):
            assert post(url, "/score", {"rows": [row], "step": step}).json["results"][0]["reward"] == 2.0


def test_a_rule_that_ends_the_run_refuses_its_own_request_only():
    with served(ruleset(ABORTING)) as (url, _):
        good, bad = {"completion": "x", "token_ids": [1, 2]}, {"completion": "x"}
        assert post(url, "/score", {"rows": [good]}).json["results"][0]["reward"] == 0.2
        answer = post(url, "/score", {"rows": [bad]})
        assert (answer.status, answer.code) == (422, "aborted")
        assert "size" in answer.json["error"]["message"]


class FailingMath:
    """A service whose process has died."""

    identity = "fake 1"

    def submit(self, jobs, done):
        for job in jobs:
            assert isinstance(job, Job)
            done(job, Failure("service_died", "its process ended"))
        return self

    def cancel(self):
        pass

    def close(self):
        pass


def test_a_service_that_fails_gives_errors_of_rows(monkeypatch):
    """What is decided without it keeps its reward, and the answer is 200."""
    with Services({"math": FailingMath}) as services:
        monkeypatch.setattr("rulereward.api.ruleset.shared_services", lambda: services)
        with served(rr.load("math"), ServerSettings(masked=-1.0)) as (url, _):
            asks = {"completion": "\\boxed{\\ln x+3}", "answer": "3+\\ln x"}
            decided = {"completion": "\\boxed{4}", "answer": "4"}
            answer = post(url, "/score", {"rows": [asks, decided]})
            body = {"query": ["p: \\boxed{\\ln x+3}"], "prompts": ["p:"], "labels": ["3+\\ln x"]}
            reward = post(url, "/get_reward", body)
    assert answer.status == reward.status == 200
    failed, right = answer.json["results"]
    assert (failed["reward"], failed["reward_state"]) == (
        None, "error: service_died: accuracy: its process ended",
    )  # fmt: skip
    assert math.isclose(right["reward"], 1.1)
    assert reward.json["rewards"] == -1.0
    assert reward.json["extra_logs"]["valid"] == 0.0

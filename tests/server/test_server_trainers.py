"""The protocols of trainers: one sample at a time, and a number for each."""

from __future__ import annotations

import math
import threading
import time

import pytest
from served_rulesets import BRITTLE, GROUPED, PLAIN, SIZE, STEPPED, ruleset
from serving import get, post, served

import rulereward as rr
from rulereward.errors import ConfigurationError
from rulereward.server.settings import ServerSettings

PATHS = ("/get_reward", "/classify", "/v1/embeddings", "/v1/scores")
BODIES = {
    "/get_reward": {"query": ["p: x"], "prompts": ["p:"], "labels": ["x"]},
    "/classify": {"model": "m", "input": "x", "use_activation": False},
    "/v1/embeddings": {"model": "m", "input": "x"},
    "/v1/scores": {"model": "m", "messages": ["x"]},
}
NUMBERS = {
    "/get_reward": lambda answer: answer["rewards"],
    "/classify": lambda answer: answer["data"][-1]["probs"][-1],
    "/v1/embeddings": lambda answer: answer["data"][-1]["embedding"][-1],
    "/v1/scores": lambda answer: answer["scores"][-1],
}
MARKER = "<|im_start|>assistant\n"


def sample(query, prompt, label=None):
    return {"query": [query], "prompts": [prompt], "labels": [label]}


@pytest.fixture(scope="module")
def math_url():
    with served(rr.load("math"), ServerSettings(masked=-0.25)) as (url, _):
        yield url


@pytest.fixture(scope="module")
def size_url():
    with served(ruleset(SIZE), ServerSettings(masked=-1.0, completion_after=MARKER)) as (url, _):
        yield url


# ---- OpenRLHF


def test_one_sample_gets_scalars(math_url):
    """Its executor reads `rewards`, `scores` and `extra_logs`, and makes `torch.tensor([value])` of each number."""
    query = f"<|im_start|>user\n2+2?<|im_end|>\n{MARKER}So \\boxed{{4}}.<|im_end|>"
    prompt = f"<|im_start|>user\n2+2?<|im_end|>\n{MARKER}"
    answer = post(math_url, "/get_reward", sample(query, prompt, "4")).json
    assert answer.keys() == {"rewards", "scores", "extra_logs"}
    assert math.isclose(answer["rewards"], 1.1)
    assert answer["scores"] == answer["rewards"]
    assert answer["extra_logs"] == {
        "valid": 1.0,
        "rulereward/accuracy": 1.0, "rulereward/accuracy/valid": 1.0,
        "rulereward/boxed": 1.0, "rulereward/boxed/valid": 1.0,
        "rulereward/repetition": 0.0, "rulereward/repetition/valid": 1.0,
        "rulereward/length": 13.0, "rulereward/length/valid": 1.0,
    }  # fmt: skip


def test_every_answer_logs_the_same_names(math_url):
    """OpenRLHF looks each name of the first sample up in all the others."""
    asked = [
        sample("p: \\boxed{4}", "p:", "4"),
        sample("p: 4", "p:"),
        sample("other", "a prompt that is not there", "4"),
    ]
    answers = [post(math_url, "/get_reward", body).json for body in asked]
    assert len({tuple(answer["extra_logs"]) for answer in answers}) == 1
    assert [answer["extra_logs"]["valid"] for answer in answers] == [1.0, 0.0, 0.0]
    assert [answer["extra_logs"]["rulereward/length/valid"] for answer in answers] == [1.0, 1.0, 0.0]
    assert [answer["rewards"] for answer in answers] == [pytest.approx(1.1), -0.25, -0.25]


def test_several_samples_get_lists(math_url):
    body = {"query": ["p: \\boxed{4}", "p: 5"], "prompts": ["p:", "p:"], "labels": ["4", "4"]}
    answer = post(math_url, "/get_reward", body).json
    assert answer["rewards"] == answer["scores"] == [pytest.approx(1.1), 0.0]
    assert answer["extra_logs"]["rulereward/accuracy"] == [1.0, 0.0]
    assert post(math_url, "/get_reward", {"query": [], "prompts": [], "labels": []}).json["rewards"] == []


@pytest.mark.parametrize("name", ["reward_model.ground_truth", "gold"])
def test_the_label_goes_where_the_ruleset_reads_its_answer(name):
    text = PLAIN.replace("rules:", f"inputs: {{completion: out, answer: {name}}}\nrules:", 1)
    with served(ruleset(text), ServerSettings(masked=0.0)) as (url, _):
        assert post(url, "/get_reward", sample("p:four", "p:", "four")).json["rewards"] == 0.96


def test_a_label_need_not_be_a_text(math_url):
    assert post(math_url, "/get_reward", sample("p:\\boxed{4}", "p:", ["4", "four"])).json["rewards"] == 1.1
    body = {"query": ["p:4"], "prompts": ["p:"]}
    assert post(math_url, "/get_reward", body).json["extra_logs"]["rulereward/accuracy/valid"] == 0.0


# ---- texts


@pytest.mark.parametrize("path", PATHS[1:])
def test_where_callers_find_the_reward(path):
    """verl reads `data[-1].probs[-1]` of vLLM and `data[-1].embedding[-1]` of SGLang; LLaMA-Factory `scores`."""
    with served(ruleset(SIZE), ServerSettings(masked=0.0)) as (url, _):
        assert NUMBERS[path](post(url, path, BODIES[path]).json) == 0.1
        several = {
            name: ["x", "xx", ""] if value == "x" or value == ["x"] else value for name, value in BODIES[path].items()
        }
        answer = post(url, path, several).json
        numbers = answer.get("scores") or [item.get("probs", item.get("embedding"))[-1] for item in answer["data"]]
        assert numbers == [0.1, 0.2, 0.0]


@pytest.mark.parametrize(
    ("text", "reward"),
    [
        (f"<|im_start|>user\nhi<|im_end|>\n{MARKER}four<|im_end|>\n", 0.4),
        (f"{MARKER}", 0.0),
        (f"{MARKER}bad {MARKER}x", 0.1 * len(f"bad {MARKER}x")),
        ("nothing to begin behind", -1.0),
    ],
    ids=["a chat", "an empty completion", "a completion that writes the marker", "no marker"],
)
def test_the_completion_begins_behind_the_first_marker(size_url, text, reward):
    answer = post(size_url, "/classify", {"input": text}).json
    assert answer["data"][0]["probs"] == [pytest.approx(reward)]
    assert answer["data"][0]["reward_state"].startswith("ok" if reward >= 0 else "error: marker_not_found")


def test_repeated_markers_are_counted(size_url):
    def counted():
        (line,) = [
            line
            for line in get(size_url, "/metrics").body.decode().splitlines()
            if line.startswith("rulereward_marker_repeated_total ")
        ]
        return float(line.split()[1])

    before = counted()
    post(size_url, "/classify", {"input": [f"{MARKER}a", f"{MARKER}a{MARKER}b"]})
    assert counted() == before + 1


# ---- what a missing reward becomes


def test_a_number_takes_the_place_of_a_missing_reward(math_url):
    answer = post(math_url, "/classify", {"input": "\\boxed{4}"}).json
    assert answer["data"][0]["probs"] == [-0.25]
    assert answer["data"][0]["reward_state"].startswith("null: gold_missing")


def asked_at_once(url, bodies):
    """The rewards of requests that are sent at the same time, and when each came, in seconds."""
    started = time.monotonic()
    found = [None] * len(bodies)

    def ask(place):
        reward = post(url, "/get_reward", bodies[place]).json["rewards"]
        found[place] = (reward, time.monotonic() - started)

    threads = [threading.Thread(target=ask, args=(place,)) for place in range(len(bodies))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


GROUP = ServerSettings(masked="group_mean", group_size=4, group_wait_s=30.0, completion_after=MARKER)


def test_a_missing_reward_becomes_the_mean_of_its_group():
    """(1 - 0.01) and (0 - 0.03) have the mean 0.48; the fourth has no gold either, and the same mean."""
    with served(ruleset(PLAIN), GROUP) as (url, _):
        bodies = [
            sample("p:a", "p:"),
            sample("p:x", "p:", "x"),
            sample("p:abc", "p:", "x"),
            sample("p:b", "p:", None),
        ]
        found = asked_at_once(url, bodies)
        other = [sample("q:x", "q:", "x")] * 2 + [sample("q:y", "q:")] * 2
        assert [reward for reward, _ in asked_at_once(url, other)] == [0.99] * 4
    assert [reward for reward, _ in found] == [pytest.approx(0.48), 0.99, -0.03, pytest.approx(0.48)]
    assert max(seconds for _, seconds in found) < 10


def test_more_missing_rewards_wait_than_there_are_threads():
    """Each waits for others that are missing too; nothing but the last one's arrival lets them go."""
    settings = ServerSettings(masked="group_mean", group_size=100, group_wait_s=30.0)
    with served(ruleset(PLAIN), settings) as (url, _):
        found = asked_at_once(url, [sample("p:x", "p:")] * 99 + [sample("p:x", "p:", "x")])
    assert [reward for reward, _ in found] == [0.99] * 100
    assert max(seconds for _, seconds in found) < 20


def test_a_group_that_is_never_complete_is_not_waited_for_for_ever():
    """The one who runs the server is told once; here that is a warning of the process."""
    settings = ServerSettings(masked="group_mean", group_size=4, group_wait_s=0.5)
    with served(ruleset(PLAIN), settings) as (url, _):
        with pytest.warns(UserWarning, match="of which 2 of 4 have come"):
            found = asked_at_once(url, [sample("p:x", "p:"), sample("p:x", "p:", "x")])
        assert found[0][0] == found[1][0] == 0.99
        assert 0.4 < found[0][1] < 10
        assert found[1][1] < 0.4
        assert asked_at_once(url, [sample("q:x", "q:")])[0][0] == 0.0


def test_a_whole_group_in_one_request():
    with served(ruleset(PLAIN), GROUP) as (url, _):
        body = {"query": ["p:x", "p:x", "p:xyz", "p:x"], "prompts": ["p:"] * 4, "labels": ["x", None, "x", None]}
        assert post(url, "/get_reward", body).json["rewards"] == [
            0.99,
            pytest.approx(0.48),
            -0.03,
            pytest.approx(0.48),
        ]


def test_texts_are_grouped_by_what_stands_before_the_marker():
    """The mean of 0.2 and 0.4. A text without the marker is in no group, and gets 0 at once."""
    with served(ruleset(BRITTLE), GROUP) as (url, _):
        texts = [f"p{MARKER}{completion}" for completion in ("xx", "fail", "xxxx", "fail")]
        answer = post(url, "/v1/scores", {"messages": [*texts, f"q{MARKER}xx", "no marker"]}).json
        assert answer["scores"] == [0.2, pytest.approx(0.3), 0.4, pytest.approx(0.3), 0.2, 0.0]


# ---- endpoints that cannot work


@pytest.mark.parametrize(("text", "code"), [(GROUPED, "needs_groups"), (STEPPED, "needs_step")])
def test_rulesets_that_need_more_than_is_sent_are_refused_by_name(text, code):
    with served(ruleset(text), ServerSettings(masked=0.0)) as (url, application):
        for path in PATHS:
            answer = post(url, path, BODIES[path])
            assert (answer.status, answer.code) == (409, code)
            assert "`grouped`" in answer.body.decode() or "`stepped`" in answer.body.decode()
        (warning,) = application.warnings
        assert warning.startswith("closed: /get_reward, /classify, /v1/embeddings, /v1/scores: the ruleset `")
        assert get(url, "/ruleset").json["closed"].keys() == set(PATHS)


def test_somebody_has_to_say_what_a_missing_reward_becomes():
    with served(ruleset(SIZE)) as (url, _):
        for path in PATHS:
            answer = post(url, path, BODIES[path])
            assert (answer.status, answer.code) == (409, "masked_not_said")
            assert "--masked" in answer.json["error"]["help"]


def test_group_means_need_prompts():
    with served(ruleset(SIZE), ServerSettings(masked="group_mean", group_size=2)) as (url, _):
        assert post(url, "/get_reward", BODIES["/get_reward"]).json["rewards"] == 0.2
        for path in PATHS[1:]:
            assert post(url, path, BODIES[path]).code == "prompt_unknown"


@pytest.mark.parametrize(
    "contradiction",
    [{"masked": "group_mean"}, {"group_size": 8}, {"masked": 0.0, "group_size": 8}, {"completion_after": ""}],
)
def test_settings_that_contradict_each_other(contradiction):
    with pytest.raises(ConfigurationError):
        ServerSettings(**contradiction)


def test_what_is_not_sent_is_told_once():
    with served(ruleset(PLAIN), ServerSettings(masked=0.0)) as (_, application):
        (warning,) = application.warnings
    assert warning.startswith("warning: not sent to /classify, /v1/embeddings, /v1/scores: `answer`;")

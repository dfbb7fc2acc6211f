"""OpenRLHF's executor asks for rewards, by a reward file and over HTTP, and makes experiences of them."""

from __future__ import annotations

import time

import pytest

pytest.importorskip("openrlhf", reason="OpenRLHF is not installed: tests/trainers_real/README.md says how")

from made import JUDGED, KINDS, files_in
from made_openrlhf import SingleTurnAgentExecutor, experiences, serving

REWARD_FILE = """\
from rulereward.trainers.openrlhf import reward_function

reward_func = reward_function({path!r}, kinds={kinds!r}, **{options!r})
"""


@pytest.fixture
def path(tmp_path):
    return files_in(tmp_path, judged=JUDGED)["judged"]


@pytest.fixture(params=["file", "http"])
def executor(request, tmp_path, path):
    """The real executor, by each way; five completions of a prompt."""
    if request.param == "file":
        file = tmp_path / "reward.py"
        file.write_text(REWARD_FILE.format(path=path, kinds=KINDS, options={"n_samples_per_prompt": 5}), "utf-8")
        yield SingleTurnAgentExecutor(str(file))
        return
    with serving("--ruleset", path, "--kinds", *KINDS, "--masked", "group_mean", "--group-size", 5) as url:
        yield SingleTurnAgentExecutor(url)


def rewards(found):
    return [one.rewards.item() for one in found]


def test_a_group_at_once(executor):
    """1.6, 0.6 and 1.9 are known: 4.1 / 3 stands for the boom and for the row without a label."""
    texts, labels = ["four", "boom", "five", "x", "four"], ["four", "four", "four", "x", None]
    found = experiences(executor, texts, labels)
    assert rewards(found) == pytest.approx([1.6, 4.1 / 3, 0.6, 1.9, 4.1 / 3])
    assert [one.scores.tolist() for one in found] == [one.rewards.tolist() for one in found]
    assert {tuple(one.rewards.shape) for one in found} == {(1,)}
    names = list(found[0].info)
    assert all(list(one.info) == names for one in found), "OpenRLHF merges them by name"
    assert {tuple(value.shape) for one in found for value in one.info.values()} == {(1,)}
    assert [one.info["valid"].item() for one in found] == [1.0, 0.0, 1.0, 1.0, 0.0]
    assert [one.info["reward"].item() for one in found] == rewards(found)


def test_the_same_prompt_again_is_a_group_of_its_own(executor):
    for _ in range(2):
        found = experiences(executor, ["boom", "four", "four", "five", "five"], ["four"] * 5)
        assert rewards(found) == pytest.approx([1.1, 1.6, 1.6, 0.6, 0.6])
    found = experiences(executor, ["boom"] * 2 + ["x"] * 3, ["x"] * 5)
    assert rewards(found) == pytest.approx([1.9] * 5)


def test_a_group_of_which_nothing_is_known(executor):
    """All get 0, and none has an advantage over another; nobody waits for the time limit."""
    begun = time.monotonic()
    assert rewards(experiences(executor, ["four"] * 5, [None] * 5)) == [0.0] * 5
    assert time.monotonic() - begun < 20.0


def test_a_prompt_that_lost_its_beginning_to_the_length_limit(executor):
    """OpenRLHF leaves its last 64 tokens; a token is a character."""
    prompts = ["What is this: " * 20] * 5
    found = experiences(executor, ["four", "five", "four", "five", "boom"], ["four"] * 5, prompts)
    assert rewards(found) == pytest.approx([1.6, 0.6, 1.6, 0.6, 1.1])


def test_over_http_many_missing_rewards_wait_at_a_time(path):
    """Forty prompts of which two of four completions have no label: 1.6 and 0.6 are known, 80 wait for their mean."""
    with serving("--ruleset", path, "--kinds", *KINDS, "--masked", "group_mean", "--group-size", 4) as url:
        asked = [("four", "four"), ("five", "four"), ("four", None), ("five", None)]
        prompts = [f"question {number}: " for _ in asked for number in range(40)]
        texts, labels = ([pair[part] for pair in asked for _ in range(40)] for part in (0, 1))
        begun = time.monotonic()
        found = experiences(SingleTurnAgentExecutor(url), texts, labels, prompts)
        assert time.monotonic() - begun < 30.0
    assert rewards(found) == pytest.approx([1.6] * 40 + [0.6] * 40 + [1.1] * 80)

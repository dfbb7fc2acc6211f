"""The reward file of OpenRLHF, called as its executor calls it. The real one is in tests/trainers_real."""

from __future__ import annotations

import asyncio
import logging
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from adapter_rulesets import GROUPED, STEPPED, SUM, ruleset

from rulereward.errors import ConfigurationError
from rulereward.trainers.openrlhf import reward_function

PROMPT = "<|im_start|>user\n2 + 2?<|im_end|>\n<|im_start|>assistant\n"


def one(function, completion, label, prompt=PROMPT):
    return function([prompt + completion], [prompt], [label])


def test_one_query_gets_plain_numbers():
    """A list would become a tensor of shape (1, 1)."""
    found = one(reward_function(ruleset(SUM), masked=0), "four<|im_end|>", "four")
    assert found["rewards"] == found["scores"] == pytest.approx(0.6)
    assert found["extra_logs"] == {
        "valid": 1.0, "rulereward/right": 1.0, "rulereward/right/valid": 1.0,
        "rulereward/size": 4.0, "rulereward/size/valid": 1.0,
    }  # fmt: skip


def test_several_queries_get_lists():
    function = reward_function(ruleset(SUM), masked=0)
    found = function([PROMPT + "four", PROMPT + "five"], [PROMPT, PROMPT], ["four", "four"])
    assert found["rewards"] == pytest.approx([0.6, -0.4])
    assert found["extra_logs"]["rulereward/right"] == [1.0, 0.0]
    assert function([], [], [])["rewards"] == []


def test_a_query_without_its_prompt_is_an_error_and_no_guess():
    found = reward_function(ruleset(SUM), masked=-3)(["four"], [PROMPT], ["four"])
    assert (found["rewards"], found["extra_logs"]["valid"]) == (-3.0, 0.0)
    assert (found["extra_logs"]["rulereward/right"], found["extra_logs"]["rulereward/right/valid"]) == (0.0, 0.0)


def test_a_missing_reward_is_the_mean_of_the_prompts_other_rewards():
    """OpenRLHF asks from a thread for each sample; two of four have no answer: (0.9 - 0.2) / 2."""
    function = reward_function(ruleset(SUM), n_samples_per_prompt=4)
    with ThreadPoolExecutor(4) as threads:
        calls = [("x", "x"), ("xx", None), ("xx", "x"), ("xxxx", None)]
        found = list(threads.map(lambda call: one(function, *call), calls))
    assert [call["rewards"] for call in found] == pytest.approx([0.9, 0.35, -0.2, 0.35])
    assert [call["extra_logs"]["valid"] for call in found] == [1.0, 0.0, 1.0, 0.0]


def test_many_missing_rewards_wait_at_a_time():
    """Forty groups, half of each missing: 80 threads wait, many more than an event loop has by itself."""

    async def ask():
        function = reward_function(ruleset(SUM), n_samples_per_prompt=4, group_wait_s=20)
        kinds = [("x", "x"), ("xxx", "x"), ("x", None), ("xx", None)]
        calls = [(text, label, f"{number}: {PROMPT}") for text, label in reversed(kinds) for number in range(40)]
        return await asyncio.gather(*(asyncio.to_thread(one, function, *call) for call in calls))

    begun = time.monotonic()
    rewards = [found["rewards"] for found in asyncio.run(ask())]
    assert rewards == pytest.approx([0.3] * 80 + [-0.3] * 40 + [0.9] * 40)
    assert time.monotonic() - begun < 15


def test_waiting_in_vain_is_told():
    function = reward_function(ruleset(SUM), n_samples_per_prompt=3, group_wait_s=0.05)
    one(function, "x", "x")
    with pytest.warns(UserWarning, match="of which 2 of 3 have come, and became their mean"):
        assert one(function, "x", None)["rewards"] == pytest.approx(0.9)


def test_what_is_refused():
    with pytest.raises(ConfigurationError, match="OpenRLHF takes a number for every completion"):
        reward_function(ruleset(SUM))
    with pytest.raises(ConfigurationError, match="OpenRLHF does not tell the training step"):
        reward_function(ruleset(STEPPED), masked=0)
    with pytest.raises(ConfigurationError, match="`grouped` compares the completions of a group, and OpenRLHF asks"):
        reward_function(ruleset(GROUPED), n_samples_per_prompt=4)


def test_expectations_are_judged_after_every_so_many_rows(caplog):
    expecting = ruleset(SUM + "monitor: [{expect: mean(size) over batch >= 5char, level: error}]\n")
    function = reward_function(expecting, masked=0, log_rows=2)
    with caplog.at_level(logging.INFO, "rulereward.monitor"):
        for completion in ("four", "sixty six", "four", "four"):
            one(function, completion, "four")
    (told,) = [record.getMessage() for record in caplog.records]
    assert told == "expected mean(size) over batch >= 5char; at 2 it is 4"

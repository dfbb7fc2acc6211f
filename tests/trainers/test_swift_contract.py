"""The classes for ms-swift, called as it calls them. The real call is in tests/trainers_real."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from adapter_rulesets import GROUPED, STEPPED, SUM, TOKENS, ruleset

from rulereward.errors import ConfigurationError
from rulereward.trainers.swift import reward_classes

USER = {"role": "user", "content": "2 + 2?"}


def columns(completions, step=0, **given):
    return {
        "trainer_state": SimpleNamespace(global_step=step),
        "messages": [[USER, {"role": "assistant", "content": text}] for text in completions],
        "prompt_id": ["p"] * len(completions),
        "response_token_ids": [[[1, 2]]] * len(completions),
        "finish_reason": ["stop"] * len(completions),
        "is_truncated": [False] * len(completions),
        **given,
    }


def test_a_class_for_the_score_and_one_for_each_rule():
    """The curves are named after the classes."""
    made = reward_classes(ruleset(SUM))
    assert {name: kind.__name__ for name, kind in made.items()} == {
        "sum": "sum", "sum_right": "sum_right", "sum_size": "sum_size",
    }  # fmt: skip
    completions, call = ["four", "five"], columns(["four", "five"], solution=["four", "four"])
    values = {name: kind(args=None)(completions, **call) for name, kind in made.items()}
    assert values["sum"] == pytest.approx([0.6, -0.4])
    assert (values["sum_right"], values["sum_size"]) == ([1.0, 0.0], [4.0, 4.0])


def test_the_score_is_never_none_because_all_none_would_count_as_zero():
    """Of the group only 0.9 and -0.2 are known: 0.35; a rule without a value is None all the same."""
    made = reward_classes(ruleset(SUM))
    completions = ["x", "xx", "xxx"]
    call = columns(completions, solution=["x", "x", None])
    assert made["sum"]()(completions, **call) == pytest.approx([0.9, -0.2, 0.35])
    assert made["sum_right"]()(completions, **call) == [1.0, 0.0, None]
    assert reward_classes(ruleset(SUM), masked=0)["sum"]()(completions, **call) == pytest.approx([0.9, -0.2, 0.0])


def test_groups_by_prompt_id_wherever_they_stand():
    completions = ["x", "xx", "xxx", "xxxxxx"]
    made = reward_classes(ruleset(GROUPED), num_generations=2)["grouped"]()
    assert made(completions, **columns(completions, prompt_id=list("pqpq"))) == [-1.0, -2.0, 1.0, 2.0]
    with pytest.raises(ConfigurationError, match="`grouped` compares the completions of a group, which has 2"):
        made(completions, **columns(completions, prompt_id=list("pppq")))


def test_a_group_cut_between_processes_is_refused_where_its_mean_is_needed(monkeypatch):
    """Alone in its process, a missing reward would become 0."""
    call = columns(["x"], solution=[None])
    with pytest.raises(ConfigurationError, match="`sum` gives a missing reward the mean of its group, which has 4"):
        reward_classes(ruleset(SUM), num_generations=4)["sum"]()(["x"], **call)
    assert reward_classes(ruleset(SUM), num_generations=4, masked=-1)["sum"]()(["x"], **call) == [-1.0]
    monkeypatch.setenv("WORLD_SIZE", "4")
    with pytest.raises(ConfigurationError, match="give the number of completions for a prompt"):
        reward_classes(ruleset(SUM))["sum"]()(["x"], **call)


def test_step_tokens_and_ends_are_passed_on():
    stepped = reward_classes(ruleset(STEPPED))["stepped"]()
    assert stepped(["four"], **columns(["four"], step=50, solution=["four"])) == [0.5]
    tokens = reward_classes(ruleset(TOKENS))["tokens"]()
    call = columns(
        ["a", "b", "c"], response_token_ids=[[[1, 2], [3]], [[1]], [[1]]], finish_reason=["stop", "length", None]
    )
    assert tokens(["a", "b", "c"], **call) == pytest.approx([0.3, -0.9, 0.1])

"""The adapter of TRL, called as TRL calls it. The real trainer is in tests/trainers_real."""

from __future__ import annotations

import inspect
import math
import pickle

import pytest
from adapter_rulesets import GATED, GROUPED, STEPPED, SUM, TERMS, THOUGHT, TOKENS, TOOLS, ruleset
from trl_calls import TrlStep

import rulereward as rr
from rulereward.errors import ConfigurationError, InputError
from rulereward.trainers.trl import AsyncRuleReward, reward, terms

CALL = {"type": "function", "function": {"name": "add", "arguments": {"a": 2, "b": 2}}}


def test_rewards_of_plain_completions():
    """`four` is right and 4 long: 1 - 0.4; `five` is wrong; without an answer nobody knows."""
    step = TrlStep(["four", "five", "four"], answer=["four", "four", None])
    assert step.call(reward(ruleset(SUM))) == pytest.approx([0.6, -0.4, None])


def test_a_shipped_ruleset_by_name():
    assert TrlStep([r"\boxed{4}", "5"], answer=["4", "4"]).call(reward("math")) == [1.1, 0.0]


def test_an_error_is_none_and_no_number():
    step = TrlStep(["a", "b"], completion_ids=[[1, 2], "what"])
    assert step.call(reward(ruleset(TOKENS))) == [0.2, None]
    assert step.metrics["rulereward/reward/error_rate"] == [0.5]


def test_what_is_not_measured_in_time_is_none():
    assert TrlStep(["four"], answer=["four"]).call(reward(ruleset(SUM), deadline_s=0.0)) == [None]


@pytest.mark.parametrize(
    "message",
    [
        {"role": "assistant", "content": "<think>2 and 2</think>four"},
        {"role": "assistant", "content": [{"type": "text", "text": "<think>2 and 2</think>four"}]},
        {"role": "assistant", "content": "four", "reasoning_content": "2 and 2"},  # as a response schema parses it
    ],
    ids=["text", "blocks", "parsed"],
)
def test_conversational_completions(message):
    prompt = [{"role": "user", "content": "2 + 2?"}]
    step = TrlStep([[message]], prompts=[prompt], answer=["four"])
    assert step.call(reward(ruleset(THOUGHT))) == [2.0]


def test_tools_and_turns():
    """The call stands in an earlier turn: `transcript` sees it, `completion` is the last answer."""
    turns = [
        {"role": "assistant", "content": "", "tool_calls": [CALL]},
        {"role": "tool", "name": "add", "content": "4"},
        {"role": "assistant", "content": "4"},
    ]
    wanted = [{"name": "add", "arguments": {"a": 2, "b": 2}}]
    step = TrlStep([turns, turns[-1:]], answer=["4", "4"], calls=[wanted, wanted])
    assert step.call(reward(ruleset(TOOLS))) == [2.0, 1.0]


def test_the_training_step_is_passed_on():
    function = reward(ruleset(STEPPED))
    assert TrlStep(["four"], answer=["four"], step=25).call(function) == [0.25]
    with pytest.raises(ConfigurationError, match="`stepped` uses `step`"):
        TrlStep(["four"], answer=["four"]).call_as_async_grpo(function)


def test_token_ids_are_lengths_and_tell_what_was_cut_off():
    """3 tokens with the end token 9, 2 without it: 0.3, and 0.2 - 1."""
    step = TrlStep(["a", "b"], completion_ids=[[1, 2, 9], [1, 2]])
    assert step.call(reward(ruleset(TOKENS), eos_token_id=[9, 8])) == pytest.approx([0.3, -0.8])
    assert step.call(reward(ruleset(TOKENS))) == pytest.approx([0.3, 0.2])  # nobody knows: no end token was told


def test_a_column_of_the_data_set_does_not_stand_for_the_completion():
    text = SUM + "inputs: {completion: [response]}\n"
    step = TrlStep(["five"], answer=["four"], response=["four"], completion_ids=[[1]])
    assert step.call(reward(ruleset(text))) == pytest.approx([-0.4])


def test_a_column_that_is_not_there_is_told():
    with pytest.warns(
        UserWarning, match="reads `answer`, and the data set has no column `answer`.*there are `anwser`"
    ):
        assert TrlStep(["four"], anwser=["four"]).call(reward(ruleset(SUM))) == [None]


def test_lists_of_other_lengths_are_the_trainers_own():
    assert TrlStep(["four"], answer=["four"], environments=[1, 2, 3]).call(reward(ruleset(SUM))) == [0.6]
    with pytest.raises(InputError, match="`prompt` has 2 values for 1 completions"):
        TrlStep(["four"], prompts=["a", "b"], answer=["four"]).call(reward(ruleset(SUM)))


# ---- groups


def test_groups_are_equal_prompts_wherever_they_stand():
    """Lengths 1, 3 of p (mean 2) and 2, 6 of q (mean 4), shuffled."""
    step = TrlStep(["x", "xx", "xxx", "xxxxxx"], prompts=["p", "q", "p", "q"])
    assert step.call(reward(ruleset(GROUPED))) == [-1.0, -2.0, 1.0, 2.0]
    chat = [[{"role": "user", "content": name}] for name in "pqpq"]
    assert TrlStep(["x", "xx", "xxx", "xxxxxx"], prompts=chat).call(reward(ruleset(GROUPED))) == [
        -1.0,
        -2.0,
        1.0,
        2.0,
    ]


def test_a_prompt_that_comes_twice_is_two_groups():
    """Of one prompt 1, 3 and then 10, 30: means 2 and 20, not 11."""
    step = TrlStep(["x", "xxx", "x" * 10, "x" * 30], prompts=["p"] * 4)
    assert step.call(reward(ruleset(GROUPED), num_generations=2)) == [-1.0, 1.0, -10.0, 10.0]


def test_a_column_of_the_data_set_may_be_the_group():
    """Where the ruleset says so; a column that is only called `group` is no trainer's group."""
    step = TrlStep(["x", "xx", "xxx", "xxxxxx"], prompts=["p"] * 4, prompt_id=[1, 2, 1, 2])
    assert step.call(reward(ruleset(GROUPED + "inputs: {group: prompt_id}\n"))) == [-1.0, -2.0, 1.0, 2.0]
    easy = TrlStep(["x", "xx", "xxx", "xxxxxx"], prompts=["p", "q", "p", "q"], group=["easy"] * 4)
    assert easy.call(reward(ruleset(GROUPED))) == [-1.0, -2.0, 1.0, 2.0]


def test_cut_groups_are_refused_by_name():
    step = TrlStep(["x", "xx", "xxx"], prompts=["p", "p", "q"])
    with pytest.raises(
        ConfigurationError, match="`grouped` compares the completions of a group, which has 2, and this batch has 1"
    ):
        step.call(reward(ruleset(GROUPED), num_generations=2))


def test_a_process_of_several_needs_the_size_of_a_group(monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(ConfigurationError, match="give the number of completions"):
        TrlStep(["x", "xx"]).call(reward(ruleset(GROUPED)))
    assert TrlStep(["x", "xxx"]).call(reward(ruleset(GROUPED), num_generations=2)) == [-1.0, 1.0]


def test_a_declared_size_and_the_trainers_must_agree():
    text = GROUPED + "inputs: {group: {by: prompt_id, size: 4}}\n"
    with pytest.raises(ConfigurationError, match="declares groups of 4, and the trainer makes groups of 8"):
        reward(ruleset(text), num_generations=8)


# ---- names, processes, coroutines


def test_names():
    assert reward(ruleset(SUM)).__name__ == "sum"
    assert reward(ruleset(SUM), name="mine").__name__ == "mine"
    nameless = SUM.replace("name: sum\n", "")
    assert reward(rr.Ruleset("../some/where.yaml", nameless)).__name__ == "where"
    assert [function.__name__ for function in terms(ruleset(TERMS))[0]] == ["terms/right", "terms/digits"]
    other = reward(ruleset(SUM.replace("0.1", "0.2"))).__name__  # another ruleset of the same name
    assert other.startswith("sum-")


def test_functions_go_to_other_processes():
    """AsyncGRPO pickles the function, and calls it for each group without the trainer's state."""
    function = pickle.loads(pickle.dumps(reward(ruleset(SUM), num_generations=2)))
    step = TrlStep(["four", "five"], prompts=["p", "p"], answer=["four", "four"])
    assert step.call_as_async_grpo(function) == pytest.approx([0.6, -0.4])
    first, second = pickle.loads(pickle.dumps(terms(ruleset(TERMS))[0]))
    assert first.source is second.source


def test_coroutines():
    function = reward(ruleset(SUM), asynchronous=True)
    assert isinstance(function, AsyncRuleReward)
    assert inspect.iscoroutinefunction(function.__call__)
    assert not inspect.iscoroutinefunction(reward(ruleset(SUM)).__call__)
    assert TrlStep(["four"], answer=["four"]).call(function) == [0.6]


# ---- one function for each part


@pytest.mark.parametrize("asynchronous", [False, True])
def test_the_parts_add_up_to_the_score(asynchronous):
    functions, weights = terms(ruleset(TERMS), asynchronous=asynchronous)
    completions, answers = ["four 4", "four", "4", "x"], ["four 4", "four", "four", "four"]
    whole = TrlStep(completions, answer=answers).call(reward(ruleset(TERMS)))
    step = TrlStep(completions, answer=answers)
    values = [step.call(function) for function in functions]
    assert weights == [1.0, 0.5]
    assert values == [[1.0, 1.0, 0.0, 0.0], [1.0, 0.0, 1.0, 0.0]]
    assert [
        sum(w * value for w, value in zip(weights, row, strict=True)) for row in zip(*values, strict=True)
    ] == whole
    assert step.metrics["rulereward/reward/mean"] == [0.75]  # logged once: the functions share one evaluation


def test_weights_of_an_expression():
    functions, weights = terms(ruleset(SUM))
    assert [function.__name__ for function in functions] == ["sum/right", "sum/size"]
    step = TrlStep(["four"], answer=["four"])
    parts = [step.call(function)[0] for function in functions]
    assert sum(w * part for w, part in zip(weights, parts, strict=True)) == pytest.approx(0.6)


def test_a_part_without_data_counts_as_the_ruleset_says():
    """`on_null: zero`: without an answer the score is that of the digits, and 0 where nothing else is there."""
    step = TrlStep(["4", "x"], answer=[None, None])
    functions, _ = terms(ruleset(TERMS))
    assert [step.call(function) for function in functions] == [[0.0, 0.0], [1.0, 0.0]]
    assert step.call(reward(ruleset(TERMS))) == [0.5, 0.0]
    only = TERMS.replace("digits: 0.5", "digits: 0")
    assert [step.call(function) for function in terms(ruleset(only))[0]] == [[0.0, 0.0]]


def test_a_row_without_a_reward_gets_none_of_every_part():
    functions, _ = terms(ruleset(TERMS.replace("on_null: zero", "on_null: propagate")))
    step = TrlStep(["4"], answer=[None])
    assert [step.call(function) for function in functions] == [[None], [None]]


def test_the_next_step_is_evaluated_anew():
    functions, _ = terms(ruleset(TERMS))
    assert [TrlStep(["four"], answer=["four"]).call(function) for function in functions] == [[1.0], [0.0]]
    assert [TrlStep(["4"], answer=["four"]).call(function) for function in functions] == [[0.0], [1.0]]


EXPRESSIONS = {
    "right + 1": "a part of it belongs to no single rule",
    "right * digits + right": "a part of it belongs to no single rule",
    "(right + digits) / 2": "a part of it belongs to no single rule",
    "right + digits - right": "`right` stands in two parts of it",
}


@pytest.mark.parametrize(("expression", "reason"), EXPRESSIONS.items())
def test_a_score_that_is_no_sum_is_refused_with_the_reason(expression, reason):
    text = TERMS[: TERMS.index("score:")] + f"score: ({expression}) ?? 0\n"
    with pytest.raises(ConfigurationError, match="cannot be cut into one function"):
        terms(ruleset(text))
    text = TERMS[: TERMS.index("score:")] + f"score: {expression}\n"
    with pytest.raises(ConfigurationError, match=reason):
        terms(ruleset(text))


def test_gates_clamps_and_moving_weights_are_refused():
    with pytest.raises(ConfigurationError, match="the gate `empty` gives a reward of its own"):
        terms(ruleset(GATED))
    with pytest.raises(ConfigurationError, match="it has a `clamp`"):
        terms(ruleset(TERMS + "  clamp: 0..1\n"))
    with pytest.raises(ConfigurationError, match="`final_null`"):
        terms(ruleset(TERMS.replace("on_null: zero", "on_null: propagate\n  final_null: 0")))
    moving = TERMS.replace("digits: 0.5", 'later: {value: digits, weight: "ramp(step, 0step..9step, from=0, to=1)"}')
    with pytest.raises(ConfigurationError, match="the weight of `later` is no constant"):
        terms(ruleset(moving))


@pytest.mark.parametrize(
    ("expression", "parts"),
    [
        ("right - (digits - 0.5 * size / 1char)", {"right": 1.0, "digits": -1.0, "size": 0.5}),
        ("-right", {"right": -1.0}),
        ("right - -digits", {"right": 1.0, "digits": 1.0}),
        ("digits * 3", {"digits": 3.0}),
    ],
)
def test_signs_and_weights(expression, parts):
    text = SUM[: SUM.index("score:")].replace("rules:", 'rules:\n  digits: regex_match(completion, pattern="[0-9]")')
    functions, weights = terms(rr.Ruleset("made.yaml", f"{text}score: {expression}\n"), name="signs")
    names = [function.__name__.removeprefix("signs/") for function in functions]
    step = TrlStep(["44"], answer=["44"])
    values = [step.call(function)[0] for function in functions]
    worth = {"right": 1.0, "digits": 1.0, "size": 2.0}
    assert {name: w * value for name, w, value in zip(names, weights, values, strict=True)} == pytest.approx(
        {name: factor * worth[name] for name, factor in parts.items()}
    )


# ---- logging


def test_statistics_and_breakdown_go_to_the_trainers_log():
    step = TrlStep(["four", "five", "four", "x"], prompts=list("ppqq"), answer=["four", "four", None, "four"])
    step.call(reward(ruleset(SUM)))
    assert step.extras["sum/rules/size"] == [4.0, 4.0, 4.0, 1.0]
    assert step.extras["sum/rules/right"] == [1.0, 0.0, None, 0.0]
    assert step.extras["sum/reward_state"][2] == "null: gold_missing: right: there is no gold answer"
    metrics = {name: values[0] for name, values in step.metrics.items()}
    assert metrics["rulereward/right/mean"] == pytest.approx(1 / 3)
    assert metrics["rulereward/right/null_rate"] == 0.25
    assert metrics["rulereward/reward/mean"] == pytest.approx((0.6 - 0.4 - 0.1) / 3)
    assert metrics["rulereward/frac_reward_zero_std"] == 0.0  # p differs; of q only one is judged
    assert metrics["rulereward/credit/right"] == pytest.approx(1.0)
    assert all(math.isfinite(value) for value in metrics.values())


def test_a_second_ruleset_has_names_of_its_own():
    step = TrlStep(["four"], answer=["four"])
    step.call(reward(ruleset(SUM)))
    step.call(reward(ruleset(TERMS), name="second"))
    assert "rulereward/second/digits/mean" in step.metrics
    assert step.metrics["rulereward/reward/mean"] == [0.6]

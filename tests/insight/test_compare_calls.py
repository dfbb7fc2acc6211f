"""Every known way to call a reward function, told from its signature, and what may come back from it."""

from __future__ import annotations

import math

import pytest

import rulereward as rr
from rulereward.errors import ConfigurationError
from rulereward.insight.compare.answers import Answer, read_value, read_values
from rulereward.insight.compare.comparison import compare
from rulereward.insight.compare.conventions import convention
from rulereward.insight.compare.foreign import load_function
from rulereward.insight.data import Data

RULESET = "rulereward: 1\nname: exact\nrules: {right: 'exact_match(completion, answer)'}\nscore: right\n"
ROWS = [
    {"prompt_id": place // 2, "prompt": "p", "completion": said, "answer": gold, "completion_ids": [1] * len(said)}
    for place, (said, gold) in enumerate([("4", "4"), ("5", "4"), ("7", "7"), ("8", "8")])
]
"""Right, wrong, right, right."""
REWARDS = [1.0, 0.0, 1.0, 1.0]


def compared(function, rows=ROWS, **options):
    return compare(
        rr.Ruleset("exact.yaml", RULESET), function, Data(rows, [f"r:{n}" for n in range(len(rows))]), **options
    )


def trl(prompts, completions, answer, **columns):
    assert prompts == ["p"] * len(completions)
    assert columns["completion_ids"] == [[1]] * len(completions)
    assert columns["trainer_state"].global_step == 0
    return [float(said == gold) for said, gold in zip(completions, answer, strict=True)]


def trl_without_columns(completions, solution):
    """`solution` is another name of the answer in our rulesets."""
    return [float(said == gold) for said, gold in zip(completions, solution, strict=True)]


async def trl_async(completions, answer, **columns):
    return [float(said == gold) for said, gold in zip(completions, answer, strict=True)]


def trl_chat(completions: list[list[dict[str, str]]], answer, **columns):
    return [float(said[0]["content"] == gold) for said, gold in zip(completions, answer, strict=True)]


def trl_chat_untold(completions, answer, **columns):
    return [float(said[-1]["content"] == gold) for said, gold in zip(completions, answer, strict=True)]


def verl(data_source, solution_str, ground_truth, extra_info=None):
    assert extra_info["prompt_id"] in (0, 1)
    return {"score": float(solution_str == ground_truth), "acc": 1}


def openrlhf(queries, prompts, labels, **_):
    rewards = [float(q == p + label) for q, p, label in zip(queries, prompts, labels, strict=True)]
    return {"rewards": rewards, "scores": rewards, "extra_logs": {}}


class Swift:
    def __init__(self, args=None, **_):
        self.args = args

    def __call__(self, completions, answer, **_):
        return [float(said == gold) for said, gold in zip(completions, answer, strict=True)]


def by_row(completion, answer):
    return completion == answer


def by_row_otherwise(response, gold, weight=1.0):
    return weight * (response == gold)


def by_row_unnamed(a, b):
    return float(a == b)


def by_row_all(completion, **row):
    return completion == row["answer"]


@pytest.mark.parametrize(
    ("function", "style"),
    [
        (trl, "trl"),
        (trl_without_columns, "trl"),
        (trl_async, "trl"),
        (trl_chat, "trl-chat"),
        (trl_chat_untold, "trl-chat"),
        (verl, "verl"),
        (openrlhf, "openrlhf"),
        (Swift, "swift"),
        (Swift(), "trl"),
        (by_row, "row"),
        (by_row_otherwise, "row"),
        (by_row_unnamed, "row"),
        (by_row_all, "row"),
    ],
)
def test_the_signature_tells_how_to_call(function, style):
    found = compared(function)
    assert (found.style, found.differ, found.agree) == (style, 0, 4), found.groups


def test_a_style_may_be_told():
    assert compared(lambda *_, **given: given["solution_str"] == given["ground_truth"], style="verl").differ == 0


def test_chat_rows_are_given_as_they_are():
    rows = [row | {"completion": [{"role": "assistant", "content": row["completion"]}]} for row in ROWS]
    assert compared(trl_chat_untold, rows).style == "trl-chat"
    assert compared(by_row, rows).differ == 0


def maker(max_length, cache):
    return by_row


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (maker, "called in none of the known ways"),
        (lambda completions, tests: completions, "needs `tests`, and the rows have no column of that name"),
        (lambda completion, tests: completion, "needs `tests`"),
    ],
)
def test_what_cannot_be_called_is_told_with_the_next_step(function, said):
    with pytest.raises(ConfigurationError, match=said):
        compared(function)


def test_an_unknown_rule_is_told():
    with pytest.raises(ConfigurationError, match="no rule `rigt`: did you mean `right`"):
        compared(by_row, rule="rigt")


def test_one_rule_instead_of_the_reward():
    text = RULESET.replace("score: right", "score: 0.5 * right")
    ruleset, data = rr.Ruleset("half.yaml", text), Data(ROWS, ["r"] * 4)
    assert compare(ruleset, by_row, data).differ == 3
    assert compare(ruleset, by_row, data, rule="right").differ == 0


def test_a_function_that_compares_completions_is_noted():
    def best(completions, **_):
        return [float(len(set(completions)) > 1 or said == "4") for said in completions]

    assert any("compares completions" in note for note in compared(best).notes)


def test_a_function_that_draws_lots_is_noted():
    calls = iter(range(1000))
    notes = compared(lambda completions, **_: [float(next(calls)) for _ in completions]).notes
    assert any("not deterministic" in note for note in notes)


@pytest.mark.parametrize(
    ("value", "answer", "number"),
    [
        (None, Answer.NONE, None),
        (True, Answer.NUMBER, 1.0),
        ([0.5], Answer.NUMBER, 0.5),
        ({"score": 0.25, "acc": 1}, Answer.NUMBER, 0.25),
        (math.nan, Answer.NOT_FINITE, None),
        (10**400, Answer.NOT_FINITE, None),
        ("0.5", Answer.NOT_A_NUMBER, None),
        ({"acc": 1}, Answer.NOT_A_NUMBER, None),
    ],
)
def test_what_may_come_back(value, answer, number):
    found = read_value(value)
    assert found.answer is answer
    assert number is None or found.value == number


def test_arrays_and_tensors():
    import numpy as np

    assert [one.value for one in read_values(np.array([[1.0], [0.5]]), 2)] == [1.0, 0.5]
    assert read_values(np.float32(1.0), 1)[0].value == 1.0


def test_a_wrong_number_of_values_is_found_row_by_row():
    found = compared(lambda completions, **_: [1.0, 1.0, 1.0])
    assert found.groups[0].difference == "theirs fails with a wrong number of values"
    assert found.differ == 4


def test_odd_values_are_named():
    odd = {"4": math.nan, "5": "none", "7": None, "8": math.inf}
    found = compared(lambda completions, **_: [odd[said] for said in completions])
    assert {group.difference for group in found.groups} == {
        "theirs is no number but the text 'none'",
        "theirs is not finite",
        "theirs has no value",
    }


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("rewards.py", "write MODULE:FUNCTION"),
        ("no_such_module_at_all:f", "there is no module"),
        ("nowhere/rewards.py:f", "there is no file"),
        ("{folder}/mine.py:rewart", "did you mean `reward`"),
        ("{folder}/mine.py:LIMIT", "no function but a value of type int"),
        ("{folder}/broken.py:f", "cannot be imported"),
    ],
)
def test_functions_that_are_not_there(tmp_path, spec, said):
    (tmp_path / "mine.py").write_text("LIMIT = 3\ndef reward(completion, answer):\n    return 1.0\n", "utf-8")
    (tmp_path / "broken.py").write_text("import no_such_thing\n", "utf-8")
    with pytest.raises(ConfigurationError, match=said):
        load_function(spec.format(folder=tmp_path))


def test_a_file_finds_its_neighbours(tmp_path):
    (tmp_path / "neighbour_of_rewards.py").write_text("ONE = 1.0\n", "utf-8")
    (tmp_path / "with_neighbour.py").write_text(
        "from neighbour_of_rewards import ONE\ndef f(completion): return ONE\n"
    )
    assert load_function(f"{tmp_path}/with_neighbour.py:f")("x") == 1.0


def test_certainty_about_messages():
    assert not convention(trl_chat_untold).told
    assert convention(trl_chat).told


def test_what_a_function_does_to_its_arguments_is_its_own_affair():
    def spoils(completion, answer, meta):
        if not meta.pop("fresh", False):
            raise KeyError("fresh")
        return float(completion == answer)

    rows = [{**row, "meta": {"fresh": True}} for row in ROWS]
    assert compared(spoils, rows).differ == 0
    assert all(row["meta"] == {"fresh": True} for row in rows)


def test_an_exit_is_an_answer_like_another():
    def leaves(completion, answer):
        raise SystemExit(3)

    found = compared(leaves)
    assert found.differ == len(ROWS)
    assert found.groups[0].difference == "theirs fails with SystemExit"

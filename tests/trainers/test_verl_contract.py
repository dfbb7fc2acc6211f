"""The adapters of verl, called as its reward managers call them. The real ones are in tests/trainers_real."""

from __future__ import annotations

import asyncio
import json
import math
from concurrent.futures import ThreadPoolExecutor

import pytest
from adapter_rulesets import GROUPED, PARAMS, SUM, TOKENS

from rulereward.errors import ConfigurationError
from rulereward.trainers import verl
from rulereward.trainers.verl import acompute_score, compute_score, compute_scores


@pytest.fixture
def path(tmp_path):
    def write(text):
        file = tmp_path / "made.yaml"
        file.write_text(text, "utf-8")
        return str(file)

    return write


def sample(solution, truth, index=0, **info):
    extra_info = {"index": index, **info}
    return {"data_source": "made", "solution_str": solution, "ground_truth": truth, "extra_info": extra_info}


def numbers(scored):
    return {name: value for name, value in scored.items() if name != "reward_state"}


def test_a_sample_is_a_flat_mapping(path):
    found = compute_score(**sample("four", "four"), ruleset=path(SUM), masked=0)
    assert numbers(found) == pytest.approx({"score": 0.6, "right": 1.0, "size": 4.0, "valid": 1.0})
    assert found["reward_state"] == "ok"


def test_the_keys_are_the_same_for_every_sample(path):
    options = {"ruleset": path(SUM), "masked": -2}
    good, without = (compute_score(**sample("four", truth), **options) for truth in ("four", None))
    assert list(good) == list(without)
    assert without["score"] == -2.0
    assert (without["valid"], math.isnan(without["right"]), without["size"]) == (0.0, True, 4.0)
    assert without["reward_state"] == "null: gold_missing: right: there is no gold answer"
    assert all(isinstance(value, float | str) for value in without.values())


def test_the_answer_is_the_ground_truth_whatever_else_is_called_so(path):
    """Data sets made as verl's examples are keep the worked solution under `extra_info.answer`."""
    found = compute_score(**sample("four", "four", answer="2 + 2 is four"), ruleset=path(SUM), masked=0)
    assert found["right"] == 1.0


def test_an_input_that_the_ruleset_names_is_taken_from_there(path):
    text = SUM + "inputs: {answer: extra_info.target}\n"
    found = compute_score(**sample("four", "five", target="four"), ruleset=path(text), masked=0)
    assert found["right"] == 1.0


def test_what_verl_adds_of_its_own_is_no_option(path):
    call = {**sample("four", "four"), "reward_router_address": "x", "reward_model_tokenizer": object()}
    assert compute_score(**call, ruleset=path(SUM), masked=0)["right"] == 1.0


def test_samples_that_arrive_together_are_scored_together(path, tmp_path):
    log = tmp_path / "log.jsonl"
    options = {"ruleset": path(SUM), "masked": 0, "sink": f"jsonl:{log}", "log_rows": 64}

    async def ask():
        return await asyncio.gather(*(acompute_score(**sample("x" * n, "xx"), **options) for n in range(64)))

    found = asyncio.run(ask())
    assert [one["score"] for one in found] == pytest.approx([(n == 2) - 0.1 * n for n in range(64)])
    (line,) = [json.loads(text) for text in log.read_text().splitlines()]
    assert line["rulereward/size/mean"] == pytest.approx(31.5)  # several micro-batches may make it up


def test_a_missing_reward_becomes_the_mean_of_its_group(path):
    options = {"ruleset": path(SUM), "group_size": 3}

    async def ask():
        samples = [sample("x", "x", 7), sample("xxx", "x", 7), sample("x", None, 7), sample("xx", None, 8)]
        rest = [sample("xx", None, 8), sample("xx", None, 8)]
        return await asyncio.gather(*(acompute_score(**one, **options) for one in samples + rest))

    found = asyncio.run(ask())
    assert [one["score"] for one in found] == pytest.approx([0.9, -0.3, 0.3, 0.0, 0.0, 0.0])
    assert [one["valid"] for one in found] == [1.0, 1.0, 0.0, 0.0, 0.0, 0.0]


def test_nan_for_advantages_that_know_it(path):
    found = compute_score(**sample("four", None), ruleset=path(SUM), masked="nan")
    assert math.isnan(found["score"])


def test_a_whole_batch(path):
    found = compute_scores(
        ["made"] * 4, ["x", "xx", "xxx", "xxxxxx"], [None] * 4,
        [{"group": "p"}, {"group": "q"}, {"group": "p"}, {"group": "q"}],
        ruleset=path(GROUPED), group_size=2,
    )  # fmt: skip
    assert [one["score"] for one in found] == [-1.0, -2.0, 1.0, 2.0]


def test_a_whole_batch_with_missing_rewards(path):
    infos = [{"index": 1}, {"index": 1}, {"index": 2}, {"index": 3}]
    found = compute_scores(["made"] * 4, ["x"] * 4, ["x", None, None, "y"], infos, ruleset=path(SUM))
    assert [one["score"] for one in found] == pytest.approx([0.9, 0.9, 0.0, -0.1])
    with pytest.raises(ConfigurationError, match="`extra_info` has none of uid"):
        compute_scores(["made"] * 4, ["x"] * 4, ["x", None, None, "y"], [*infos[:3], None], ruleset=path(SUM))


def test_the_first_samples_come_from_many_threads_and_share_one_set_up(path, monkeypatch):
    """Each thread with a set-up of its own would score alone, and know nothing of the others' groups."""
    made = []
    make = verl.make_samples
    monkeypatch.setattr(verl, "make_samples", lambda options: made.append(options) or make(options))
    options = {"ruleset": path(SUM), "masked": 0}
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: compute_score(**sample("four", "four"), **options), range(8)))
    assert [one["score"] for one in found] == pytest.approx([0.6] * 8)
    assert len(made) == 1


def test_in_threads_nothing_waits_for_a_group(path):
    with pytest.raises(ConfigurationError, match="name=acompute_score, or masked=NUMBER"):
        compute_score(**sample("four", "four"), ruleset=path(SUM), group_size=4)


def test_the_groups_of_a_batch_by_the_number_of_the_prompt(path):
    infos = [{"index": 1}, {"index": 2}, {"index": 1}, {"index": 2}]
    found = compute_scores(["made"] * 4, ["x", "xx", "xxx", "xxxxxx"], [None] * 4, infos, ruleset=path(GROUPED))
    assert [one["score"] for one in found] == [-1.0, -2.0, 1.0, 2.0]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "no ruleset is named: .reward.custom_reward_function.reward_kwargs.ruleset=math"),
        ({"ruleset": "maht", "masked": 0}, "there is no ruleset `maht`"),
        ({"ruleset": "math"}, "verl takes a number for every completion"),
        ({"ruleset": "math", "masked": "zero"}, "say `group_mean` or a finite number"),
        ({"ruleset": "kimi_k15", "masked": 0}, "`kimi_k15` compares the completions of a group, and verl asks"),
        ({"ruleset": "math", "masked": 0, "sink": "csv:x"}, "say `jsonl:FILE`"),
    ],
)
def test_what_is_refused_at_the_first_sample(options, message):
    with pytest.raises(ConfigurationError, match=message):
        compute_score(**sample("four", "four"), **options)


def test_a_group_that_nobody_knows_is_refused_before_a_reward_is_missing():
    with pytest.raises(ConfigurationError, match="`extra_info` has none of uid"):
        asyncio.run(acompute_score("made", "four", "four", None, ruleset="math", group_size=4))


def test_a_rule_cannot_have_the_name_of_a_key_of_verl(path):
    text = SUM.replace("size", "valid")
    with pytest.raises(ConfigurationError, match="a rule cannot be called `valid` with verl"):
        compute_score(**sample("four", "four"), ruleset=path(text), masked=0)
    with pytest.raises(ConfigurationError, match="a rule cannot be called `valid` with verl"):
        compute_scores(["made"], ["four"], ["four"], [None], ruleset=path(text), masked=0)


def test_an_error_is_no_number_of_ours(path):
    """The rule needs token ids, which a reward function of verl is not told: an error, masked and marked."""
    found = compute_score(**sample("four", "four"), ruleset=path(TOKENS), masked=0)
    assert (found["score"], found["valid"]) == (0.0, 0.0)
    assert found["reward_state"].startswith("error: ")


def test_parameters_come_from_the_configuration(path):
    class Listed:
        """A list as Hydra hands it over: none of Python's, and no key."""

        __hash__ = None

        def __iter__(self):
            return iter(["x"])

    given = {"top": "2char", "marks": Listed()}
    found = compute_score(**sample("x", "x"), ruleset=path(PARAMS), masked=0, params=given)
    assert found["score"] == 2.0
    longer = compute_score(**sample("xyz", "x"), ruleset=path(PARAMS), masked=0, params=given)
    assert longer["score"] == 2.0
    assert compute_score(**sample("xyz", "x"), ruleset=path(PARAMS), masked=0)["score"] == 3.0

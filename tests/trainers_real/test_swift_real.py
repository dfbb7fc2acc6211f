"""The classes for ms-swift, registered, resolved, called and named by ms-swift itself."""

from __future__ import annotations

import math
import warnings
from types import SimpleNamespace

import pytest

pytest.importorskip("swift.rewards", reason="ms-swift is not installed: tests/trainers_real/README.md says how")

import numpy as np
import torch
from made import GROUPED, STEPPED, TOLD, files_in, judged

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # ms-swift's own, on import
    from swift.rewards import orms
    from swift.rl_core.data import GRPOSample
    from swift.rl_core.grpo_algorithm import compute_rewards_per_func
    from swift.rlhf_trainers.utils import resolve_reward_funcs
    from swift.utils import import_external_file

from rulereward.errors import ConfigurationError
from rulereward.trainers.swift import register

PLUGIN = """\
from rulereward.trainers.swift import register

register({path!r}, name="mine", num_generations=2)
"""


@pytest.fixture(autouse=True)
def registry():
    """ms-swift's table of reward classes is afterwards what it was."""
    before = dict(orms)
    yield
    orms.clear()
    orms.update(before)


class Counting:
    """A sink that counts evaluations, and keeps what it was told."""

    def __init__(self):
        self.calls = []

    def log(self, values, step):
        self.calls.append((step, values))


def sample(text, solution=None, prompt="p", request="r", **told):
    messages = [{"role": "user", "content": "2 + 2?"}, {"role": "assistant", "content": text}]
    row = {"messages": messages, "solution": solution, "prompt_id": prompt, "request_id": request, **told}
    return GRPOSample.from_row(row)


def rewards(names, samples, step=0):
    """Rewards of shape (samples, functions), and the names of the curves."""
    functions, curves = resolve_reward_funcs(names, SimpleNamespace(reward_funcs=names))
    state = SimpleNamespace(global_step=step)
    return compute_rewards_per_func(samples, functions, None, torch.device("cpu"), state).numpy(), curves


def test_one_evaluation_for_the_score_and_its_rules():
    """1.6 and 0.6 are known of the group: the boom and the row without a solution get 1.1."""
    sink = Counting()
    names = register(judged(), sink=sink)
    assert names == ["judged", "judged_right", "judged_size", "judged_sound"]
    samples = [sample("four", "four"), sample("five", "four"), sample("boom", "four"), sample("six", None)]
    found, curves = rewards(names, samples, step=7)
    assert curves == names
    assert found.dtype == np.float32
    nan = math.nan
    expected = [[1.6, 1, 4, 1], [0.6, 0, 4, 1], [1.1, 0, 4, nan], [1.1, nan, 3, 1]]
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    ((step, log),) = sink.calls
    assert step == 7
    assert log["rulereward/reward/error_rate"] == log["rulereward/reward/null_rate"] == 0.25
    again, _ = rewards(names, samples, step=8)
    np.testing.assert_array_equal(again, found)
    assert [step for step, _ in sink.calls] == [7, 8], "the next call is judged anew"


def test_rules_beside_the_score_with_the_weight_0():
    """As the page has it: `--reward_weights 1 0` leaves the score's own rewards."""
    names = register(judged(), name="mine")[:2]
    found, _ = rewards(names, [sample("four", "four"), sample("x", None)])
    summed = np.nansum(found * np.array([1.0, 0.0]), axis=1)
    np.testing.assert_allclose(summed, [1.6, 1.6], rtol=1e-6)


@pytest.mark.parametrize("nested", [True, False], ids=["turns", "one turn"])
def test_tokens_ends_and_the_prompt_are_passed_on(nested):
    """`2 + 2?` has 6 characters; a list of ids for each turn, as after several turns, or the ids of the only one."""
    register(judged(TOLD), name="told", masked=-1)
    ids = [[1, 2], [3]] if nested else [1, 2, 3]
    samples = [
        sample("abc", response_token_ids=ids, finish_reason="stop"),
        sample("abc", response_token_ids=ids, finish_reason="length"),
    ]
    assert [one.is_truncated for one in samples] == [False, True]
    assert rewards(["told"], samples)[0][:, 0].tolist() == [603.0, 10603.0]


def test_the_step_is_passed_on():
    register(judged(STEPPED), name="stepped")
    assert rewards(["stepped"], [sample("four")], step=3)[0][:, 0].tolist() == [12.0]


def test_groups_by_prompt_id_wherever_they_stand():
    """p has the lengths 1 and 3, q 2 and 6."""
    register(judged(GROUPED), name="grouped", num_generations=2)
    texts = {"x": "p", "xx": "q", "xxx": "p", "xxxxxx": "q"}
    samples = [sample(text, prompt=key, request=text) for text, key in texts.items()]
    assert rewards(["grouped"], samples)[0][:, 0].tolist() == [-1.0, -2.0, 1.0, 2.0]
    with pytest.raises(ConfigurationError, match="which has 2, and this batch has 1"):
        rewards(["grouped"], samples[:3])


def test_a_plugin_file(tmp_path):
    """As `--external_plugins` loads it."""
    path = files_in(tmp_path, grouped=GROUPED)["grouped"]
    plugin = tmp_path / "plugin.py"
    plugin.write_text(PLUGIN.format(path=path), "utf-8")
    import_external_file(str(plugin))
    found, curves = rewards(["mine", "mine_size"], [sample("x"), sample("xxx")])
    assert curves == ["mine", "mine_size"]
    assert found.tolist() == [[-1.0, 1.0], [1.0, 3.0]]


def test_beside_a_function_of_ms_swift():
    """The first text has 34 characters: 1 - 3.4."""
    register(judged(), name="mine")
    samples = [sample("<think>a</think><answer>4</answer>", "four"), sample("four", "four")]
    found, curves = rewards(["format", "mine"], samples)
    assert curves == ["Format", "mine"]
    np.testing.assert_allclose(found, [[1.0, -2.4], [0.0, 1.6]], rtol=1e-6)

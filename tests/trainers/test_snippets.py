"""The lines that a trainer without an adapter is given: loaded and called as the trainer's own code does it.

The rewards are those of the shipped `math`: 1.1 for a right answer in a box, 0.1 for a wrong one in a box, none where
there is no gold answer, which a group of these three takes as (1.1 + 0.1) / 2.
"""

from __future__ import annotations

import asyncio
import functools
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import threading
from collections import defaultdict
from enum import Enum
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, NamedTuple

import pytest

REPOSITORY = Path(__file__).parents[2]
SNIPPETS = REPOSITORY / "docs" / "snippets"

RIGHT, WRONG, JUDGED_BY_NOTHING = r"It is \boxed{4}.", r"It is \boxed{5}.", r"Or \boxed{6}?"
COMPLETIONS = [RIGHT, WRONG, JUDGED_BY_NOTHING]
ANSWERS = ["4", "4", None]
IN_A_GROUP = pytest.approx([1.1, 0.1, 0.6])


def snippet(name: str) -> ModuleType:
    """The file as a module, found by its path and under a name that hides no trainer."""
    spec = importlib.util.spec_from_file_location(f"ruleset_{name}", SNIPPETS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def on_a_loop(call: Any, *, blocks: Any) -> Any:
    """What a coroutine returns, once it is known that `blocks` ran in another thread than the event loop's."""
    threads = []

    @functools.wraps(blocks.score)
    def watched(*given: Any, **named: Any) -> Any:
        threads.append(threading.get_ident())
        return scored(*given, **named)

    scored, blocks.score = blocks.score, watched
    try:
        returned = asyncio.run(call)
    finally:
        del blocks.score
    assert threads
    assert threading.get_ident() not in threads
    return returned


@pytest.mark.parametrize("path", sorted(SNIPPETS.glob("*.py")), ids=lambda path: path.stem)
def test_they_are_short(path):
    lines = path.read_text().splitlines()
    assert len(lines) <= 35
    assert lines[0].startswith("# A ruleset as ")


# ---- EasyR1


def easyr1_rewards(rows, **reward_function_kwargs):
    """`AutoRewardManager`: a partial of the file's function, the batch in one call, a mean for each key."""
    module = snippet("easyr1")
    assert getattr(module, "REWARD_TYPE", "batch") == "batch"
    scores = functools.partial(module.ruleset_reward, **reward_function_kwargs)(rows)
    metrics = defaultdict(list)
    for score in scores:
        for key, value in score.items():
            metrics[key].append(value)
    return [float(score["overall"]) for score in scores], {key: sum(of) / len(of) for key, of in metrics.items()}


def test_easyr1():
    rows = [
        {"response": completion, "response_length": 7, "ground_truth": answer}
        for completion, answer in zip(COMPLETIONS, ANSWERS, strict=True)
    ]
    rewards, means = easyr1_rewards(rows)
    assert rewards == pytest.approx([1.1, 0.1, 0])
    assert means == pytest.approx(
        {"overall": 0.4, "accuracy": 0.5, "boxed": 1, "repetition": 0, "length": (16 + 16 + 13) / 3}
    )


# ---- slime


class Status(Enum):
    COMPLETED = "completed"
    TRUNCATED = "truncated"


def slime_samples():
    return [
        SimpleNamespace(
            group_index=7,
            index=index,
            prompt="2 + 2?",
            tokens=[1, 2, 3, 50, 51],
            response=completion,
            response_length=2,
            label=answer,
            reward=None,
            status=Status.TRUNCATED if answer is None else Status.COMPLETED,
            metadata={},
        )
        for index, (completion, answer) in enumerate(zip(COMPLETIONS, ANSWERS, strict=True))
    ]


def test_slime_with_whole_groups():
    module, args = snippet("slime"), SimpleNamespace(n_samples_per_prompt=3)
    scorer = module.score(3).scorer
    assert on_a_loop(module.ruleset_reward(args, slime_samples()), blocks=scorer) == IN_A_GROUP


def test_slime_with_single_samples():
    module, args = snippet("slime"), SimpleNamespace(n_samples_per_prompt=3)

    async def gathered():
        return await asyncio.gather(*(module.ruleset_reward(args, sample) for sample in slime_samples()))

    assert asyncio.run(gathered()) == pytest.approx([1.1, 0.1, 0])


def test_what_slime_tells_reaches_the_ruleset(tmp_path, monkeypatch):
    told = tmp_path / "told.yaml"
    told.write_text("""\
rulereward: 1
inputs: {prompt: question}
rules:
  size: length(completion, unit="tok")
  asked: length(prompt, unit="char")
  cut: truncated()
score: size / 1tok + 10 * asked / 1char + (100 if cut else 0)
""")
    module = snippet("slime")
    named = functools.partial(module.reward_function, told)
    monkeypatch.setattr(module, "reward_function", lambda _, **options: named(**options))
    samples = slime_samples()
    samples[1].tokens, samples[1].response_length = [1, 2, 3], 0
    args = SimpleNamespace(n_samples_per_prompt=3)
    assert asyncio.run(module.ruleset_reward(args, samples)) == [62, 60, 162]


# ---- AReaL

AREAL = """\
import asyncio, json, sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import ruleset_areal

async def scored(pool, completion, answer):
    row = {"messages": [{"role": "user", "content": "2 + 2?"}], "answer": answer}
    call = partial(ruleset_areal.ruleset_reward, "<user>2 + 2?", completion, [1, 2], [3, 4], **row)
    return await asyncio.wait_for(asyncio.get_running_loop().run_in_executor(pool, call), timeout=60)

async def main(rows):
    with ProcessPoolExecutor(max_workers=2) as pool:
        return await asyncio.gather(*(scored(pool, *row) for row in rows))

if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(json.loads(sys.argv[1])))))
"""
"""As `AsyncRewardWrapper` calls it: a partial, pickled into a process of a pool."""


def test_areal(tmp_path):
    shutil.copy(SNIPPETS / "areal.py", tmp_path / "ruleset_areal.py")
    (tmp_path / "rollout.py").write_text(AREAL)
    rows = json.dumps([*zip(COMPLETIONS, ANSWERS, strict=True), [r"\boxed{x^2 - 1}", "(x-1)(x+1)"]])
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    command = [sys.executable, str(tmp_path / "rollout.py"), rows]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=True)
    assert json.loads(ran.stdout) == pytest.approx([1.1, 0.1, 0, 1.1])  # the last one needs a process of its own


def test_areal_itself(tmp_path, monkeypatch):
    api = pytest.importorskip("areal.api.reward_api", reason="AReaL brings torch", exc_type=ImportError)
    shutil.copy(SNIPPETS / "areal.py", tmp_path / "ruleset_areal.py")
    monkeypatch.syspath_prepend(tmp_path)
    import ruleset_areal

    wrapped = api.AsyncRewardWrapper(ruleset_areal.ruleset_reward, max_workers=1)

    async def gathered():
        calls = [
            wrapped("2 + 2?", completion, [1], [2], answer=answer)
            for completion, answer in zip(COMPLETIONS, ANSWERS, strict=True)
        ]
        return await asyncio.gather(*calls)

    assert asyncio.run(gathered()) == pytest.approx([1.1, 0.1, 0])


# ---- NeMo-RL


class EnvironmentReturn(NamedTuple):
    """The fields of `nemo_rl.environments.interfaces`, whose own module needs torch."""

    observations: list[dict[str, str]]
    metadata: list[Any]
    next_stop_strings: list[Any]
    rewards: Any
    terminateds: Any
    answers: list[str | None] | None = None


@pytest.fixture
def nemo(monkeypatch):
    """Stand-ins for what the file imports: torch, ray and NeMo-RL are not there."""
    modules = {
        "ray": {"remote": lambda actor: actor},
        "torch": {"tensor": list, "ones": lambda size: [1.0] * size},
        "nemo_rl": {},
        "nemo_rl.environments": {},
        "nemo_rl.environments.interfaces": {
            "EnvironmentInterface": type("EnvironmentInterface", (), {}),
            "EnvironmentReturn": EnvironmentReturn,
        },
    }
    for name, members in modules.items():
        module = ModuleType(name)
        module.__dict__.update(members)
        monkeypatch.setitem(sys.modules, name, module)
    return snippet("nemo_rl").RulesetEnvironment({"ruleset": "math"})


def nemo_messages(completion):
    return [{"role": "user", "content": "2 + 2?"}, {"role": "assistant", "content": completion}]


def test_nemo_rl(nemo):
    """`calculate_rewards`: all samples of a task in one call, and a place of every returned list for each."""
    logs, infos = [*map(nemo_messages, COMPLETIONS)], [{"ground_truth": answer} for answer in ANSWERS]
    returned = on_a_loop(nemo.step(logs, infos), blocks=nemo.score.scorer)
    observations, metadata, next_stop_strings, rewards, terminateds, answers = returned
    assert rewards == IN_A_GROUP
    assert (metadata, next_stop_strings, terminateds, answers) == (infos, [None] * 3, [1.0] * 3, None)
    assert [observation["role"] for observation in observations] == ["environment"] * 3
    assert all(observation["content"] for observation in observations)
    assert nemo.global_post_process_and_metrics({"rewards": rewards}) == ({"rewards": rewards}, {})


def test_nemo_rl_sample_by_sample(nemo):
    """As an asynchronous rollout calls it: a missing reward then has no group."""

    async def gathered():
        calls = [
            nemo.step([nemo_messages(completion)], [{"ground_truth": answer}])
            for completion, answer in zip(COMPLETIONS, ANSWERS, strict=True)
        ]
        return await asyncio.gather(*calls)

    assert [returned.rewards[0] for returned in asyncio.run(gathered())] == pytest.approx([1.1, 0.1, 0])


# ---- verifiers


class Message(SimpleNamespace):
    """A message of verifiers: a model with fields, and no mapping."""

    def model_dump(self):
        return dict(vars(self))


def test_verifiers_v1():
    module = snippet("verifiers")

    def scored(completion, answer):
        message = Message(role="assistant", content=completion, reasoning_content=None, tool_calls=None)
        task = SimpleNamespace(prompt_text="2 + 2?", answer=answer)
        return module.ruleset_reward(
            task=task, trace=SimpleNamespace(assistant_messages=[message], is_truncated=False)
        )

    assert on_a_loop(scored(RIGHT, "4"), blocks=module.SCORE.scorer) == pytest.approx(1.1)
    assert asyncio.run(scored(WRONG, "4")) == pytest.approx(0.1)
    with pytest.raises(ValueError, match="no reward"):
        asyncio.run(scored(RIGHT, None))


def test_verifiers_rubrics():
    """`Rubric._call_group_reward_func`: by the names of the parameters, "" for an answer that the row lacks."""
    module = snippet("verifiers")
    named = {
        "prompts": [[{"role": "user", "content": "2 + 2?"}]] * 3,
        "completions": [[Message(role="assistant", content=RIGHT)], [{"role": "assistant", "content": WRONG}], RIGHT],
        "answers": ["4", "4", ""],
    }
    assert on_a_loop(module.ruleset_group_reward(**named), blocks=module.GROUP_SCORE.scorer) == IN_A_GROUP


def test_verifiers_v1_itself():
    vf = pytest.importorskip("verifiers.v1", reason="pip install verifiers", exc_type=ImportError)
    if not hasattr(vf, "RewardFunctionConfig"):
        pytest.skip("this verifiers plugs in no rewards: pip install 'verifiers>=0.3.1'")

    class Data(vf.TaskData):
        answer: str | None = None

    path = f"{SNIPPETS / 'verifiers.py'}:ruleset_reward"
    config = vf.TaskConfig(rewards={"ruleset": {"fn": path, "weight": 2.0}})

    def traced(completion, answer):
        task = vf.Task(Data(prompt="2 + 2?", answer=answer), config)
        trace = vf.Trace(task=vf.TraceTask(type="Task", data=task.data), agent=vf.AgentInfo(config=vf.AgentConfig()))
        trace.nodes = [
            vf.MessageNode(message=vf.UserMessage(content="2 + 2?")),
            vf.MessageNode(parent=0, message=vf.AssistantMessage(content=completion), sampled=True),
        ]
        return task.score(trace), trace

    for completion, reward in ((RIGHT, 1.1), (WRONG, 0.1)):
        scoring, trace = traced(completion, "4")
        asyncio.run(scoring)
        assert (trace.rewards["ruleset"].score, trace.reward) == pytest.approx((reward, 2 * reward))
    scoring, trace = traced(RIGHT, None)
    with pytest.raises(vf.TaskError, match="no reward"):
        asyncio.run(scoring)
    assert trace.rewards == {"ruleset": None}


def test_verifiers_rubrics_themselves():
    vf = pytest.importorskip("verifiers", reason="pip install 'verifiers<0.4'", exc_type=ImportError)
    if not hasattr(vf, "Rubric"):
        pytest.skip("verifiers 0.4 has no rubrics: pip install 'verifiers<0.4'")
    rubric = vf.Rubric(funcs=[snippet("verifiers").ruleset_group_reward])
    assert rubric.has_group_rewards
    states = [
        {
            "prompt": [{"role": "user", "content": "2 + 2?"}],
            "completion": [{"role": "assistant", "content": completion}],
            "answer": answer or "",
            "task": "sums",
            "timing": defaultdict(float),
            "trajectory": [],
        }
        for completion, answer in zip(COMPLETIONS, ANSWERS, strict=True)
    ]
    asyncio.run(rubric.score_group(states))
    assert [state["reward"] for state in states] == IN_A_GROUP

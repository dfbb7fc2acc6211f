"""OpenRLHF without the packages that generate and train, an engine that says what it is told to, and a server."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import re
import subprocess
import sys
import warnings
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import MagicMock

import pytest
from made import END, ids_of, tokenizer

ABSENT = {
    "deepspeed": ("runtime", "runtime.zero", "runtime.zero.partition_parameters"),
    "flash_attn": ("bert_padding", "utils", "utils.distributed"),
    "vllm": ("inputs", "utils"),
}
"""What OpenRLHF's modules import and these tests do not use: it stands in while they are imported, and no longer."""


def _stand_in(name):
    return MagicMock(__spec__=ModuleSpec(name, None, is_package=True), __path__=[])


with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of torch and others: once they are imported, they are quiet
    for name, parts in ABSENT.items():
        if importlib.util.find_spec(name) is None:
            for module in (name, *(f"{name}.{part}" for part in parts)):
                patch.setitem(sys.modules, module, _stand_in(module))
    from openrlhf.trainer.ppo_utils.experience_maker import RemoteExperienceMaker
    from openrlhf.trainer.ppo_utils.samples_generator import SamplesGenerator
    from openrlhf.utils.agent import SingleTurnAgentExecutor

__all__ = ["RemoteExperienceMaker", "SamplesGenerator", "SingleTurnAgentExecutor"]

PROMPT = "<|im_start|>user\n2 + 2?<|im_end|>\n<|im_start|>assistant\n"
MOST_TOKENS = 128


def experiences(executor, texts, labels, prompts=None):
    """What the trainer makes of completions that are generated at the same time."""
    tok = tokenizer()
    params = SimpleNamespace(max_tokens=MOST_TOKENS // 2, logprobs=None)

    async def generate():
        asked = zip(prompts or [PROMPT] * len(texts), texts, labels, strict=True)
        return await asyncio.gather(
            *(
                executor.execute(prompt, label, params, MOST_TOKENS, tok, _Engine(tok, text))
                for prompt, text, label in asked
            )
        )

    process = SamplesGenerator._process_response_into_experience
    return [process(None, response, max_len=MOST_TOKENS) for response in asyncio.run(generate())]


class _Engine:
    def __init__(self, tok, text):
        self._output = SimpleNamespace(
            token_ids=ids_of(tok, text + END), text=text + END, finish_reason="stop", logprobs=None
        )

    async def generate(self, ids, params, multi_modal_data=None):
        await asyncio.sleep(0)
        return SimpleNamespace(outputs=[self._output])


@contextmanager
def serving(*options):
    """The address of `rulereward serve` in a process of its own."""
    command = [sys.executable, "-m", "rulereward", "serve", "--port", "0", *map(str, options)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
    try:
        lines = iter(process.stderr.readline, "")
        url = next(found[1] for line in lines if (found := re.search(r"^serving .* on (http://\S+);", line)))
        yield f"{url}/get_reward"
    finally:
        process.terminate()
        process.communicate(timeout=30)
    assert process.returncode == 0

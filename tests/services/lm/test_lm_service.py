"""The service with real processes and a model whose numbers are known."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="the extra `models` is not installed")
pytest.importorskip("transformers", reason="the extra `models` is not installed")

from asking import PATIENCE_S, Answers, ask
from faking import descendants, wait_until_gone
from made_models import bits_per_byte, byte_tokenizer, tiny_model

from rulereward.errors import ConfigurationError
from rulereward.kind import Answer, Failure, Job
from rulereward.services.lm import post
from rulereward.services.lm.language_model import open_language_model
from rulereward.services.lm.service import LmService
from rulereward.text.lm_work import LmSettings, LmWork

TEXTS = ["the cat sat", "on the mat; 12 + 30", "你好，世界。", "🙂🙂 émile\n", "the mat " * 30]


@pytest.fixture(scope="module")
def service() -> Iterator[LmService]:
    made = LmService()
    yield made
    made.close()


def work(model: Path, text: str, prompt: str = "", **settings: Any) -> Job:
    return Job("lm", LmWork(LmSettings(str(model), **{"device": "cpu", **settings}), prompt, text).to_plain())


def fields(answer: Answer) -> dict[str, Any]:
    assert isinstance(answer, dict), answer
    return answer


@pytest.mark.parametrize("prompt", ["", "the cat ", "我们"])
def test_values(service: LmService, bigram: Path, table: list[list[float]], prompt: str) -> None:
    jobs = [work(bigram, text, prompt) for text in TEXTS]
    found = ask(service, jobs)
    for job, text in zip(jobs, TEXTS, strict=True):
        answer = fields(found[job])
        assert answer["bytes"] == len(text.encode())
        bits = answer["nll"] / math.log(2) / answer["bytes"]
        assert bits == pytest.approx(bits_per_byte(table, prompt, text), abs=1e-6)


def test_the_same_in_this_process_and_by_two_others(service: LmService, bigram: Path) -> None:
    texts = [f"the cat number {number} sat on {number * number}" for number in range(300)]
    model = open_language_model(LmSettings(str(bigram), device="cpu"))
    expected = [score.nll for score in model.score([("", text) for text in texts]) if not hasattr(score, "code")]
    jobs = [work(bigram, text, device="cpu,cpu") for text in texts]
    found = ask(service, jobs)
    assert [fields(found[job])["nll"] for job in jobs] == pytest.approx(expected, rel=1e-6)


def test_limits(service: LmService, bigram: Path) -> None:
    long = "the cat " * 20
    jobs = [
        work(bigram, long, truncate="error"),
        work(bigram, "the cat", long, truncate="error"),
        work(bigram, long, truncate="left"),
        work(bigram, long, max_length=32, stride=8),
    ]
    found = ask(service, jobs)
    assert fields(found[jobs[0]])["refused"] == "too_long"
    assert fields(found[jobs[1]])["refused"] == "prompt_too_long"
    cut, windows = fields(found[jobs[2]]), fields(found[jobs[3]])
    assert (cut["tokens"], cut["unscored"]) == (64, 96), "of 160 bytes the last 64 are scored"
    assert (windows["tokens"], windows["windows"]) == (160, 17), "32 tokens, and then 8 at a time"


def test_who_a_model_is(service: LmService, bigram: Path) -> None:
    settings = LmSettings(str(bigram), device="cpu")
    assert service.identity_of(settings.to_plain()) == open_language_model(settings).identity
    assert service.identity in service.identity_of(settings.to_plain())


def test_models_that_cannot_be_had(service: LmService, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"it has no config\.json"):
        service.identity_of(LmSettings(str(tmp_path), device="cpu").to_plain())
    (answer,) = ask(service, [work(tmp_path, "a")]).values()
    assert isinstance(answer, Failure)
    assert answer.code == "service_unavailable"


def test_a_device_that_would_only_be_needed_later(service: LmService, bigram: Path) -> None:
    with pytest.raises(ConfigurationError, match="there is no device `cuda`"):
        service.identity_of(LmSettings(str(bigram), device="cuda,cuda:99").to_plain())


def test_a_prompt_as_a_turn(service: LmService, bigram: Path, table: list[list[float]], tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no chat template: leave `chat_template` out"):
        service.identity_of(LmSettings(str(bigram), device="cpu", chat_template=True).to_plain())
    for name in ("config.json", "model.safetensors"):
        (tmp_path / name).symlink_to(bigram / name)
    tokenizer = byte_tokenizer()
    tokenizer.chat_template = (
        "{% for message in messages %}<{{ message.role }}>{{ message.content }}{% endfor %}"
        "{% if add_generation_prompt %}<answer>{% endif %}"
    )
    tokenizer.save_pretrained(tmp_path)
    jobs = [work(tmp_path, "the cat", prompt, chat_template=True) for prompt in ("say it", "")]
    with_turn, alone = (fields(ask(service, [job])[job])["nll"] for job in jobs)
    bits = 7 * math.log(2)
    assert with_turn == pytest.approx(bits * bits_per_byte(table, "<user>say it<answer>", "the cat"), abs=1e-5)
    assert alone == pytest.approx(bits * bits_per_byte(table, "", "the cat"), abs=1e-5)


def test_killed_in_the_middle(bigram: Path, table: list[list[float]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever becomes of the process, each text gets its own number, once."""
    monkeypatch.setattr(post, "_FIRST_CHARACTERS", 4_000)
    monkeypatch.setattr(post, "_MOST_CHARACTERS", 4_000)
    before = descendants(os.getpid())
    killed = LmService()
    texts = [f"{number} cats sat on the mat, and then on another one" for number in range(1_000)]
    jobs = [work(bigram, text, batch_tokens=512) for text in texts]
    answers = Answers(len(jobs))
    killed.submit(jobs, answers.done)
    for _ in range(int(PATIENCE_S * 20)):
        if answers.order:
            break
        threading.Event().wait(0.05)
    (pid,) = descendants(os.getpid()) - before
    os.kill(pid, signal.SIGKILL)
    assert 0 < len(answers.order) < len(jobs)
    found = answers.wait()
    assert set(answers.calls.values()) == {1}
    for job, text in zip(jobs[::37], texts[::37], strict=True):
        bits = fields(found[job])["nll"] / math.log(2) / len(text)
        assert bits == pytest.approx(bits_per_byte(table, "", text), abs=1e-6)
    killed.close()
    assert descendants(os.getpid()) - before == set()


CALLER = """
import sys, time
from asking import Answers, ask
from rulereward.kind import Job
from rulereward.services.lm.service import LmService
from rulereward.text.lm_work import LmSettings, LmWork
service = LmService()
settings = LmSettings(sys.argv[1], device="cpu")
ask(service, [Job("lm", LmWork(settings, "", "the cat").to_plain())])
texts = [f"{number} cats sat on the mat" * 20 for number in range(50_000)]
service.submit([Job("lm", LmWork(settings, "", text).to_plain()) for text in texts], lambda job, answer: None)
print("ready", flush=True)
time.sleep(100)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_nothing_outlives_its_caller(bigram: Path, number: signal.Signals) -> None:
    paths = [str(Path(__file__).parents[1]), *sys.path]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    command = [sys.executable, "-c", CALLER, str(bigram)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment) as caller:
        assert caller.stdout is not None
        assert caller.stdout.readline() == b"ready\n"
        below = descendants(caller.pid)
        assert below
        caller.send_signal(number)
        caller.wait(PATIENCE_S)
    assert wait_until_gone(*below)


def test_a_model_that_cannot_be_packed_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, service: LmService
) -> None:
    """Its positions are learnt and not handed on: it has no way to be told where a text begins."""
    model = tiny_model("GPTNeo", num_layers=3, attention_types=[[["global"], 3]])
    model.save_pretrained(tmp_path)
    byte_tokenizer().save_pretrained(tmp_path)
    (answer,) = ask(service, [work(tmp_path, "the cat")]).values()
    assert fields(answer)["tokens"] == 7
    assert any("GPTNeoForCausalLM is run padded, which is slower" in text for text in caplog.messages)

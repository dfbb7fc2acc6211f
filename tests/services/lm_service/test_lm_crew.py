"""Batches, processes and their ends, with processes that only play language models. Every test would hang or fail if
one job were not answered once.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from asking import PATIENCE_S, Answers, ask
from faking import descendants, wait_until_gone

from rulereward.errors import ConfigurationError
from rulereward.kind import Answer, Failure, Job
from rulereward.services.entry import Waiter
from rulereward.services.lm import crew, post
from rulereward.services.lm.board import Board
from rulereward.services.lm.service import LmService
from rulereward.text.lm_work import LmSettings, LmWork

WORKER = Path(__file__).with_name("fake_lm_worker.py")


class Played:
    """A service whose processes write down what they do."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self.log.touch()
        self.service = LmService(lambda device: [sys.executable, "-P", str(WORKER), str(log), str(device)])

    def ask(self, *texts: str, **settings: Any) -> list[Answer]:
        """Answers to texts, all asked at once."""
        jobs = [text_job(text, **settings) for text in texts]
        found = ask(self.service, jobs)
        return [found[job] for job in jobs]

    def noted(self, word: str) -> list[str]:
        return [line for line in self.log.read_text().splitlines() if word in line]


def text_job(text: str, model: str = "model", prompt: str = "", **settings: Any) -> Job:
    return Job("lm", LmWork(LmSettings(model, **settings), prompt, text).to_plain())


def nlls(answers: list[Answer]) -> list[object]:
    return [answer["nll"] if isinstance(answer, dict) else answer.code for answer in answers]


@pytest.fixture
def played(tmp_path: Path) -> Iterator[Played]:
    made = Played(tmp_path / "log")
    yield made
    made.service.close()


def test_texts_of_one_model_are_done_together_and_the_process_goes_with_the_service(played: Played) -> None:
    before = descendants(os.getpid())
    texts = ["a" * length for length in range(1, 200)]
    assert nlls(played.ask(*texts)) == list(range(1, 200))
    assert len(played.noted("starts")) == len(played.noted("loads")) == len(played.noted("batch of 199")) == 1
    started = descendants(os.getpid()) - before
    assert started
    played.service.close()
    assert wait_until_gone(*started)


def test_rules_that_want_the_same_wait_in_one_line(played: Played) -> None:
    """Two `submit` calls, one batch; what is asked twice is done once, for both."""
    first, second = Answers(2), Answers(2)
    played.service.submit([text_job("a"), text_job("bb")], first.done)
    played.service.submit([text_job("bb"), text_job("ccc")], second.done)
    assert [first.wait()[text_job(text)] for text in ("bb",)] == [second.wait()[text_job("bb")]]
    assert len(played.noted("batch of 3")) == 1


def test_other_settings_are_another_batch_of_the_same_process(played: Played) -> None:
    jobs = [text_job("a"), text_job("a", max_length=8), text_job("a", model="other")]
    assert len(ask(played.service, jobs)) == 3
    assert len(played.noted("batch of 1")) == 3
    assert len(played.noted("starts")) == 1


def test_devices_share_the_work(played: Played) -> None:
    texts = [f"slow {'a' * 400}{number}" for number in range(1_500)]
    answers = played.ask(*texts, device="at:left, at:right,at:right")
    places = [answer["device"] for answer in answers if isinstance(answer, dict)]
    assert len(places) == 1_500
    assert set(places) == {"at:left", "at:right"}
    assert len(played.noted("right starts")) == 2


def test_a_text_that_kills_is_found_and_fails_alone(played: Played) -> None:
    texts = [f"text {number}" for number in range(50)]
    found = played.ask(*texts[:20], "dies", *texts[20:])
    assert nlls(found) == [len(text) for text in texts[:20]] + ["service_died"] + [len(text) for text in texts[20:]]
    failure = found[20]
    assert isinstance(failure, Failure)
    assert failure.message == "the lm worker died twice: Segmentation fault"


def test_a_process_that_dies_once_costs_nothing(played: Played) -> None:
    assert nlls(played.ask("one", "dies once", "three")) == [3, 9, 5]
    assert len(played.noted("starts")) == 2


def test_a_killed_process_is_replaced(played: Played) -> None:
    answers = Answers(2)
    before = descendants(os.getpid())
    played.service.submit([text_job("is waited for"), text_job("a")], answers.done)
    (pid,) = wait_for(lambda: descendants(os.getpid()) - before)
    wait_for(lambda: played.noted("batch of"))
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: len(played.noted("batch of 1")) >= 1)
    played.service.close()
    assert {failure.code for failure in answers.wait().values() if isinstance(failure, Failure)} <= {"closed"}


def wait_for(look: Any) -> Any:
    """What `look` finds, once that is something."""
    for _ in range(int(PATIENCE_S * 50)):
        if found := look():
            return found
        threading.Event().wait(0.02)
    raise AssertionError("it never came")


def test_a_model_that_cannot_be_had(played: Played) -> None:
    (answer,) = played.ask("a", model="absent model")
    assert answer == Failure("service_unavailable", "there is no absent model")
    assert nlls(played.ask("a")) == [1]
    with pytest.raises(ConfigurationError, match="there is no absent model"):
        played.service.identity_of(LmSettings("absent model").to_plain())


def test_a_process_that_dies_while_it_loads_is_not_the_fault_of_a_text(played: Played) -> None:
    answers = played.ask("a", "b", "c", model="dies while loading")
    told = "the language model `dies while loading` cannot be run: killed while it was loaded"
    assert set(answers) == {Failure("service_unavailable", told)}
    assert len(played.noted("loads")) == 2
    assert nlls(played.ask("a", device="another")) == [1]


def test_a_device_that_is_not_there(played: Played, caplog: pytest.LogCaptureFixture) -> None:
    answers = played.ask("a", "b", device="broken")
    assert set(answers) == {
        Failure("service_unavailable", "the language model `model` cannot be run: no such device")
    }
    assert caplog.messages == ["the process for the device broken ended before it could begin: no such device"]


def test_one_of_two_devices_that_is_not_there(played: Played, caplog: pytest.LogCaptureFixture) -> None:
    """The other one does all, and a person is told."""
    texts = ["a" * 40 + str(number) for number in range(1_000)]
    assert "service_unavailable" not in nlls(played.ask(*texts, device="at:broken,at:left"))
    wait_for(lambda: caplog.messages)
    assert caplog.messages == ["the process for the device at:broken ended before it could begin: no such device"]


def test_one_of_two_devices_that_is_full(played: Played, caplog: pytest.LogCaptureFixture) -> None:
    """As a GPU that a policy is trained on may be. The other one does all, and a person is told once."""
    texts = ["a" * 400 + str(number) for number in range(1_000)]
    assert nlls(played.ask(*texts[:9], device="at:full,at:left")) == [401] * 9  # few are for the first of them
    assert nlls(played.ask(*texts, device="at:full,at:left")) == [len(text) for text in texts]
    assert nlls(played.ask(*texts, device="at:left,at:full")) == [len(text) for text in texts]
    assert caplog.messages == ["the device at:full does not work for the language model `model`: out of memory"]


def test_two_devices_that_are_full(played: Played) -> None:
    texts = [str(number) for number in range(200)]
    answers = played.ask(*texts, device="at:full,at:also full")
    assert set(answers) == {Failure("service_unavailable", "out of memory")}


def test_a_command_that_cannot_be_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor can it the second time, when nothing else is going on that would wake the service up."""
    monkeypatch.setattr(post, "_PAUSE_S", 0.2)
    service = LmService(lambda _: ["/no/such/program"])
    for text in ("a", "b"):
        (answer,) = ask(service, [text_job(text)]).values()
        assert isinstance(answer, Failure)
        assert (answer.code, "/no/such/program" in answer.message) == ("service_unavailable", True)
        threading.Event().wait(0.3)
    service.close()


def test_what_is_no_message_ends_the_process(played: Played) -> None:
    (answer,) = played.ask("babbles")
    assert isinstance(answer, Failure)
    assert answer.code == "service_died"
    assert "it wrote something that is no message" in answer.message
    assert nlls(played.ask("a")) == [1]


def test_a_failure_by_our_fault_is_one(played: Played) -> None:
    assert played.ask("large", "a")[0] == Failure("out_of_memory", "too much")


def test_a_dropped_batch_leaves_the_process_its_model(played: Played) -> None:
    never = Answers(1)
    ticket = played.service.submit([text_job("is waited for")], never.done)
    wait_for(lambda: played.noted("batch of"))
    ticket.cancel()
    assert nlls(played.ask("a")) == [1]
    assert never.calls == {}
    assert len(played.noted("loads")) == len(played.noted("drop")) == 1


def test_a_batch_is_kept_while_somebody_waits(played: Played) -> None:
    first, second = Answers(1), Answers(1)
    ticket = played.service.submit([text_job("a" * 9)], first.done)
    played.service.submit([text_job("a" * 9)], second.done)
    ticket.cancel()
    assert nlls(list(second.wait().values())) == [9]
    assert first.calls == {}


def test_who_asks_for_what_is_just_being_given_up_is_answered() -> None:
    """Waiters have given up before the thread that keeps the lines is told."""
    board = Board()
    first, second, third, fourth = (Waiter(text_job(text), lambda *_: None) for text in ("a", "b", "b", "a"))
    board.take([first, second])
    (line,) = board.lines.values()
    batch = line.batch((), full=1)
    first.given_up = second.given_up = True
    board.give_up([])
    board.put_back([batch])
    board.take([third, fourth])
    board.give_up([first, second])
    assert [entry.waiters for entry in line.entries] == [[third], [fourth]]


def test_who_a_model_is(played: Played) -> None:
    what = LmSettings("model").to_plain()
    assert played.service.identity_of(what) == "identity of model"
    assert played.service.identity_of(what) == "identity of model"
    assert nlls(played.ask("a")) == [1]
    assert len(played.noted("loads")) == 1


def test_a_model_that_changes_under_us(played: Played) -> None:
    """The answers that are kept are those of the first one."""
    assert nlls(played.ask("a", model="changes")) == [1]
    (answer,) = played.ask("dies once", model="changes")
    assert isinstance(answer, Failure)
    assert answer.code == "model_changed"
    assert "have changed since it was first loaded: start anew" in answer.message


def test_what_is_logged(played: Played, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "_TELL_EVERY_S", 0.0)
    with caplog.at_level(logging.INFO, "rulereward.lm"):
        played.ask("a", "bb", model="warns", device="at:one,at:two")
        played.ask("ccc", model="warns", device="at:two")
    told = [record.getMessage() for record in caplog.records]
    assert told.count("warns is run padded, which is slower") == 1
    assert "loading the language model warns" in told
    assert "warns: 1 of 2 tokens of a batch; 0 texts wait" in told


def test_a_process_that_is_stuck_is_ended(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "_LOAD_LIMIT_S", 0.5)
    (answer,) = played.ask("a", model="slow to load")
    assert isinstance(answer, Failure)
    assert answer.code == "service_unavailable"
    assert "it loaded a model for" in answer.message


def test_after_a_pause_it_is_tried_again(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(post, "_PAUSE_S", 0.2)
    played.ask("a", model="dies while loading")
    threading.Event().wait(0.3)
    played.ask("b", model="dies while loading")
    assert len(played.noted("loads")) == 4


def test_after_close_jobs_fail_and_closing_twice_is_fine(played: Played) -> None:
    played.service.close()
    played.service.close()
    (answer,) = played.ask("a")
    assert answer == Failure("closed", "the lm service was closed")
    with pytest.raises(ConfigurationError, match="the lm service was closed"):
        played.service.identity_of(LmSettings("model").to_plain())


def test_a_forked_child_has_processes_of_its_own(played: Played) -> None:
    assert nlls(played.ask("a")) == [1]
    child = os.fork()
    if child == 0:
        good = nlls(played.ask("bb")) == [2]
        played.service.close()
        os._exit(0 if good else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert nlls(played.ask("ccc")) == [3]
    assert len(played.noted("starts")) == 2

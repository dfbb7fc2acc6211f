"""The supervisor over workers that misbehave. Every test would hang or fail if one job were not answered once."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from pathlib import Path

import pytest
from asking import PATIENCE_S, Answers, ask
from faking import fake_service, is_alive, job, wait_until_gone

from rulereward.kind import Answer, Failure, Job


def fields(answer: Answer) -> dict[str, object]:
    assert isinstance(answer, dict), answer
    return answer


def failure(answer: Answer) -> Failure:
    assert isinstance(answer, Failure), answer
    return answer


def test_answers_every_job_and_leaves_no_process() -> None:
    service = fake_service()
    jobs = [job("echo", number) for number in range(200)]
    answers = ask(service, jobs)
    assert [fields(answers[item])["returned"] for item in jobs] == list(range(200))
    pids = {int(str(fields(answer)["pid"])) for answer in answers.values()}
    assert all(is_alive(pid) for pid in pids)
    service.close()
    assert not any(is_alive(pid) for pid in pids)


def test_equal_jobs_in_flight_are_done_once_and_both_are_told(tmp_path: Path) -> None:
    service = fake_service(workers=1)
    marker = str(tmp_path / "go on")
    first, second = Answers(2), Answers(1)
    service.submit([job("wait_for", marker), job("wait_for", marker)], first.done)
    service.submit([Job("fake", ("wait_for", marker))], second.done)
    Path(marker).touch()
    one, two = first.wait()[job("wait_for", marker)], second.wait()[job("wait_for", marker)]
    assert first.calls == {job("wait_for", marker): 2}
    assert (fields(one)["served"], fields(two)["served"]) == (1, 1)
    service.close()


def test_one_and_true_are_two_jobs() -> None:
    service = fake_service(workers=1)
    told: list[object] = []
    ready = threading.Semaphore(0)

    def done(_: Job, answer: Answer) -> None:
        told.append(fields(answer)["returned"])
        ready.release()

    service.submit([job("echo", 1), job("echo", True), job("echo", 1.0)], done)
    for _ in range(3):
        assert ready.acquire(timeout=PATIENCE_S)
    assert [type(value) for value in told] == [int, bool, float]
    service.close()


def test_a_worker_that_dies_once_costs_nothing(tmp_path: Path) -> None:
    service = fake_service()
    dying = job("die_once", str(tmp_path / "marker"))
    jobs = [job("echo", 1), dying, job("echo", 2), job("echo", 3)]
    answers = ask(service, jobs)
    assert [fields(answers[item])["returned"] for item in jobs] == [1, None, 2, 3]
    assert fields(answers[dying])["lone"] is True
    assert fields(answers[dying])["served"] == 1, "the retry goes to a fresh worker"
    service.close()


@pytest.mark.parametrize(
    ("what", "argument", "words"),
    [("die", None, "the last words"), ("fail", "a bug", "ValueError: a bug"), ("kill", None, "signal 9")],
)
def test_a_job_that_kills_two_workers_fails_alone(what: str, argument: object, words: str) -> None:
    service = fake_service()
    others = [job("echo", number) for number in range(20)]
    answers = ask(service, [*others[:10], job(what, argument), *others[10:]])
    assert all(fields(answers[item])["returned"] == item.payload[1] for item in others)
    died = failure(answers[job(what, argument)])
    assert died.code == "service_died"
    assert words in died.message
    service.close()


def test_a_job_that_hangs_is_killed_twice_and_then_answered_for() -> None:
    service = fake_service(stuck_limit_s=0.4)
    answers = ask(service, [job("hang", "second phase"), job("echo", 1)])
    assert answers[job("hang", "second phase")] == {"killed_in": "second phase"}
    assert fields(answers[job("echo", 1)])["returned"] == 1
    service.close()


def test_a_limit_is_tried_again_alone() -> None:
    service = fake_service(workers=1)
    answers = ask(service, [job("limit_once", "p"), job("limit", "q"), job("echo", 1)])
    assert fields(answers[job("limit_once", "p")])["lone"] is True
    assert answers[job("limit", "q")] == {"killed_in": "q"}
    assert fields(answers[job("echo", 1)])["lone"] is False
    service.close()


def test_time_limit_inside_the_worker() -> None:
    service = fake_service(workers=1)
    answers = ask(service, [job("spin", 0.1), job("echo", 1)])
    assert fields(answers[job("spin", 0.1)])["returned"] == "out of time"
    service.close()


def test_time_limit_by_the_kernel_where_the_interpreter_is_not_reached() -> None:
    service = fake_service()
    answers = ask(service, [job("deaf", 0.1), job("echo", 1)])
    assert answers[job("deaf", 0.1)] == {"killed_in": "deaf"}
    service.close()


def test_what_a_handler_prints_is_no_answer() -> None:
    service = fake_service(workers=1)
    answers = ask(service, [job("chat"), job("echo", 1)])
    assert fields(answers[job("echo", 1)])["served"] == 2
    service.close()


def test_garbage_between_the_frames_is_a_death() -> None:
    service = fake_service()
    answers = ask(service, [job("garbage"), job("echo", 1)])
    assert "no message" in failure(answers[job("garbage")]).message
    assert fields(answers[job("echo", 1)])["returned"] == 1
    service.close()


def test_a_flood_on_standard_error_stops_nothing() -> None:
    service = fake_service(workers=1)
    answers = ask(service, [job("flood", 5_000), job("echo", 1)])
    assert fields(answers[job("echo", 1)])["served"] == 2
    service.close()


def test_large_jobs_and_answers_do_not_block_each_other() -> None:
    service = fake_service()
    jobs = [job("echo", f"{number}{'x' * 400_000}") for number in range(8)]
    jobs += [job("large", 400_000 + number) for number in range(8)]
    answers = ask(service, jobs)
    assert all(fields(answers[item])["returned"] == item.payload[1] for item in jobs[:8])
    assert [len(str(fields(answers[item])["returned"])) for item in jobs[8:]] == [400_000 + n for n in range(8)]
    service.close()


def test_a_worker_that_grows_is_replaced() -> None:
    service = fake_service(workers=1)
    first = fields(ask(service, [job("grow", 300 << 20)])[job("grow", 300 << 20)])
    second = fields(ask(service, [job("echo", 1)])[job("echo", 1)])
    assert second["pid"] != first["pid"]
    assert wait_until_gone(int(str(first["pid"])))
    service.close()


def test_workers_killed_from_outside_are_replaced() -> None:
    service = fake_service()
    answers = Answers(60)
    killed = set()

    def done(item: Job, answer: Answer) -> None:
        pid = int(str(fields(answer)["pid"]))
        if len(killed) < 2 and pid not in killed:
            killed.add(pid)
            os.kill(pid, signal.SIGKILL)
        answers.done(item, answer)

    jobs = [job("echo", number) for number in range(60)]
    service.submit(jobs, done)
    by_job = answers.wait()
    assert [fields(by_job[item])["returned"] for item in jobs] == list(range(60))
    assert len(killed) == 2
    service.close()


# ---------------------------------------------------------------- starting


def test_slow_start() -> None:
    service = fake_service("--slow", "0.5")
    assert fields(ask(service, [job("echo", 1)])[job("echo", 1)])["returned"] == 1
    service.close()


def test_start_that_takes_too_long() -> None:
    service = fake_service("--slow", "600", start_limit_s=0.3)
    unavailable = failure(ask(service, [job("echo", 1)])[job("echo", 1)])
    assert unavailable.code == "service_unavailable"
    assert "not ready after 0.3 s" in unavailable.message
    service.close()


def test_a_command_that_does_not_exist() -> None:
    service = fake_service(command=["/nonexistent/python"])
    answers = ask(service, [job("echo", number) for number in range(50)])
    assert {failure(answer).code for answer in answers.values()} == {"service_unavailable"}
    assert "/nonexistent/python" in failure(answers[job("echo", 1)]).message
    service.close()


def test_a_start_that_fails_is_tried_a_few_times_and_later_again(tmp_path: Path) -> None:
    log, broken = tmp_path / "log", tmp_path / "broken"
    broken.touch()
    service = fake_service("--log", str(log), "--broken", str(broken), starts=3, pause_s=2.0)
    answers = ask(service, [job("echo", number) for number in range(50)])
    assert {failure(answer).code for answer in answers.values()} == {"service_unavailable"}
    assert "ImportError: a library is missing" in failure(answers[job("echo", 1)]).message
    starts = len(log.read_text(encoding="utf-8").split())
    assert 3 <= starts <= 4
    assert failure(ask(service, [job("echo", 1)])[job("echo", 1)]).code == "service_unavailable"
    assert len(log.read_text(encoding="utf-8").split()) == starts, "no start is tried during the pause"
    broken.unlink()
    time.sleep(2.1)
    assert fields(ask(service, [job("echo", 1)])[job("echo", 1)])["returned"] == 1
    service.close()


# ---------------------------------------------------------------- giving up and closing


def test_closing_answers_what_is_in_flight() -> None:
    service = fake_service()
    answers = Answers(10)
    service.submit([job("sleep", 600 + number) for number in range(10)], answers.done)
    service.close()
    assert {failure(answer).code for answer in answers.wait().values()} == {"closed"}
    service.close()
    assert failure(ask(service, [job("echo", 1)])[job("echo", 1)]).code == "closed"


def test_closing_from_many_threads_and_from_a_callback() -> None:
    service = fake_service()
    answers = Answers(1)

    def done(item: Job, answer: Answer) -> None:
        service.close()
        answers.done(item, answer)

    service.submit([job("echo", 1)], done)
    answers.wait()
    threads = [threading.Thread(target=service.close) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


def test_cancelled_jobs_stop_and_others_go_on(tmp_path: Path) -> None:
    service = fake_service(workers=1)
    marker = tmp_path / "begun"
    (warm,) = ask(service, [job("echo", 0)]).values()
    given_up, kept, shared = Answers(1), Answers(1), Answers(1)
    ticket = service.submit([job("occupy", str(marker)), job("sleep", 0.1), job("echo", 1)], given_up.done)
    service.submit([job("sleep", 0.1)], shared.done)
    service.submit([job("echo", 2)], kept.done)
    while not marker.exists():
        time.sleep(0.01)
    ticket.cancel()
    ticket.cancel()
    assert fields(shared.wait()[job("sleep", 0.1)])["returned"] is None
    assert fields(kept.wait()[job("echo", 2)])["returned"] == 2
    assert wait_until_gone(int(str(fields(warm)["pid"]))), "the worker that was at it is killed"
    assert given_up.by_job == {}
    service.close()


def test_a_callback_that_raises_harms_nobody_else(caplog: pytest.LogCaptureFixture) -> None:
    service = fake_service()

    def bad(item: Job, answer: Answer) -> None:
        raise RuntimeError("a bug in the caller")

    with caplog.at_level(logging.ERROR):
        service.submit([job("echo", 1)], bad)
        good = ask(service, [job("echo", 1), job("echo", 2)])
    assert len(good) == 2
    assert "a bug in the caller" in caplog.text
    service.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # the thread does end
def test_a_callback_that_ends_the_thread_leaves_nobody_waiting(tmp_path: Path) -> None:
    service = fake_service(workers=1)
    marker = str(tmp_path / "go on")
    answers = Answers(5)

    def fatal(item: Job, answer: Answer) -> None:
        raise SystemExit

    service.submit([job("wait_for", marker)], fatal)
    service.submit([job("sleep", 600 + number) for number in range(5)], answers.done)
    Path(marker).touch()
    assert {failure(answer).code for answer in answers.wait().values()} == {"service_failed"}
    assert fields(ask(service, [job("echo", 1)])[job("echo", 1)])["returned"] == 1
    service.close()


def test_eight_threads() -> None:
    service = fake_service()
    wrong: list[object] = []

    def work(thread: int) -> None:
        jobs = [job("echo", (thread % 4) * 1_000 + number) for number in range(100)]
        answers = ask(service, jobs)
        wrong.extend(item for item in jobs if fields(answers[item])["returned"] != item.payload[1])

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
        assert not thread.is_alive()
    assert wrong == []
    service.close()

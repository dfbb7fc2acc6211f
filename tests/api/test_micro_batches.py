"""Rows that arrive one by one get what they get in one call, whoever they share a batch with."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import rulereward as rr
from rulereward.api.micro_batches import MicroBatcher, Settings
from rulereward.errors import BusyError, ConfigurationError, InputError, RunAbortedError
from rulereward.io import record_fields

PLAIN = """\
rulereward: 1
rules:
  right: exact_match(completion, answer)
  size: length(completion, unit="char")
score: right - size / 100char
"""
GROUPED = """\
rulereward: 1
rules:
  size: length(completion, unit="char")
score: (size - mean(size) over group) / 10char
"""
STEPPED = """\
rulereward: 1
rules:
  size: length(completion, unit="char")
score: size / 10char * step / 10step
"""
ABORTING = """\
rulereward: 1
rules:
  size: {value: 'length(completion, unit="tok")', on_error: abort}
score: size / 10tok
"""


def batcher(text, **settings):
    return MicroBatcher(rr.Ruleset("made.yaml", text), Settings(**settings))


def rows(count):
    return [{"completion": "x" * (number % 7), "answer": "xxx"} for number in range(count)]


def test_rows_alone_get_what_they_get_together():
    made = batcher(PLAIN)
    expected = made.ruleset.score_rows(rows(200)).records()
    with ThreadPoolExecutor(16) as clients:
        answers = list(clients.map(lambda row: made.submit([row]).result(10), rows(200)))
    assert [record_fields(answer[0]) for answer in answers] == expected
    assert made.close(5)


def test_waiting_rows_become_one_batch():
    sizes = []
    made = MicroBatcher(
        rr.Ruleset("made.yaml", PLAIN), Settings(window_s=2.0), lambda scores: sizes.append(len(scores.reward))
    )
    answers = [made.submit([row]) for row in rows(50)]
    assert all(len(answer.result(10)) == 1 for answer in answers)
    assert sizes == [50]


def test_no_batch_is_larger_than_told_but_a_request_is_never_cut():
    sizes = []
    made = MicroBatcher(
        rr.Ruleset("made.yaml", PLAIN),
        Settings(window_s=1.0, most_rows=10),
        lambda scores: sizes.append(len(scores.reward)),
    )
    answers = [made.submit(rows(4)) for _ in range(6)] + [made.submit(rows(25))]
    assert [len(answer.result(10)) for answer in answers] == [4] * 6 + [25]
    assert sorted(sizes) == [8, 8, 8, 25]


def test_groups_of_two_requests_are_two_groups():
    """Both call their group `a`: means 2 and 20 by hand, never the mean of all four."""
    made = batcher(GROUPED, window_s=0.5)
    short = made.submit([{"completion": "x"}, {"completion": "xxx"}], group=["a", "a"])
    long = made.submit([{"completion": "x" * 10}, {"completion": "x" * 30}], group=["a", "a"])
    assert [record.reward for record in short.result(10)] == [-0.1, 0.1]
    assert [record.reward for record in long.result(10)] == [-1.0, 1.0]


def test_requests_of_different_steps_keep_theirs():
    made = batcher(STEPPED, window_s=0.5)
    answers = [made.submit([{"completion": "x" * 10}], step=step) for step in (10, 20, 20, 10)]
    assert [answer.result(10)[0].reward for answer in answers] == [1.0, 2.0, 2.0, 1.0]


def test_details_only_where_they_are_asked_for():
    made = batcher(PLAIN, window_s=0.5)
    with_them, without = made.submit(rows(1), details=True), made.submit(rows(1))
    assert with_them.result(10)[0].details["rules"].keys() == {"right", "size"}
    assert without.result(10)[0].details is None


def test_what_is_missing_is_said_at_once():
    with pytest.raises(ConfigurationError, match="uses `step`"):
        batcher(STEPPED).submit(rows(1))
    with pytest.raises(InputError, match="`group` has 1 values for 2 rows"):
        batcher(PLAIN).submit(rows(2), group=["a"])
    with pytest.raises(ConfigurationError, match="no row has a group key"):
        batcher(GROUPED).submit([{"completion": "x"}])
    assert batcher(PLAIN).submit([]).result(1) == []


def test_a_request_that_ends_the_run_ends_only_its_own():
    made = batcher(ABORTING, window_s=0.5)
    bad, good = made.submit([{"completion": "x"}]), made.submit([{"completion": "x", "token_ids": [1, 2]}])
    assert good.result(10)[0].reward == 0.2
    with pytest.raises(RunAbortedError):
        bad.result(10)


def test_what_nobody_foresaw_reaches_everyone_who_waits():
    def broken(scores):
        raise ZeroDivisionError("in the observer")

    made = MicroBatcher(rr.Ruleset("made.yaml", PLAIN), Settings(window_s=0.05), broken)
    answers = [made.submit(rows(1)) for _ in range(3)]
    for answer in answers:
        with pytest.raises(ZeroDivisionError):
            answer.result(10)
    assert made.close(5)


def test_too_many_rows_are_refused():
    made = batcher(PLAIN, window_s=1.0, most_waiting_rows=10)
    first = made.submit(rows(8))
    with pytest.raises(BusyError, match="8 rows are waiting"):
        made.submit(rows(3))
    assert len(first.result(10)) == 8
    assert made.close(5)
    with pytest.raises(BusyError, match="closing"):
        made.submit(rows(1))


def test_the_deadline_counts_from_arrival():
    made = batcher(PLAIN, window_s=0.05, deadline_s=0.0)
    (record,) = made.submit(rows(1)).result(10)
    assert (record.reward, record.reason.code) == (None, "deadline")


def test_closing_answers_what_waits():
    made = batcher(PLAIN, window_s=5.0)
    answer = made.submit(rows(3))
    begun = time.monotonic()
    threading.Timer(0.1, made.close).start()
    assert len(answer.result(10)) == 3
    assert time.monotonic() - begun < 5.0 + 1.0


def test_from_an_event_loop():
    made = batcher(PLAIN)

    async def ask():
        return await asyncio.gather(*(made.ascore([row]) for row in rows(64)))

    expected = made.ruleset.score_rows(rows(64)).reward.tolist()
    assert [answer[0].reward for answer in asyncio.run(ask())] == expected


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child_has_threads_of_its_own():
    made = batcher(PLAIN)
    made.submit(rows(1)).result(10)
    child = os.fork()
    if child == 0:
        ok = made.submit(rows(5)).result(10)[3].reward == made.ruleset.score_rows(rows(5)).reward[3]
        os._exit(0 if ok else 1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0

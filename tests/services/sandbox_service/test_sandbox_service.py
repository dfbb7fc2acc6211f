"""The service on the real embedded back-end: verdicts, duplicates, early stops, cancelling, closing."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from asking import Answers, ask
from sandbox_jobs import GOOD, SLEEPER, SUMS, all_or_nothing, job, numbered, verdicts, work

from rulereward.kind import Failure, Job, Service
from rulereward.services.sandbox.service import SandboxService
from rulereward.text.code_tests import Policy
from rulereward.text.code_work import Comparison
from rulereward.text.value_result import Tolerance

CALLS = {"fn_name": "add", "inputs": [[1, 2], [3, 4]], "outputs": [3, 7]}
ASSERTS = {"test_list": ["assert add(1, 2) == 3", "assert add(2, 2) == 4"]}

EXPECTED = [
    ("right", job(GOOD), "AC AC AC"),
    ("one right", job("print(3)"), "AC WA WA"),
    ("a function", job("def add(a, b): return a + b", CALLS), "AC AC"),
    ("a method", job("class Solution:\n def add(self, a, b): return a + b", CALLS), "AC AC"),
    ("no number but a list", job("def add(a, b): return [a + b]", CALLS), "WA WA"),
    ("true is not 1", job("def add(a, b): return a + b == 3", {**CALLS, "outputs": [1, 0]}), "WA WA"),
    ("no such function", job("def sub(a, b): return a - b", CALLS), "RE RE"),
    ("claims to equal anything", job("class A:\n __eq__ = lambda *_: True\ndef add(*_): return A()", CALLS), "RE RE"),
    ("asserts that hold", job("def add(a, b): return a + b", ASSERTS), "AC AC"),
    ("an assert that fails", job("def add(a, b): return 3", ASSERTS), "AC WA"),
    ("a test that cannot run", job("def add(a, b): return 3", {"test_list": ["assert add(1, object()) == 3"]}), "NR"),
    ("no Python", job("print("), "CE CE CE"),
    ("NUL", job("print(3)\0"), "CE CE CE"),
    ("half a surrogate pair", job("print('\ud800')"), "CE CE CE"),
    ("ten thousand brackets", job("(" * 10_000), "CE CE CE"),
    ("raises", job("raise KeyError"), "RE RE RE"),
    ("ends before the tests", job("import sys; sys.exit(0)"), "WA WA WA"),
    ("too much memory", job("x = bytearray(10 ** 10)"), "MLE MLE MLE"),
    ("endless output", job("while True: print('x' * 1000)"), "OLE OLE OLE"),
    ("never ends", job("while True: pass", {"inputs": [""], "outputs": ["3"]}, time_s=0.5), "TLE"),
    ("waits for ever", job(SLEEPER, {"inputs": [""], "outputs": ["3"]}, time_s=0.2), "TLE"),
    ("a float off by little", job("print(0.30000000001)", {"inputs": [""], "outputs": ["0.3"]}), "WA"),
    (
        "a float near enough",
        job("print(0.30000000001)", {"inputs": [""], "outputs": ["0.3"]}, comparison=Comparison("float")),
        "AC",
    ),
    (
        "a result near enough",
        job(
            "def add(a, b): return a + b + 1e-9", CALLS, comparison=Comparison(tolerance=Tolerance(abs=1e-6))
        ),
        "AC AC",
    ),
]  # fmt: skip


def test_verdicts(sandbox: SandboxService) -> None:
    answers = ask(sandbox, [asked for _, asked, _ in EXPECTED])
    assert {name: verdicts(answers[asked]) for name, asked, _ in EXPECTED} == {
        name: expected for name, _, expected in EXPECTED
    }


def test_it_is_a_service(sandbox: SandboxService) -> None:
    service: Service = sandbox
    assert service.identity == sandbox.identity
    assert sandbox.backend.name == "embedded"
    assert "runner" in sandbox.identity


def test_what_people_are_shown(sandbox: SandboxService) -> None:
    asked = job("import sys\nprint('three')\nprint('oh', file=sys.stderr)")
    answer = ask(sandbox, [asked])[asked]
    assert isinstance(answer, dict)
    assert answer["compiled"] is True
    records: Any = answer["tests"]
    assert records[0]["got"] == "three\n"
    assert records[0]["stderr"] == "oh"
    assert '"3"' in records[0]["why"]
    assert records[0]["wall_s"] > 0


def test_what_is_told_of_a_test_file(sandbox: SandboxService) -> None:
    file = "from solution import add\nclass TestAdd:\n    def test_sum(self):\n        assert add(1, 2) == 4\n"
    asked = job("def add(a, b): return a + b", file)
    answer: Any = ask(sandbox, [asked])[asked]
    (record,) = answer["tests"]
    assert record["verdict"] == "WA"
    assert record["why"] == "TestAdd::test_sum: failed\nassert 3 == 4\n+  where 3 = add(1, 2)"


@pytest.mark.parametrize("language", ["cpp", "javascript", "bash"])
def test_other_languages(sandbox: SandboxService, language: str) -> None:
    sources = {
        "cpp": "#include <iostream>\nint main() { int a, b; std::cin >> a >> b; std::cout << a + b << std::endl; }",
        "javascript": "const [a, b] = require('fs').readFileSync(0, 'utf8').split(' '); console.log(+a + +b)",
        "bash": "read a b; echo $((a + b))",
    }
    asked = job(sources[language], {**SUMS, "language": language})
    answer = ask(sandbox, [asked])[asked]
    if isinstance(answer, Failure) and answer.code == "language_missing":
        pytest.skip(answer.message)
    assert verdicts(answer) == "AC AC AC"


def test_equal_jobs_are_done_once(sandbox: SandboxService, tmp_path: Path) -> None:
    """A program that is run once prints one time of day; a job that joins late gets the same answer."""
    asked = job("import time; print(time.time_ns())", {"inputs": [""], "outputs": ["0"]})
    first, second = Answers(1), Answers(1)
    sandbox.submit([asked], first.done)
    sandbox.submit([Job("sandbox", work("import time; print(time.time_ns())", {"inputs": [""], "outputs": ["0"]}).to_plain())], second.done)  # fmt: skip # noqa: E501 - equal, and another object
    assert first.wait()[asked] == second.wait()[asked]


def test_the_first_failure_ends_all_or_nothing(sandbox: SandboxService) -> None:
    many = {"inputs": [f"{n} {n}\n" for n in range(50)], "outputs": [f"{2 * n}\n" for n in range(50)]}
    asked = all_or_nothing("print(0)", many)
    found = verdicts(ask(sandbox, [asked])[asked]).split()
    assert found == ["AC", "WA", *["NR"] * 48], "also where the second test is over before the first"


def test_behind_too_many_timeouts_no_test_is_run(sandbox: SandboxService) -> None:
    """The third test would pass; the first two run out of time, and no more may."""
    code = "n = int(input())\nwhile n < 2: pass\nprint(n)"
    tests = {"inputs": ["0", "1", "2", "3"], "outputs": ["0", "1", "2", "3"]}
    some, none = job(code, tests, time_s=0.3, most_timeouts=2), job(code, tests, time_s=0.3)
    answers = ask(sandbox, [some, none])
    assert verdicts(answers[some]) == "TLE TLE TLE TLE"
    assert verdicts(answers[none]) == "TLE TLE AC AC"


def test_behind_too_much_waiting_no_test_is_run(sandbox: SandboxService) -> None:
    """Each test waits for half of what one may and passes; the third is one too many."""
    tests = {"inputs": ["0", "1", "2", "3", "4", "5"], "outputs": ["0", "1", "2", "3", "4", "5"]}
    code = "import time\nn = input()\ntime.sleep(0.9)\nprint(n)"
    some, none = job(code, tests, time_s=0.3, most_timeouts=1), job(code, tests, time_s=0.3)
    answers = ask(sandbox, [some, none])
    found: Any = answers[some]
    assert verdicts(found).startswith("AC AC")
    assert verdicts(found).endswith("TLE")
    assert [record["why"] for record in found["tests"] if "why" in record] == [
        "not run: in the tests before, the program waited for more than 2 s in all"
    ]
    assert verdicts(answers[none]) == "AC AC AC AC AC AC"


def test_who_sleeps_does_not_hold_up_who_comes_later(sandbox: SandboxService) -> None:
    """Sixteen tests of nearly a second each, none of which is too long; the honest programs behind them are done
    before those are.
    """
    sleepy = job("import time\ntime.sleep(0.8)\nprint(input())", {"inputs": ["0"] * 16, "outputs": ["0"] * 16})
    answers = Answers(11)
    sandbox.submit([sleepy, *numbered(10)], answers.done)
    answers.wait()
    assert answers.order[-1] == sleepy


def test_who_kills_itself_is_not_tried_again(sandbox: SandboxService) -> None:
    """Where the kernel tells that it did not do it. Where it has killed something meanwhile, nobody knows."""
    asked = job("import os; os.kill(os.getpid(), 9)")
    assert set(verdicts(ask(sandbox, [asked])[asked]).split()) <= {"RE", "MLE"}


def test_inputs_of_20_megabytes(sandbox: SandboxService) -> None:
    """As contests have them, here several million numbers in a line; 1 + 2 + ... + n is n (n + 1) / 2."""
    numbers = " ".join(map(str, range(1, 2_800_001)))
    assert len(numbers) > 20 << 20
    tests = {"inputs": [numbers, "1 2"], "outputs": [str(1_400_000 * 2_800_001), "3"]}
    asked = job("print(sum(map(int, input().split())))", tests, time_s=20.0, memory_mb=1024)
    assert verdicts(ask(sandbox, [asked])[asked]) == "AC AC"


def test_weights_of_nought_are_not_run(sandbox: SandboxService) -> None:
    tests = {**SUMS, "weights": [0, 1, 0]}
    asked = job(GOOD, tests, policy=Policy("weighted"))
    assert verdicts(ask(sandbox, [asked])[asked]) == "NR AC NR"


def test_cancelled_jobs_stop(own_sandbox: SandboxService) -> None:
    """Sleepers fill every slot for a long time; once given up they make room at once."""
    never = Answers(1)
    ticket = own_sandbox.submit([job(SLEEPER, time_s=60.0)], never.done)
    ask(own_sandbox, numbered(1), patience_s=60) if os.cpu_count() == 1 else time.sleep(0.5)
    ticket.cancel()
    started = time.monotonic()
    answers = ask(own_sandbox, numbered(3), patience_s=30)
    assert time.monotonic() - started < 20
    assert {verdicts(answer) for answer in answers.values()} == {"AC AC AC"}
    assert never.calls == {}


def test_who_still_waits_gets_the_answer(sandbox: SandboxService) -> None:
    asked = job("import time; time.sleep(0.3); print(3)", {"inputs": [""], "outputs": ["3"]})
    given_up, waiting = Answers(1), Answers(1)
    ticket = sandbox.submit([asked], given_up.done)
    sandbox.submit([asked], waiting.done)
    ticket.cancel()
    assert verdicts(waiting.wait()[asked]) == "AC"
    assert given_up.calls == {}


def test_closing_answers_and_leaves_no_process(own_sandbox: SandboxService) -> None:
    before = _children_named("bwrap")
    ask(own_sandbox, numbered(2))
    assert len(_children_named("bwrap")) > len(before)
    answers = Answers(1)
    asked = job(SLEEPER, time_s=60.0)
    own_sandbox.submit([asked], answers.done)
    time.sleep(0.2)
    own_sandbox.close()
    assert verdicts(answers.wait(5)[asked]) == "closed"
    assert _children_named("bwrap") == before
    late = ask(own_sandbox, [asked], patience_s=5)
    assert verdicts(late[asked]) == "closed"


def test_a_bad_payload_is_a_failure(sandbox: SandboxService) -> None:
    bad = [
        Job("sandbox", "nonsense"),
        Job("sandbox", (1, 2, 3)),
        Job("sandbox", (1, ("python", "x"), (1,), (), (), ())),
    ]
    answers = ask(sandbox, bad)
    assert {verdicts(answer) for answer in answers.values()} == {"bad_job"}


def test_what_is_foreseen_at_a_deadline(own_sandbox: SandboxService) -> None:
    """The first test has run out of time, the second is still at it: to whoever cannot wait both were too slow."""
    code = "n = int(input())\nwhile True: pass"
    asked = job(code, {"inputs": ["0", "1", "2", "3", "4", "5", "6", "7"], "outputs": ["0"] * 8}, time_s=1.0)
    ticket = own_sandbox.submit([asked], lambda *_: None)
    deadline = time.monotonic() + 30
    while not (found := ticket.foreseen()) and time.monotonic() < deadline:
        time.sleep(0.05)
    ticket.cancel()
    ((told, answer),) = found
    assert told == asked
    assert set(verdicts(answer).split()) == {"TLE"}
    assert ticket.foreseen() == []


def test_threads_may_ask_at_once(sandbox: SandboxService) -> None:
    """Four threads ask for the same and for different programs."""
    found: list[set[str]] = []

    def run(number: int) -> None:
        jobs = [*numbered(3), job(f"{GOOD}# thread {number}")]
        found.append({verdicts(answer) for answer in ask(sandbox, jobs).values()})

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [{"AC AC AC"}] * 4


def test_a_forked_child_has_runners_of_its_own(own_sandbox: SandboxService) -> None:
    """What the child does harms neither the parent's runner nor its jobs."""
    ask(own_sandbox, numbered(1))
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            found = {verdicts(answer) for answer in ask(own_sandbox, numbered(2), patience_s=30).values()}
            own_sandbox.close()
            os.write(writing, b"ok" if found == {"AC AC AC"} else b"no")
        finally:
            os._exit(0)
    os.close(writing)
    assert os.read(reading, 2) == b"ok"
    os.close(reading)
    os.waitpid(pid, 0)
    assert {verdicts(answer) for answer in ask(own_sandbox, numbered(3)).values()} == {"AC AC AC"}


def _children_named(name: str) -> list[str]:
    """The processes below this one whose command has a name."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                command = (entry / "cmdline").read_bytes().split(b"\0")[0].decode()
            except OSError:
                continue
            if int(fields[1]) == os.getpid() and command.endswith(name):
                found.append(entry.name)
    return found


def test_outputs_as_large_as_they_are_expected(sandbox: SandboxService) -> None:
    """More than any program may print makes a test that cannot be run, whatever the program is."""
    two, many = 2 << 20, 17 << 20
    tests = {"inputs": [f"{two}", "1", f"{many}"], "outputs": ["x" * two, "x", "x" * many]}
    right, wordy = job("print('x' * int(input()))", tests, time_s=10.0), job("print('x' * 2_000_000)", tests)
    answers = ask(sandbox, [right, wordy], patience_s=60)
    assert verdicts(answers[right]) == "AC AC NR"
    assert verdicts(answers[wordy]) == "WA OLE NR"

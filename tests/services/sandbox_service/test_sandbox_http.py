"""The back-end `http` against a service on this host: verdicts, keeping connections, and a service that fails."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from asking import Answers, ask
from fusion_server import COMMANDS, FusionServer
from sandbox_jobs import GOOD, SUMS, all_verdicts, job, numbered, verdicts

from rulereward.kind import Failure
from rulereward.services.sandbox.backends import BackendError
from rulereward.services.sandbox.http_backend import HttpBackend
from rulereward.services.sandbox.service import SandboxService

CALLS = {"fn_name": "add", "inputs": [[1, 2], [3, 4]], "outputs": [4242, 7]}
ASSERTS = {"test_list": ["assert add(1, 2) == 3", "assert add(2, 2) == 4"]}
ONE = {"inputs": [""], "outputs": ["3"]}
ONE_CALL = {"fn_name": "add", "inputs": [[1, 2]], "outputs": [3]}


@pytest.fixture
def server() -> Iterator[FusionServer]:
    made = FusionServer()
    yield made
    made.stop()


def service_of(server: FusionServer, patience_s: float = 10.0, slots: int = 4) -> SandboxService:
    return SandboxService(HttpBackend(f"{server.address}?slots={slots}", patience_s))


@pytest.fixture
def fusion(server: FusionServer) -> Iterator[SandboxService]:
    service = service_of(server)
    yield service
    service.close()


EXPECTED = [
    ("right", job(GOOD), "AC AC AC"),
    ("one right", job("print(3)"), "AC WA WA"),
    ("no Python", job("print("), "CE CE CE"),
    ("raises", job("raise KeyError"), "RE RE RE"),
    ("raises a syntax error", job("exec('(')"), "RE RE RE"),
    ("never ends", job("while True: pass", ONE, time_s=0.3), "TLE"),
    ("too much output", job("print('x' * 2_000_000)", ONE), "OLE"),
    ("a function", job("def add(a, b): return a + b", {**CALLS, "outputs": [3, 7]}), "AC AC"),
    ("a wrong function", job("def add(a, b): return a + b", CALLS), "WA AC"),
    ("a method", job("class Solution:\n def add(self, a, b): return a + b", CALLS), "WA AC"),
    ("a function in no Python", job("def add(a, b: return 3", CALLS), "CE CE"),
    ("no such function", job("def sub(a, b): return a - b", CALLS), "RE RE"),
    ("a function that ends it all", job("import os\ndef add(a, b): os._exit(0)", CALLS), "RE RE"),
    ("one that kills its parent", job("import os\ndef add(a, b): os.kill(os.getppid(), 9)", CALLS), "MLE MLE"),
    ("a function that hangs", job("def add(a, b):\n while True: pass", ONE_CALL, time_s=0.3), "TLE"),
    ("claims to equal anything", job("class A:\n __eq__ = lambda *_: True\ndef add(*_): return A()", CALLS), "RE RE"),
    ("asserts that hold", job("def add(a, b): return a + b", ASSERTS), "AC AC"),
    ("an assert that fails", job("def add(a, b): return 3", ASSERTS), "AC WA"),
    ("asserts of nothing", job("def sub(a, b): return a + b", ASSERTS), "RE RE"),
    ("asserts in no Python", job("def add(", ASSERTS), "CE CE"),
    ("prints that it passed", job("print('P\\nSP\\nPASS')\ndef add(a, b): return 5", ASSERTS), "WA WA"),
    ("ends before the asserts", job("import sys; sys.exit(0)", ASSERTS), "RE RE"),
]  # fmt: skip


def test_verdicts(fusion: SandboxService) -> None:
    answers = ask(fusion, [asked for _, asked, _ in EXPECTED])
    assert {name: verdicts(answers[asked]) for name, asked, _ in EXPECTED} == {
        name: expected for name, _, expected in EXPECTED
    }


FILE = """
import pytest
from solution import add

def test_sum():
    assert add(1, 2) == 3

@pytest.mark.parametrize("x", [1, 2])
def test_twice(x):
    assert add(x, x) == 2 * x

@pytest.mark.skip
def test_never():
    assert add(1, 1) == 2
"""
PLANTS = """
for name in ("conftest.py", "pytest.py", "_pytest.py", "pluggy.py", "pdb.py", "solution.py", "pytest.ini"):
    with open(name, "w") as file:
        file.write("import os; os._exit(0)")
def add(a, b): pass
"""


def test_a_test_file(server: FusionServer, fusion: SandboxService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(COMMANDS, "python", [sys.executable])  # with what is installed beside it
    programs = {
        "def add(a, b): return a + b": "AC AC NR",
        "def add(a, b): return 3": "AC WA NR",
        "import sys; sys.exit(0)": "RE RE NR",
        "def add(a, b": "CE CE CE",
        PLANTS: "WA WA NR",
    }
    asked = {program: job(program, FILE) for program in programs}
    answers = ask(fusion, list(asked.values()))
    assert {program: verdicts(answers[asked[program]]) for program in programs} == programs


def test_a_test_file_where_the_service_has_no_pytest(fusion: SandboxService) -> None:
    asked = job("def add(a, b): return a + b", FILE)
    answer = ask(fusion, [asked])[asked]
    assert isinstance(answer, Failure)
    assert "no pytest" in answer.message


@pytest.mark.skipif(shutil.which("g++") is None, reason="needs g++")
def test_a_compiled_language(fusion: SandboxService) -> None:
    source = "#include <iostream>\nint main() { int a, b; std::cin >> a >> b; std::cout << a + b; }"
    good, bad = job(source, {**SUMS, "language": "cpp"}), job("int main() {", {**SUMS, "language": "cpp"})
    answers = ask(fusion, [good, bad])
    assert verdicts(answers[good]) == "AC AC AC"
    assert verdicts(answers[bad]) == "CE CE CE"


def test_expected_results_stay_at_home(fusion: SandboxService, server: FusionServer) -> None:
    """4242 is what one call should return, 7 what another; 9876 is what is to be printed."""
    ask(fusion, [job("def add(a, b): return 0", CALLS), job("print(1)", {"inputs": ["5"], "outputs": ["9876"]})])
    sent = json.dumps([{**body, "code": body["code"][-200:]} for body in server.seen])
    assert "4242" not in sent
    assert f"{4242:x}" not in sent
    assert "9876" not in sent


def test_connections_are_kept_and_bounded(server: FusionServer) -> None:
    service = service_of(server, slots=3)
    ask(service, numbered(8))
    service.close()
    assert len(server.seen) == 24
    assert server.connections <= 3
    assert server.most_at_once <= 3


@pytest.mark.parametrize("fault", [500, 503, 429, "drop"])
def test_a_service_that_fails_for_a_moment(server: FusionServer, fault: int | str) -> None:
    """A third of the requests go wrong at first: nothing is lost, and nothing becomes a verdict."""
    server.faults.extend([fault] * 4)
    service = service_of(server)
    answers = ask(service, numbered(4))
    service.close()
    assert all_verdicts(answers) == {"AC AC AC"}


@pytest.mark.parametrize("fault", ["sandbox", "garbage"])
def test_a_service_whose_sandbox_fails_once(server: FusionServer, fault: str) -> None:
    server.faults.extend([fault] * 2)
    service = service_of(server)
    assert all_verdicts(ask(service, numbered(4))) == {"AC AC AC"}
    service.close()


def test_a_service_that_refuses(server: FusionServer) -> None:
    """422 is no moment's trouble: the jobs fail, at once, and none is 0."""
    server.faults.extend([422] * 500)
    service = service_of(server, patience_s=60)
    started = time.monotonic()
    answers = ask(service, numbered(6))
    service.close()
    assert all_verdicts(answers) <= {"sandbox_failed", "sandbox_unreliable"}
    assert time.monotonic() - started < 20


def test_a_service_that_is_not_there(server: FusionServer) -> None:
    server.stop()
    service = service_of(server, patience_s=0.5)
    answers = ask(service, numbered(6))
    service.close()
    assert all_verdicts(answers) <= {"sandbox_failed", "sandbox_unreliable"}


def test_a_service_that_hangs(server: FusionServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A response that does not come in time is asked for again."""
    monkeypatch.setattr("rulereward.services.sandbox.http_backend._GRACE_S", 0.5)
    monkeypatch.setattr("rulereward.services.sandbox.http_backend._COMPILE_S", 0.0)
    server.faults.append("hang")
    service = service_of(server)
    asked = job(GOOD, time_s=1.0)
    assert verdicts(ask(service, [asked])[asked]) == "AC AC AC"
    service.close()


def test_closing_does_not_wait_for_a_service_that_hangs(server: FusionServer) -> None:
    server.faults.extend(["hang"] * 8)
    service = service_of(server)
    answers = Answers(1)
    asked = job(GOOD)
    service.submit([asked], answers.done)
    time.sleep(0.3)
    started = time.monotonic()
    service.close()
    assert time.monotonic() - started < 2
    assert verdicts(answers.wait(1)[asked]) == "closed"


def test_no_descriptor_is_left(server: FusionServer) -> None:
    def descriptors() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    service = service_of(server)
    before = descriptors()
    ask(service, numbered(2))
    service.close()
    deadline = time.monotonic() + 5
    while descriptors() > before and time.monotonic() < deadline:  # the server's threads close theirs
        time.sleep(0.05)
    assert descriptors() <= before


@pytest.mark.parametrize("address", ["ftp://host", "http://", "http://host?slots=none", "http://host?slots=0"])
def test_no_address(address: str) -> None:
    with pytest.raises(BackendError):
        HttpBackend(address)

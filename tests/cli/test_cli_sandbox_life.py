"""`rulereward score` on code, interrupted, killed, and twice at once: no row is wrong, and nothing stays behind."""

import contextlib
import importlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from command_line import records_in, write_rows

import rulereward as rr
from rulereward.api import sandbox as places
from rulereward.api.shared import shared_services
from rulereward.services.sandbox.embedded_backend import trouble_with_bubblewrap

pytestmark = pytest.mark.slow

SUMS = {"inputs": ["1 2\n", "3 4\n"], "outputs": ["3\n", "7\n"]}
ADD = "a, b = map(int, input().split())\nprint(a + b)\n"
MULTIPLY = "a, b = map(int, input().split())\nprint(a * b)\n"
BUSY = "while True:\n    pass\n"
STRICT = """\
rulereward: 1
name: strict
inputs: {tests: tests}
rules:
  all: code_pass_rate(code_block(completion), tests, scoring="all_or_nothing")
score: all
"""


@pytest.fixture(params=["embedded", "docker"])
def sandbox(request):
    """What `--sandbox` is given."""
    if request.param == "docker":
        links = docker_links()
        links.engine()
        return f"docker?image={links.image()}"
    trouble = trouble_with_bubblewrap()
    if trouble:
        pytest.skip(f"the embedded sandbox does not work here: {trouble}")
    return "embedded"


def docker_links():
    """The tools of the tests of containers, which lie in folders of their own."""
    folder = Path(__file__).parents[1] / "services"
    sys.path += [str(folder / name) for name in ("sandbox", "sandbox_docker") if str(folder / name) not in sys.path]
    return importlib.import_module("docker_links")


def rows_of(*programs):
    return [{"completion": f"```python\n{code}# {place}\n```", "tests": SUMS} for place, code in enumerate(programs)]


def started(sandbox, folder, rows, ruleset="code"):
    """The command as a process of its own, which has its temporary files below `folder`."""
    temporary = folder / "tmp"
    temporary.mkdir(parents=True)
    source = write_rows(folder / "rows.jsonl", rows)
    command = [sys.executable, "-m", "rulereward", "score", str(source), "-r", str(ruleset), "--sandbox", sandbox]
    return subprocess.Popen(
        [*command, "-o", str(folder / "out.jsonl")],
        env={**os.environ, "TMPDIR": str(temporary)},
        stderr=subprocess.PIPE,
        text=True,
    )


def born(pid):
    """When a process began, which tells it from a later one of its number; None where there is none."""
    with contextlib.suppress(OSError, IndexError):
        return Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[19]


def below(pid):
    """All descendants of a process, those that live in containers of its own among them."""
    waiting, found = [pid, *of_containers(pid)], set()
    while waiting:
        now = waiting.pop()
        found.add((now, born(now)))
        for task in Path(f"/proc/{now}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                waiting += map(int, task.read_text().split())
    return found - {(pid, born(pid))}


def of_containers(pid):
    """The first processes of a process's containers."""
    links = docker_links()
    with contextlib.suppress(pytest.skip.Exception, OSError):
        label = f"{links.OWNER}={links.owner(pid)}"
        with links.engine().asked("no list") as api:
            ids = [found["Id"] for found in api.containers(filters={"label": label})]
            return [api.inspect_container(id)["State"]["Pid"] for id in ids]
    return []


def wait_for(what, seconds=30):
    """The first value that is not empty."""
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline, "it does not come"
        time.sleep(0.05)
    return found


def at_work(process):
    """The processes of a command when its programs have begun to spin: the runner, and more than one below it."""
    found = below(process.pid)
    spinning = [pid for pid, _ in found if pid and Path(f"/proc/{pid}/comm").exists() and cpu_ticks(pid) > 20]
    return found if len(spinning) >= 2 else set()


def cpu_ticks(pid):
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[11])
    return 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_ended_in_the_middle(sandbox, number, tmp_path):
    folder = tmp_path / "run"
    process = started(sandbox, folder, rows_of(ADD, *[BUSY] * 20))
    running = wait_for(lambda: at_work(process))
    process.send_signal(number)
    _, told = process.communicate(timeout=30)
    assert process.returncode != 0
    assert "Traceback" not in told
    wait_for(lambda: not [pid for pid, since in running if born(pid) == since])
    if number != signal.SIGKILL:
        assert list((folder / "tmp").iterdir()) == []
    assert of_containers(process.pid) == []


def test_what_a_killed_one_left_is_no_trouble_for_the_next(sandbox, tmp_path):
    first = started(sandbox, tmp_path / "first", rows_of(*[BUSY] * 4))
    wait_for(lambda: at_work(first))
    first.kill()
    first.communicate()
    second = started(sandbox, tmp_path / "second", rows_of(ADD, MULTIPLY))
    told = second.communicate(timeout=60)[1]
    assert second.returncode == 0, told
    assert [record["reward"] for record in records_in(tmp_path / "second" / "out.jsonl")] == [1, 0]


def test_two_processes_side_by_side(sandbox, tmp_path):
    programs = [ADD, MULTIPLY] * 50
    both = [started(sandbox, tmp_path / name, rows_of(*programs)) for name in ("one", "two")]
    for process, name in zip(both, ("one", "two"), strict=True):
        told = process.communicate(timeout=120)[1]
        assert process.returncode == 0, told
        assert [record["reward"] for record in records_in(tmp_path / name / "out.jsonl")] == [1, 0] * 50


def test_two_rulesets_side_by_side(sandbox, monkeypatch, tmp_path):
    """In two threads of one process."""
    monkeypatch.setenv(places.VARIABLE, sandbox)
    shared_services().close()  # whatever they were made with before
    (tmp_path / "strict.yaml").write_text(STRICT, "utf-8")
    half = "a, b = map(int, input().split())\nprint(3)\n"
    rows = rows_of(*[ADD, half] * 50)
    completions, tests = [row["completion"] for row in rows], [row["tests"] for row in rows]
    rewards = {}

    def score(name, ruleset):
        rewards[name] = rr.load(ruleset).score(completions, tests=tests).reward.tolist()

    threads = [
        threading.Thread(target=score, args=pair) for pair in (("code", "code"), ("strict", tmp_path / "strict.yaml"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    shared_services().close()
    assert rewards == {"code": [1, 0.5] * 50, "strict": [1, 0] * 50}

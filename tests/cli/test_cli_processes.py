"""The command line as a process of its own: what it imports, how it ends, what it leaves behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from command_line import SHORT, records_in, write_rows

ROOT = Path(__file__).parents[2]
PROC = Path("/proc")
HEAVY = (
    "numba",
    "numpy",
    "pyarrow",
    "jieba",
    "sympy",
    "math_verify",
    "torch",
    "docker",
    "lark",
    "yaml",
    "rich",
    "msgspec",
)

SLOW_KIND = '''
import time
from rulereward import rule

@rule(version=1, returns="number", range=(0, 9))
def slow(text: str) -> float:
    """Takes its time."""
    time.sleep(0.01)
    return 1.0
'''


def environment(**more):
    return {**os.environ, "PYTHONPATH": str(ROOT), **more}


TAKES_CTRL_C = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # also where this process was told to ignore it
from rulereward.cli.main import main
main(sys.argv[1:])
"""


def start(*args, env, **options):
    command = [sys.executable, "-c", TAKES_CTRL_C, *map(str, args)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, env=env, **options)


def python(script, *args):
    """Run a script to its end in a process of its own."""
    command = [sys.executable, "-c", script, *args]
    return subprocess.run(command, env=environment(), capture_output=True, check=True, text=True)


@pytest.mark.parametrize("args", [["--help"], ["--version"], ["score", "--help"], ["check", "--help"]])
def test_help_imports_nothing_heavy(args):
    script = (
        "import json, sys\n"
        "from rulereward.cli.main import main\n"
        f"try: main({args!r})\n"
        "except SystemExit as end: status = end.code\n"
        "print(json.dumps([status, sorted(sys.modules)]), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment(), capture_output=True, check=True, text=True
    )
    status, modules = json.loads(done.stderr)
    assert status == 0
    assert "click" in modules
    assert [name for name in modules if name.split(".")[0] in HEAVY] == []


def test_a_reader_that_has_seen_enough_ends_it_quietly(tmp_path):
    rows = [{"completion": "word " * 200, "answer": "x"}] * 3000
    source = write_rows(tmp_path / "in.jsonl", rows)
    command = [sys.executable, "-m", "rulereward", "score", str(source), "-r", SHORT]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
    assert process.stdout.readline().startswith(b'{"completion"')
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(60) == 0


@pytest.fixture
def slow_run(tmp_path):
    """Arguments and environment of a run that takes half a minute and needs a worker process."""
    (tmp_path / "my_slow.py").write_text(SLOW_KIND)
    ruleset = tmp_path / "slow.yaml"
    ruleset.write_text(
        "rulereward: 1\nrules: {slow: slow(completion), equal: 'math_equal(completion, answer)'}\nscore: slow\n"
    )
    rows = [{"id": n, "completion": f"ln(x) + {n}", "answer": f"{n} + ln(x)"} for n in range(3000)]
    source = write_rows(tmp_path / "in.jsonl", rows)
    return ["score", source, "-r", ruleset, "--kinds", "my_slow"], environment(PYTHONPATH=f"{ROOT}:{tmp_path}")


def children(process):
    """Ids of the living processes that `process` started."""
    found = set()
    for stat in PROC.glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        if int(fields[1]) == process.pid and fields[0] != "Z":
            found.add(int(stat.parent.name))
    return found


def wait_for(condition, what):
    for _ in range(600):
        if condition():
            return
        time.sleep(0.1)
    pytest.fail(f"no {what} within a minute")


@pytest.mark.skipif(not PROC.is_dir(), reason="child processes are looked up in /proc")
def test_ctrl_c_keeps_what_is_done_and_leaves_no_process(slow_run, tmp_path):
    args, env = slow_run
    out = tmp_path / "out.jsonl"
    process = start(*args, "-o", out, env=env)
    wait_for(lambda: out.exists() and out.stat().st_size > 0, "output")
    workers = children(process)
    process.send_signal(signal.SIGINT)
    told = process.communicate(timeout=60)[1].decode()
    kept = records_in(out)
    assert process.returncode == 130
    assert told.endswith(f"stopped; {len(kept):,} rows are kept in {out}; the same command with --resume goes on\n")
    assert "Traceback" not in told
    assert [record["id"] for record in kept] == list(range(len(kept)))
    assert 0 < len(kept) < 3000
    assert workers
    assert not any((PROC / str(worker)).exists() for worker in workers)


def test_ctrl_c_before_the_first_row(slow_run, tmp_path):
    args, env = slow_run
    out = tmp_path / "out.jsonl"
    process = start(*args, "-o", out, env=env)
    meta = Path(f"{out}.meta.json")
    wait_for(meta.exists, "start of the run")
    process.send_signal(signal.SIGINT)
    told = process.communicate(timeout=60)[1].decode()
    assert process.returncode == 130
    assert told.endswith("stopped; no row was written\n")


def test_memory_does_not_grow_with_the_input(tmp_path):
    def peak_mib(rows):
        source = tmp_path / f"{rows}.jsonl"
        with source.open("w") as stream:
            for n in range(rows):
                stream.write(json.dumps({"completion": f"{n} " * 40, "answer": str(n), "prompt_id": n // 8}) + "\n")
        script = (
            "import resource, sys\n"
            "from rulereward.cli.main import main\n"
            "try: main(sys.argv[1:])\n"
            "except SystemExit as end: assert end.code == 0\n"
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)\n"
        )
        args = ["score", str(source), "-r", SHORT, "-o", str(tmp_path / f"{rows}.out.jsonl"), "-q"]
        return int(python(script, *args).stdout)

    assert peak_mib(50_000) < peak_mib(5_000) + 30, "50,000 rows of 250 bytes are over 60 MiB as Python objects"

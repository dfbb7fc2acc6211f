"""Scoring with no standard streams, few files, reaped children, strange folders and a plain locale."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from host_scripts import PATIENCE_S, children, environment, run, script

import rulereward as rr
from rulereward.services import Services


def test_without_standard_streams(tmp_path: Path) -> None:
    body = f"""
    for fd in (0, 1, 2):
        os.close(fd)
    right = score() == RIGHT
    pathlib.Path({str(tmp_path / "out")!r}).write_text(str(right))
    """
    run(body, tmp_path)
    assert (tmp_path / "out").read_text(encoding="ascii") == "True"


def test_when_no_more_files_may_be_opened(tmp_path: Path) -> None:
    """The rows that need a worker are errors, the others are scored, and later all is well again."""
    body = """
    import resource
    from rulereward.services import ServiceSpec, Services, Supervisor
    from rulereward.services.math_service import math_identity
    from rulereward.services.process import worker_command

    def service():
        return Supervisor(ServiceSpec("math", worker_command("math"), math_identity, lambda phase: {}, pause_s=0.1))

    ruleset = rr.load("math")
    rows = [{"completion": "\\\\boxed{4}", "answer": "4"}, {"completion": "\\\\boxed{ln x+1}", "answer": "1+ln x"}]
    with Services({"math": service}) as services:
        ruleset.score_rows(rows[:1], services=services)
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        used = len(os.listdir("/proc/self/fd"))
        for spare in (-1, 0, 1, 3, 5):
            resource.setrlimit(resource.RLIMIT_NOFILE, (used + spare, hard))
            scores = ruleset.score_rows(rows, services=services)
            print(scores.reward[0], scores.states.tolist(), scores.reasons[1].code)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        while (scores := ruleset.score_rows(rows, services=services)).states.any():
            time.sleep(0.1)
        print(scores.reward.tolist())
    """
    assert run(body, tmp_path).splitlines() == [*["1.1 [0, 3] service_unavailable"] * 5, "[1.1, 1.1]"]


def test_when_another_reaps_the_children(tmp_path: Path) -> None:
    body = """
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print(score() == RIGHT)
    for pid in children():
        os.kill(pid, signal.SIGKILL)
    print(score(10) == RIGHT)
    """
    assert run(body, tmp_path) == "True\nTrue\n"


def test_in_a_folder_with_modules_of_the_same_names(tmp_path: Path) -> None:
    for name in ("sympy", "math_verify", "json", "logging", "rulereward"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('the wrong module')\n", encoding="utf-8")
    assert run("print(score() == RIGHT)", tmp_path) == "True\n"


def test_in_a_folder_that_is_gone(tmp_path: Path) -> None:
    body = """
    folder = pathlib.Path("gone")
    folder.mkdir()
    os.chdir(folder)
    os.rmdir(os.path.join("..", "gone"))
    print(score() == RIGHT)
    """
    assert run(body, tmp_path) == "True\n"


@pytest.mark.parametrize("flags", [["-O"], ["-X", "dev", "-W", "error"], ["-B", "-s", "-P"]], ids=" ".join)
def test_under_other_interpreter_flags(flags: list[str]) -> None:
    command = [sys.executable, *flags, "-c", script("print(score() == RIGHT)")]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "True\n", "")


def test_in_a_plain_locale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii"}
    for name, value in plain.items():
        monkeypatch.setenv(name, value)
    body = """
    scores = rr.load("math").score(["所以答案是 \\\\boxed{4}"], answer=["4"])
    print(scores.reward.tolist() == [1.1], score() == RIGHT)
    """
    assert run(body, tmp_path) == "True True\n"


def test_what_debugs_the_caller_does_not_slow_the_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Their limits count processor time: traced, they would call this too costly."""
    for name, value in {"PYTHONTRACEMALLOC": "25", "PYTHONINSPECT": "1", "PYTHONWARNINGS": "error"}.items():
        monkeypatch.setenv(name, value)
    with Services() as services:
        rows = [{"completion": "\\boxed{(\\ln x+1)^2}", "answer": "(\\ln x)^2+2\\ln x+1"}]
        assert rr.load("r1").score_rows(rows, services=services)["accuracy"].values.tolist() == [1.0]


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads a process's signals from /proc")
def test_signals_that_the_caller_blocks_are_not_blocked_in_workers() -> None:
    """Their time limit is a signal."""
    others = children()
    earlier = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        with Services() as services:
            rows = [{"completion": "\\boxed{\\ln x+1}", "answer": "1+\\ln x"}]
            assert rr.load("r1").score_rows(rows, services=services)["accuracy"].values.tolist() == [1.0]
            (worker, *_) = children() - others
            status = Path(f"/proc/{worker}/status").read_text(encoding="ascii")
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, earlier)
    assert re.search(r"^SigBlk:\s*0+$", status, re.MULTILINE)

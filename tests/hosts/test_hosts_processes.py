"""Scoring in forked, spawned and daemonic processes, in scripts without a main guard, and at the end of them all."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from host_scripts import PATIENCE_S, gone, run, soon, start, told

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds child processes through /proc")


def test_a_script_without_a_main_guard(tmp_path: Path) -> None:
    output = run('print("top"); print(score() == RIGHT, len(children()) > 0)', tmp_path)
    assert output == "top\nTrue True\n", "and it was not run a second time"


def test_a_forked_child_and_its_parent(tmp_path: Path) -> None:
    body = """
    ruleset = rr.load("math")
    print(score(0, ruleset) == RIGHT, flush=True)
    theirs = children()
    child = os.fork()
    if child == 0:
        fresh = score(100, ruleset) == RIGHT and score(0, ruleset) == RIGHT
        os._exit(7 if fresh and not set(children()) & set(theirs) else 1)
    assert score(200, ruleset) == RIGHT
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    assert score(300, ruleset) == RIGHT
    assert set(theirs) <= set(children()), "the child has ended the parent's workers"
    """
    assert run(body, tmp_path) == "True\n"


def test_a_fork_while_others_score(tmp_path: Path) -> None:
    body = """
    ruleset, over, wrong = rr.load("math"), threading.Event(), []

    def busy(first):
        while not over.is_set():
            first += 3
            if score(first, ruleset) != RIGHT:
                wrong.append(first)

    threads = [threading.Thread(target=busy, args=(place * 10_000,)) for place in range(1, 4)]
    for thread in threads:
        thread.start()
    score(0, ruleset)
    for attempt in range(3):
        child = os.fork()
        if child == 0:
            os._exit(7 if score(90_000 + attempt, ruleset) == RIGHT else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    over.set()
    for thread in threads:
        thread.join()
    print(wrong)
    """
    assert run(body, tmp_path) == "[]\n"


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_a_daemonic_child_of_multiprocessing(method: str, tmp_path: Path) -> None:
    """Daemonic processes may not use multiprocessing themselves: data loaders' workers are such."""
    body = f"""
    import multiprocessing

    def work(first):
        assert multiprocessing.current_process().daemon
        return score(first) == RIGHT

    if __name__ == "__main__":
        assert score() == RIGHT
        with multiprocessing.get_context("{method}").Pool(2) as pool:
            print(pool.map(work, [10, 20, 30]))
    """
    assert run(body, tmp_path) == "[True, True, True]\n"


def test_a_ruleset_sent_to_a_fresh_process(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(
        "rulereward: 1\nrules: {same: 'math_equal(completion, answer)'}\nscore: 3 * same\n", encoding="utf-8"
    )
    body = """
    import multiprocessing, pickle
    from concurrent.futures import ProcessPoolExecutor

    def work(ruleset):
        path = pathlib.Path("mine.yaml")
        path.unlink(missing_ok=True)
        return ruleset.fingerprint, ruleset.score(["ln x+1", "ln x+2"], answer=["1+ln x", "1+ln x"]).reward.tolist()

    if __name__ == "__main__":
        ruleset = rr.load("./mine.yaml")
        expected = (ruleset.fingerprint, [3.0, 0.0])
        assert work(ruleset) == expected
        assert work(pickle.loads(pickle.dumps(ruleset))) == expected, "the file is no longer needed"
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            print(pool.submit(work, ruleset).result() == expected)
    """
    assert run(body, tmp_path) == "True\n"


def test_the_end_of_the_interpreter_while_services_run(tmp_path: Path) -> None:
    body = """
    def always():
        first = 0
        while True:
            first += 3
            score(first)

    assert score() == RIGHT
    threading.Thread(target=always, daemon=True).start()
    print(*children())
    """
    workers = [int(word) for word in run(body, tmp_path).split()]
    assert workers
    assert soon(lambda: all(map(gone, workers)))


BUSY = """
rows = [{"completion": f"x^{n}+{n}", "answer": f"{n}+x^{n}"} for n in range(100_000)]
ruleset = rr.Ruleset("busy", "rulereward: 1\\nrules: {same: 'math_equal(completion, answer)'}\\nscore: same")

def tell():
    while not children():
        time.sleep(0.01)
    time.sleep(2.0)
    print(*children(), flush=True)

threading.Thread(target=tell, daemon=True).start()
ruleset.score_rows(rows)
"""
"""Scores for a long time, and tells its workers when they are at it."""


def test_ctrl_c_ends_the_run_and_its_workers(tmp_path: Path) -> None:
    process = start(BUSY, tmp_path)
    workers = told(process)
    assert workers
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == -signal.SIGINT
    assert errors.rstrip().endswith("KeyboardInterrupt")
    assert all(map(gone, workers))


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_workers_do_not_outlive_a_parent_that_was_killed(how: signal.Signals, tmp_path: Path) -> None:
    process = start(BUSY, tmp_path)
    workers = told(process)
    assert workers
    process.send_signal(how)
    process.communicate(timeout=PATIENCE_S)
    assert process.returncode == -how
    assert soon(lambda: all(map(gone, workers)))


def test_a_forked_child_does_not_keep_the_parents_workers_alive(tmp_path: Path) -> None:
    body = """
    score()
    print(*children(), flush=True)
    child = os.fork()
    if child == 0:
        os.close(1)
        os.close(2)
        time.sleep(600)
        os._exit(0)
    print(child, flush=True)
    time.sleep(600)
    """
    process = start(body, tmp_path)
    workers, (child,) = told(process), told(process)
    process.kill()
    process.communicate(timeout=PATIENCE_S)
    try:
        assert soon(lambda: all(map(gone, workers)))
        assert not gone(child)
    finally:
        os.kill(child, signal.SIGKILL)

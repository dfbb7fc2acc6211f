"""A worker that renews itself by fork: what a fresh child is, what is left for it, and that none stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from asking import ask
from faking import ROOT, fake_service, is_alive, job, wait_until_gone
from test_hosts import script
from test_supervisor import failure, fields

from rulereward.services.frames import BrokenFrameError, FrameReader, pack, read_frame

SPENT = [("limit_once", "p"), ("spin", 0.1), ("deaf", 0.1), ("limit", "p")]
"""Jobs after which a child is not used again."""


@pytest.mark.parametrize(("what", "argument"), SPENT)
def test_a_child_that_is_used_up_is_followed_by_another_of_the_same_parent(
    what: str, argument: object, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    service = fake_service("--log", str(log), workers=1)
    jobs = [job("echo", 1), job(what, argument), *(job("echo", number) for number in range(2, 40))]
    answers = ask(service, jobs)
    assert [fields(answers[item])["returned"] for item in jobs if item.payload[0] == "echo"] == list(range(1, 40))
    pids = {fields(answers[item])["pid"] for item in jobs if item.payload[0] == "echo"}
    parents = {fields(answers[item])["parent"] for item in jobs if item.payload[0] == "echo"}
    assert len(pids) >= 2
    assert parents == {int(line) for line in log.read_text(encoding="utf-8").split()}, "it was started once"
    assert len(parents) == 1
    service.close()


def test_a_child_that_grows_is_replaced_by_a_small_one_of_the_same_parent() -> None:
    service = fake_service(workers=1)
    first, second = (fields(*ask(service, [job(*what)]).values()) for what in (("grow", 300 << 20), ("echo", 1)))
    assert second["parent"] == first["parent"]
    assert second["pid"] != first["pid"]
    service.close()


def test_a_second_try_meets_a_fresh_child() -> None:
    service = fake_service(workers=1)
    jobs = [job("limit_once", "p"), *(job("echo", number) for number in range(9)), job("limit_once", "q")]
    answers = ask(service, jobs)
    assert [fields(answers[item])["served"] for item in (jobs[0], jobs[-1])] == [1, 1]
    service.close()


def test_a_child_that_dies_takes_its_parent_with_it(tmp_path: Path) -> None:
    log = tmp_path / "log"
    service = fake_service("--log", str(log), workers=1)
    dead = failure(ask(service, [job("kill")])[job("kill")])
    assert "signal 9" in dead.message
    assert wait_until_gone(*(int(line) for line in log.read_text(encoding="utf-8").split()))
    assert fields(*ask(service, [job("echo", 1)]).values())["returned"] == 1
    service.close()


def test_many_renewals_leave_one_parent_and_one_child() -> None:
    service = fake_service(workers=1)
    jobs = [job("limit_once", str(number)) for number in range(50)]
    answers = ask(service, jobs)
    pids = [int(str(fields(answers[item])["pid"])) for item in jobs]
    parent = int(str(fields(answers[jobs[0]])["parent"]))
    assert len(set(pids)) == 50
    assert wait_until_gone(*pids[:-1])
    open_files = [path.name for path in Path(f"/proc/{parent}/fd").iterdir()]
    assert len(open_files) < 10, "each renewal leaves a descriptor behind"
    service.close()
    assert not any(map(is_alive, (parent, *pids)))


# ---------------------------------------------------------------- who ends with whom


BUSY = """
    import time
    from asking import ask
    from faking import fake_service, job
    service = fake_service(workers=1)
    (answer,) = ask(service, [job("echo", 1)]).values()
    service.submit([job({what!r}, {argument!r})], lambda *_: None)
    time.sleep(0.3)
    print(answer["parent"], answer["pid"], flush=True)
    time.sleep(600)
"""


@pytest.mark.parametrize(("what", "argument"), [("sleep", 600.0), ("spin", 600.0), ("deaf", 600.0), ("echo", 1)])
def test_both_end_with_a_caller_that_is_killed(what: str, argument: object, tmp_path: Path) -> None:
    """Even in the middle of code that never returns to the interpreter."""
    command = script(tmp_path, BUSY.format(what=what, argument=argument))
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as caller:
        assert caller.stdout is not None
        pids = [int(word) for word in caller.stdout.readline().split()]
        assert len(pids) == 2
        assert all(map(is_alive, pids))
        caller.kill()
        assert wait_until_gone(*pids, patience_s=5.0)


@pytest.mark.parametrize("which", ["parent", "pid"])
def test_neither_outlives_the_other(which: str) -> None:
    service = fake_service(workers=1)
    before = fields(*ask(service, [job("echo", 1)]).values())
    os.kill(int(str(before[which])), signal.SIGKILL)
    assert wait_until_gone(int(str(before["parent"])), int(str(before["pid"])))
    assert fields(*ask(service, [job("echo", 2)]).values())["returned"] == 2
    service.close()


def test_a_start_ends_with_a_caller_that_is_killed(tmp_path: Path) -> None:
    log = tmp_path / "log"
    body = f"""
        import time
        from faking import fake_service, job
        service = fake_service("--log", {str(log)!r}, "--slow", "600", workers=1)
        service.submit([job("echo", 1)], print)
        time.sleep(600)
    """
    with subprocess.Popen(script(tmp_path, body)) as caller:
        until = time.monotonic() + 20
        while not (log.exists() and log.read_text(encoding="utf-8").strip()):
            assert time.monotonic() < until
            time.sleep(0.02)
        caller.kill()
        assert wait_until_gone(int(log.read_text(encoding="utf-8")))


def test_a_stuck_worker_is_killed_with_its_child() -> None:
    service = fake_service(workers=1, stuck_limit_s=0.4)
    before = fields(*ask(service, [job("echo", 1)]).values())
    assert ask(service, [job("hang", "p")]) == {job("hang", "p"): {"killed_in": "p"}}
    assert wait_until_gone(int(str(before["parent"])), int(str(before["pid"])))
    service.close()


def test_a_caller_that_ignores_the_signal_by_which_workers_end(tmp_path: Path) -> None:
    body = """
        import signal, time
        from asking import ask
        from faking import fake_service, job
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        service = fake_service(workers=1)
        (answer,) = ask(service, [job("echo", 1)]).values()
        started = time.monotonic()
        service.close()
        print(answer["parent"], answer["pid"], time.monotonic() - started)
    """
    done = subprocess.run(script(tmp_path, body), capture_output=True, text=True, timeout=60, check=True)
    parent, child, seconds = done.stdout.split()
    assert not is_alive(int(parent))
    assert not is_alive(int(child))
    assert float(seconds) < 0.9, "it did not wait for the grace to pass"


# ---------------------------------------------------------------- the pipe


def test_a_frame_is_read_and_nothing_behind_it() -> None:
    out, into = os.pipe()
    os.write(into, pack(["first"]) + pack({"second": 2}) + b"rest")
    assert read_frame(out) == ["first"]
    assert read_frame(out) == {"second": 2}
    assert os.read(out, 100) == b"rest"
    os.close(into)
    with pytest.raises(EOFError):
        read_frame(out)
    os.close(out)


@pytest.mark.parametrize("data", [b"\xff\xff\xff\xff", b"\x00\x00\x00\x02{]", b"\x00\x00\x00\x00"])
def test_what_is_no_frame(data: bytes) -> None:
    out, into = os.pipe()
    os.write(into, data)
    with pytest.raises(BrokenFrameError):
        read_frame(out)
    os.close(into)
    os.close(out)


def test_a_worker_process_does_not_load_its_callers_side() -> None:
    code = "import sys, rulereward.services.math_worker; print('numpy' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code}"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "False\n"


@pytest.mark.parametrize(
    ("character", "most"), [("a", 1), ("\0", 6), ("\x7f", 6), ("好", 3), ("🙂", 4), ("\udc80", 3)]
)
def test_how_large_a_frame_is(character: str, most: int) -> None:
    """At most six bytes for each character, so that texts of eight million characters fit in one."""
    text = character * 1_000
    data = pack([text])
    assert len(data) <= most * 1_000 + 8
    assert list(FrameReader().feed(data)) == [[text]]


def test_what_comes_before_a_broken_frame_is_heard() -> None:
    """Or a worker that breaks down behind an answer would lose it, and the blame for it would be another's."""
    values = FrameReader().feed(pack([1]) + pack([2])[:4] + b"what is this?")
    assert next(values) == [1]
    with pytest.raises(BrokenFrameError):
        next(values)

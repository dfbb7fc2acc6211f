"""A service inside whatever calls it: forks, daemonic processes, event loops, unguarded scripts, sudden ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest
from asking import ask
from faking import ROOT, fake_service, is_alive, job, wait_until_gone

from rulereward.services import ServiceSpec, Supervisor

HERE = Path(__file__).parent
PATIENCE_S = 60


def script(tmp_path: Path, body: str) -> list[str]:
    """The command that runs `body` as a script of its own, with the helpers of this folder."""
    head = f"import sys\nsys.path[:0] = [{str(ROOT)!r}, {str(HERE)!r}]\n"
    path = tmp_path / "unguarded.py"
    path.write_text(head + textwrap.dedent(body), encoding="utf-8")
    return [sys.executable, str(path)]


def output(tmp_path: Path, body: str, cwd: Path | None = None) -> list[str]:
    done = subprocess.run(
        script(tmp_path, body),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        cwd=cwd or tmp_path,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout.split()


def pid_of(service_answer: object) -> int:
    assert isinstance(service_answer, dict)
    return int(service_answer["pid"])


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")  # that is what we want to survive
def test_a_forked_child_uses_its_own_workers_and_leaves_the_parents_alone() -> None:
    service = fake_service(workers=1)
    (parents,) = ask(service, [job("echo", 1)]).values()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        (mine,) = ask(service, [job("echo", 2)]).values()
        service.close()
        os.write(writing, str(pid_of(mine)).encode())
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    childs = int(os.read(reading, 100))
    os.close(reading)
    os.close(writing)
    assert childs != pid_of(parents)
    assert not is_alive(childs)
    (again,) = ask(service, [job("echo", 3)]).values()
    assert pid_of(again) == pid_of(parents)
    service.close()


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_fork_while_another_thread_asks_for_the_identity() -> None:
    inside, go_on = threading.Event(), threading.Event()

    def identity() -> str:
        inside.set()
        go_on.wait(PATIENCE_S)
        return "fake 1"

    service = Supervisor(ServiceSpec("fake", [], identity, lambda phase: {}))
    thread = threading.Thread(target=lambda: service.identity)
    thread.start()
    inside.wait(PATIENCE_S)
    child = os.fork()
    if child == 0:
        signal.alarm(10)
        go_on = threading.Event()
        go_on.set()
        os._exit(0 if service.identity == "fake 1" else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    go_on.set()
    thread.join()


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_forked_child_does_not_keep_the_parents_workers_alive(tmp_path: Path) -> None:
    body = """
        import os, time
        from asking import ask
        from faking import fake_service, job
        service = fake_service(workers=1)
        (answer,) = ask(service, [job("echo", 1)]).values()
        child = os.fork()
        if child == 0:
            time.sleep(600)
        print(answer["pid"], child, flush=True)
        time.sleep(600)
    """
    with subprocess.Popen(script(tmp_path, body), stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        worker, child = (int(word) for word in parent.stdout.readline().split())
        parent.kill()
        parent.wait(PATIENCE_S)
        assert wait_until_gone(worker)
        assert is_alive(child)
        os.kill(child, signal.SIGKILL)


def test_no_worker_outlives_a_parent_that_is_killed(tmp_path: Path) -> None:
    body = """
        import time
        from asking import ask
        from faking import fake_service, job
        service = fake_service()
        answers = ask(service, [job("echo", number) for number in range(50)])
        service.submit([job("spin", 600.0)], print)
        print(*{answer["pid"] for answer in answers.values()}, flush=True)
        time.sleep(600)
    """
    with subprocess.Popen(script(tmp_path, body), stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        workers = [int(word) for word in parent.stdout.readline().split()]
        idle = [pid for pid in workers if is_alive(pid)]
        parent.kill()
        parent.wait(PATIENCE_S)
    assert idle
    assert wait_until_gone(*workers)


def test_a_script_without_a_guard_that_never_closes(tmp_path: Path) -> None:
    body = """
        print("once", flush=True)
        from asking import ask
        from rulereward.kind import Job
        from rulereward.services import Services
        services = Services()
        job = Job("math", (("x+1",), "1+x", "strict", "loose"))
        print(ask(services.get("math"), [job])[job]["verdict"])
        worker = services.get("math")._crew._workers[0].process.pid
        print(worker)
    """
    once, verdict, worker = output(tmp_path, body)
    assert (once, verdict) == ("once", "equal")
    assert not is_alive(int(worker))


def test_inside_a_running_event_loop_and_off_the_main_thread(tmp_path: Path) -> None:
    body = """
        import asyncio
        from asking import ask
        from faking import fake_service, job
        service = fake_service()
        def use(number):
            return ask(service, [job("echo", number)])[job("echo", number)]["returned"]
        async def main():
            here = use(1)
            return here, await asyncio.to_thread(use, 2)
        print(*asyncio.run(main()))
        service.close()
    """
    assert output(tmp_path, body) == ["1", "2"]


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_in_a_daemonic_process(tmp_path: Path, method: str) -> None:
    body = f"""
        import multiprocessing
        from asking import ask
        from faking import fake_service, job
        def work(queue):
            service = fake_service(workers=1)
            (answer,) = ask(service, [job("echo", 1)]).values()
            queue.put(answer["pid"])
        if __name__ == "__main__":
            context = multiprocessing.get_context({method!r})
            queue = context.SimpleQueue()
            process = context.Process(target=work, args=(queue,), daemon=True)
            process.start()
            print(queue.get())
            process.join(60)
            print(process.exitcode)
    """
    worker, exitcode = output(tmp_path, body)
    assert exitcode == "0"
    assert wait_until_gone(int(worker))


def test_modules_of_the_working_folder_are_not_ours(tmp_path: Path) -> None:
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    for name in ("json", "sympy", "rulereward", "selectors"):
        (foreign / f"{name}.py").write_text("raise SystemExit('the wrong module')", encoding="utf-8")
    body = """
        from asking import ask
        from rulereward.kind import Job
        from rulereward.services import Services
        with Services() as services:
            job = Job("math", (("x+1",), "1+x", "strict", "loose"))
            print(ask(services.get("math"), [job])[job]["verdict"])
    """
    assert output(tmp_path, body, cwd=foreign) == ["equal"]


def test_ctrl_c_of_the_parent_leaves_the_workers_to_it(tmp_path: Path) -> None:
    body = """
        import time
        from asking import ask
        from faking import fake_service, job
        service = fake_service(workers=1)
        (before,) = ask(service, [job("echo", 1)]).values()
        try:
            print("ready", flush=True)
            time.sleep(600)
        except KeyboardInterrupt:
            (after,) = ask(service, [job("echo", 2)]).values()
            print(before["pid"] == after["pid"])
        service.close()
    """
    with subprocess.Popen(
        script(tmp_path, body), stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "ready\n"
        os.killpg(parent.pid, signal.SIGINT)
        assert parent.stdout.read() == "True\n"

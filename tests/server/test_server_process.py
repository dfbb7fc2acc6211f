"""`rulereward serve` as a process: where it listens, whom it listens to, and how it ends."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner
from served_rulesets import PLAIN, SIZE, SLOW, ruleset, written
from serving import JSON, PATIENCE_S, ROOT, Process, get, post, served

import rulereward as rr
from rulereward.cli.main import main
from rulereward.cli.serve import TOKEN_VARIABLE
from rulereward.server.listening import is_loopback
from rulereward.server.settings import ServerSettings

KINDS = ROOT / "tests" / "server"
TOKEN = "s3cret-and-long-enough"


def refused(*args):
    """Status and words of a server that does not start."""
    result = CliRunner().invoke(main, ["serve", *map(str, args)], catch_exceptions=False, env={TOKEN_VARIABLE: None})
    return result.exit_code, result.output


def test_it_says_where_it_listens_and_what_it_serves(tmp_path):
    with Process("-r", written(PLAIN, tmp_path), "--map", "completion=out", "--masked", "0") as server:
        fingerprint = ruleset(PLAIN).fingerprint
        assert f"serving plain ({fingerprint}) on http://127.0.0.1:" in server.told
        answer = post(server.url, "/score", {"rows": [{"out": "x", "answer": "x"}]})
        assert answer.json["results"][0]["reward"] == 0.99
        found = get(server.url, "/ruleset").json
        assert found["text"] == PLAIN
        assert found["inputs"]["completion"] == ["out"]
        assert found["score_range"][1] == 1.0
        assert found["rules"] == ["right", "size"]
        assert found["environment"].keys() == {"rulereward"}
        server.send(signal.SIGTERM)
        assert server.wait() == 0
        assert server.told.endswith("ended: every request was answered\n")


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_what_is_in_flight_is_answered_and_nothing_new_taken(tmp_path, number, status):
    """One request is being scored, one connection is open and idle: the first is answered, the rest refused."""
    with Process("-r", written(SLOW, tmp_path), "--kinds", "served_kinds", kinds_from=KINDS) as server:
        found = []
        body = {"rows": [{"completion": "1.5"}]}
        in_flight = threading.Thread(target=lambda: found.append(post(server.url, "/score", body)))
        in_flight.start()
        time.sleep(0.5)
        server.send(number)
        time.sleep(0.4)
        with pytest.raises(OSError):  # noqa: PT011  refused, reset: which it is hangs on the moment
            post(server.url, "/score", body)
        in_flight.join()
        assert found[0].json["results"][0]["reward"] == 1.5
        assert server.wait() == status
        assert "ended: every request was answered" in server.told


def test_a_request_on_an_open_connection_is_refused_while_it_drains():
    with served(ruleset(SIZE)) as (url, application):
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=PATIENCE_S)
        connection.request("GET", "/healthz")
        assert connection.getresponse().read() == b'{"status":"ok"}'
        application.stop_taking()
        connection.request("GET", "/healthz")
        response = connection.getresponse()
        assert (response.status, response.read()) == (503, b'{"status":"draining"}')
        connection.request("POST", "/score", b'{"rows": []}', JSON)
        response = connection.getresponse()
        assert response.status == 503
        assert response.getheader("retry-after") == "1"
        assert b'"draining"' in response.read()
        connection.close()


def test_what_does_not_end_in_time_is_left(tmp_path):
    """Its client is told so, and the process ends though a thread still scores."""
    served_slowly = ("-r", written(SLOW, tmp_path), "--kinds", "served_kinds", "--drain-s", 1)
    with Process(*served_slowly, kinds_from=KINDS) as server:
        answers = []

        def ask():
            answers.append(post(server.url, "/score", {"rows": [{"completion": "30"}]}))

        client = threading.Thread(target=ask)
        client.start()
        time.sleep(0.5)
        server.send(signal.SIGTERM)
        started = time.monotonic()
        assert server.wait() == 1
        assert time.monotonic() - started < 10
        assert server.told.endswith("ended, with requests left unanswered\n")
        client.join(PATIENCE_S)
        assert (answers[0].status, answers[0].code) == (503, "draining")
        assert "Traceback" not in server.told


def test_a_reward_that_waits_for_its_group_does_not_hold_it_up(tmp_path):
    """The rest of the group can no longer come: what waits gets what is known."""
    options = ("--masked", "group_mean", "--group-size", 8)
    with Process("-r", written(PLAIN, tmp_path), *options) as server:
        found = []
        asked = {"query": ["p:x"], "prompts": ["p:"], "labels": ["x"]}
        assert post(server.url, "/get_reward", asked).json["rewards"] == 0.99
        body = {**asked, "labels": [None]}
        waiting = threading.Thread(target=lambda: found.append(post(server.url, "/get_reward", body)))
        waiting.start()
        time.sleep(0.5)
        assert found == []
        server.send(signal.SIGTERM)
        assert server.wait() == 0
        waiting.join()
        assert found[0].json["rewards"] == 0.99


# ---- who may come


def test_the_token(tmp_path):
    token_file = tmp_path / "token"
    token_file.write_text(TOKEN + "\n")
    with Process("-r", written(PLAIN, tmp_path), "--token-file", token_file) as server:
        good = {"rows": [{"completion": "x", "answer": "x"}]}
        for given in (None, "Bearer", "Bearer ", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", TOKEN, "Bearer \xe9"):
            headers = {} if given is None else {"Authorization": given}
            answer = post(server.url, "/score", good, **headers)
            assert (answer.status, answer.code) == (401, "no_token")
            assert answer.headers["www-authenticate"] == "Bearer"
        for path in ("/ruleset", "/metrics", "/openapi.json", "/nowhere"):
            assert get(server.url, path).status == 401
        assert get(server.url, "/healthz").status == 200
        for scheme in ("Bearer", "bearer"):
            assert post(server.url, "/score", good, Authorization=f"{scheme} {TOKEN}").status == 200
        assert get(server.url, "/openapi.json", Authorization=f"Bearer {TOKEN}").json["security"] == [{"token": []}]
        assert TOKEN not in server.told
        assert TOKEN not in repr(ServerSettings(token=TOKEN))


def test_the_token_from_the_environment(tmp_path):
    with Process("-r", written(PLAIN, tmp_path), **{TOKEN_VARIABLE: TOKEN}) as server:
        assert get(server.url, "/ruleset").status == 401
        assert get(server.url, "/ruleset", Authorization=f"Bearer {TOKEN}").status == 200


def test_other_machines_need_a_token_or_a_word(tmp_path):
    status, told = refused("-r", "math", "--host", "0.0.0.0")
    assert status == 2
    assert "0.0.0.0 can be reached from other machines" in told
    open_to_all = ("--host", "0.0.0.0", "--no-token")
    with Process("-r", written(PLAIN, tmp_path), *open_to_all, **{TOKEN_VARIABLE: TOKEN}) as server:
        assert "on http://0.0.0.0:" in server.told
        assert get(server.url, "/ruleset").status == 200, "the token of the environment is not asked for either"


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("127.8.9.1", True), ("localhost", True), ("::1", True), ("0.0.0.0", False), ("::", False)],
)
def test_what_is_this_machine_only(host, expected):
    assert is_loopback(host) is expected


# ---- what does not start


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ((), "Missing option '-r'"),
        (("-r", "maths"), "there is no ruleset `maths`"),
        (("-r", "math", "--masked", "often"), "say `group_mean` or a finite number"),
        (("-r", "math", "--masked", "group_mean"), "say the `group_size`"),
        (("-r", "math", "--group-size", "8"), "used by masked `group_mean` only"),
        (("-r", "math", "--token-file", "nowhere"), "the token file nowhere cannot be read"),
        (("-r", "math", "--token-file", os.devnull), "the token is empty"),
        (("-r", "math", "--token-file", "x", "--no-token"), "choose one"),
        (("-r", "math", "--host", "no.such.host.invalid"), "the host `no.such.host.invalid` is not known"),
        (("-r", "math", "--host", "203.0.113.1", "--no-token"), "cannot listen on 203.0.113.1"),
        (("-r", "math", "--map", "completion"), "write input=column"),
    ],
)
def test_what_cannot_be_served_is_said(args, said):
    status, told = refused(*args)
    assert status == 2
    assert said in told
    assert "Traceback" not in told


def test_a_port_that_is_taken():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, told = refused("-r", "math", "--port", port)
    assert status == 2
    assert f"cannot listen on 127.0.0.1, port {port}: Address already in use; --port 0 takes a free one" in told


def test_without_the_extra_it_says_what_to_install():
    script = (
        "import sys\n"
        "import importlib.util\n"
        "found = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name, package=None: None if name == 'uvicorn' else found(name, package)\n"
        "from rulereward.cli.main import main\n"
        "main(['serve', '-r', 'math'])\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
        check=False, timeout=PATIENCE_S,
    )  # fmt: skip
    assert run.returncode == 2
    assert run.stderr == "error: serving needs the package uvicorn: pip install 'rulereward[serve]'\n"


def test_nothing_heavy_is_imported_before_it_is_needed():
    script = (
        "import rulereward.server, sys, json\n"
        "from rulereward.cli.main import main\n"
        "try: main(['serve', '--help'])\n"
        "except SystemExit: pass\n"
        "print(json.dumps(sorted(sys.modules)))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
        check=True, timeout=PATIENCE_S,
    )  # fmt: skip
    loaded = set(re.findall(r'"([a-z_]+)"', run.stdout.splitlines()[-1]))
    assert loaded & {"fastapi", "starlette", "uvicorn", "pydantic", "prometheus_client", "httpx", "numpy"} == set()


def test_the_first_request_does_not_wait_for_kernels(tmp_path):
    """They are compiled, or read from their cache, before the port is told."""
    with Process("-r", "math") as server:
        started = time.monotonic()
        assert post(server.url, "/score", {"rows": [{"completion": "x " * 50, "answer": "4"}]}).status == 200
        assert time.monotonic() - started < 2.0
    assert rr.load("math").rules

"""`Client`: what the library gives, waiting where that helps, and our own exceptions."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from served_rulesets import GROUPED, SAMPLE, SIZE, STEPPED, ruleset
from serving import served

import rulereward as rr
from rulereward.errors import BusyError, ConfigurationError, InputError, InternalError
from rulereward.server.client import Client
from rulereward.server.listening import listen, url_of
from rulereward.server.settings import Limits, ServerSettings

NOBODY = "http://127.0.0.1:9"


def test_it_gives_what_the_library_gives():
    with served(rr.load("math")) as (url, _), Client(url) as client:
        assert client.healthy()
        assert client.ruleset()["name"] == "math"
        assert client.score(SAMPLE) == rr.load("math").score_rows(SAMPLE).records()
        detailed = client.score(SAMPLE[:2], details=True)
    assert json.dumps(detailed) == json.dumps(rr.load("math").score_rows(SAMPLE[:2]).records(details=True))


def test_groups_and_step():
    with served(ruleset(GROUPED)) as (url, _), Client(url) as client:
        results = client.score([{"completion": "x"}, {"completion": "xxx"}], group=["a", "a"])
        assert [result["reward"] for result in results] == [-0.1, 0.1]
    with served(ruleset(STEPPED)) as (url, _), Client(url) as client:
        assert client.score([{"completion": "x" * 10}], step=20)[0]["reward"] == 2.0
        with pytest.raises(InputError, match="send `step`, the training step"):
            client.score([{"completion": "x"}])


def test_what_cannot_be_sent():
    with Client(NOBODY) as client:
        for rows in ([{"x": object()}], [{"x": "\ud800"}], [{1.5: "x", (2,): "y"}]):
            with pytest.raises(InputError, match="cannot be sent as JSON"):
                client.score(rows)


def test_nan_is_sent_as_a_missing_value():
    with served(ruleset(SIZE)) as (url, _), Client(url) as client:
        assert client.score([{"completion": "x", "answer": float("nan")}])[0]["reward"] == 0.1


def test_refusals():
    settings = ServerSettings(token="right", limits=Limits(rows=1))
    with served(ruleset(SIZE), settings) as (url, _):
        with Client(url, "wrong") as client, pytest.raises(ConfigurationError, match="token is missing or wrong"):
            client.ruleset()
        with Client(url, token="right") as client:
            assert client.ruleset()["name"] == "size"
            with pytest.raises(InputError, match="2 rows, more than 1; send fewer"):
                client.score([{}, {}])
        with (
            Client(url + "/elsewhere", "right") as client,
            pytest.raises(ConfigurationError, match="there is no GET"),
        ):
            client.ruleset()


@pytest.mark.parametrize("url", ["", "nowhere", "ftp://host", "http://", "http://host:port"])
def test_what_is_no_url(url):
    with pytest.raises(ConfigurationError):
        Client(url)


def test_nobody_there():
    started = time.monotonic()
    with Client(NOBODY, retry_s=0.5) as client:
        assert not client.healthy()
        with pytest.raises(ConfigurationError, match=r"no server answers at http://127\.0\.0\.1:9"):
            client.ruleset()
    assert time.monotonic() - started < 5


class Made(BaseHTTPRequestHandler):
    """Answers with what the test has left in `answers`, the last one again and again."""

    answers: list[tuple[int, bytes]]
    asked = 0

    def do_GET(self):
        type(self).asked += 1
        status, body = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def made_url():
    Made.asked = 0
    with HTTPServer(("127.0.0.1", 0), Made) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


BUSY = (503, b'{"error": {"code": "busy", "message": "9 rows are waiting"}}')


def test_it_asks_again_where_the_server_is_busy(made_url):
    Made.answers = [BUSY, BUSY, (200, b'{"name": "made"}')]
    with Client(made_url) as client:
        assert client.ruleset() == {"name": "made"}
    assert Made.asked == 3


def test_it_does_not_ask_for_ever(made_url):
    Made.answers = [BUSY]
    with Client(made_url, retry_s=1.0) as client, pytest.raises(BusyError, match="9 rows are waiting"):
        client.ruleset()
    assert 2 <= Made.asked <= 6


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (500, b'{"error": {"code": "internal", "message": "the server failed"}}', InternalError),
        (502, b"<html>", InternalError),
        (422, b"[]", InputError),
        (200, b"<html>", ConfigurationError),
        (200, b"[]", ConfigurationError),
    ],
)
def test_other_answers_are_not_asked_for_again(made_url, status, body, error):
    Made.answers = [(status, body)]
    with Client(made_url) as client, pytest.raises(error):
        client.ruleset()
    assert Made.asked == 1


def test_a_server_that_comes_later():
    """The port is held and nobody listens until the client has asked in vain."""
    listener = listen("127.0.0.1", 0)
    url = url_of(listener)
    listener.close()
    Made.answers, Made.asked = [(200, b"{}")], 0
    servers = []

    def start():
        time.sleep(0.7)
        server = HTTPServer(("127.0.0.1", int(url.rpartition(":")[2])), Made)
        servers.append(server)
        server.serve_forever(0.05)

    thread = threading.Thread(target=start)
    thread.start()
    with Client(url) as client:
        assert client.ruleset() == {}
    servers[0].shutdown()
    thread.join()
    servers[0].server_close()


def test_no_answer_in_time():
    listener = listen("127.0.0.1", 0)
    with listener, Client(url_of(listener), timeout_s=0.3) as client, pytest.raises(BusyError, match="time limit"):
        client.ruleset()

"""Requests that are wrong, and requests that mean harm: a status of 4xx, a reason, and a server that goes on."""

from __future__ import annotations

import json
import socket
import threading
import time
from urllib.parse import urlsplit

import pytest
from served_rulesets import PLAIN, ruleset
from serving import JSON, PATIENCE_S, call, get, post, served

from rulereward.api.micro_batches import Settings as Batching
from rulereward.server.settings import Limits, ServerSettings

MOST_BYTES = 1_000_000
SETTINGS = ServerSettings(masked=0.0, limits=Limits(body_bytes=MOST_BYTES, rows=10, body_s=1.0))
GOOD = {"rows": [{"completion": "x", "answer": "x"}]}


@pytest.fixture(scope="module")
def url():
    with served(ruleset(PLAIN), SETTINGS) as (found, _):
        yield found


@pytest.fixture(autouse=True)
def goes_on(url):
    yield
    assert post(url, "/score", GOOD).json["results"][0]["reward"] == 0.99


BODIES = [
    ("nothing", b"", 400, "not_json"),
    ("a blank", b" ", 400, "not_json"),
    ("no JSON", b"completion=x", 400, "not_json"),
    ("cut off", b'{"rows": [{"completion": "x"', 400, "not_json"),
    ("cut off in a string", b'{"rows": ["x', 400, "not_json"),
    ("two values", b'{"rows": []} {"rows": []}', 400, "not_json"),
    ("a byte order mark", b'\xef\xbb\xbf{"rows": []}', 400, "not_json"),
    ("UTF-16", '{"rows": []}'.encode("utf-16"), 400, "not_utf8"),
    ("Latin-1", '{"rows": ["é"]}'.encode("latin-1"), 400, "not_utf8"),
    ("Latin-1 in what is skipped", '{"query": [], "prompts": [], "more": "é"}'.encode("latin-1"), 400, "not_utf8"),
    ("an overlong encoding", b'{"rows": ["\xc0\xaf"]}', 400, "not_utf8"),
    ("a surrogate in UTF-8", b'{"rows": ["\xed\xa0\x80"]}', 400, "not_utf8"),
    ("half of a surrogate pair", b'{"rows": ["\\ud800"]}', 400, "not_json"),
    ("the other half", b'{"rows": ["\\udc00 "]}', 400, "not_json"),
    ("half a pair for a name", b'{"rows": [{"\\ud800x": 1}]}', 400, "not_json"),
    ("a control character", b'{"rows": ["\x00"]}', 400, "not_json"),
    ("NaN", b'{"rows": [{"completion": NaN}]}', 400, "not_finite"),
    ("Infinity", b'{"rows": [{"x": Infinity}]}', 400, "not_finite"),
    ("-Infinity", b'{"rows": [{"x": -Infinity}]}', 400, "not_finite"),
    ("more than a float holds", b'{"rows": [{"x": 1e999}]}', 400, "number_out_of_range"),
    ("5,000 digits", b'{"rows": [{"x": ' + b"9" * 5000 + b"}]}", 400, "number_out_of_range"),
    ("a leading zero", b'{"rows": [{"x": 01}]}', 400, "not_json"),
    ("100,000 open arrays", b"[" * 100_000, 422, "wrong_shape"),
    ("100,000 open arrays in the rows", b'{"rows": ' + b"[" * 100_000, 400, "too_deep"),
    ("100,000 open objects in the rows", b'{"rows": [' + b'{"a":' * 100_000, 400, "too_deep"),
    ("500 arrays that are closed", b'{"rows": [' + b"[" * 500 + b"]" * 500 + b"]}", 400, "too_deep"),
    ("201 deep", b'{"rows": [' + b"[" * 199 + b"]" * 199 + b"]}", 400, "too_deep"),
    ("null", b"null", 422, "wrong_shape"),
    ("a list of rows", b'[{"completion": "x"}]', 422, "wrong_shape"),
    ("no rows", b"{}", 422, "wrong_shape"),
    ("rows that are a text", b'{"rows": "x"}', 422, "wrong_shape"),
    ("rows that are an object", b'{"rows": {"completion": ["x"]}}', 422, "wrong_shape"),
    ("a name nobody knows", b'{"rows": [], "groups": []}', 422, "wrong_shape"),
    ("a group that is none", b'{"rows": [], "group": "a"}', 422, "wrong_shape"),
    ("too few groups", b'{"rows": [{"completion": "x"}], "group": []}', 422, "lengths_differ"),
    ("half a step", b'{"rows": [], "step": 0.5}', 422, "wrong_shape"),
    ("a step before the first", b'{"rows": [], "step": -1}', 422, "wrong_shape"),
    ("a step of 30 digits", b'{"rows": [], "step": ' + b"9" * 30 + b"}", 422, "wrong_shape"),
    ("details that are a text", b'{"rows": [], "details": "yes"}', 422, "wrong_shape"),
    ("11 rows of 10", b'{"rows": [1,1,1,1,1,1,1,1,1,1,1]}', 413, "too_many_rows"),
    ("a body one byte too large", b" " * (MOST_BYTES + 1), 413, "body_too_large"),
]


@pytest.mark.parametrize(("body", "status", "code"), [case[1:] for case in BODIES], ids=[case[0] for case in BODIES])
def test_bodies_for_score(url, body, status, code):
    answer = post(url, "/score", body)
    assert (answer.status, answer.code) == (status, code)
    assert answer.headers["content-type"] == "application/json"
    assert len(answer.json["error"]["message"]) > 10


def test_what_is_just_within_the_limits(url):
    deep = b'{"rows": [' + b"[" * 198 + b"]" * 198 + b"]}"
    assert post(url, "/score", deep).json["results"][0]["reward_state"].startswith("error: not_object")
    assert post(url, "/score", b'{"rows": []}'.ljust(MOST_BYTES)).status == 200
    assert post(url, "/score", {"rows": [1] * 10}).status == 200
    assert post(url, "/score", b'{"rows": [{"x": 123456789012345678901234567890, "y": 1e-999}]}').status == 200


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("rows", b'{"rows": 3}'),
        ("step", b'{"rows": [], "step": "1"}'),
        ("rows[1].x", b'{"rows": [{}, {"x": 1e999}]}'),
    ],
)
def test_the_place_of_a_mistake_is_named(url, field, body):
    assert post(url, "/score", body).json["error"]["field"].removeprefix("$.") in (
        field,
        field.replace(".x", "[...]"),
    )


OTHERS = [
    ("/get_reward", {"query": ["a"], "prompts": []}, 422, "lengths_differ"),
    ("/get_reward", {"query": ["a"], "prompts": ["a"], "labels": []}, 422, "lengths_differ"),
    ("/get_reward", {"query": "a", "prompts": "a"}, 422, "wrong_shape"),
    ("/get_reward", {"query": [None], "prompts": ["a"]}, 422, "wrong_shape"),
    ("/get_reward", {}, 422, "wrong_shape"),
    ("/get_reward", {"query": ["a"] * 11, "prompts": ["a"] * 11}, 413, "too_many_rows"),
    ("/classify", {"input": [1, 2]}, 422, "wrong_shape"),
    ("/classify", {"model": "m"}, 422, "wrong_shape"),
    ("/v1/embeddings", {"input": None}, 422, "wrong_shape"),
    ("/v1/scores", {"messages": "a"}, 422, "wrong_shape"),
    ("/v1/scores", {"messages": [["a"]]}, 422, "wrong_shape"),
    ("/nowhere", {}, 404, "nothing_there"),
    ("/score/", {}, 404, "nothing_there"),
    ("/docs", {}, 404, "nothing_there"),
    ("/healthz", {}, 405, "nothing_there"),
]


@pytest.mark.parametrize(("path", "body", "status", "code"), OTHERS)
def test_bodies_for_other_paths(url, path, body, status, code):
    answer = post(url, path, body)
    assert (answer.status, answer.code) == (status, code)


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
def test_there_are_no_pages_that_load_from_elsewhere(url, path):
    assert get(url, path).status == 404


HEADERS = [
    ({}, 415),
    ({"Content-Type": "text/plain"}, 415),
    ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
    ({"Content-Type": "application/jsonp"}, 415),
    ({"Content-Type": "application/json; charset=utf-16"}, 415),
    ({"Content-Type": "application/json", "Content-Encoding": "gzip"}, 415),
    ({"Content-Type": "application/json; charset=utf-8"}, 200),
    ({"Content-Type": "Application/JSON;charset=UTF-8"}, 200),
]


@pytest.mark.parametrize(("headers", "status"), HEADERS)
def test_headers(url, headers, status):
    """A page of another site can make a browser send text or forms here, and JSON only after asking: 405."""
    assert call(url, "POST", "/score", GOOD, headers).status == status
    assert call(url, "OPTIONS", "/score").status == 405


def test_a_chunked_body_is_counted_as_it_comes(url):
    """Nothing announces its length; it is refused at the limit, not at its end."""
    read = []

    def chunks():
        for number in range(100):
            read.append(number)
            yield b" " * 65_536

    answer = call(url, "POST", "/score", chunks(), JSON)
    assert (answer.status, answer.code) == (413, "body_too_large")
    small = call(url, "POST", "/score", iter([b'{"rows"', b": [1", b"]}"]), JSON)
    assert small.status == 200


def connected(url):
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname, parts.port), timeout=PATIENCE_S)


HEAD = b"POST /score HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


def test_an_announced_length_is_refused_before_a_byte_of_the_body(url):
    with connected(url) as client:
        client.sendall(HEAD + b"Content-Length: 99999999999\r\n\r\n")
        assert client.recv(65_536).startswith(b"HTTP/1.1 413 ")


def test_a_body_that_does_not_come(url):
    started = time.monotonic()
    with connected(url) as client:
        client.sendall(HEAD + b"Content-Length: 10\r\n\r\n{")
        assert client.recv(65_536).startswith(b"HTTP/1.1 408 ")
    assert time.monotonic() - started < 10


def test_clients_that_go_in_the_middle(url):
    for _ in range(20):
        with connected(url) as client:
            client.sendall(HEAD + b"Content-Length: 1000\r\n\r\n{")
    body = json.dumps(GOOD).encode()
    for _ in range(20):
        with connected(url) as client:
            client.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body)


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET\r\n\r\n",
        b"POST /score HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /score HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 200_000,
    ],
    ids=["TLS", "no HTTP", "a negative length", "no chunk", "a long header"],
)
def test_what_is_no_http(url, sent):
    with connected(url) as client:
        client.sendall(sent)
        client.shutdown(socket.SHUT_WR)
        assert client.recv(65_536)[:10] in (b"HTTP/1.1 4", b"")


def test_more_rows_than_may_wait():
    batching = Batching(window_s=0.5, most_waiting_rows=5)
    with served(ruleset(PLAIN), ServerSettings(batching=batching)) as (url, _):
        first = threading.Thread(target=post, args=(url, "/score", {"rows": GOOD["rows"] * 4}))
        first.start()
        time.sleep(0.2)
        answer = post(url, "/score", {"rows": GOOD["rows"] * 2})
        first.join()
    assert (answer.status, answer.code, answer.headers["retry-after"]) == (503, "busy", "1")


def test_more_bytes_than_may_be_held():
    limits = Limits(body_bytes=1000, bodies=2, body_s=5.0)
    with served(ruleset(PLAIN), ServerSettings(limits=limits)) as (url, _):
        clients = [connected(url) for _ in range(2)]
        for client in clients:
            client.sendall(HEAD + b"Content-Length: 1000\r\n\r\n" + b" " * 990)
        time.sleep(0.2)
        answer = post(url, "/score", GOOD)
        for client in clients:
            client.close()
        time.sleep(0.2)
        assert (answer.status, answer.code) == (503, "busy")
        assert post(url, "/score", GOOD).status == 200


def test_what_nobody_foresaw_is_told_as_a_failure_of_the_server(monkeypatch, caplog):
    """Without what the exception says, which may hold anything."""

    def broken(scores):
        raise ZeroDivisionError("secret")

    with served(ruleset(PLAIN)) as (url, application):
        monkeypatch.setattr(application._scoring._batcher, "_observe", broken)
        answer = post(url, "/score", GOOD)
    assert (answer.status, answer.code) == (500, "internal")
    assert b"secret" not in answer.body
    assert "secret" in caplog.text

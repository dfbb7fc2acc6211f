"""Which back-end is taken: what the environment variable asks for, or what is there."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from asking import ask
from sandbox_jobs import GOOD, job, verdicts

from rulereward.errors import ConfigurationError
from rulereward.services import Services
from rulereward.services.sandbox import choosing
from rulereward.services.sandbox.backends import BackendError
from rulereward.services.sandbox.choosing import VARIABLE, choose_backend
from rulereward.services.sandbox.embedded_backend import EmbeddedBackend, trouble_with_bubblewrap
from rulereward.services.sandbox.service import SandboxService


class Docker:
    name = "docker"

    def __init__(self, options: dict[str, str] | None) -> None:
        self.options = options


@pytest.fixture
def no_docker(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise BackendError("no engine answers")

    monkeypatch.setattr(choosing, "_docker", fail)


@pytest.fixture
def with_docker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "_docker", lambda options=None: Docker(options))


@pytest.fixture
def with_bubblewrap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "trouble_with_bubblewrap", lambda: "")


@pytest.mark.usefixtures("with_docker", "with_bubblewrap")
@pytest.mark.parametrize("asked", ["", "auto", " auto "])
def test_docker_comes_first(asked: str) -> None:
    assert choose_backend({VARIABLE: asked}).name == "docker"


@pytest.mark.usefixtures("no_docker", "with_bubblewrap")
def test_embedded_comes_second() -> None:
    assert choose_backend({}).name == "embedded"


@pytest.mark.usefixtures("no_docker")
def test_nothing_there_is_told_with_what_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "trouble_with_bubblewrap", lambda: "there is no `bwrap`")
    with pytest.raises(ConfigurationError) as found:
        choose_backend({})
    for said in ("no engine answers", "there is no `bwrap`", "apt-get install bubblewrap", VARIABLE):
        assert said in str(found.value)


@pytest.mark.usefixtures("no_docker", "with_bubblewrap")
def test_what_is_asked_for_by_name_is_not_replaced() -> None:
    with pytest.raises(ConfigurationError, match="docker sandbox cannot be used: no engine answers"):
        choose_backend({VARIABLE: "docker"})


@pytest.mark.usefixtures("with_docker")
def test_options_of_docker() -> None:
    made: Any = choose_backend({VARIABLE: "docker?runtime=runsc&slots=4"})
    assert made.options == {"runtime": "runsc", "slots": "4"}


def test_http() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        place = f"127.0.0.1:{server.getsockname()[1]}"
        made = choose_backend({VARIABLE: f"http://{place}/sandbox?slots=7"})
        assert made.name == "http"
        assert made.identity.startswith(f"http {place}/sandbox, runner ")
        assert "secret" not in choose_backend({VARIABLE: f"http://me:secret@{place}"}).identity


def test_a_service_that_does_not_answer_is_not_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        place = f"127.0.0.1:{server.getsockname()[1]}"
    with pytest.raises(
        ConfigurationError, match=f"http sandbox cannot be used: nobody answers at {place}: "
    ) as found:
        choose_backend({VARIABLE: f"http://me:secret@{place}"})
    assert "secret" not in str(found.value)


@pytest.mark.parametrize("asked", ["none", "bwrap", "http:/x", "http://h?slots=many"])
def test_what_is_no_choice(asked: str) -> None:
    with pytest.raises(ConfigurationError):
        choose_backend({VARIABLE: asked})


@pytest.mark.usefixtures("no_docker")
def test_the_pool_makes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    if trouble_with_bubblewrap():
        pytest.skip(trouble_with_bubblewrap())
    monkeypatch.setenv(VARIABLE, "auto")
    with Services() as services:
        made: Any = services.get("sandbox")
        assert made.backend.name == "embedded"
        assert isinstance(made.backend, EmbeddedBackend)
        asked = job(GOOD)
        assert verdicts(ask(made, [asked])[asked]) == "AC AC AC"


def test_unsafe_is_taken_by_that_name_alone() -> None:
    try:
        service = SandboxService(choose_backend({VARIABLE: "unsafe"}))
    except ConfigurationError as problem:
        pytest.skip(str(problem))
    assert service.backend.name == "unsafe"
    asked = job(GOOD)
    assert verdicts(ask(service, [asked])[asked]) == "AC AC AC"
    service.close()

"""Finding an engine, and what is said where there is none."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from docker_links import engine

from rulereward.services.sandbox.backends import BackendError
from rulereward.services.sandbox.docker_engine import DockerUnavailableError, EngineRefusedError, find_engine


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of the user's."""
    for name in ("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


def test_no_engine_at_an_address(tmp_path: Path) -> None:
    with pytest.raises(DockerUnavailableError, match=r"no engine at unix:///.*apt-get install docker.io") as caught:
        find_engine(f"unix://{tmp_path}/no.sock")
    assert isinstance(caught.value, BackendError)


def test_the_address_of_the_environment_is_the_only_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/named.sock")
    with pytest.raises(DockerUnavailableError, match=r"named.sock"):
        find_engine()


def test_the_package_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "docker", None)
    with pytest.raises(DockerUnavailableError, match=r"pip install 'rulereward\[docker\]'"):
        find_engine("unix:///nowhere")


@pytest.mark.parametrize("address", ["ssh://host", "https://host:2376"])
def test_streams_that_cannot_be_had(address: str) -> None:
    with pytest.raises(DockerUnavailableError, match="ssh -NL"):
        find_engine(address)


def test_tls_by_the_environment_is_not_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Talking plainly to an engine that is asked for with TLS would be worse than not talking to it."""
    monkeypatch.setenv("DOCKER_TLS_VERIFY", "1")
    with pytest.raises(DockerUnavailableError, match="ssh -NL"):
        find_engine("tcp://127.0.0.1:1")


def test_the_engine_that_answers() -> None:
    found = engine()
    assert found.cpus >= 1
    assert found.address


def test_what_it_refuses_has_a_status() -> None:
    with (
        pytest.raises(EngineRefusedError, match=r"no such thing: .*") as caught,
        engine().asked("no such thing") as api,
    ):
        api.inspect_container("0" * 64)
    assert caught.value.status == 404


def test_a_context_of_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    import docker.context.config

    class Context:
        Host = "unix:///of/a/context.sock"

    monkeypatch.setattr(docker.context.config, "get_current_context_name", lambda: "mine")
    monkeypatch.setattr(docker.ContextAPI, "get_context", lambda name: Context)
    with pytest.raises(DockerUnavailableError, match=r"/of/a/context.sock"):
        find_engine()


def test_a_forked_child_makes_connections_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    found = find_engine(engine().address)
    closed: list[Any] = []
    monkeypatch.setattr(found.api, "close", lambda: closed.append(1))
    with found.asked("a list") as api:
        api.containers()
    assert not closed
    found._process = 1
    with found.asked("a list") as api:
        api.containers()
    assert closed == [1]

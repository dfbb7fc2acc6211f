"""`rulereward sandbox check`: what is told of the sandboxes there are, and of the one that is tried."""

from __future__ import annotations

import json
import socket

import pytest
from command_line import rulereward
from sandbox_fakes import CRASHED, LOOSE, LOST, NO_DOCKER, RIGHT, TROUBLE, USABLE, FakeBackend, NoBackend

from rulereward.api import sandbox
from rulereward.api.sandbox_programs import ATTACKS
from rulereward.services.sandbox.docker_engine import DockerUnavailableError
from rulereward.services.sandbox.embedded_backend import trouble_with_bubblewrap

NAMES = [attack.name for attack in ATTACKS]


@pytest.fixture(autouse=True)
def no_variable(monkeypatch):
    monkeypatch.delenv(sandbox.VARIABLE, raising=False)


@pytest.fixture
def use(monkeypatch):
    """Have the command find this back-end, and these others."""

    def use(backend, found=USABLE):
        monkeypatch.setattr(sandbox, "survey", lambda asked: found)
        monkeypatch.setattr(sandbox, "chosen_backend", lambda asked: backend)
        return backend

    return use


def results(ran):
    """By name, what is told of each program."""
    told = [line.rsplit(maxsplit=1) for line in ran.out.splitlines() if line.endswith(("right", "wrong", "stopped"))]
    return {line[0].removesuffix("NOT").strip(): line for line in told}


class TestCheck:
    def test_all_is_well(self, use):
        use(FakeBackend())
        ran = rulereward("sandbox", "check")
        assert (ran.status, ran.err) == (0, "")
        lines = ran.out.splitlines()
        assert lines[:6] == [
            "docker: yes",
            "  engine:  unix:///run/docker.sock",
            "embedded: yes",
            "  bubblewrap:  /usr/bin/bwrap",
            "",
            "auto takes docker, because an engine answers and has the image: docker, with 2 slots",
        ]
        assert [line.split()[-1] for line in lines[6 : 8 + len(ATTACKS)]] == ["right"] * 2 + ["stopped"] * len(
            ATTACKS
        )
        assert lines[8 + len(ATTACKS)].split() == ["tests", "at", "once", "2"]
        assert lines[-1].startswith("all is well")

    def test_why_auto_takes_the_second(self, use):
        use(FakeBackend("embedded"), NO_DOCKER)
        ran = rulereward("sandbox", "check")
        assert "docker: no\n  why not:  no engine answers\n" in ran.out
        assert "\nauto takes embedded, because docker cannot be used: embedded, with 2 slots\n" in ran.out

    def test_attacks_that_are_not_stopped(self, use):
        use(FakeBackend(hostile=LOOSE))
        ran = rulereward("sandbox", "check")
        assert ran.status == 1
        assert ran.out.count("NOT stopped (/tmp)") == len(ATTACKS)
        assert ran.out.splitlines()[-1] == f"not stopped: {', '.join(NAMES)}"

    def test_attacks_that_end_the_runner(self, use):
        backend = use(FakeBackend(hostile=LOST))
        ran = rulereward("sandbox", "check")
        assert ran.status == 1
        assert ran.out.count("NOT stopped (it ended the runner: it was killed)") == len(ATTACKS)
        assert backend.connected == 1 + len(ATTACKS)

    def test_what_our_side_failed_is_not_called_stopped(self, use):
        use(FakeBackend(hostile=TROUBLE))
        ran = rulereward("sandbox", "check")
        assert ran.status == 1
        assert ran.out.count("unknown (no fork could be made)") == len(ATTACKS)

    def test_a_program_that_comes_out_wrong(self, use):
        use(FakeBackend(honest=CRASHED))
        ran = rulereward("sandbox", "check")
        assert ran.status == 1
        assert "wrong (RE: NameError: no)" in ran.out
        assert NAMES[0] not in ran.out  # what attacks leave behind could not be told
        assert ran.out.splitlines()[-1] == "honest programs come out wrong: python, bash"

    def test_a_service_elsewhere_is_not_attacked(self, use):
        use(FakeBackend("http", languages=()))
        ran = rulereward("sandbox", "check", "--backend", "http://127.0.0.1:1")
        assert ran.status == 0
        assert ran.out.count(" right\n") == 4  # it does not say what it can run, so everything is tried
        assert not any(name in ran.out for name in NAMES)
        assert ran.out.splitlines()[-1].endswith("whether that service stops attacks was not tried")

    def test_settings_for_docker_are_looked_up(self, monkeypatch):
        asked = []

        def missing(address, **_):
            asked.append(address)
            raise DockerUnavailableError("no engine there")

        monkeypatch.setattr(sandbox, "find_engine", missing)
        for what in ("docker?engine=tcp://10.0.0.7:2375&image=mine", "docker", "embedded"):
            assert sandbox.is_known(what)
            assert sandbox.survey(what)[0].trouble == "no engine there"
        assert asked == ["tcp://10.0.0.7:2375", None, None]

    def test_a_service_that_nobody_answers_for(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            address = f"http://127.0.0.1:{server.getsockname()[1]}"
            assert [found.usable for found in sandbox.survey(address)[2:]] == [True]
        (found,) = sandbox.survey(address)[2:]
        assert (found.name, found.usable) == ("http", False)
        assert found.trouble.startswith("nobody answers at ")

    @pytest.mark.parametrize(
        ("backend", "says"),
        [
            (NoBackend(), "it does not work: the engine has gone away"),
            (FakeBackend(honest=LOST), "it does not work: the runner ended: it was killed"),
            (FakeBackend(honest=TROUBLE), "it does not work: no fork could be made"),
        ],
    )
    def test_a_sandbox_that_does_not_start(self, use, backend, says):
        use(backend)
        ran = rulereward("sandbox", "check")
        assert ran.status == 1
        assert ran.out.splitlines()[-1] == says

    def test_json(self, use):
        use(FakeBackend(hostile=LOOSE))
        ran = rulereward("sandbox", "check", "--json")
        assert ran.status == 1
        told = json.loads(ran.out)
        assert [(one["name"], one["usable"]) for one in told["backends"]] == [("docker", True), ("embedded", True)]
        assert (told["asked"], told["chosen"], told["identity"], told["well"]) == (
            "auto", "docker", "fake, version 1", False,
        )  # fmt: skip
        assert [one["name"] for one in told["trial"]["attacks"]] == NAMES
        assert {one["result"] for one in told["trial"]["attacks"]} == {"not stopped"}
        assert told["trial"]["warm_s"] < 1

    @pytest.mark.parametrize(("option", "variable"), [("podman", ""), (None, "podman")])
    def test_a_word_that_is_none(self, monkeypatch, option, variable):
        monkeypatch.setenv(sandbox.VARIABLE, variable)
        ran = rulereward("sandbox", "check", *(["--backend", option] if option else []))
        assert ran.status == 2
        named = "--backend" if option else "RULEREWARD_SANDBOX"
        assert f"{named} is auto, docker, embedded, http://host:port or unsafe, not 'podman'" in ran.err

    def test_unsafe_is_warned_of(self, use):
        use(FakeBackend("unsafe"))
        ran = rulereward("sandbox", "check", "--backend", "unsafe")
        assert "asked for by --backend: unsafe, with 2 slots\nunsafe has no walls" in ran.out


class TestNothingThere:
    @pytest.fixture(autouse=True)
    def bare(self, monkeypatch):
        monkeypatch.setenv("PATH", "/nowhere")
        monkeypatch.setenv("DOCKER_HOST", "ssh://nowhere")  # which is refused without trying to connect

    def test_the_next_steps(self):
        ran = rulereward("sandbox", "check")
        assert ran.status == 2
        assert "docker: no\n" in ran.out
        assert "embedded: no\n" in ran.out
        _, _, steps = ran.out.partition("there is no sandbox to run code in; one of these gives one:\n")
        commands = [line.split("  ")[1] for line in steps.splitlines() if line[2:3].strip()]
        assert commands == [
            "apt-get install bubblewrap",
            "apt-get install docker.io && dockerd",
            "rulereward sandbox build --from-host",
            "export RULEREWARD_SANDBOX=http://host:port",
        ]

    def test_one_that_was_asked_for(self):
        ran = rulereward("sandbox", "check", "--backend", "embedded")
        assert ran.status == 2
        assert ran.out.splitlines()[-1].startswith("the embedded sandbox cannot be used: there is no `bwrap`")

    def test_json(self):
        ran = rulereward("sandbox", "check", "--json")
        told = json.loads(ran.out)
        assert (ran.status, told["chosen"], told["well"]) == (2, None, False)
        assert "there is no sandbox to run code in" in told["trouble"]


def test_the_embedded_sandbox_is_well():
    trouble = trouble_with_bubblewrap()
    if trouble:
        pytest.skip(f"the embedded sandbox does not work here: {trouble}")
    ran = rulereward("sandbox", "check", "--backend", "embedded", "--json")
    told = json.loads(ran.out)
    assert {one["result"] for one in told["trial"]["languages"]} == {"right"}
    assert [(one["name"], one["result"]) for one in told["trial"]["attacks"]] == [(name, "stopped") for name in NAMES]
    assert (ran.status, told["well"]) == (0, True)


def test_the_fake_is_like_a_runner():
    """What stands for right is what the programs print."""
    assert RIGHT.stdout == b"hello 2\n"

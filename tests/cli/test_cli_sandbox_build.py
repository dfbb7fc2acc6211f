"""`rulereward sandbox build`: what is asked of the engine, what is told, and what is refused."""

from __future__ import annotations

import uuid
from pathlib import Path
from types import SimpleNamespace

import pytest
from command_line import rulereward

from rulereward.api import sandbox
from rulereward.cli.sandbox import build
from rulereward.services.sandbox.docker_engine import DockerUnavailableError, find_engine
from rulereward.services.sandbox.docker_image import Built, find_image
from rulereward.services.sandbox.docker_root import HostFilesError


@pytest.fixture
def asked(monkeypatch):
    """What images were asked for; the engine is none, and building takes no time."""
    found = []

    def build(engine, wanted):
        found.append((engine.address, wanted.name, wanted.languages, wanted.packages))
        return Built("sha256:0123456789abcdef", 46_400_000, 2.94)

    def build_by(engine, file, name, *, base, network):
        found.append((engine.address, name, file, base, network))
        return Built("sha256:fedcba9876543210", 312_000_000, 61.0)

    engine = SimpleNamespace(address="unix:///run/docker.sock", close=lambda: None)
    monkeypatch.setattr(sandbox, "find_engine", lambda: engine)
    monkeypatch.setattr(sandbox, "build_from_host", build)
    monkeypatch.setattr(sandbox, "build_from_file", build_by)
    return found


def test_from_this_host(asked):
    ran = rulereward("sandbox", "build", "--from-host")
    assert (ran.status, asked) == (0, [("unix:///run/docker.sock", "rulereward-sandbox", (), ())])
    assert ran.out == (
        "built rulereward-sandbox (0123456789ab) in 2.9 s: 46 MB\nnext: rulereward sandbox check --backend docker\n"
    )
    engine, source = ran.err.splitlines()
    assert engine == "engine: unix:///run/docker.sock"
    assert source.startswith("from:   /")
    assert source.endswith(", its library and what it needs")


@pytest.mark.parametrize(
    ("written", "languages"),
    [
        ("python", ()),
        ("cpp", ("cpp",)),
        ("python,cpp", ("cpp",)),
        (" bash, python ,javascript,bash", ("bash", "javascript")),
        ("", ()),
    ],
)
def test_languages(asked, written, languages):
    assert rulereward("sandbox", "build", "--from-host", "--languages", written).status == 0
    assert asked[0][2] == languages


@pytest.mark.parametrize("option", ["--tag", "--image"])
def test_another_name_and_packages(asked, tmp_path, option):
    ran = rulereward("sandbox", "build", "--from-host", option, "mine:2", "--packages", tmp_path)
    assert asked[0][1:] == ("mine:2", (), (Path(tmp_path),))
    assert ran.out == "built mine:2 (0123456789ab) in 2.9 s: 46 MB\n"


@pytest.mark.parametrize(
    ("args", "base", "network"),
    [
        ([], "", "default"),
        (["--base", "registry.example/python:3.12"], "registry.example/python:3.12", "default"),
        (["--network", "host"], "", "host"),
    ],
)
def test_by_a_dockerfile(asked, args, base, network):
    ran = rulereward("sandbox", "build", "--file", "cpp", *args)
    assert (ran.status, asked) == (0, [("unix:///run/docker.sock", "rulereward-sandbox", "cpp", base, network)])
    assert ran.out.startswith("built rulereward-sandbox (fedcba987654) in 61.0 s: 312 MB\n")
    assert ran.err.splitlines()[1] == "from:   sandbox_images/cpp/Dockerfile" + (f" on {base}" if base else "")


def test_the_files_are_those_there_are():
    (choice,) = [option for option in build.params if option.name == "file"]
    assert list(choice.type.choices) == list(sandbox.FILES)


@pytest.mark.parametrize(
    ("args", "says"),
    [
        ([], "say --from-host"),
        (["--from-host", "--file", "cpp"], "say --from-host"),
        (["--file", "cobol"], "'cobol' is not one of 'python', 'cpp', 'node'"),
        (["--from-host", "--languages", "python,cobol"], "'cobol' is none of python, cpp, javascript, bash"),
        (["--from-host", "--packages", "/nowhere/at/all"], "'/nowhere/at/all' does not exist"),
    ],
)
def test_what_cannot_be(asked, args, says):
    ran = rulereward("sandbox", "build", *args)
    assert (ran.status, ran.out, asked) == (2, "", [])
    assert says in ran.err


@pytest.mark.parametrize(
    ("problem", "says"),
    [
        (HostFilesError("there is no `g++` on this host"), "error: there is no `g++` on this host"),
        (DockerUnavailableError("the engine refused"), "error: the engine refused"),
        (OSError(28, "No space left on device"), "error: the image cannot be put together: [Errno 28] No space left"),
    ],
)
def test_what_goes_wrong(asked, monkeypatch, problem, says):
    def build(engine, wanted):
        raise problem

    monkeypatch.setattr(sandbox, "build_from_host", build)
    ran = rulereward("sandbox", "build", "--from-host")
    assert (ran.status, ran.out) == (2, "")
    assert says in ran.err


def test_no_engine(monkeypatch):
    monkeypatch.setenv("DOCKER_HOST", "ssh://nowhere")  # which is refused without trying to connect
    ran = rulereward("sandbox", "build", "--from-host")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("error: ")


@pytest.mark.slow
def test_a_real_image():
    try:
        engine = find_engine()
    except DockerUnavailableError as problem:
        pytest.skip(str(problem))
    name = f"rulereward-sandbox-test-{uuid.uuid4().hex[:8]}"
    ran = rulereward("sandbox", "build", "--from-host", "--tag", name)
    try:
        assert ran.status == 0, ran.err
        assert find_image(engine, name).languages == ("python",)
    finally:
        with engine.asked("the image cannot be removed") as api:
            api.remove_image(name, force=True)
        engine.close()

"""Settings of containers, and what the engine is told of them. The names are those of the engine's API."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rulereward.errors import ConfigurationError
from rulereward.services.sandbox.docker_engine import Engine
from rulereward.services.sandbox.docker_image import Image
from rulereward.services.sandbox.docker_settings import Docker, creation, settings_of

ENGINE = Engine("unix:///engine.sock", None, cpus=2, maps_users=False, runtimes=("runc", "runsc"))
IMAGE = Image("mine", "sha256:00", ("python",), ("/opt/packages/0",))


def test_words() -> None:
    options = {
        "engine": "unix:///x",
        "image": "mine",
        "runtime": "runsc",
        "way": "attach",
        "slots": "4",
        "memory_mb": "900",
    }
    assert settings_of(options) == Docker(
        engine="unix:///x", image="mine", runtime="runsc", way="attach", slots=4, memory_mb=900
    )
    assert settings_of({}) == Docker()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"colour": "red"}, "no setting `colour`: there are engine, image"),
        ({"slots": "many"}, "`slots` is a whole number above 0, not 'many'"),
        ({"slots": "0"}, "`slots` is a whole number"),
        ({"slots": "-1"}, "`slots` is a whole number"),
        ({"slots": "²"}, "`slots` is a whole number"),
        ({"memory_mb": "9" * 5000}, "`memory_mb` is a whole number"),
        ({"slots": "129"}, "1 to 128 slots, not 129"),
        ({"way": "mail"}, "`way` is socket or attach, not 'mail'"),
    ],
)
def test_words_that_are_none(options: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        settings_of(options)


def test_what_the_engine_is_told() -> None:
    told = creation(Docker(slots=3, box_mb=8, box_files=99, runtime="runsc"), ENGINE, IMAGE, 7000, Path("/tmp/x"))
    host = told["host_config"]
    assert told["image"] == "sha256:00"  # not the name, which may be another image's by now
    place, settings = told["command"]
    assert place == "/control/runner"
    assert json.loads(settings)["base_uid"] == 7000
    assert json.loads(settings)["packages"] == ["/opt/packages/0"]
    assert (host["CapDrop"], host["CapAdd"]) == (["ALL"], ["SETUID", "SETGID", "KILL", "CHOWN"])
    assert host["SecurityOpt"] == ["no-new-privileges"]
    assert host["NanoCpus"] == 2_000_000_000  # no more than the engine has
    assert set(host["Tmpfs"]) == {"/box/0", "/box/1", "/box/2"}
    assert "size=8m,nr_inodes=99" in host["Tmpfs"]["/box/2"]
    assert host["Memory"] == (256 + 3 * (1024 + 8)) * 1024 * 1024
    assert host["Runtime"] == "runsc"
    assert host["CpuShares"] == 4 * 1024
    assert host["Mounts"] == [{"Type": "bind", "Source": "/tmp/x", "Target": "/control", "ReadOnly": True}]
    assert not told["stdin_open"]


def test_over_the_stream_nothing_of_the_host_is_mounted() -> None:
    told = creation(Docker(slots=1, cgroup_parent="/mine"), ENGINE, IMAGE, 7000, None)
    assert told["host_config"]["CgroupParent"] == "/mine"
    assert told["command"][0] == "-"
    assert told["stdin_open"]
    assert "Mounts" not in told["host_config"]
    assert "Runtime" not in told["host_config"]

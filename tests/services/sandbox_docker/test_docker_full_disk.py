"""A host whose folder for temporary files is full: no container can be started, and no program is blamed for it."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from asking import ask
from docker_links import engine, image
from sandbox_jobs import all_verdicts, numbered

from rulereward.kind import Failure
from rulereward.services.sandbox.docker_backend import DockerBackend
from rulereward.services.sandbox.docker_settings import Docker
from rulereward.services.sandbox.service import SandboxService


@pytest.fixture
def full(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own with no room for one more file."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a file system")
    place = tmp_path / "full"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "nr_inodes=1", "none", str(place)], check=False, capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(f"nothing can be mounted here: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_is_an_error_and_goes_by(full: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine()
    service = SandboxService(DockerBackend(Docker(image=image(), slots=2, way="socket")))
    monkeypatch.setattr(tempfile, "tempdir", str(full))
    answers = ask(service, numbered(3))
    assert all_verdicts(answers) == {"service_unavailable"}
    told = next(iter(answers.values()))
    assert isinstance(told, Failure)
    assert "No space left on device" in told.message

    monkeypatch.undo()
    service.close()
    again = SandboxService(DockerBackend(Docker(image=image(), slots=2, way="socket")))
    assert all_verdicts(ask(again, numbered(3))) == {"AC AC AC"}
    again.close()

"""The service over containers: the embedded back-end's verdicts, and containers that go away while it works."""

from __future__ import annotations

import gc
import time
from pathlib import Path
from typing import Any

import pytest
from asking import Answers, ask
from docker_links import containers, engine, image, own_containers
from sandbox_jobs import GOOD, SLEEPER, all_verdicts, job, numbered, verdicts
from test_sandbox_service import (  # noqa: F401 - tests, which are done here with the service of this folder
    test_behind_too_many_timeouts_no_test_is_run,
    test_behind_too_much_waiting_no_test_is_run,
    test_cancelled_jobs_stop,
    test_inputs_of_20_megabytes,
    test_other_languages,
    test_the_first_failure_ends_all_or_nothing,
    test_verdicts,
    test_what_people_are_shown,
)

from rulereward.services.sandbox.docker_backend import DockerBackend
from rulereward.services.sandbox.docker_engine import DockerUnavailableError
from rulereward.services.sandbox.docker_settings import Docker
from rulereward.services.sandbox.link import Link
from rulereward.services.sandbox.service import SandboxService


class Breakable(DockerBackend):
    """The real back-end, whose links can be seen."""

    def __init__(self, docker: Docker) -> None:
        super().__init__(docker)
        self.made: list[Link] = []

    def connect(self) -> Link:
        self.made.append(super().connect())
        return self.made[-1]

    def kill(self) -> None:
        with engine().asked("no container") as api:
            api.kill(self.made[-1].endpoint.id)


@pytest.mark.parametrize("way", ["socket", "attach"])
def test_containers_killed_in_the_middle(way: Any) -> None:
    """Forty programs with three tests each; the container is killed three times while they run."""
    engine()
    backend = Breakable(Docker(image=image(), slots=2, way=way))
    service = SandboxService(backend)
    ask(service, [job(f"{GOOD}# the first")])
    answers = Answers(40)
    service.submit([job(f"import time; time.sleep(0.02)\n{GOOD}# {number}") for number in range(40)], answers.done)
    for _ in range(3):
        time.sleep(0.3)
        try:
            backend.kill()
        except DockerUnavailableError:
            continue  # it is just being replaced
    found = answers.wait(60)
    service.close()
    assert all_verdicts(found) == {"AC AC AC"}
    assert set(answers.calls.values()) == {1}
    assert len(backend.made) >= 2
    assert not {link.endpoint.id for link in backend.made} & containers(engine())


def test_a_thousand_jobs_at_once(sandbox: SandboxService) -> None:
    answers = ask(
        sandbox, [job(f"{GOOD}# {number}", {"inputs": ["1 2"], "outputs": ["3"]}) for number in range(1000)]
    )
    assert all_verdicts(answers) == {"AC"}


def test_closing_leaves_no_container(own_sandbox: SandboxService) -> None:
    before = own_containers(engine())
    ask(own_sandbox, numbered(2))
    answers = Answers(1)
    asked = job(SLEEPER, time_s=60.0)
    own_sandbox.submit([asked], answers.done)
    time.sleep(0.2)
    assert own_containers(engine()) - before
    own_sandbox.close()
    assert verdicts(answers.wait(5)[asked]) == "closed"
    assert own_containers(engine()) <= before


def test_closing_leaves_no_descriptor() -> None:
    """Not even until cycles are looked for: a trainer may make many rulesets."""
    engine()
    gc.disable()
    try:
        before = len(list(Path("/proc/self/fd").iterdir()))
        service = SandboxService(DockerBackend(Docker(image=image())))
        ask(service, numbered(2))
        service.close()
        assert len(list(Path("/proc/self/fd").iterdir())) <= before
    finally:
        gc.enable()


def test_the_image_is_part_of_its_identity(own_sandbox: SandboxService) -> None:
    """Answers are kept by content; those of another image are others."""
    with engine().asked("no image") as api:
        assert api.inspect_image(image())["Id"] in own_sandbox.identity

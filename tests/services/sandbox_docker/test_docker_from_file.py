"""Images from the shipped Dockerfiles. RULEREWARD_TEST_BASE names an image that the engine has or can pull, with a
shell and Python; without it these tests are skipped, as a closed network has none.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from docker_links import DockerBox, engine

from rulereward._files import shipped_folder
from rulereward.services.sandbox.docker_engine import DockerUnavailableError
from rulereward.services.sandbox.docker_from_file import FILES, build_from_file
from rulereward.services.sandbox.docker_image import find_image
from rulereward.services.sandbox.docker_settings import Docker
from rulereward.services.sandbox.inside.languages import LANGUAGES

NAME = "rulereward-sandbox-test-file"


@pytest.fixture
def name() -> Iterator[str]:
    yield NAME
    with engine().asked("no image") as api:
        if api.images(NAME):
            api.remove_image(NAME, force=True)


def test_every_folder_is_one_that_can_be_asked_for() -> None:
    folders = {path.parent.name for path in shipped_folder("sandbox_images").glob("*/Dockerfile")}
    assert folders == FILES.keys()
    assert {language for languages in FILES.values() for language in languages} == LANGUAGES.keys()


def test_an_image_to_begin_with_that_cannot_be_had(name: str) -> None:
    with pytest.raises(DockerUnavailableError, match=r"the build failed: .*FROM"):
        build_from_file(engine(), "python", name, base="localhost:1/of-nobody-at-all")


@pytest.mark.parametrize("file", FILES)
def test_an_image_from_a_file(name: str, file: str) -> None:
    base = os.environ.get("RULEREWARD_TEST_BASE", "")
    if not base:
        pytest.skip("RULEREWARD_TEST_BASE names no image to begin with")
    if file != "python" and not os.environ.get("RULEREWARD_TEST_NETWORK"):
        pytest.skip("RULEREWARD_TEST_NETWORK names no network of the engine by which packages can be fetched")
    built = build_from_file(
        engine(), file, name, base=base, network=os.environ.get("RULEREWARD_TEST_NETWORK", "none")
    )
    assert find_image(engine(), name).id == built.id
    box = DockerBox(Docker(image=name, slots=2))
    try:
        assert set(box.link.languages) >= {"python", *FILES[file]}
        box.assert_well()
    finally:
        box.close()

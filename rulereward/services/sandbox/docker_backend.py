"""The docker back-end: warm containers whose first process is the runner.

A container has no network, a read-only root, limits, and of root's rights those by which its runner changes users;
each slot is another user, with a folder of its own in memory. It ends when its stream does, so also with us.

What it does not stop: programs share the host's kernel (a runtime such as gVisor's `runsc` stands in between), and
see in /proc the numbers and names of the processes of their own container.
"""

from __future__ import annotations

from collections.abc import Mapping

from rulereward.services.sandbox.docker_container import (
    DockerContainer,
    NoSocketError,
    start_attached,
    start_over_socket,
)
from rulereward.services.sandbox.docker_engine import find_engine
from rulereward.services.sandbox.docker_image import find_image
from rulereward.services.sandbox.docker_owner import remove_leftovers
from rulereward.services.sandbox.docker_settings import Docker, Way, check_runtime, settings_of
from rulereward.services.sandbox.link import Link


class DockerBackend:
    """Makes containers. Not thread-safe; `connect` takes some tenths of a second."""

    name = "docker"

    def __init__(self, docker: Docker) -> None:
        """Find the engine and the image, and remove what processes that are gone have left there.

        Raises DockerUnavailableError, also for a runtime that the engine does not have; ImageUnusableError, which is
        one, where the image is missing or stale.
        """
        self._docker = docker
        self.engine = find_engine(docker.engine)
        check_runtime(docker, self.engine)
        self.image = find_image(self.engine, docker.image)
        self._way: Way = docker.way or ("socket" if self.engine.near else "attach")
        self.links = docker.containers
        remove_leftovers(self.engine)

    @property
    def identity(self) -> str:
        """See `Backend`. The image holds interpreter, compilers and runner."""
        return f"docker {self.image.id} {self._docker.runtime}".rstrip()

    @property
    def told(self) -> str:
        """See `Backend`."""
        return f"docker, image {self.image.name}, {self.links * self._docker.slots} at once"

    @property
    def local(self) -> bool:
        """See `Backend`."""
        return self.engine.near

    def connect(self) -> Link:
        """A link to the runner of a new container. Raises DockerUnavailableError, OSError."""
        return Link(self.start())

    def start(self) -> DockerContainer:
        """A new container. Raises DockerUnavailableError, OSError."""
        if self._way == "socket":
            try:
                return start_over_socket(self._docker, self.engine, self.image)
            except NoSocketError:
                if self._docker.way:
                    raise
                self._way = "attach"  # the engine's folders are not ours, or its runtime lets no socket in
        return start_attached(self._docker, self.engine, self.image)

    def close(self) -> None:
        """See `Backend`: the connections to the engine."""
        self.engine.close()


def docker_backend(options: Mapping[str, str] | None = None) -> DockerBackend:
    """The back-end with its defaults, or with settings as words (see `settings_of`). Raises as `DockerBackend` and
    `settings_of` do.
    """
    return DockerBackend(settings_of(options or {}))

"""The link to a runner in a container."""

from __future__ import annotations

from rulereward.services.sandbox.docker_container import DockerContainer
from rulereward.services.sandbox.link import Link
from rulereward.services.sandbox.shapes import Outcome, Test
from rulereward.services.sandbox.wire import BrokenFrameError


class DockerLink(Link):
    """A `Link` that reads through its container: an engine's stream has more in it than what the runner sent."""

    def __init__(self, container: DockerContainer) -> None:
        super().__init__(container)
        self.container = container

    def receive(self) -> list[tuple[int, Test, Outcome]]:
        """See `Link`."""
        try:
            data = self.container.receive()
        except BlockingIOError:
            return []
        except OSError as problem:
            raise self._lost(str(problem)) from problem
        if not data:
            raise self._lost("")
        try:
            return [found for frame in self._frames.feed(data) for found in self._taken(*frame)]
        except (BrokenFrameError, LookupError, TypeError, ValueError) as problem:
            raise self._lost(f"what it sent makes no sense: {problem}") from problem

    def let_go(self) -> None:
        """See `BackendLink`."""
        self.container.let_go()

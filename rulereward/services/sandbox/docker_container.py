"""One container, from its making to its end, and the two ways of talking to the runner in it."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import socket
import tempfile
import time
from pathlib import Path

from rulereward.services.sandbox.docker_engine import DockerUnavailableError, Engine, EngineRefusedError
from rulereward.services.sandbox.docker_image import Image
from rulereward.services.sandbox.docker_owner import free_uids, new_name
from rulereward.services.sandbox.docker_settings import SOCKET, Docker, creation
from rulereward.services.sandbox.docker_stream import Attached
from rulereward.services.waking import SPAWNING

_CONNECT_LIMIT_S = 20.0
_REMOVE_LIMIT_S = 20.0
_PAUSE_S = 0.005
_GONE = 404


class NoSocketError(DockerUnavailableError):
    """A container cannot reach a socket in a folder of this host."""


class DockerContainer:
    """A container that runs; an `Endpoint`. `attached` are its standard streams, as far as they are attached;
    `connection` is where its runner talks to us if it does not over those.
    """

    def __init__(self, engine: Engine, id: str, attached: Attached, connection: socket.socket | None) -> None:
        self._engine = engine
        self._attached = attached
        self._connection = connection
        self._words: str | None = None
        self.id = id

    @property
    def reading(self) -> int:
        return (self._connection or self._attached).fileno()

    @property
    def writing(self) -> int:
        return self.reading

    def receive(self, most: int) -> bytes:
        """See `Endpoint`. An engine's stream has more in it than what the runner sent."""
        return self._attached.receive(most) if self._connection is None else self._connection.recv(most)

    def end(self) -> str:
        """See `Endpoint`. The engine ends all that is in the container; where it does not answer, the container ends
        by itself as its stream does.
        """
        if self._words is None:
            state = _state(self._engine, self.id)
            with contextlib.suppress(DockerUnavailableError):
                remove(self._engine, self.id)
            self._words = state or self._attached.last_words() or "the container ended"
            self.let_go()
        return self._words

    def let_go(self) -> None:
        """See `Endpoint`."""
        self._attached.close()
        if self._connection is not None:
            self._connection.close()


def start_attached(docker: Docker, engine: Engine, image: Image) -> DockerContainer:
    """A container whose runner talks over the engine's stream. Raises DockerUnavailableError, OSError."""
    id = _create(docker, engine, image, None)
    try:
        attached = _attach(engine, id, stdin=True)
        _start(engine, id)
    except BaseException:
        _drop(engine, id)
        raise
    return DockerContainer(engine, id, attached, None)


def start_over_socket(docker: Docker, engine: Engine, image: Image) -> DockerContainer:
    """A container whose runner talks over a socket in a folder of this host.

    Raises NoSocketError where it cannot, DockerUnavailableError, OSError.
    """
    folder = Path(tempfile.mkdtemp(prefix="rulereward-"))  # nobody else can look into it
    try:
        with SPAWNING:
            listener = socket.socket(socket.AF_UNIX)
        with listener:
            return _start_listening(docker, engine, image, _shared(folder, listener), listener)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def remove(engine: Engine, id: str) -> None:
    """Kill and remove a container, and wait for that. Raises DockerUnavailableError."""
    deadline = time.monotonic() + _REMOVE_LIMIT_S
    with contextlib.suppress(EngineRefusedError), engine.asked("the container cannot be removed") as api:
        api.remove_container(id, force=True)
    while time.monotonic() < deadline:  # it may be removing itself
        try:
            with engine.asked("the container cannot be looked up") as api:
                api.inspect_container(id)
        except EngineRefusedError as problem:
            if problem.status == _GONE:
                return
            raise
        time.sleep(_PAUSE_S)
    raise DockerUnavailableError(f"the container {id[:12]} is not removed after {_REMOVE_LIMIT_S:g} s")


def _start_listening(
    docker: Docker, engine: Engine, image: Image, control: Path, listener: socket.socket
) -> DockerContainer:
    try:
        id = _create(docker, engine, image, control)
    except EngineRefusedError as problem:  # where the engine runs there is no such folder
        raise NoSocketError(str(problem)) from problem
    try:
        attached = _attach(engine, id, stdin=False)
        try:
            _start(engine, id)
            return DockerContainer(engine, id, attached, _accepted(listener, attached))
        except BaseException:
            attached.close()
            raise
    except BaseException:
        _drop(engine, id)
        raise


def _shared(folder: Path, listener: socket.socket) -> Path:
    """A folder for a container to see, in which any user of the container may use the socket, until it is taken away:
    nothing but the runner runs there before.
    """
    control = folder / "control"
    control.mkdir()
    control.chmod(0o755)
    place = os.open(control, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        listener.bind(f"/proc/self/fd/{place}/{SOCKET}")  # the path itself may be longer than a socket's name can be
    finally:
        os.close(place)
    (control / SOCKET).chmod(0o666)
    listener.listen(1)
    return control


def _accepted(listener: socket.socket, attached: Attached) -> socket.socket:
    """The runner's connection. Raises NoSocketError."""
    deadline = time.monotonic() + _CONNECT_LIMIT_S
    listener.setblocking(False)
    while time.monotonic() < deadline:
        ready, _, _ = select.select([listener.fileno(), attached.fileno()], [], [], 1)
        if listener.fileno() in ready:
            with SPAWNING:
                connection, _ = listener.accept()
            connection.setblocking(False)
            return connection
        if attached.fileno() in ready and attached.at_end():
            raise NoSocketError(f"the container cannot reach our socket: {attached.last_words()}")
    raise NoSocketError(f"no connection from the container after {_CONNECT_LIMIT_S:g} s")


def _create(docker: Docker, engine: Engine, image: Image, control: Path | None) -> str:
    settings = creation(docker, engine, image, free_uids(engine), control)
    with engine.asked("a container cannot be made") as api:
        return str(api.create_container(name=new_name(), **settings)["Id"])


def _attach(engine: Engine, id: str, *, stdin: bool) -> Attached:
    """Attach to a container that is not started yet: its standard error, and all its streams where `stdin` is."""
    wanted = {"stream": 1, "stderr": 1, **({"stdin": 1, "stdout": 1} if stdin else {})}
    with SPAWNING, engine.asked("the container's streams cannot be had") as api:
        return Attached(api.attach_socket(id, wanted))


def _start(engine: Engine, id: str) -> None:
    with engine.asked("a container cannot be started") as api:
        api.start(id)


def _drop(engine: Engine, id: str) -> None:
    """Remove a container that came to nothing. If that fails, its labels tell the next one to do it."""
    with contextlib.suppress(DockerUnavailableError):
        remove(engine, id)


def _state(engine: Engine, id: str) -> str:
    """Why a container ended, as far as the engine knows more than its last words."""
    try:
        with engine.asked("the container cannot be looked up") as api:
            state = api.inspect_container(id)["State"]
    except DockerUnavailableError:
        return ""
    return "the container ran out of memory" if state.get("OOMKilled") and not state.get("Running") else ""

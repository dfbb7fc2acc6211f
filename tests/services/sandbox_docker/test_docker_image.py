"""Images: what is in one that was made of this host's files, and which are refused."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from docker_links import IMAGE, engine, image

from rulereward.services.sandbox.docker_from_host import FromHost, put_together
from rulereward.services.sandbox.docker_image import (
    ImageUnusableError,
    find_image,
    labels_of,
    runner_files,
    runner_hash,
)
from rulereward.services.sandbox.docker_root import HostFilesError, Root
from rulereward.services.sandbox.inside.languages import LANGUAGES

NAME = "rulereward-sandbox-test-odd"


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tarfile.TarInfo]:
    """The members of an archive with Python and a folder of packages."""
    packages = tmp_path_factory.mktemp("packages")
    (packages / "mine.py").write_text("VALUE = 7\n")
    (packages / "mine.py").chmod(0o4777)
    folder = tmp_path_factory.mktemp("root")
    try:
        root = Root(folder)
        assert put_together(root, FromHost(packages=[packages])) == ("/opt/packages/0",)
    except HostFilesError as problem:
        pytest.skip(str(problem))
    archive = tmp_path_factory.mktemp("archive") / "root.tar"
    size = root.pack(archive)
    assert size == archive.stat().st_size
    with tarfile.open(archive) as members:
        return {member.name.removeprefix("./"): member for member in members}


def test_all_is_roots_and_nobody_may_write(packed: dict[str, tarfile.TarInfo]) -> None:
    assert {(member.uid, member.gid) for member in packed.values()} == {(0, 0)}
    assert {member.mode for member in packed.values() if not member.issym()} == {0o755, 0o644}


def test_no_shell_and_nothing_of_ours_but_the_runner(packed: dict[str, tarfile.TarInfo]) -> None:
    assert not {name for name in packed if name.rpartition("/")[2] in ("sh", "bash", "dash", "busybox", "su", "sudo")}
    ours = {name.removeprefix("opt/rulereward/") for name in packed if name.startswith("opt/rulereward/")}
    assert {name for name in ours if name.endswith(".py")} == set(runner_files())
    assert not {name for name in packed if "site-packages" in name}


def test_modules_are_compiled_ahead(packed: dict[str, tarfile.TarInfo]) -> None:
    tag = sys.implementation.cache_tag
    for module in ("json/decoder", "opt/rulereward/boot", "opt/packages/0/mine", "opt/pytest/pytest/__init__"):
        folder, _, name = module.rpartition("/")
        assert [path for path in packed if path.endswith(f"{folder}/__pycache__/{name}.{tag}.pyc")], module


def test_the_packed_interpreter_starts_in_its_own_root(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can change the root folder")
    root = Root(tmp_path)
    put_together(root, FromHost())
    code = "import ssl, sqlite3, ctypes, lzma, decimal, hashlib; print(7)"
    command = ["chroot", str(tmp_path), "/usr/local/bin/python3", "-I", "-S", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == "7\n", done.stderr


def test_a_compiler_alone_builds_and_its_programs_run(tmp_path: Path) -> None:
    """The large header is compiled ahead there, and the compiler takes it for the options of the runner's builds."""
    if os.geteuid() != 0 or shutil.which("g++") is None:
        pytest.skip("only root can change the root folder, and this host needs g++")
    root = Root(tmp_path)
    put_together(root, FromHost(languages=["cpp"]))
    source = "#include <bits/stdc++.h>\nint main() { try { throw 7; } catch (int n) { std::cout << n; } }\n"
    (tmp_path / "main.cpp").write_text(source)
    build = ["chroot", str(tmp_path), *LANGUAGES["cpp"].build, "-H", "-Winvalid-pch"]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[0].startswith("! "), done.stderr  # so it marks a header that is compiled ahead
    assert done.stderr.splitlines()[0].endswith("bits/stdc++.h.gch")
    done = subprocess.run(["chroot", str(tmp_path), "/main"], capture_output=True, text=True, check=False)
    assert done.stdout == "7", done.stderr


def test_what_this_host_lacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = Root(tmp_path)
    with pytest.raises(HostFilesError, match="no file /no/such"):
        root.add(Path("/no/such"))
    with pytest.raises(HostFilesError, match="no language 'klingon': there are bash, cpp, javascript"):
        put_together(root, FromHost(languages=["klingon"]))
    monkeypatch.setenv("PATH", "/no/such")
    with pytest.raises(HostFilesError, match="no `ldd`"):
        root.add_libraries()


def test_the_hash_is_that_of_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    before = runner_hash()
    files = runner_files()
    monkeypatch.setattr("rulereward.services.sandbox.docker_image.runner_files", lambda: {**files, "boot.py": b""})
    assert runner_hash() != before


@pytest.fixture
def odd() -> Iterator[str]:
    yield NAME
    with engine().asked("no image") as api:
        if api.images(NAME):
            api.remove_image(NAME, force=True)


def import_nothing(name: str, changes: list[str]) -> None:
    nothing = io.BytesIO()
    tarfile.open(fileobj=nothing, mode="w").close()
    with engine().asked("no image") as api:
        api.import_image_from_data(nothing.getvalue(), repository=name, tag="latest", changes=changes)


def test_no_image(odd: str) -> None:
    with pytest.raises(
        ImageUnusableError, match=f"no image {odd}: `rulereward sandbox build --from-host --image {odd}`"
    ):
        find_image(engine(), odd)


def test_an_image_of_something_else(odd: str) -> None:
    import_nothing(odd, [])
    with pytest.raises(ImageUnusableError, match="no sandbox of rulereward"):
        find_image(engine(), odd)


def test_a_stale_image_is_refused_with_the_command_that_made_it(odd: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rulereward.services.sandbox.docker_image.runner_hash", lambda: "of long ago")
    labels = labels_of(("python", "cpp"), (), "rulereward sandbox build --from-host --languages cpp")
    monkeypatch.undo()
    import_nothing(odd, [f'LABEL "{name}"="{value}"' for name, value in labels.items()])
    with pytest.raises(
        ImageUnusableError, match=r"another version .*`rulereward sandbox build --from-host --languages cpp`"
    ):
        find_image(engine(), odd)


def test_an_image_that_will_do() -> None:
    found = find_image(engine(), image())
    assert (found.name, found.languages, found.packages) == (IMAGE, ("python",), ())
    assert found.id.startswith("sha256:")

"""What is built, and that each way to install it works outside the checkout.

Each installation has an environment of its own, made without pip. Its dependencies are those of the environment that
runs the tests, reached through a path file behind its own packages, so nothing is downloaded.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
SHIPPED = ("grammar", "rulesets", "sandbox_images")
SAMPLE_ROWS = 40


def run(command: Sequence[str | Path], folder: Path, **environment: str) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    found = subprocess.run(
        [str(part) for part in command],
        cwd=folder, env={**kept, **environment}, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert found.returncode == 0, f"{command}\n{found.stdout}\n{found.stderr}"
    return found.stdout


def build(kind: str, source: Path, target: Path) -> Path:
    run([sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", target], source)
    (built,) = target.iterdir()
    return built


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", REPOSITORY, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("sdist", REPOSITORY, tmp_path_factory.mktemp("sdist"))


@dataclass(frozen=True)
class Environment:
    """A fresh virtual environment that borrows the dependencies of the running one."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def packages(self) -> Path:
        (found,) = self.folder.glob("lib/python*/site-packages")
        return found

    def install(self, *arguments: str | Path) -> None:
        options = ["--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--disable-pip-version-check"]
        run([sys.executable, "-m", "pip", "--python", self.python, "install", *options, *arguments], self.folder)


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    pytest.importorskip("pip", reason="installing needs pip")
    run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], tmp_path)
    made = Environment(tmp_path / "venv")
    borrowed = {path for path in sys.path if path.endswith("site-packages")}
    (made.packages / "borrowed.pth").write_text("".join(f"{path}\n" for path in sorted(borrowed)))
    return made


SCORED = """
import json, sys
from pathlib import Path
import rulereward, rulereward._files as files
print(json.dumps([str(Path(rulereward.__file__).parent), *map(str, map(files.shipped_folder, sys.argv[1:]))]))
"""


def check_scores_the_sample(python: Path, command: Sequence[str | Path], folder: Path, **paths: str) -> list[Path]:
    """Score the sample in `folder`, and return where the package and its shipped folders were found."""
    folder.mkdir()
    run([*command, "score", "--sample", "-o", "scored.jsonl"], folder, **paths)
    assert "reported for:" in run([*command, "check", "--explain", "E0302"], folder, **paths)
    records = [json.loads(line) for line in (folder / "scored.jsonl").read_text("utf-8").splitlines()]
    assert len(records) == SAMPLE_ROWS
    assert {record["reward_state"].partition(":")[0] for record in records} == {"ok", "null"}  # some golds are none
    assert records[0]["reward_components"]["accuracy"] == 1.0
    return [Path(found) for found in json.loads(run([python, "-c", SCORED, *SHIPPED], folder, **paths))]


def test_wheel_holds_the_package_and_what_ships_with_it(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    modules = {path.relative_to(REPOSITORY).as_posix() for path in REPOSITORY.glob("rulereward/**/*.py")}
    shipped = {
        f"rulereward/_shipped/{path.relative_to(REPOSITORY).as_posix()}"
        for folder in SHIPPED
        for path in (REPOSITORY / folder).rglob("*")
        if path.is_file()
    }
    metadata = {name for name in names if name.startswith("rulereward-0.1.0.dist-info/")}
    assert names - metadata == modules | shipped | {"rulereward/py.typed"}
    assert "rulereward-0.1.0.dist-info/licenses/LICENSE" in metadata


def test_sdist_builds_the_same_wheel(wheel: Path, sdist: Path, tmp_path: Path) -> None:
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (source,) = tmp_path.iterdir()
    rebuilt = build("wheel", source, tmp_path / "wheel")
    assert zipfile.ZipFile(rebuilt).namelist() == zipfile.ZipFile(wheel).namelist()
    assert (source / "tests" / "test_packaging.py").is_file()
    assert (source / ".importlinter").is_file()


@pytest.mark.slow
def test_wheel_install(environment: Environment, wheel: Path, tmp_path: Path) -> None:
    environment.install(wheel)
    command = environment.folder / "bin" / "rulereward"
    package, *shipped = check_scores_the_sample(environment.python, [command], tmp_path / "elsewhere")
    assert package == environment.packages / "rulereward"
    assert shipped == [package / "_shipped" / name for name in SHIPPED]


@pytest.mark.slow
def test_sdist_install(environment: Environment, sdist: Path, tmp_path: Path) -> None:
    environment.install(sdist)
    command = environment.folder / "bin" / "rulereward"
    package, *shipped = check_scores_the_sample(environment.python, [command], tmp_path / "elsewhere")
    assert package == environment.packages / "rulereward"
    assert shipped == [package / "_shipped" / name for name in SHIPPED]


@pytest.mark.slow
def test_editable_install(environment: Environment, tmp_path: Path) -> None:
    environment.install("--editable", REPOSITORY)
    command = environment.folder / "bin" / "rulereward"
    package, *shipped = check_scores_the_sample(environment.python, [command], tmp_path / "elsewhere")
    assert package == REPOSITORY / "rulereward"
    assert shipped == [REPOSITORY / name for name in SHIPPED]


@pytest.mark.slow
def test_checkout_on_the_path(environment: Environment, tmp_path: Path) -> None:
    command = [environment.python, "-m", "rulereward"]
    package, *shipped = check_scores_the_sample(
        environment.python, command, tmp_path / "elsewhere", PYTHONPATH=str(REPOSITORY)
    )
    assert package == REPOSITORY / "rulereward"
    assert shipped == [REPOSITORY / name for name in SHIPPED]

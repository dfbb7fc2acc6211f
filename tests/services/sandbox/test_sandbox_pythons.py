"""Other interpreters than the one that runs the tests, and modules beyond the standard library."""

from __future__ import annotations

import os
import sysconfig
from pathlib import Path

import pytest
from sandbox_links import CANARY, Box

from rulereward.services.sandbox.bubblewrap import PRELOAD, Embedded
from rulereward.services.sandbox.endings import ending
from rulereward.services.sandbox.shapes import AssertTest, CallTest, Limits, Program, StdinTest

PYTHONS = ("3.8", "3.9", "3.10", "3.12", "3.13")


def python(version: str) -> Path:
    found = [*Path.home().glob(f".pyenv/versions/{version}.*/bin/python{version}"), Path(f"/usr/bin/python{version}")]
    return next((path.resolve() for path in found if path.exists()), None) or pytest.skip(f"no Python {version} here")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can change users")
@pytest.mark.parametrize("version", PYTHONS)
def test_other_pythons(version: str) -> None:
    box = Box("root", Embedded(slots=2, python=python(version)))
    try:
        adds = Program("python", b"def add(a, b):\n    return a + b\n")
        checked, wrong = (AssertTest(adds, "add", "", f"assert add(2, 3) == {n}") for n in (5, 6))
        called = CallTest(adds, "add", ([1], [2]))
        outcomes = box.run([CANARY, checked, wrong, called])
        assert outcomes[0].stdout == b"6\n"
        assert [ending(checked, outcome).verdict for outcome in outcomes[1:3]] == ["AC", "WA"]
        assert b'["u2","l2","i1","i2","n"]' in outcomes[3].report
        shown = box.one(StdinTest(Program("python", b"import sys\nprint(sys.version)"), b"")).stdout
        assert shown.startswith(version.encode())
        for source in (b"print(" + b"(" * 5000, b"import os\nos.fork()\nwhile True: pass", b"x\0"):
            box.one(StdinTest(Program("python", source), b"", Limits(cpu_s=0.5)))
        box.assert_well()
    finally:
        box.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can change users")
def test_packages_of_the_host() -> None:
    pytest.importorskip("numpy")
    packages = Path(sysconfig.get_path("purelib"))
    box = Box("root", Embedded(slots=2, packages=[packages], preload=[*PRELOAD, "numpy"]))
    try:
        source = (
            b"import sys\nready = 'numpy' in sys.modules\nimport numpy as np\nprint(ready, np.arange(5) @ np.ones(5))"
        )
        outcomes = box.run([StdinTest(Program("python", source), b"", Limits(cpu_s=5))] * 4)
        assert {outcome.stdout for outcome in outcomes} == {b"True 10.0\n"}, outcomes[0]
        write = f"open({str(packages / 'x.py')!r}, 'w')".encode()
        assert box.one(StdinTest(Program("python", write), b"")).exit == 1
        box.assert_well()
    finally:
        box.close()

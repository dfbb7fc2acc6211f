"""The first run of somebody who may write neither into the package nor into a cache folder of his own."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

import rulereward as rr
import rulereward._files

ROOT = Path(rulereward._files.__file__).parents[1]
FOLDERS = ("rulereward", "grammar", "rulesets")
COMPLETIONS = ["<think>\na b c a b c\n</think>\n\\boxed{1}", "中文 中文 中文 中文", ""]
ASKED = """
import json, sys, time
started = time.monotonic()
import rulereward as rr
from rulereward.text import jit
ruleset = rr.load("quality_filter")
seconds = time.monotonic() - started
scores = ruleset.score(json.loads(sys.argv[1]))
print(json.dumps({"rules": scores.records(), "file": rr.__file__, "seconds": seconds}))
"""
_PR_CAPBSET_DROP, _OVERRIDES = 24, (1, 2)
"""Dropping a capability for the program that is started, and those that let root pass by the rights of files."""


def bound_by_rights() -> None:
    """In the new process: have it bound by the rights of files even where it is root's."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None)
        for capability in _OVERRIDES:
            libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="rights are dropped as Linux has it")
def test_kernels_are_compiled_where_nothing_can_be_kept(tmp_path: Path) -> None:
    installed = tmp_path / "installed"
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, installed / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for path in [installed, *installed.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("NUMBA_")}
    surroundings |= {"PYTHONPATH": str(installed), "HOME": str(installed), "XDG_CACHE_HOME": str(installed)}
    started = time.monotonic()
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", ASKED, json.dumps(COMPLETIONS)],
        cwd=installed, env=surroundings, capture_output=True, text=True, timeout=300, check=False,
        preexec_fn=bound_by_rights,  # no thread of ours is at work here
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    told = json.loads(run.stdout)
    assert told["file"].startswith(str(installed))
    assert told["rules"] == rr.load("quality_filter").score(COMPLETIONS).records()
    assert not list(installed.rglob("*.nbi")), "nothing could be written"
    print(f"compiled in {told['seconds']:.1f} s, {time.monotonic() - started:.1f} s in all")

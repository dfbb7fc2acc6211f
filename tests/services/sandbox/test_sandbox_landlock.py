"""Landlock: what the kernel is told, that nothing is told where it has none, and what it then refuses."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from sandbox_links import Box

from rulereward.services.sandbox.inside.landlock import handled, packed_rule, packed_ruleset, ruleset, version
from rulereward.services.sandbox.shapes import Limits, Program, StdinTest

HEADER = Path("/usr/include/linux/landlock.h")
ROOT = Path(__file__).parents[3]
ALONE = """
import os, socket, sys
from rulereward.services.sandbox.inside.kernel import forbid_new_privileges
from rulereward.services.sandbox.inside.landlock import restrict, ruleset, version

def tried(do):
    try:
        do()
    except OSError as problem:
        return type(problem).__name__
    return "done"

folder, outside = sys.argv[1:]
forbid_new_privileges()
restrict(ruleset(version(), folder))
print("inside", tried(lambda: open(folder + "/new", "w").close()))
print("rename", tried(lambda: (os.mkdir(folder + "/deep"), os.rename(folder + "/new", folder + "/deep/new"))))
print("null", tried(lambda: open("/dev/null", "w").close()))
print("read", tried(lambda: open(outside + "/there").close()))
print("write", tried(lambda: open(outside + "/there", "r+").close()))
print("make", tried(lambda: open(outside + "/new", "w").close()))
print("remove", tried(lambda: os.unlink(outside + "/there")))
print("truncate", tried(lambda: os.truncate(outside + "/there", 0)))
print("bind", tried(lambda: socket.socket().bind(("127.0.0.1", 0))))
print("parent", tried(lambda: os.kill(os.getppid(), 0)))
child = os.fork()
if child == 0:
    import time
    time.sleep(60)
print("child", tried(lambda: os.kill(child, 9)))
os.waitpid(child, 0)
"""
LAYERS = b"""
import ctypes
call = ctypes.CDLL(None, use_errno=True).syscall
rules = call(444, (ctypes.c_uint64 * 1)(1 << 1), ctypes.c_size_t(8), 0)
more = 0
while call(446, rules, 0) == 0:
    more += 1
print(more)
"""
"""How many more layers of rules a process may put on: of 16, by the kernel's documentation."""


@pytest.fixture
def landlock() -> int:
    if not version():
        pytest.skip("this kernel has no Landlock, or it may not be used here")
    return version()


@pytest.mark.parametrize(
    ("abi", "words"),
    # write 2, then remove folder to make symbolic link 0x1FF0; refer 0x2000 from 2 on, truncate 0x4000 from 3 on
    [(1, (0x1FF2,)), (2, (0x3FF2,)), (3, (0x7FF2,)), (4, (0x7FF2, 3)), (5, (0x7FF2, 3)), (6, (0x7FF2, 3, 3))],
)
def test_what_the_kernel_is_told(abi: int, words: tuple[int, ...]) -> None:
    assert packed_ruleset(abi) == b"".join(word.to_bytes(8, sys.byteorder) for word in words)
    assert handled(abi)[: len(words)] == words
    assert not any(handled(abi)[len(words) :])


def test_a_rule_has_no_gaps() -> None:
    assert packed_rule(0x7FF2, 11) == (0x7FF2).to_bytes(8, sys.byteorder) + (11).to_bytes(4, sys.byteorder)


def test_nothing_is_told_where_there_is_none() -> None:
    assert ruleset(0, "/no/such/folder") == -1


def test_the_rights_are_those_of_the_kernels_header() -> None:
    if not HEADER.exists():
        pytest.skip("the kernel's headers are not here")
    bits = dict(re.findall(r"#define LANDLOCK_ACCESS_FS_(\w+)\s+\(1ULL << (\d+)\)", HEADER.read_text()))
    changes = {name for name in bits if name not in ("EXECUTE", "READ_FILE", "READ_DIR", "IOCTL_DEV")}
    known = {name for name, bit in bits.items() if handled(7)[0] >> int(bit) & 1}
    assert known == changes


def test_what_is_refused(landlock: int, tmp_path: Path) -> None:
    folder, outside = tmp_path / "folder", tmp_path / "outside"
    for made in (folder, outside):
        made.mkdir()
    (outside / "there").write_text("text")
    command = [sys.executable, "-c", ALONE, str(folder), str(outside)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT, timeout=60)
    found = dict(line.split() for line in done.stdout.splitlines())
    assert {name for name, how in found.items() if how == "done"} >= {"inside", "null", "read", "child"}
    refused = {"write", "make", "remove"} | ({"truncate"} if landlock >= 3 else set())
    refused |= ({"bind"} if landlock >= 4 else set()) | ({"parent"} if landlock >= 6 else set())
    assert {name for name, how in found.items() if how == "PermissionError"} - {"rename"} == refused
    assert found["rename"] == ("done" if landlock >= 2 else "OSError")
    assert (outside / "there").read_text() == "text"


@pytest.mark.usefixtures("landlock")
def test_every_program_is_under_rules(box: Box) -> None:
    for _ in range(2):
        outcome = box.one(StdinTest(Program("python", LAYERS), b"", Limits(cpu_s=5, wall_s=30)))
        assert outcome.stdout == b"15\n", outcome

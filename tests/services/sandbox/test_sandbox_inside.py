"""What runs inside: on old Pythons, of the standard library alone, and its parts by themselves."""

from __future__ import annotations

import ast
import os
import platform
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rulereward.services.sandbox import inside, shapes
from rulereward.services.sandbox.inside.limits import Limits
from rulereward.services.sandbox.inside.seccomp import program_filter, runner_filter
from rulereward.services.sandbox.inside.settings import Settings
from rulereward.services.sandbox.inside.usage import Shortages, UsageReader
from rulereward.services.sandbox.inside.wipe import wipe

FILES = sorted(Path(inside.__file__).parent.glob("*.py"))
OURS = "rulereward.services.sandbox.inside"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_python_3_8_can_read_it(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"), feature_version=(3, 8))
    assert (
        any(isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in tree.body)
        or not tree.body[1:]
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_it_imports_the_standard_library_and_itself(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        for name in names:
            assert name.startswith(OURS) or name.partition(".")[0] in sys.stdlib_module_names, name


def test_an_old_python_can_run_it() -> None:
    """Every module is imported there without the rest of this package, as in a sandbox."""
    old = next((path for path in _old_pythons() if path.exists()), None)
    if old is None:
        pytest.skip("there is no Python 3.8 here")
    names = [f"{OURS}.{path.stem}" for path in FILES if path.stem != "__init__"]
    code = (
        "import sys, types\n"
        "for name in ('rulereward', 'rulereward.services', 'rulereward.services.sandbox'):\n"
        "    sys.modules[name] = types.ModuleType(name)\n"
        f"    sys.modules[name].__path__ = [{str(FILES[0].parents[1])!r}] if name.endswith('sandbox') else []\n"
        f"for name in {names!r}: __import__(name)\n"
    )
    subprocess.run([str(old), "-I", "-S", "-B", "-c", code], check=True, timeout=60)


def _old_pythons() -> list[Path]:
    return [*Path.home().glob(".pyenv/versions/3.8.*/bin/python3.8"), Path("/usr/bin/python3.8")]


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filters_are_programs(machine: str) -> None:
    """Every jump leads to an instruction, and the last one answers; numbers are compared once each."""
    for made in (runner_filter(machine), program_filter(machine)):
        assert made is not None
        instructions = [struct.unpack_from("=HBBI", made, at) for at in range(0, len(made), 8)]
        for number, (code, yes, no, _) in enumerate(instructions):
            if code & 7 == 5:
                assert number + 1 + max(yes, no) < len(instructions)
        assert instructions[-1] == (6, 0, 0, 0x7FFF0000)
        compared = [value for code, _, _, value in instructions if code == 0x15]
        assert len(compared) == len(set(compared))


def answered(machine: str, number: int, *arguments: int) -> int:
    """What the filter of the runner answers a call of this architecture, by the rules of classic BPF."""
    made = runner_filter(machine)
    assert made is not None
    audit = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}[machine]
    call = struct.pack("=IIQ", number, audit, 0) + struct.pack("=6Q", *arguments, *[0] * (6 - len(arguments)))
    value = at = 0
    while True:
        code, yes, no, operand = struct.unpack_from("=HBBI", made, 8 * at)
        at += 1
        if code == 0x06:
            return int(operand)
        if code == 0x20:
            (value,) = struct.unpack_from("=I", call, operand)
        else:
            holds = {0x15: value == operand, 0x35: value >= operand, 0x45: bool(value & operand)}[code]
            at += yes if holds else no


EPERM, ENOSYS, EOPNOTSUPP, ALLOWED = 0x00050001, 0x00050026, 0x0005005F, 0x7FFF0000
VFORK, PARENT, THREAD, NEW_USER, SHARED = 0x4000, 0x8000, 0x10000, 0x10000000, 0x100


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_what_the_filter_answers(machine: str) -> None:
    """With the numbers of the architectures' tables; 0 stands for what does not matter."""
    clone, ioctl, read, attribute = (56, 16, 0, 188) if machine == "x86_64" else (220, 29, 63, 5)
    expected = [
        ((read,), ALLOWED),
        ((435,), ENOSYS),
        ((attribute,), EOPNOTSUPP),
        ((463,), EOPNOTSUPP),
        ((ioctl, 0, 0x5401), ALLOWED),
        ((ioctl, 0, 0x40086602), EOPNOTSUPP),
        ((ioctl, 0, 0xFFFFFFFF40086602), EOPNOTSUPP),
        ((ioctl, 0, 0x401C5820), EOPNOTSUPP),
        ((clone, 17), ALLOWED),
        ((clone, SHARED | THREAD), ALLOWED),
        ((clone, SHARED | VFORK | 17), ALLOWED),
        ((clone, NEW_USER | 17), EPERM),
        ((clone, PARENT | 17), EPERM),
        ((clone, PARENT | THREAD | SHARED), EPERM),
        ((clone, VFORK | PARENT | 17), EPERM),
        ((clone, VFORK | THREAD | SHARED), EPERM),
    ]
    assert [(call, answered(machine, *call)) for call, _ in expected] == expected


def test_no_filter_for_unknown_machines() -> None:
    assert runner_filter("pdp11") is None
    assert program_filter("pdp11") is None


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the header that is read is that of x86_64")
def test_the_numbers_are_those_of_the_kernels_header() -> None:
    from rulereward.services.sandbox.inside.seccomp import _ATTRIBUTES, _REFUSED

    header = Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h")
    if not header.exists():
        pytest.skip("the kernel's headers are not here")
    known = dict(line.split()[1:3] for line in header.read_text().splitlines() if line.startswith("#define __NR_"))
    for name, (number, _) in {**_REFUSED, **_ATTRIBUTES}.items():
        assert int(known.get(f"__NR_{name}", number)) == number, name


def test_the_numbers_of_the_other_architecture() -> None:
    from rulereward.services.sandbox.inside.seccomp import _ATTRIBUTES, _REFUSED

    header = Path("/usr/include/asm-generic/unistd.h")
    if not header.exists():
        pytest.skip("the kernel's headers are not here")
    lines = [
        line.split()
        for line in header.read_text().splitlines()
        if line.startswith(("#define __NR_", "#define __NR3264_"))
    ]
    known = {
        words[1].replace("__NR3264_", "__NR_"): words[2] for words in lines if len(words) > 2 and words[2].isdigit()
    }
    assert len(known) > 200
    for name, (_, number) in {**_REFUSED, **_ATTRIBUTES}.items():
        if number >= 0:
            assert int(known.get(f"__NR_{name}", number)) == number, name


def test_wipe(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").touch()
    box = tmp_path / "box"
    (box / "a" / "b").mkdir(parents=True)
    (box / "a" / "link").symlink_to(outside)
    (box / "loop").symlink_to(box)
    (box / "a" / "b" / "file").touch()
    (box / "a" / "b").chmod(0)
    (box / "a").chmod(0)
    os.mkfifo(box / "pipe")
    assert wipe(str(box))
    assert list(box.iterdir()) == []
    assert (outside / "kept").exists()


def test_wipe_of_deep_folders(tmp_path: Path) -> None:
    box = tmp_path / "box"
    box.mkdir()
    top = os.open(box, os.O_RDONLY)
    for _ in range(1500):
        os.mkdir("d", dir_fd=top)
        below = os.open("d", os.O_RDONLY, dir_fd=top)
        os.close(top)
        top = below
    os.close(top)
    assert wipe(str(box))


@pytest.mark.parametrize(
    "given", [{"cpu_s": 0}, {"cpu_s": -1}, {"memory_mb": "5"}, {"wall_s": True}, {"stack_mb": 1e10}]
)
def test_impossible_limits(given: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="no limit"):
        Limits(given)


def test_both_sides_have_the_same_default_limits() -> None:
    mine, theirs = Limits({}), shapes.Limits()
    for name in Limits.__slots__:
        if name not in ("wall_s", "idle_s"):
            assert getattr(mine, name) == getattr(theirs, name), name
    for cpu_s, wall_s, idle_s in ((0.5, 3.0, 2.0), (2.0, 6.0, 2.0), (6.0, 14.0, 6.0)):
        mine, theirs = Limits({"cpu_s": cpu_s}), shapes.Limits(cpu_s)
        assert (mine.wall_s, mine.idle_s) == (theirs.most_wall_s, theirs.most_idle_s) == (wall_s, idle_s)


def test_settings() -> None:
    settings = Settings(slots=3, base_uid=1000)
    assert [settings.program_uid(n) for n in range(3)] == [1000, 1002, 1004]
    assert [settings.checker_uid(n) for n in range(3)] == [1001, 1003, 1005]
    assert (Settings().program_uid(0), Settings().checker_uid(0)) == (0, 0)
    for wrong in ({"slots": 2}, {"slots": 0}):
        with pytest.raises(ValueError, match="one slot"):
            Settings(**wrong)


def test_shortages_of_memory() -> None:
    """Who began before the count was seen to move may have been killed for want of memory, and nobody else.

    Times are those of `time.monotonic`, from 0 for ever to now.
    """
    shortages = Shortages(9)
    began = time.monotonic()
    assert shortages.any_since(began, 9) is False
    assert shortages.any_since(began, 10) is True
    assert shortages.any_since(began, 10) is True, "two were killed by one shortage: the second is seen later"
    assert shortages.any_since(time.monotonic(), 10) is False
    assert shortages.any_since(time.monotonic(), 11) is True
    for kills in range(12, 300):
        shortages.any_since(time.monotonic(), kills)
    assert shortages.any_since(began, 299) is True
    assert shortages.any_since(time.monotonic(), 299) is False


@pytest.mark.parametrize(("before", "now"), [(-1, -1), (-1, 3), (3, -1)])
def test_shortages_where_the_kernel_does_not_tell(before: int, now: int) -> None:
    assert Shortages(before).any_since(time.monotonic(), now) is None


def test_the_kernels_count_of_shortages(tmp_path: Path) -> None:
    (tmp_path / "vmstat").write_text("nr_pages 5\n" + "padding 0\n" * 2000 + "oom_kill 17\n")
    told = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    proc = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY)
    reader = UsageReader(proc)
    lines = dict(line.split() for line in Path("/proc/vmstat").read_text().splitlines())
    assert reader.oom_kills() <= int(lines.get("oom_kill", -1))
    os.dup2(told, proc)
    assert reader.oom_kills() == 17
    (tmp_path / "vmstat").unlink()
    assert reader.oom_kills() == -1
    os.close(told)
    os.close(proc)


def test_usage_of_a_process() -> None:
    proc = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY)
    child = subprocess.Popen(
        [sys.executable, "-S", "-c", "x = b'1' * (50 << 20); print(flush=True); input()"], stdin=-1, stdout=-1
    )
    try:
        assert child.stdout is not None
        child.stdout.readline()
        reader = UsageReader(proc)
        reader.own_memory_kb = 0
        assert child.pid in (reader.children() or {child.pid})
        assert reader.by_user()[os.getuid()].memory_kb > 50 * 1024
    finally:
        child.communicate(b"\n")
        os.close(proc)

"""`rulereward score` of a large JSONL file by the text rules of an R1 set, end to end: wall time and peak memory.

    python tests/bench/score_jsonl.py [--megabytes 1000] [--plain-megabytes 100] [--json FILE] [--folder TMP]

The file is made on the spot (`corpus_jsonl.py`). The command runs as a process, interpreter start and imports
included, with and without `--details`, with one thread that measures and with two, and on a quarter and a half of the
file, to show what memory does. Against it stands a plain script with `json` and the peers' functions
(`score_jsonl_plain.py`), measured on the beginning of the file and scaled by bytes. The script and the command on the
whole file run by turns, and the medians count; all else runs once. On that beginning both outputs must hold the same
values, the Han share aside, which is another definition.

Peak memory is the largest sum of what the process and its children hold, looked at every 20 ms, or the kernel's own
high-water mark of the largest of them, whichever is more.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import text_theirs as theirs
from bench_tools import arguments, machine, write_figures
from corpus_jsonl import write_jsonl
from text_r1_peers import SCORE, pairs

HERE = Path(__file__).parent
_LOOK_S = 0.02
_KB = 1024

TURNS = 3
THREADS: tuple[list[str], ...] = ([], ["--workers", "1"], ["--workers", "2"])


def ruleset_text() -> str:
    rules = "".join(f"  r{place}: {pair.rule}\n" for place, pair in enumerate(pairs()))
    return f"rulereward: 1\nname: r1_text\nrules:\n{rules}score: {SCORE}\n"


def run(command: Sequence[str]) -> dict[str, float]:
    """Wall seconds and peak MB of a process and its children. Raises where it fails."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    peak = 0
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        peak = max(peak, sum(map(resident, family(process.pid))))
        time.sleep(_LOOK_S)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    output, errors = process.communicate()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)}: {errors.decode()}")
    found = {"seconds": seconds, "peak_mb": max(peak, usage.ru_maxrss * _KB) / 1e6}
    return found | ({"told": float(output)} if output.strip() else {})


def family(pid: int) -> Iterator[int]:
    """A process and all that descend from it, as far as they are still there."""
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = task.read_text().split()
        except OSError:  # it ended meanwhile
            continue
        for child in map(int, children):
            yield from family(child)


def resident(pid: int) -> int:
    """Bytes that a process holds, 0 if it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def ours(folder: Path, rows: int, *options: str) -> dict[str, float]:
    named = ["-r", str(folder / "r1_text.yaml"), str(folder / "in.jsonl"), "-o", str(folder / "ours.jsonl")]
    command = [sys.executable, "-m", "rulereward", "score", *named, "--limit", str(rows), "--overwrite", "--quiet"]
    return run([*command, *options])


def versus_plain(folder: Path, rows: int) -> dict[str, float]:
    script, source, out = HERE / "score_jsonl_plain.py", folder / "in.jsonl", folder / "plain.jsonl"
    found = run([sys.executable, str(script), str(source), str(out), "--limit", str(rows)])
    return {"seconds": found["told"], "peak_mb": found["peak_mb"]}  # imports do not grow with the file


def middle(runs: Sequence[dict[str, float]]) -> dict[str, float]:
    """The first run with the median of all times."""
    return {**runs[0], "seconds": median(run["seconds"] for run in runs)}


def differences(folder: Path) -> dict[str, int]:
    """On how many rows of both outputs each component differs, where it must not."""
    same = [f"r{place}" for place, pair in enumerate(pairs()) if pair.same]
    counts = dict.fromkeys(same, 0)
    with (folder / "ours.jsonl").open("rb") as left, (folder / "plain.jsonl").open("rb") as right:
        for our, their in zip(left, right, strict=True):
            mine, others = (json.loads(line)["reward_components"] for line in (our, their))
            for name in same:
                counts[name] += mine[name] != others[name]
    return counts


def measure(folder: Path, size: int, part: int) -> dict[str, Any]:
    """All runs; `part` is how many bytes the plain script gets."""
    ends = write_jsonl(folder / "in.jsonl", size)
    (folder / "r1_text.yaml").write_text(ruleset_text(), "utf-8")
    rows_to = {share: bisect_left(ends, int(share * ends[-1])) + 1 for share in (0.25, 0.5, 1.0)}
    rows = bisect_left(ends, part) + 1
    versus_plain(folder, rows)
    ours(folder, rows)  # compiles what there is to compile
    found: dict[str, Any] = {"bytes": ends[-1], "rows": len(ends), "turns": TURNS, "other": differences(folder)}
    print(f"other values: {found['other']}")
    turns = [(versus_plain(folder, rows), ours(folder, rows_to[1.0])) for _ in range(TURNS)]
    plain, full = map(middle, zip(*turns, strict=True))
    found["plain"] = {**plain, "bytes": ends[rows - 1]}
    found["ours"] = [{**full, "flags": [], "bytes": ends[-1]}]
    runs = [(1.0, [*flags, *details]) for flags in THREADS for details in ([], ["--details"]) if flags or details]
    for share, flags in [(0.25, []), (0.5, []), *runs]:
        one = {**ours(folder, rows_to[share], *flags), "flags": flags, "bytes": ends[rows_to[share] - 1]}
        found["ours"].append(one)
    show("plain script", found["plain"])
    for one in found["ours"]:
        show(f"score {' '.join(one['flags'])}", one)
    return found


def show(name: str, one: dict[str, Any]) -> None:
    size = one["bytes"] / 1e6
    spent = f"{one['seconds']:8.1f} s {size / one['seconds']:8.1f} MB/s"
    print(f"  {name:<32}{size:8.0f} MB {spent}   peak {one['peak_mb']:,.0f} MB", flush=True)


def main() -> None:
    theirs.require_peers()
    parser = arguments("`rulereward score` of a large file, end to end", megabytes=1_000, plain_megabytes=100)
    parser.add_argument("--folder", type=Path, help="where the temporary folder is made")
    options = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        size, part = options.megabytes * 1_000_000, options.plain_megabytes * 1_000_000
        figures = measure(Path(folder), size, min(part, size))
    full = next(one for one in figures["ours"] if one["bytes"] == figures["bytes"] and not one["flags"])
    plain = figures["plain"]
    print(f"ratio, by bytes: {plain['seconds'] / plain['bytes'] * full['bytes'] / full['seconds']:.1f}")
    write_figures(options.json, figures)


if __name__ == "__main__":
    main()

"""How long a C++ program with the large header takes to be built, with the header compiled ahead and without.

    python tests/bench/sandbox_cpp.py [--programs 7]

Each program is new to the sandbox, and is built and run once, one after the other. Prints seconds (the fastest and
the median) in the embedded sandbox, which has the host's compiler as it is, and in a container, whose image has the
header compiled ahead; in both also for a program that needs little of the library, where nothing is gained. An image
is made of this host's files, if there is none that will do. An engine must answer, and this host needs `g++`.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
for folder in ("sandbox", "sandbox_docker"):
    sys.path.insert(0, str(ROOT / "tests" / "services" / folder))

from docker_links import DockerBox, engine, image_at  # noqa: E402 - found only now
from sandbox_links import Box  # noqa: E402 - as above

from rulereward.services.sandbox.bubblewrap import Embedded  # noqa: E402 - as above
from rulereward.services.sandbox.docker_settings import Docker  # noqa: E402 - as above
from rulereward.services.sandbox.shapes import Limits, Program, StdinTest  # noqa: E402 - as above

IMAGE = "rulereward-sandbox-test-cpp"
HEADERS = ("bits/stdc++.h", "cstdio")
SOURCE = '#include <{}>\n// {}\nint main() {{ int n; std::scanf("%d", &n); std::printf("%d\\n", 2 * n); }}\n'


def seconds(box: Box, header: str, count: int) -> list[float]:
    times = []
    for number in range(count):
        program = Program("cpp", SOURCE.format(header, f"{time.time_ns()} {number}").encode())
        began = time.perf_counter()
        outcome = box.one(StdinTest(program, b"21\n", Limits()))
        times.append(time.perf_counter() - began)
        assert outcome.stdout == b"42\n", outcome
    return times


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--programs", type=int, default=7)
    count = parser.parse_args().programs
    made = image_at(engine(), IMAGE, ["cpp"])
    boxes = {
        "embedded, as it is": Box("root", Embedded(slots=1)),
        "container, compiled ahead": DockerBox(Docker(image=made, slots=1)),
    }
    for header in HEADERS:
        for name, box in boxes.items():
            times = seconds(box, header, count)
            best, median = min(times), statistics.median(times)
            print(f"{name:<26} <{header}>{'':<{14 - len(header)}} {best:.2f} s, median {median:.2f} s", flush=True)
    for box in boxes.values():
        box.close()


if __name__ == "__main__":
    main()

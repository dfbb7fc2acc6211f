"""What `rulereward sandbox check` runs in a sandbox: a small honest program for each language, and a few attacks.

The attacks are a sample of those that the tests make (`tests/cases/sandbox/attacks`). Each does no harm where it is
not stopped: what it writes it removes, what it kills is the runner of this check, and it looks for nothing but what
the check itself has laid out or already knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

STDIN = b"1 1\n"
EXPECTED = b"hello 2\n"

CANARIES: Mapping[str, str] = {
    "python": 'a, b = map(int, input().split())\nprint("hello", a + b)\n',
    "cpp": (
        "#include <iostream>\n"
        'int main() { int a, b; std::cin >> a >> b; std::cout << "hello " << a + b << std::endl; }\n'
    ),
    "javascript": (
        'const [a, b] = require("fs").readFileSync(0, "utf8").split(" ").map(Number);\n'
        "console.log(`hello ${a + b}`);\n"
    ),
    "bash": "read a b\necho hello $((a + b))\n",
}
"""By language: a program that prints EXPECTED when it is given STDIN."""


@dataclass(frozen=True, slots=True)
class Attack:
    """A Python program that prints MARK where it gets what it wants.

    It finds the names of `sandbox_bait.Bait` defined. One without a mark of its own is stopped if the runner still
    does honest work afterwards.
    """

    name: str
    code: str


MARK = "the sandbox did not stop this"

_PASSWORDS = """
import os
status = os.stat("/etc/passwd")
if [status.st_size, status.st_mtime_ns, status.st_ino] == PASSWORDS and open("/etc/passwd").read():
    print(MARK)
"""
_HOME = """
import os
if set(os.listdir(HOME)) & set(HOME_NAMES):
    print(MARK)
"""
_FILE = """
if open(f"{FOLDER}/{FILE}").read():
    print(MARK)
"""
_ENVIRONMENT = """
import os
if VARIABLE in os.environ:
    print(MARK)
for pid in (1, os.getppid(), OWNER):
    try:
        if VARIABLE in open(f"/proc/{pid}/environ", errors="replace").read():
            print(MARK)
    except OSError:
        pass
"""
_WRITING = """
import os
for folder in (FOLDER, "/", "/etc", "/usr", "/usr/lib", "/opt", "/tmp", "/var/tmp", "/dev", "/dev/shm", "/box"):
    path = f"{folder}/{FILE}-written"
    try:
        open(path, "w").close()
    except OSError:
        continue
    os.remove(path)
    print(MARK, folder)
"""
_NETWORK = """
import socket
for kind, port in ((socket.SOCK_STREAM, TCP_PORT), (socket.SOCK_DGRAM, UDP_PORT)):
    try:
        with socket.socket(socket.AF_INET, kind) as connection:
            connection.settimeout(1)
            connection.connect(("127.0.0.1", port))
            connection.send(b"x")
    except OSError:
        pass
"""
_KILLING = """
import os, signal
for pid in {1, os.getppid()} - {0, os.getpid()}:
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.kill(pid, number)
        except OSError:
            continue
        print(MARK, pid)
"""
_BOMB = """
import os
while True:
    try:
        os.fork()
    except OSError:
        pass
"""
_MEMORY = """
blocks = []
while len(blocks) < 1000:
    blocks.append(bytearray(b"x") * (10 << 20))
print(MARK)
"""

ATTACKS = (
    Attack("read this host's /etc/passwd", _PASSWORDS),
    Attack("look into the home folder", _HOME),
    Attack("read a file that is open to everybody", _FILE),
    Attack("read the environment of this process", _ENVIRONMENT),
    Attack("write outside of its folder", _WRITING),
    Attack("reach a listener on the loopback", _NETWORK),
    Attack("kill its parent", _KILLING),
    Attack("fork without end", _BOMB),
    Attack("take ten gigabytes", _MEMORY),
)

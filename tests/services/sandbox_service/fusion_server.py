"""A small service of SandboxFusion's kind on this host: `POST /run_code`, each program a subprocess, no walls."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

FILES = {"python": "main.py", "cpp": "main.cpp", "bash": "main.sh", "nodejs": "main.js"}
COMMANDS = {"python": [sys.executable, "-I", "-S"], "bash": ["bash"], "nodejs": ["node"]}


class FusionServer(ThreadingHTTPServer):
    """`faults`: what goes wrong with the next requests, one each: a status, `hang`, `drop`, `garbage`, `sandbox`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.faults: deque[int | str] = deque()
        self.seen: list[dict[str, Any]] = []
        self.most_at_once = 0
        self.connections = 0
        self._at_once = 0
        self._lock = threading.Lock()
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def fault(self) -> int | str | None:
        with self._lock:
            return self.faults.popleft() if self.faults else None

    def enter(self, by: int) -> None:
        with self._lock:
            self._at_once += by
            self.most_at_once = max(self.most_at_once, self._at_once)

    def stop(self) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FusionServer

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def log_message(self, *_: Any) -> None:
        """Nothing."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        fault = self.server.fault()
        if fault == "drop":
            self.close_connection = True
            return
        if fault == "hang":
            time.sleep(3)
        if isinstance(fault, int):
            self._send(fault, b'{"detail": "out of order"}')
        elif self.path != "/run_code":
            self._send(404, b"{}")
        elif fault == "garbage":
            self._send(200, b'{"no": "status"}')
        elif fault == "sandbox":
            self._send(200, json.dumps({"status": "SandboxError", "message": "no pod"}).encode())
        else:
            self.server.seen.append(body)
            self.server.enter(1)
            answer = run(body)
            self.server.enter(-1)
            self._send(200, json.dumps(answer).encode())

    def _send(self, status: int, data: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def run(body: dict[str, Any]) -> dict[str, Any]:
    folder = Path(tempfile.mkdtemp(prefix="fusion-"))
    try:
        file = folder / FILES[body["language"]]
        file.write_bytes(body["code"].encode("utf-8", "surrogatepass"))
        for name, content in body["files"].items():
            (folder / name).write_bytes(base64.b64decode(content))
        compiled = None
        command = [*COMMANDS.get(body["language"], []), str(file)]
        if body["language"] == "cpp":
            binary = str(folder / "main")
            compiled = execute(["g++", "-o", binary, str(file)], "", body["compile_timeout"], folder)
            command = [binary]
        ran = None
        if compiled is None or (compiled["status"] == "Finished" and compiled["return_code"] == 0):
            ran = execute(command, body["stdin"], body["run_timeout"], folder)
        results = [result for result in (compiled, ran) if result is not None]
        good = all(result["status"] == "Finished" and result["return_code"] == 0 for result in results)
        return {
            "status": "Success" if good else "Failed",
            "message": "",
            "compile_result": compiled,
            "run_result": ran,
            "executor_pod_name": None,
            "files": {},
        }
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def execute(command: list[str], stdin: str, limit_s: float, folder: Path) -> dict[str, Any]:
    """Run a command in a session of its own, of which nothing is left afterwards."""
    started = time.monotonic()
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder,
        start_new_session=True,
    )  # fmt: skip
    status, stdout, stderr = "Finished", b"", b""
    try:
        stdout, stderr = process.communicate(stdin.encode(), timeout=limit_s)
    except subprocess.TimeoutExpired:
        status = "TimeLimitExceeded"
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=5)
    return {
        "status": status,
        "execution_time": time.monotonic() - started,
        "return_code": process.returncode if status == "Finished" else None,
        "stdout": stdout.decode("utf-8", "replace"),
        "stderr": stderr.decode("utf-8", "replace"),
    }

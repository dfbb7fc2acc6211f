"""What a test is to a service that understands SandboxFusion's `POST /run_code`, and what its response means.

A program that reads and prints is sent as it is. Where functions are called or asserts checked, `http_inside` is sent
with the program, as Python source that unpacks itself.
"""

from __future__ import annotations

import base64
import functools
import json
import secrets
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rulereward.services.sandbox.inside import call_frames
from rulereward.services.sandbox.shapes import (
    AssertTest,
    CallTest,
    FilesTest,
    Outcome,
    PytestTest,
    StdinTest,
    Test,
)

_HERE = Path(__file__).resolve().parent
_PACKAGE = "rulereward.services.sandbox"
_LANGUAGES = {"python": "python", "cpp": "cpp", "javascript": "nodejs", "bash": "bash"}
_COMPILE_LIMIT_S = 20.0
_START_S = 1.0
"""What an interpreter may take to start, on top of a test's own time."""
_MOST_REPORT = 4096

_BOOT = """\
import base64, json, sys, types, zlib
for _name, _source in json.loads(zlib.decompress(base64.b64decode(%r))):
    _module = types.ModuleType(_name)
    _module.__path__ = []
    sys.modules[_name] = _module
    exec(compile(_source, _name, "exec"), _module.__dict__)
    if "." in _name:
        setattr(sys.modules[_name.rpartition(".")[0]], _name.rpartition(".")[2], _module)
sys.modules[%r].main(json.loads(%r), %r)
"""


@dataclass(frozen=True, slots=True)
class Request:
    """The body of a request, and the mark by which our own lines are known in what comes back."""

    body: Mapping[str, object]
    mark: str = ""


def request_of(test: Test) -> Request:
    """Raises ValueError for tests that share a process, NotPlainDataError where an argument is no plain data."""
    limits = test.limits
    body: dict[str, object] = {
        "language": _LANGUAGES[test.program.language],
        "compile_timeout": _COMPILE_LIMIT_S,
        "run_timeout": limits.cpu_s + _START_S,
        "memory_limit_MB": limits.memory_mb,
        "files": {},
    }
    source = test.program.source.decode("utf-8", "surrogatepass")
    if isinstance(test, StdinTest):
        return Request({**body, "code": source, "stdin": test.stdin.decode("utf-8", "surrogatepass")})
    if isinstance(test, FilesTest):
        files = {name: base64.b64encode(content).decode() for name, content in test.files}
        return Request({**body, "files": files, "stdin": "", "code": _with_arguments(source, list(files))})
    if not isinstance(test, CallTest | AssertTest | PytestTest):
        raise ValueError("tests go to a service one by one")
    mark = secrets.token_hex(16)
    secret = json.dumps({"mark": mark, **_secret(test)})
    return Request({**body, "code": _code(source, isinstance(test, PytestTest)), "stdin": f"{secret}\n"}, mark)


def _with_arguments(source: str, arguments: list[str]) -> str:
    """A program that finds arguments, which the service can give it none of."""
    return f"import sys\nsys.argv[1:] = {arguments!r}\nexec(compile({source!r}, 'main.py', 'exec'))\n"


def languages() -> tuple[str, ...]:
    return tuple(_LANGUAGES)


def _secret(test: CallTest | AssertTest | PytestTest) -> dict[str, object]:
    if isinstance(test, CallTest):
        return {"mode": "call", "frame": call_frames.pack_call(test.entry, test.args, test.kwargs).hex()}
    if isinstance(test, PytestTest):
        return {"mode": "pytest", "wanted": (test.module, test.file, test.test_id, test.count)}
    return {"mode": "assert", "entry": test.entry, "setup": test.setup, "test": test.test}


def _code(source: str, by_pytest: bool) -> str:
    return _BOOT % (_bundle(), f"{_PACKAGE}.http_inside", json.dumps(source), by_pytest)


@functools.cache
def _bundle() -> str:
    """All files of ours that run at the far end, those first that others import."""
    files = {f"{_PACKAGE}.inside.{path.stem}": path.read_text("utf-8") for path in (_HERE / "inside").glob("*.py")}
    files.pop(f"{_PACKAGE}.inside.__init__")
    files[f"{_PACKAGE}.http_inside"] = (_HERE / "http_inside.py").read_text("utf-8")
    needed: dict[str, str] = {}
    _collect(f"{_PACKAGE}.http_inside", files, needed)
    parents = ["rulereward", "rulereward.services", _PACKAGE, f"{_PACKAGE}.inside"]
    modules = [*((name, "") for name in parents), *needed.items()]
    return base64.b64encode(zlib.compress(json.dumps(modules).encode(), 9)).decode()


def _collect(name: str, files: Mapping[str, str], needed: dict[str, str]) -> None:
    """Put a module behind those that it imports."""
    source = files[name]
    for other in files:
        package, _, stem = other.rpartition(".")
        imports = (f"from {other} import ", f"from {package} import {stem}\n")
        if other != name and other not in needed and any(written in source for written in imports):
            _collect(other, files, needed)
    needed[name] = source


def outcome_of(test: Test, request: Request, response: object) -> Outcome:
    """What a response means. One that makes no sense, or that says the service failed, is our side's problem."""
    try:
        fields: Any = response
        status, compiled, ran = fields["status"], fields.get("compile_result"), fields.get("run_result")
        if status == "SandboxError":
            return Outcome(problem=f"the service failed: {str(fields.get('message', ''))[:200]}")
        if compiled is not None and (compiled["status"] != "Finished" or compiled.get("return_code")):
            return _not_compiled(compiled)
        return _ran(test, request, ran)
    except (TypeError, KeyError, ValueError, AttributeError) as problem:
        return Outcome(
            problem=f"the service's response makes no sense: {type(problem).__name__} {str(problem)[:100]}"
        )


def _not_compiled(result: Mapping[str, Any]) -> Outcome:
    if result["status"] == "TimeLimitExceeded":
        return Outcome(said="S", stopped="cpu")
    return Outcome(said="SE", stderr=_bytes(result.get("stderr")))


def _ran(test: Test, request: Request, ran: Mapping[str, Any]) -> Outcome:
    wall_s = float(ran.get("execution_time") or 0.0)
    if ran["status"] == "TimeLimitExceeded":
        return Outcome(said="S", stopped="cpu", wall_s=wall_s)
    if ran["status"] not in ("Finished", "Error"):
        raise ValueError(f"status {ran['status']!r}")
    code = int(ran.get("return_code") or 0)
    stdout, stderr = _bytes(ran.get("stdout")), _bytes(ran.get("stderr"))
    killed = 9 if code in (137, -9) else 0
    common: dict[str, Any] = {"wall_s": wall_s, "stderr": stderr[-_MOST_REPORT:]}
    if request.mark:
        return _told(request.mark, stdout, code, killed, common)
    said = "SE" if code == 1 and _is_syntax_error(test, stderr) else "SC"
    most = test.limits.output_bytes
    return Outcome(said=said, exit=code, signal=killed, stdout=stdout[:most], stdout_bytes=len(stdout), **common)


def _told(mark: str, stdout: bytes, code: int, killed: int, common: dict[str, Any]) -> Outcome:
    """What `http_inside` said behind its mark. Silent though it began, it was ended by the program."""
    lines = [line for line in stdout.decode("utf-8", "replace").split("\n") if line.startswith(f"{mark} ")]
    if not lines:
        return Outcome(problem=f"the service did not run our part: {common['stderr'][-200:]!r}")
    told = json.loads(lines[-1].removeprefix(f"{mark} "))
    if len(lines) < 2 or not told:
        return Outcome(said="SC", checker="SG", exit=code or 1, signal=killed, **common)
    report = bytes.fromhex(told.pop("report", ""))
    return Outcome(**told, report=report, **common)


def _is_syntax_error(test: Test, stderr: bytes) -> bool:
    """Did the interpreter refuse the program before it ran any of it?"""
    if test.program.language != "python" or b"Traceback (most recent call last)" in stderr:
        return False
    last = stderr.strip().rpartition(b"\n")[2]
    return last.startswith((b"SyntaxError", b"IndentationError", b"TabError"))


def _bytes(text: object) -> bytes:
    return str(text or "").encode("utf-8", "surrogatepass")

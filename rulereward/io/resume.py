"""Beginning an output file, and going on with one that was left unfinished.

Beside `out.jsonl` stands `out.jsonl.meta.json`, written before the first row: what was scored, with what. A run
goes on only when it would have written the same rows in the same way.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from rulereward.errors import InputError, OutputError
from rulereward.io.streams import STDIN, is_parquet
from rulereward.io.writers import STDOUT

META_SCHEMA = 1

ANEW = "--overwrite starts anew"
"""The next step where an output cannot be resumed."""

_WRITTEN = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz", ".parquet")

CHUNK_BYTES = 1 << 20


class InputMeta(msgspec.Struct, frozen=True):
    """An input as it was named, and its size in bytes (None for standard input)."""

    name: str
    size: int | None


class RunMeta(msgspec.Struct, frozen=True, kw_only=True):
    """What an output was made with. `options` are those that change rows: limit, step, details, mapping."""

    ruleset: str
    fingerprint: str
    environment: Mapping[str, str]
    inputs: tuple[InputMeta, ...]
    options: Mapping[str, str | int | float | bool | None] = {}
    schema: int = META_SCHEMA


def describe_inputs(paths: Sequence[str]) -> tuple[InputMeta, ...]:
    """The inputs of a run for its `RunMeta`. Raises `InputError` for one that is not there."""
    return tuple(InputMeta(path, None if path == STDIN else _size(path)) for path in paths)


def _size(path: str) -> int:
    try:
        return Path(path).stat().st_size
    except OSError as failure:
        raise InputError(f"{path} cannot be read: {failure.strerror or failure}") from failure


def meta_path(output: str) -> Path:
    """Where an output's `RunMeta` is kept."""
    return Path(f"{output}.meta.json")


def start_output(output: str, meta: RunMeta, *, resume: bool = False, overwrite: bool = False) -> int:
    """Make ready to write `output`, and return how many rows it already holds (0 unless `resume`).

    After it, compare the rows that were written with `check_written`, open the writer with `append=resume`, and go
    on with the rows behind them. Raises `OutputError` where a file would be lost, where the file to go on with was
    made otherwise, and for a name that ends like no output.
    """
    check_output(output, meta.inputs, resume=resume, overwrite=overwrite)
    path = Path(output)
    if _is_stream(output):
        return 0
    if path.exists() and resume:
        _check_same(output, _read_meta(output), meta)
        return _keep_whole_lines(path)
    path.unlink(missing_ok=True)  # before the new meta: old rows must never stand beside it
    _write_meta(output, meta)
    return 0


def check_output(output: str, inputs: Sequence[InputMeta], *, resume: bool = False, overwrite: bool = False) -> None:
    """Raise what `start_output` raises for the name of an output alone, and change nothing.

    For callers that do something lengthy before they know their `RunMeta`.
    """
    path = Path(output)
    if _is_stream(output):
        if resume:
            raise OutputError(f"{output} is not a file, so there is nothing to resume")
        return
    _check_place(path, output, inputs)
    if resume and is_parquet(output):
        raise OutputError(f"a Parquet file is written as a whole and cannot be resumed; write .jsonl, or {ANEW}")
    if path.exists() and not resume and not overwrite:
        ways = "" if is_parquet(output) else ", --resume goes on with it"
        raise OutputError(f"{output} exists already: --overwrite replaces it{ways}")


def _is_stream(output: str) -> bool:
    """A pipe or a device."""
    path = Path(output)
    return output == STDOUT or (path.exists() and not path.is_file() and not path.is_dir())


def _check_place(path: Path, output: str, inputs: Sequence[InputMeta]) -> None:
    if path.is_dir():
        raise OutputError(f"{output} is a folder; name a file in it")
    if not path.parent.is_dir():
        raise OutputError(f"{output}: the folder {path.parent} does not exist")
    if output.lower().endswith(".zst"):
        raise OutputError(f"{output}: .zst files are read but not written; write .jsonl.gz instead")
    if path.suffix and not output.lower().endswith(_WRITTEN):
        raise OutputError(f"{output}: an output ends in one of {', '.join(_WRITTEN)}")
    for source in inputs:
        if source.name != STDIN and path.exists() and path.samefile(source.name):
            raise OutputError(f"{output} is an input of this run; name another output")


def _write_meta(output: str, meta: RunMeta) -> None:
    target = meta_path(output)
    partial = target.with_name(f"{target.name}.partial")
    try:
        with partial.open("wb") as stream:
            stream.write(msgspec.json.format(msgspec.json.encode(meta)) + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(target)
    except OSError as failure:
        raise OutputError(f"{target} cannot be written: {failure.strerror or failure}") from failure


def _read_meta(output: str) -> RunMeta:
    target = meta_path(output)
    try:
        return msgspec.json.decode(target.read_bytes(), type=RunMeta)
    except FileNotFoundError as failure:
        message = f"{output} cannot be resumed: {target} is missing, so it is not known what made it; {ANEW}"
        raise OutputError(message) from failure
    except (OSError, ValueError) as failure:
        raise OutputError(f"{output} cannot be resumed: {target} is not readable: {failure}; {ANEW}") from failure


def _check_same(output: str, before: RunMeta, now: RunMeta) -> None:
    """Raise `OutputError` that names each difference with both its values."""
    differences: list[str] = []
    for what in ("schema", "fingerprint"):
        differences += _difference(what, getattr(before, what), getattr(now, what))
    for what in ("environment", "options"):
        old, new = getattr(before, what), getattr(now, what)
        for name in sorted({*old, *new}):
            differences += _difference(f"{what} {name}", old.get(name), new.get(name))
    differences += _difference("inputs", _names(before), _names(now))
    for old, new in zip(before.inputs, now.inputs, strict=False):
        if old.name == new.name and old.size is not None and new.size is not None and new.size < old.size:
            differences.append(f"size of {old.name} was {old.size:,} bytes and is {new.size:,}")
    if differences:
        told = "; ".join(differences)
        raise OutputError(f"{output} cannot be resumed, because it was made otherwise: {told}; {ANEW}")


def _names(meta: RunMeta) -> str:
    return " ".join(source.name for source in meta.inputs)


def _difference(what: str, before: object, now: object) -> list[str]:
    return [] if before == now else [f"{what} was {before!r} and is {now!r}"]


def _keep_whole_lines(path: Path) -> int:
    """Cut a torn end off an output and count the lines that stay."""
    try:
        lines, size = _whole_members(path) if path.suffix.lower() == ".gz" else _whole_lines(path)
        os.truncate(path, size)
    except OSError as failure:
        raise OutputError(f"{path} cannot be resumed: {failure.strerror or failure}; {ANEW}") from failure
    return lines


def _whole_lines(path: Path) -> tuple[int, int]:
    """Number of line ends, and the offset behind the last one."""
    lines = end = offset = 0
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            lines += chunk.count(b"\n")
            last = chunk.rfind(b"\n")
            end = offset + last + 1 if last >= 0 else end
            offset += len(chunk)
    return lines, end


def _whole_members(path: Path) -> tuple[int, int]:
    """Number of lines in the whole gzip members, and the offset behind the last of these.

    The writer makes one member a block, so a run that was killed tears at most the last one.
    """
    lines = end = offset = lines_here = 0
    member = zlib.decompressobj(wbits=31)
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            offset += len(chunk)
            while chunk:
                try:
                    lines_here += member.decompress(chunk).count(b"\n")
                except zlib.error:
                    return lines, end
                chunk = member.unused_data
                if member.eof:
                    lines, lines_here, end = lines + lines_here, 0, offset - len(chunk)
                    member = zlib.decompressobj(wbits=31)
    return lines, end

"""What a model is, whatever its name: a digest of its weights, its configuration and its tokenizer."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

PATTERNS = ("*.json", "*.safetensors", "*.model", "*.txt", "*.jinja", "*.py")
"""The files of a model that could change a number."""

_BLOCK_BYTES = 1 << 20
_SHA256 = re.compile(r"[0-9a-f]{64}")


def model_digest(folder: Path) -> str:
    """SHA-256, in hexadecimal, over the names and contents of a model's files.

    A file that the hub's cache stores under the SHA-256 of its content is not read. Raises OSError.
    """
    digest = hashlib.sha256()
    files = {path for pattern in PATTERNS for path in folder.glob(pattern) if path.is_file()}
    for path in sorted(files, key=lambda path: path.name):
        digest.update(f"{path.name}\0{_file_digest(path)}\n".encode())
    return digest.hexdigest()


def _file_digest(path: Path) -> str:
    stored = path.resolve()
    if path.is_symlink() and stored.parent.name == "blobs" and _SHA256.fullmatch(stored.name):
        return stored.name
    digest = hashlib.sha256()
    with stored.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()

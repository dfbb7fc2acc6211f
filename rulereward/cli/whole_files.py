"""Writing a small file so that it is never seen half written."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Put `data` in the place of the file, which keeps its permissions; a link keeps leading to it.

    Raises OSError. The file is then as it was.
    """
    target = path.resolve()
    if not target.is_file():  # nothing to lose, or no place that a file could be put in, such as /dev/stdout
        target.write_bytes(data)
        return
    number, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    partial = Path(name)
    try:
        with os.fdopen(number, "wb") as stream:
            stream.write(data)
        shutil.copymode(target, partial)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)

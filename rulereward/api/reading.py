"""Reading the file of a ruleset: no more of it than a ruleset may have, and nothing that is no file."""

from __future__ import annotations

import errno
import stat
from pathlib import Path

from rulereward.lang.yaml_source import MAX_FILE_BYTES


def read_ruleset_file(path: Path) -> bytes:
    """The bytes of a file, cut behind the first that is too many.

    Raises OSError for what cannot be read, and for pipes and devices, which may never end.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        code = errno.EISDIR if path.is_dir() else errno.EINVAL
        raise OSError(code, "it is a folder" if path.is_dir() else "it is no regular file", str(path))
    with path.open("rb") as file:
        return file.read(MAX_FILE_BYTES + 1)

"""Emptying a program's folder, however deep, wide or locked it left it."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def wipe(folder: Path) -> bool:
    """Remove all that is in `folder`, following no link, as the user who owns it: whether it is empty now.

    Nested folders are moved up before they are emptied: paths stay short, and there is no recursion.
    """
    mark = os.urandom(8).hex()  # names that the program cannot have taken
    moved = 0
    waiting = _clear(folder)
    while waiting:
        here = waiting.pop()
        for nested in _clear(here):
            target = folder / f"{mark}-{moved}"
            moved += 1
            with contextlib.suppress(OSError):
                nested.rename(target)
                waiting.append(target)
        with contextlib.suppress(OSError):
            here.rmdir()
    return is_empty(folder)


def is_empty(folder: Path) -> bool:
    """Whether a folder has nothing in it. Raises OSError."""
    return not os.listdir(folder)  # noqa: PTH208 - in the path of every test, and twice as fast


def _clear(folder: Path) -> list[Path]:
    """Remove what lies in a folder and is no folder: the paths of the others, which can be moved now."""
    folders: list[Path] = []
    with contextlib.suppress(OSError):
        folder.chmod(0o700)
        for entry in list(os.scandir(folder)):
            path = Path(entry.path)
            with contextlib.suppress(OSError):
                if entry.is_dir(follow_symlinks=False):
                    path.chmod(0o700)  # only who may write to a folder may move it
                    folders.append(path)
                else:
                    path.unlink()
    return folders

"""Emptying a program's folder, however deep, wide or locked it left it."""
# `pathlib` would take memory, which every fork of the runner pays for:
# ruff: noqa: PTH101, PTH104, PTH106, PTH108, PTH208

from __future__ import annotations

import contextlib
import os


def wipe(folder: str) -> bool:
    """Remove all that is in `folder`, following no link, as the user who owns it: whether it is empty now.

    Nested folders are moved up before they are emptied: paths stay short, and there is no recursion.
    """
    mark = os.urandom(8).hex()  # names that the program cannot have taken
    moved = 0
    waiting = _clear(folder)
    while waiting:
        here = waiting.pop()
        for nested in _clear(here):
            target = f"{folder}/{mark}-{moved}"
            moved += 1
            with contextlib.suppress(OSError):
                os.rename(nested, target)
                waiting.append(target)
        with contextlib.suppress(OSError):
            os.rmdir(here)
    return is_empty(folder)


def reset(folder: str) -> None:
    """Give a folder the mode and the times of a new one, as the user who owns it: both last longer than the files in
    it, so that whoever comes next could not enter it, or would learn from them. Raises OSError.
    """
    os.chmod(folder, 0o700)
    os.utime(folder)


def is_empty(folder: str) -> bool:
    """Whether a folder has nothing in it. Raises OSError."""
    return not os.listdir(folder)


def _clear(folder: str) -> list[str]:
    """Remove what lies in a folder and is no folder: the paths of the others, which can be moved now."""
    folders: list[str] = []
    with contextlib.suppress(OSError):
        os.chmod(folder, 0o700)
        for entry in list(os.scandir(folder)):
            with contextlib.suppress(OSError):
                if entry.is_dir(follow_symlinks=False):
                    os.chmod(entry.path, 0o700)  # only who may write to a folder may move it
                    folders.append(entry.path)
                else:
                    os.unlink(entry.path)
    return folders

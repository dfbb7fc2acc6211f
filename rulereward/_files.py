"""Where the files stand that ship beside the code: the grammar, the rulesets, the sandbox images."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

Folder = Literal["grammar", "rulesets", "sandbox_images"]

_PACKAGE = Path(__file__).resolve().parent


def shipped_folder(kind: Folder) -> Path:
    """The folder of one kind: inside an installed wheel, else beside the package (checkout, sdist, editable).

    Raises FileNotFoundError if this installation has neither.
    """
    for folder in (_PACKAGE / "_shipped" / kind, _PACKAGE.parent / kind):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"this installation of rulereward has no `{kind}` folder; install it again")


def shipped(kind: Folder, name: str) -> Path:
    """The path of one shipped file. `name` is a plain file name.

    Raises ValueError for a name with a folder in it, FileNotFoundError for a file that is not there.
    """
    if name != Path(name).name or name in {"", ".."} or "\\" in name:
        raise ValueError(f"`{name}` is not a plain file name")
    path = shipped_folder(kind) / name
    if not path.is_file():
        raise FileNotFoundError(f"rulereward ships no `{kind}/{name}`")
    return path

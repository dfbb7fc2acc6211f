"""Where the files of a model lie, and whether those that are needed are among them."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

from rulereward.errors import ConfigurationError
from rulereward.services.lm.identity import PATTERNS
from rulereward.text.lm_work import LmSettings

_EXTRA = "pip install 'rulereward[models]'"
_HUB_NAME = re.compile(r"\w[\w.-]*(/\w[\w.-]*)?", re.ASCII)
"""A hub has no other names, and is not asked for what is meant as a path."""
_PICKLED = ("*.bin", "*.pt", "*.pth", "*.ckpt")


def model_folder(settings: LmSettings) -> Path:
    """Where the files of a model lie, after they were fetched if it is a name on a hub.

    Raises ConfigurationError where there is no such folder, and no hub, or no such model there; and where a revision
    of a folder is asked for, which has none.
    """
    name = settings.model
    folder = Path(name).expanduser()
    if folder.is_dir():
        if settings.revision is not None:
            raise ConfigurationError(
                f"the model `{name}` is a folder here, which has no revision `{settings.revision}`: leave `revision` "
                "out, or work in another folder if a name on a hub is meant"
            )
        return folder
    if folder.is_file():
        raise ConfigurationError(f"the model `{name}` is a file: give the path of the folder that it is in")
    if not _HUB_NAME.fullmatch(name):
        raise ConfigurationError(
            f"the model `{name}` is no folder here, and cannot be had from a hub, where no name looks like that: "
            f"give the path of a folder with its files, from {Path.cwd()}"
        )
    need("huggingface_hub", settings)
    from huggingface_hub import snapshot_download  # noqa: PLC0415  # an extra

    try:
        return Path(snapshot_download(name, revision=settings.revision, allow_patterns=list(PATTERNS)))
    except (OSError, ValueError) as error:  # no network, no such model, no such name, a full disk
        raise ConfigurationError(
            f"the model `{name}` is no folder here, and cannot be had from a hub "
            f"({first_line(error)}): give the path of a folder with its files"
        ) from error


def need_files(folder: Path) -> None:
    """Raises ConfigurationError, which names what is missing, where the folder holds no model that can be loaded."""
    lacks = _lacks(folder)
    if lacks is not None:
        raise ConfigurationError(f"the model in {folder} cannot be used: it has no {lacks}")
    _need_own_files(folder)


def _need_own_files(folder: Path) -> None:
    """An index may name files anywhere, and the identity is of those in the folder."""
    index = folder / "model.safetensors.index.json"
    if not index.is_file():
        return
    try:
        names = set(json.loads(index.read_bytes())["weight_map"].values())
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ConfigurationError(f"the model in {folder} cannot be used: its {index.name} is no index") from error
    if strange := sorted(str(name) for name in names if Path(str(name)).name != name):
        raise ConfigurationError(f"the model in {folder} cannot be used: `{strange[0]}` is no file of that folder")


def _lacks(folder: Path) -> str | None:
    if not (folder / "config.json").is_file():
        is_adapter = (folder / "adapter_config.json").is_file()
        return "config.json" + (", being an adapter: merge it into its model, and save that" if is_adapter else "")
    if not (folder / "tokenizer.json").is_file():  # transformers would make one that knows no token
        return "tokenizer.json"
    if any(folder.glob("*.safetensors")):
        return None
    pickled = sorted(path.name for pattern in _PICKLED for path in folder.glob(pattern))
    if not pickled:
        return "*.safetensors"
    return f"*.safetensors, and {pickled[0]} is a pickle, which could run code: save the weights as safetensors"


def need(library: str, settings: LmSettings) -> None:
    """Raises ConfigurationError where a library of the extra `models` is not installed."""
    if importlib.util.find_spec(library) is None:
        raise ConfigurationError(f"the model `{settings.model}` needs the library `{library}`: {_EXTRA}")


def first_line(error: BaseException) -> str:
    """What an error of a library says first."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__

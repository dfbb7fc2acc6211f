"""From settings to a model and a tokenizer that are ready. Nothing is unpickled: weights come as safetensors."""

from __future__ import annotations

import importlib.util
import re
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from rulereward.errors import ConfigurationError
from rulereward.services.lm.identity import PATTERNS, model_digest
from rulereward.text.lm_work import LmSettings

_PROTOCOL = 1
"""Raised whenever our part of the work changes so that a number could."""
_LIBRARIES = ("torch", "transformers", "tokenizers")
_ENDLESS = 1 << 40
"""Tokenizers that know no limit state a huge one."""
_NAME_ON_A_HUB = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)?")
_EXTRA = "pip install 'rulereward[models]'"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A causal language model on its device, and its tokenizer, both of transformers.

    `identity` names what of it could change a number.
    """

    model: Any
    tokenizer: Any
    identity: str


def model_folder(settings: LmSettings) -> Path:
    """Where the files of a model lie, after they were fetched if it is a name on a hub.

    Raises ConfigurationError where there is no such folder, and no hub, or no such model there.
    """
    folder = Path(settings.model).expanduser()
    if folder.is_dir():
        return folder
    if not _NAME_ON_A_HUB.fullmatch(settings.model):
        raise ConfigurationError(
            f"the model `{settings.model}` is no folder here, and no name that a hub could know: give the path of a "
            "folder with its files"
        )
    _need("huggingface_hub", settings)
    from huggingface_hub import snapshot_download  # noqa: PLC0415  # an extra

    try:
        return Path(snapshot_download(settings.model, revision=settings.revision, allow_patterns=list(PATTERNS)))
    except (OSError, ValueError) as error:  # no network, no such model, no such name, a full disk
        raise ConfigurationError(
            f"the model `{settings.model}` is no folder here, and cannot be had from a hub "
            f"({_first_line(error)}): give the path of a folder with its files"
        ) from error


def load(settings: LmSettings) -> Loaded:
    """Load a model. Takes seconds to minutes. Raises ConfigurationError where that cannot be done as asked."""
    for library in ("torch", "transformers"):
        _need(library, settings)
    folder = model_folder(settings)
    if not (folder / "tokenizer.json").is_file():  # transformers would make one that knows no token
        raise ConfigurationError(f"the model in {folder} cannot be used: it has no tokenizer.json")
    import torch  # noqa: PLC0415  # an extra, and slow to import
    from transformers import AutoModelForCausalLM, AutoTokenizer  # noqa: PLC0415  # an extra, and slow to import

    device = settings.device or ("cuda" if torch.cuda.is_available() else "cpu")
    try:
        kind = torch.device(device).type
        dtype = {"cpu": "float32"}.get(kind, "bfloat16") if settings.dtype == "auto" else settings.dtype
        identity = _identity(folder, dtype, kind)
        tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=settings.trust_remote_code)
        model = AutoModelForCausalLM.from_pretrained(
            folder,
            dtype=getattr(torch, dtype),
            trust_remote_code=settings.trust_remote_code,
            use_safetensors=True,
        ).to(device)
    except (KeyError, OSError, RuntimeError, ValueError) as error:
        raise ConfigurationError(f"the model in {folder} cannot be loaded: {_first_line(error)}") from error
    model.eval()
    model.requires_grad_(False)
    return Loaded(model, tokenizer, identity)


def _identity(folder: Path, dtype: str, device: str) -> str:
    return ", ".join([f"sha256 {model_digest(folder)}", dtype, device, software()])


def software() -> str:
    """Versions of what could change a number, without importing any of it."""
    return ", ".join([f"protocol {_PROTOCOL}", *(f"{library} {_version(library)}" for library in _LIBRARIES)])


def _version(library: str) -> str:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return "absent"


def capacity_of(settings: LmSettings, loaded: Loaded) -> int:
    """How many tokens the model sees at once: what is asked for, at most what it was made for.

    Raises ConfigurationError where more is asked for, or nothing says how many that are.
    """
    config = loaded.model.config.get_text_config()
    own = getattr(config, "max_position_embeddings", None) or loaded.tokenizer.model_max_length
    capacity = own if settings.max_length is None else settings.max_length
    if capacity > own:
        raise ConfigurationError(f"`max_length` is {capacity}, and the model sees at most {own} tokens")
    if capacity > _ENDLESS:
        raise ConfigurationError("the model does not say how many tokens it sees at once: give `max_length`")
    if settings.stride is not None and settings.stride > capacity:
        raise ConfigurationError(f"`stride` is {settings.stride}, and the model sees {capacity} tokens at once")
    return int(capacity)


def _need(library: str, settings: LmSettings) -> None:
    if importlib.util.find_spec(library) is None:
        raise ConfigurationError(f"the model `{settings.model}` needs the library `{library}`: {_EXTRA}")


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__

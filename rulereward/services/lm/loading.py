"""From settings to a model and a tokenizer that are ready. Nothing is unpickled: weights come as safetensors."""

from __future__ import annotations

import re
import warnings
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from rulereward.errors import ConfigurationError
from rulereward.services.lm.folder import first_line, model_folder, need, need_files
from rulereward.services.lm.identity import model_digest
from rulereward.services.lm.vocabulary import keep_to, known_tokens
from rulereward.text.lm_work import LmSettings

_PROTOCOL = 3
"""Raised whenever our part of the work changes so that a number could."""
_LIBRARIES = ("torch", "transformers", "tokenizers")
_ENDLESS = 1 << 40
"""Tokenizers that know no limit state a huge one."""
_CUDA = re.compile(r"cuda(?::([0-9]+))?")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A causal language model on its device, and its tokenizer, both of transformers.

    `identity` names what of it could change a number.
    """

    model: Any
    tokenizer: Any
    identity: str


def load(settings: LmSettings) -> Loaded:
    """Load a model. Takes seconds to minutes. Raises ConfigurationError where that cannot be done as asked.

    Warns (UserWarning) where the files hold weights that the model has no place for.
    """
    for library in ("torch", "transformers"):
        need(library, settings)
    folder = model_folder(settings)
    need_files(folder)
    need_devices(settings)
    import torch  # noqa: PLC0415  # an extra, and slow to import
    from safetensors import SafetensorError  # noqa: PLC0415  # an extra
    from transformers import AutoModelForCausalLM, AutoTokenizer  # noqa: PLC0415  # an extra, and slow to import

    device = settings.device or ("cuda" if torch.cuda.is_available() else "cpu")
    try:
        kind = torch.device(device).type
        dtype = {"cpu": "float32"}.get(kind, "bfloat16") if settings.dtype == "auto" else settings.dtype
        identity = _identity(folder, dtype, kind)
        tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=settings.trust_remote_code)
        model, told = AutoModelForCausalLM.from_pretrained(
            folder,
            dtype=getattr(torch, dtype),
            trust_remote_code=settings.trust_remote_code,
            use_safetensors=True,
            output_loading_info=True,
        )
        _need_weights(folder, told)
        keep_to(tokenizer, known_tokens(model))
        model = model.to(device)
    except (KeyError, OSError, RuntimeError, SafetensorError, ValueError) as error:
        raise ConfigurationError(f"the model in {folder} cannot be loaded: {first_line(error)}") from error
    model.eval()
    model.requires_grad_(False)
    return Loaded(model, tokenizer, identity)


def need_devices(settings: LmSettings) -> None:
    """Raises ConfigurationError where one of the CUDA devices that share the work is not here.

    What torch says of it names no device. Of other kinds it is asked when the model goes there.
    """
    need("torch", settings)
    import torch  # noqa: PLC0415  # an extra, and slow to import

    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    for device in settings.devices:
        found = _CUDA.fullmatch(device or "")
        if found is not None and int(found[1] or 0) >= count:
            here = f"{count}, from cuda:0 on" if count else "none"
            raise ConfigurationError(
                f"there is no device `{device}`: of CUDA devices torch {torch.__version__} finds {here}"
            )


def _need_weights(folder: Path, told: Mapping[str, Collection[str]]) -> None:
    """Weights that the files lack are random to transformers, by which a text scores something else each time.
    The files of a reward model have no output head, and a configuration may speak of more layers than there are.
    """
    if missing := sorted(told["missing_keys"]):
        raise ConfigurationError(
            f"the model in {folder} cannot be used: its files lack {len(missing)} of its weights, among them "
            f"`{missing[0]}`"
        )
    if unused := sorted(told["unexpected_keys"]):
        warnings.warn(
            f"the model in {folder} does without {len(unused)} weights of its files, among them `{unused[0]}`",
            stacklevel=4,
        )


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
    own = getattr(config, "max_position_embeddings", None) or 0
    own = loaded.tokenizer.model_max_length if own < 1 else own - _places_before_the_first(loaded.model, own)
    capacity = own if settings.max_length is None else settings.max_length
    if capacity > own:
        raise ConfigurationError(f"`max_length` is {capacity}, and the model sees at most {own} tokens")
    if capacity > _ENDLESS:
        raise ConfigurationError("the model does not say how many tokens it sees at once: give `max_length`")
    if settings.stride is not None and settings.stride > capacity:
        raise ConfigurationError(f"`stride` is {settings.stride}, and the model sees {capacity} tokens at once")
    return int(capacity)


def _places_before_the_first(model: Any, places: int) -> int:
    """How many of its places a model does not use: RoBERTa counts from the one behind that of padding."""
    words = model.get_input_embeddings()
    tables = (part for part in model.modules() if part is not words and hasattr(part, "num_embeddings"))
    learned = (table.padding_idx for table in tables if table.num_embeddings == places)
    return next((padding + 1 for padding in learned if padding is not None), 0)

"""From settings to a model: what it is called, how long it sees, and what stands in the way."""

from __future__ import annotations

import importlib.util
import json
import shutil
import warnings
from pathlib import Path
from typing import Any

import pytest
from made_models import byte_tokenizer, tiny_model

from rulereward.errors import ConfigurationError
from rulereward.services.lm.folder import model_folder, need_files
from rulereward.services.lm.identity import model_digest
from rulereward.services.lm.language_model import Shelf, open_language_model
from rulereward.services.lm.loading import Loaded, capacity_of, load, need_devices
from rulereward.services.lm.tokens import Tokens
from rulereward.text.lm_work import LmSettings


@pytest.fixture
def copied(bigram: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(bigram, tmp_path / "copied"))


def test_the_identity_is_of_what_the_files_hold(bigram: Path, copied: Path) -> None:
    first = load(LmSettings(str(bigram), device="cpu"))
    assert load(LmSettings(str(copied), device="cpu")).identity == first.identity
    (copied / "README.md").write_text("no part of the model")
    assert load(LmSettings(str(copied), device="cpu")).identity == first.identity
    weights = copied / "model.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    assert load(LmSettings(str(copied), device="cpu")).identity != first.identity


@pytest.mark.parametrize("changed", [{"max_length": 32}, {"truncate": "left"}, {"stride": 5}, {"dtype": "bfloat16"}])
def test_the_identity_is_of_what_moves_a_number(bigram: Path, changed: dict[str, Any]) -> None:
    one, other = (open_language_model(LmSettings(str(bigram), device="cpu", **given)) for given in ({}, changed))
    assert one.identity != other.identity


def test_a_budget_is_no_part_of_it(bigram: Path) -> None:
    sizes = (None, 100)
    one, other = (open_language_model(LmSettings(str(bigram), device="cpu", batch_tokens=size)) for size in sizes)
    assert one.identity == other.identity


def test_files_of_the_hub_are_not_read_again(tmp_path: Path) -> None:
    """Their names in the cache are the SHA-256 of what they hold: this one would be another."""
    folder, blobs = tmp_path / "snapshot", tmp_path / "blobs"
    folder.mkdir()
    blobs.mkdir()
    name = "a" * 64
    (blobs / name).write_bytes(b"weights")
    (folder / "model.safetensors").symlink_to(blobs / name)
    before = model_digest(folder)
    (blobs / name).write_bytes(b"other weights")
    assert model_digest(folder) == before
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors").write_bytes(b"weights")
    assert model_digest(folder) != before


def test_settings_that_make_no_sense() -> None:
    for name in ("max_length", "stride", "batch_tokens"):
        with pytest.raises(ValueError, match=f"`{name}` is a number of tokens: at least 1, not 0"):
            LmSettings("model", **{name: 0})
    with pytest.raises(ValueError, match=r"`stride` \(9\) is at most `max_length` \(8\)"):
        LmSettings("model", stride=9, max_length=8)


def test_how_long_a_text_it_sees(bigram: Path) -> None:
    shelf = Shelf()
    assert shelf.get(LmSettings(str(bigram), device="cpu")).scorer.capacity == 64
    assert shelf.get(LmSettings(str(bigram), device="cpu", max_length=16)).scorer.capacity == 16
    with pytest.raises(ConfigurationError, match="`max_length` is 65, and the model sees at most 64 tokens"):
        shelf.get(LmSettings(str(bigram), device="cpu", max_length=65))
    with pytest.raises(ConfigurationError, match="`stride` is 65, and the model sees 64 tokens at once"):
        shelf.get(LmSettings(str(bigram), device="cpu", stride=65))


def test_settings_that_lay_texts_out_differently_share_the_weights(bigram: Path) -> None:
    shelf = Shelf()
    first = shelf.get(LmSettings(str(bigram), device="cpu"))
    second = shelf.get(LmSettings(str(bigram), device="cpu", max_length=16, truncate="left", batch_tokens=100))
    assert first.scorer.model is second.scorer.model
    assert shelf.get(LmSettings(str(bigram), device="cpu", dtype="bfloat16")).scorer.model is not first.scorer.model


class Endless:
    """A model whose configuration states no limit."""

    config: Any

    def get_text_config(self) -> Endless:
        return self


def test_a_model_without_a_limit() -> None:
    pytest.importorskip("transformers", reason="the extra `models` is not installed")
    model = Endless()
    model.config = model
    loaded = Loaded(model, byte_tokenizer(), "endless")
    assert capacity_of(LmSettings("model", max_length=1_000), loaded) == 1_000
    with pytest.raises(ConfigurationError, match="does not say how many tokens it sees at once: give `max_length`"):
        capacity_of(LmSettings("model"), loaded)


@pytest.mark.parametrize(("family", "length"), [("Roberta", 94), ("XGLM", 96), ("OPT", 96), ("GPT2", 96)])
def test_places_that_are_learned(family: str, length: int) -> None:
    """RoBERTa leaves its first two places out, the others add theirs. A text of the full length is scored."""
    pytest.importorskip("torch", reason="the extra `models` is not installed")
    from rulereward.services.lm.scorer import Scorer

    sizes: dict[str, Any] = {
        "Roberta": {"intermediate_size": 64, "is_decoder": True, "pad_token_id": 1},
        "XGLM": {"d_model": 48, "attention_heads": 4, "num_layers": 2, "ffn_dim": 48, "pad_token_id": 1},
        "OPT": {"ffn_dim": 64, "word_embed_proj_dim": 48, "pad_token_id": 1},
        "GPT2": {},
    }
    model = tiny_model(family, **sizes[family])
    capacity = capacity_of(LmSettings("model"), Loaded(model, byte_tokenizer(), "made"))
    assert capacity == length
    with warnings.catch_warnings(action="ignore", category=UserWarning):  # XGLM and RoBERTa are run padded
        scorer = Scorer.of(model, capacity, 200)
    (scored,) = scorer.score([Tokens((1,), tuple(range(3, 3 + length)), ())])
    assert len(scored.log_probs) == length


def test_a_name_that_no_hub_knows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing stands in for a model that is not there."""
    pytest.importorskip("torch", reason="the extra `models` is not installed")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(ConfigurationError, match="`nobody/nothing` is no folder here, and cannot be had from a hub"):
        load(LmSettings("nobody/nothing"))


@pytest.mark.parametrize("name", ["./model", "/no/model", "~/model", "no/such/folder", "none: give one", " a/model "])
def test_a_path_is_not_looked_for_on_a_hub(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigurationError) as told:
        model_folder(LmSettings(name))
    assert str(told.value) == (
        f"the model `{name}` is no folder here, and cannot be had from a hub, where no name looks like that: "
        f"give the path of a folder with its files, from {tmp_path}"
    )


def test_a_file_is_no_model(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.touch()
    with pytest.raises(ConfigurationError, match="is a file: give the path of the folder that it is in"):
        model_folder(LmSettings(str(path)))


def test_a_folder_has_no_revisions(tmp_path: Path) -> None:
    """It would be scored by whatever weights lie there."""
    assert model_folder(LmSettings(str(tmp_path))) == tmp_path
    with pytest.raises(ConfigurationError, match="is a folder here, which has no revision `v2`: leave"):
        model_folder(LmSettings(str(tmp_path), revision="v2"))


FILES = {"config.json", "tokenizer.json", "model.safetensors"}


@pytest.mark.parametrize(
    ("files", "lacks"),
    [
        (set(), "it has no config.json"),
        (FILES - {"config.json"}, "it has no config.json"),
        (
            {"adapter_config.json", "tokenizer.json", "adapter_model.safetensors"},
            "it has no config.json, being an adapter: merge it into its model, and save that",
        ),
        (FILES - {"tokenizer.json"}, "it has no tokenizer.json"),
        (FILES - {"model.safetensors"}, "it has no *.safetensors"),
        (
            FILES - {"model.safetensors"} | {"old.bin"},
            "it has no *.safetensors, and old.bin is a pickle, which could run code: save the weights as safetensors",
        ),
    ],
)
def test_a_folder_without_a_model(tmp_path: Path, files: set[str], lacks: str) -> None:
    for name in files:
        (tmp_path / name).touch()
    with pytest.raises(ConfigurationError) as told:
        need_files(tmp_path)
    assert str(told.value) == f"the model in {tmp_path} cannot be used: {lacks}"


def test_files_that_could_be_a_model(tmp_path: Path) -> None:
    for name in ("config.json", "tokenizer.json", "model-00001-of-00002.safetensors"):
        (tmp_path / name).touch()
    need_files(tmp_path)


def test_weights_that_were_cut_off(copied: Path) -> None:
    weights = copied / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:10_000])
    with pytest.raises(ConfigurationError, match="cannot be loaded: "):
        load(LmSettings(str(copied), device="cpu"))


def retold(bigram: Path, tmp_path: Path, **changes: Any) -> LmSettings:
    """A model whose configuration says something else than its files."""
    folder = Path(shutil.copytree(bigram, tmp_path / "retold"))
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | changes))
    return LmSettings(str(folder), device="cpu")


def test_weights_that_the_files_lack(bigram: Path, tmp_path: Path) -> None:
    """transformers would make them up: two loads would give two numbers."""
    layers = {"num_hidden_layers": 1, "layer_types": ["full_attention"]}
    with pytest.raises(ConfigurationError, match=r"its files lack 12 of its weights, among them `model\.layers\.0\."):
        load(retold(bigram, tmp_path, **layers))


def test_weights_that_the_model_has_no_place_for(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="the extra `models` is not installed")
    tiny_model("Llama").save_pretrained(tmp_path / "whole")
    byte_tokenizer().save_pretrained(tmp_path / "whole")
    settings = retold(tmp_path / "whole", tmp_path, num_hidden_layers=2)
    with pytest.warns(UserWarning, match=r"does without 13 weights of its files, among them `model\.layers\.2\."):
        load(settings)


@pytest.mark.parametrize(
    ("index", "told"),
    [
        ({"weight_map": {"lm_head.weight": "../model.safetensors"}}, r"`\.\./model.safetensors` is no file of that"),
        ({"weight_map": {"lm_head.weight": "/etc/passwd"}}, "`/etc/passwd` is no file of that folder"),
        ({"weight_map": {"lm_head.weight": 1}}, "`1` is no file of that folder"),
        ({"weight_map": []}, "is no index"),
        ([], "is no index"),
    ],
)
def test_an_index_of_files_that_are_elsewhere(copied: Path, index: object, told: str) -> None:
    (copied / "model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(ConfigurationError, match=told):
        load(LmSettings(str(copied), device="cpu"))


def test_code_that_comes_with_a_model_is_not_run(copied: Path, tmp_path: Path) -> None:
    """Nor asked for: there is nobody to answer."""
    ran = tmp_path / "ran"
    (copied / "hostile.py").write_text(f"open({str(ran)!r}, 'w')\n")
    config = json.loads((copied / "config.json").read_text())
    code = {"AutoConfig": "hostile.Config", "AutoModelForCausalLM": "hostile.Model"}
    (copied / "config.json").write_text(json.dumps(config | {"model_type": "hostile", "auto_map": code}))
    with pytest.raises(ConfigurationError, match=r"cannot be loaded: "):
        load(LmSettings(str(copied), device="cpu"))
    assert not ran.exists()


def test_an_unknown_device(bigram: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"cannot be loaded: "):
        load(LmSettings(str(bigram), device="abacus"))


@pytest.mark.parametrize(
    ("device", "count", "told"),
    [
        ("cuda", 0, "there is no device `cuda`: of CUDA devices torch .* finds none"),
        ("cuda:0,cuda", 0, "there is no device `cuda:0`: of CUDA devices torch .* finds none"),
        ("cuda:0, cuda:2", 2, "there is no device `cuda:2`: of CUDA devices torch .* finds 2, from cuda:0 on"),
    ],
)
def test_a_device_that_is_not_here(device: str, count: int, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch", reason="the extra `models` is not installed")
    monkeypatch.setattr("torch.cuda.is_available", lambda: count > 0)
    monkeypatch.setattr("torch.cuda.device_count", lambda: count)
    with pytest.raises(ConfigurationError, match=told):
        need_devices(LmSettings("model", device=device))


def test_devices_that_are_here(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch", reason="the extra `models` is not installed")
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    monkeypatch.setattr("torch.cuda.device_count", lambda: 2)
    for device in (None, "cpu", "cuda", "cuda:1", "cuda:0,cuda:1"):
        need_devices(LmSettings("model", device=device))


@pytest.mark.parametrize("library", ["torch", "transformers"])
def test_without_the_extra(library: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == library else object())
    with pytest.raises(ConfigurationError) as told:
        open_language_model(LmSettings(str(tmp_path)))
    monkeypatch.setattr(importlib.util, "find_spec", find)
    assert str(told.value) == (
        f"the model `{tmp_path}` needs the library `{library}`: pip install 'rulereward[models]'"
    )

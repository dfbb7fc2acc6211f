"""Models that cannot be packed are found out, say so, and give their own numbers all the same."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

pytest.importorskip("torch", reason="the extra `models` is not installed")
pytest.importorskip("transformers", reason="the extra `models` is not installed")

import torch
import transformers
from made_models import GROUPED, SIZES, tiny_model
from test_lm_parity import CAPACITY, FAMILIES, assert_close, log_probs, plain, texts
from torch.nn.attention import varlen

from rulereward.errors import ConfigurationError, InternalError
from rulereward.services.lm import attention, self_check
from rulereward.services.lm.attention import CannotPackError, Layout
from rulereward.services.lm.packing import Segment
from rulereward.services.lm.passes import Way
from rulereward.services.lm.scorer import Scorer

MODELS: dict[str, tuple[str, dict[str, Any], Way, bool, str]] = {
    # its attention is code of its own
    "Bloom": ("BloomConfig", {"n_layer": 2, "n_head": 4}, Way.PADDED, True, "its attention cannot be replaced"),
    # no attention: what is remembered runs on from text to text
    "Mamba": ("MambaConfig", {}, Way.PADDED, True, "it has layers of the kind `linear_attention`"),
    # each head has a weight besides, for looking at nothing
    "GPT-OSS": (
        "GptOssConfig",
        GROUPED | {"num_local_experts": 2, "num_experts_per_tok": 1, "sliding_window": 8},
        Way.PADDED,
        True,
        "its attention is given `s_aux`",
    ),
    # its rotary angles are those of the longest text of a pass
    "dynamic angles": (
        "LlamaConfig",
        GROUPED | {"rope_parameters": {"rope_type": "dynamic", "factor": 2.0, "rope_theta": 10_000.0}},
        Way.ALONE,
        True,
        "its rotary angles (`dynamic`) depend on the longest text of a pass",
    ),
}


@pytest.mark.parametrize("name", MODELS)
def test_models_that_are_not_packed(name: str) -> None:
    config, changes, way, head_apart, reason = MODELS[name]
    torch.manual_seed(0)
    made = getattr(transformers, config)(**(SIZES | changes))
    model = transformers.AutoModelForCausalLM.from_config(made).eval()
    asked = texts()[:12]
    expected = [plain(model, text) for text in asked]
    with pytest.warns(UserWarning, match=f"{type(model).__name__} is run {way.value}, which is slower") as told:
        scorer = Scorer.of(model, CAPACITY, 200)
    assert reason in str(told[0].message)
    assert (scorer.how.way, scorer.how.head is not None) == (way, head_apart)
    assert_close(log_probs(scorer, asked), expected)


PLAIN_GROUPS = {"num_key_value_heads": 2, "intermediate_size": 64}
LATENT = {
    "intermediate_size": 64, "moe_intermediate_size": 32, "num_key_value_heads": 4, "kv_lora_rank": 16,
    "q_lora_rank": 16, "qk_rope_head_dim": 4, "qk_nope_head_dim": 8, "v_head_dim": 8, "n_routed_experts": 4,
    "num_experts_per_tok": 2, "n_group": 1, "topk_group": 1, "n_shared_experts": 1,
}  # fmt: skip
OTHERS: dict[str, dict[str, Any]] = {
    "Phi3": GROUPED | {"pad_token_id": 0},
    "Qwen3": GROUPED,
    "Qwen3Moe": GROUPED | {"num_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 32},
    "Olmo2": PLAIN_GROUPS,
    "OPT": {"ffn_dim": 64, "word_embed_proj_dim": 48},
    "GPTNeoX": {"intermediate_size": 64},
    "Cohere2": PLAIN_GROUPS | {"sliding_window": 8},
    "DeepseekV3": LATENT,
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_families_are_packed(name: str) -> None:
    model = tiny_model(name, **OTHERS[name])
    expected = [plain(model, text) for text in texts()]
    scorer = Scorer.of(model, CAPACITY, 200)
    assert (scorer.how.way, scorer.how.share) == (Way.PACKED, True)
    assert_close(log_probs(scorer, texts()), expected)


@pytest.mark.parametrize(
    ("model", "scaled"), [("Granite", {"logits_scaling": 3.0}), ("Cohere", {"logit_scale": 0.25})]
)
def test_scaled_logits(model: str, scaled: dict[str, float]) -> None:
    made = tiny_model(model, **PLAIN_GROUPS, **scaled)
    expected = [plain(made, text) for text in texts()]
    scorer = Scorer.of(made, CAPACITY, 200)
    assert scorer.how.way is Way.PACKED
    assert_close(log_probs(scorer, texts()), expected)


def test_a_head_that_does_something_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then the model's own logits are used."""
    model = tiny_model("Llama")
    forward = model.forward

    def doubled(*args: Any, **given: Any) -> Any:
        out = forward(*args, **given)
        out.logits = out.logits * 2
        return out

    monkeypatch.setattr(model, "forward", doubled)
    expected = [plain(model, text) for text in texts()]
    with pytest.warns(
        UserWarning, match=r"packed: it gives other numbers; padded, with its head apart: it gives other"
    ):
        scorer = Scorer.of(model, CAPACITY, 200)
    assert (scorer.how.way, scorer.how.head) == (Way.PADDED, None)
    assert_close(log_probs(scorer, texts()), expected)


@pytest.mark.parametrize(
    ("tolerance", "told"), [(1e-3, "it gives other numbers"), (1e3, "a text sees another one of its pass")]
)
def test_an_attention_that_leaks_is_found_out(monkeypatch: pytest.MonkeyPatch, tolerance: float, told: str) -> None:
    """Each text sees those before it in the row; in whatever precision the numbers are compared."""
    monkeypatch.setattr(attention, "_by_segment", _all_before)
    monkeypatch.setattr(self_check, "_CLOSE", {torch.float32: tolerance})
    with pytest.warns(UserWarning, match=f"packed: {told}"):
        assert Scorer.of(tiny_model("Qwen2"), CAPACITY, 200).how.way is Way.PADDED


@pytest.mark.parametrize("vocabulary", [2, 3, 6])
def test_a_leak_in_a_small_vocabulary(monkeypatch: pytest.MonkeyPatch, vocabulary: int) -> None:
    """The text that is put in another's place differs from it, however few tokens there are."""
    monkeypatch.setattr(self_check, "near", lambda *_: True)
    monkeypatch.setattr(attention, "_by_segment", _all_before)
    with pytest.warns(UserWarning, match="packed: a text sees another one of its pass"):
        Scorer.of(tiny_model("Qwen2", vocab_size=vocabulary, bos_token_id=0, eos_token_id=1), CAPACITY, 200)


def _all_before(query: Any, key: Any, value: Any, layout: Layout, scaling: float, *_: Any) -> Any:
    """Attention to all that stands before in the row."""
    sdpa = torch.nn.functional.scaled_dot_product_attention
    return sdpa(query, key, value, is_causal=True, scale=scaling, enable_gqa=True).transpose(1, 2)


ENCODERS: dict[str, dict[str, Any]] = {
    name: {"intermediate_size": 64} for name in ("Bert", "BertGeneration", "RoFormer")
}


@pytest.mark.parametrize("name", ENCODERS)
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_a_model_that_sees_what_it_is_asked_for(name: str, dtype: str) -> None:
    """All ways of running it agree, and its numbers are no probabilities of a next token."""
    model = tiny_model(name, pad_token_id=0, initializer_range=1.0, intermediate_size=64).to(getattr(torch, dtype))
    with pytest.raises(ConfigurationError, match="is no causal language model as it is configured"):
        Scorer.of(model, CAPACITY, 200)


def test_an_encoder_that_is_configured_as_a_decoder() -> None:
    model = tiny_model("Bert", pad_token_id=0, is_decoder=True, intermediate_size=64)
    expected = [plain(model, text) for text in texts()]
    with pytest.warns(UserWarning, match="its head apart: it gives other numbers"):
        assert_close(log_probs(Scorer.of(model, CAPACITY, 200), texts()), expected)


@pytest.mark.parametrize("family", ["Llama", "Mistral", "Qwen2 sliding", "Gemma2", "Gemma3"])
def test_masks_are_made_for_some_rows_at_a_time(family: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a long text takes no more memory than its keys and a strip of the mask."""
    monkeypatch.setattr(attention, "_QUERIES_AT_ONCE", 5)
    sizes = []
    mask = Layout.mask

    def noted(layout: Layout, queries: int, keys: int, window: int | None) -> torch.Tensor:
        sizes.append((queries, keys if window is None else keys - window))
        return mask(layout, queries, keys, window)

    monkeypatch.setattr(Layout, "mask", noted)
    model = tiny_model(family)
    expected = [plain(model, text) for text in texts()]
    assert_close(log_probs(Scorer.of(model, CAPACITY, 200), texts()), expected)
    assert max(queries for queries, _ in sizes) == 5
    if family == "Mistral":
        assert max(behind for _, behind in sizes) == 4  # keys: the window of each of five rows, which overlap


def test_beginnings_that_cannot_be_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    """The texts are packed all the same."""

    def blind(part: Any, segment: Segment) -> Any:
        kept = part[:, :, segment.start : segment.end]
        return kept if segment.prefix is None else torch.cat((part[:, :, slice(*segment.prefix)] * 0, kept), 2)

    monkeypatch.setattr(attention, "_seen", blind)
    model = tiny_model("Llama")
    expected = [plain(model, text) for text in texts()]
    with pytest.warns(
        UserWarning, match="run without shared beginnings, which is slower: shared beginnings: it gives"
    ):
        scorer = Scorer.of(model, CAPACITY, 200)
    assert (scorer.how.way, scorer.how.share) == (Way.PACKED, False)
    assert_close(log_probs(scorer, texts()), expected)


def test_windows_that_the_attention_is_not_told_of() -> None:
    """Texts shorter than the window would not show it."""
    model = tiny_model("Mistral", sliding_window=90)
    for layer in model.model.layers:
        layer.self_attn.forward = _without_window(layer.self_attn)
    with pytest.warns(UserWarning, match="packed: its attention is not told of its sliding windows"):
        assert Scorer.of(model, CAPACITY, 200).how.way is Way.PADDED


def _without_window(module: Any) -> Any:
    forward = type(module).forward

    def told_nothing(**given: Any) -> Any:
        module.config = transformers.MistralConfig(**(SIZES | GROUPED | {"sliding_window": None}))
        module.config._attn_implementation = attention.NAME if "rulereward_layout" in given else "sdpa"
        return forward(module, **given)

    return told_nothing


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"rulereward_layout": None}, "it does not hand its arguments on to its attention"),
        ({"is_causal": False}, "its attention is not causal"),
        ({"attention_mask": torch.ones(1)}, "it makes a mask of its own"),
        ({"dropout": 0.1}, "it drops out at random"),
        ({"key": torch.ones(1, 2, 5, 4)}, "it rearranges tokens before its attention"),
        ({"position_bias": torch.ones(1)}, "its attention is given `position_bias`"),
    ],
)
def test_what_the_attention_refuses(given: dict[str, Any], told: str) -> None:
    layout = Layout([Segment(0, 3)], torch.device("cpu"))
    one = torch.ones(1, 2, 3, 4)
    usual = {"query": one, "key": one, "value": one, "attention_mask": None, "rulereward_layout": layout}
    attention.attend(None, **usual, use_cache=False, cache_position=None)
    with pytest.raises(CannotPackError, match=told):
        attention.attend(None, **(usual | given))


def test_a_model_that_was_checked_before() -> None:
    model = tiny_model("Llama")
    expected = [plain(model, text) for text in texts()]
    for _ in range(2):
        assert_close(log_probs(Scorer.of(model, CAPACITY, 200), texts()), expected)


def test_another_attention_after_the_check_is_an_error() -> None:
    scorer = Scorer.of(tiny_model("Llama"), CAPACITY, 200)
    scorer.model.set_attn_implementation("sdpa")
    with pytest.raises(InternalError, match="was changed after it was checked"):
        scorer.score(texts())


def reference_varlen(
    query: Any, key: Any, value: Any, starts: Any, key_starts: Any, longest: int, longest_keys: int, **given: Any
) -> Any:
    """What torch documents of `varlen_attn` on CUDA, slowly: (tokens, heads, width), queries as the last keys."""
    left, right = given["window_size"]
    assert right == 0
    assert starts.dtype == key_starts.dtype == torch.int32
    parts = []
    for one in range(len(starts) - 1):
        q = query[starts[one] : starts[one + 1]].transpose(0, 1)
        k, v = (part[key_starts[one] : key_starts[one + 1]].transpose(0, 1) for part in (key, value))
        groups = q.shape[0] // k.shape[0] if given["enable_gqa"] else 1
        k, v = k.repeat_interleave(groups, 0), v.repeat_interleave(groups, 0)
        assert q.shape[1] <= longest
        assert k.shape[1] <= longest_keys
        distance = torch.arange(k.shape[1] - q.shape[1], k.shape[1])[:, None] - torch.arange(k.shape[1])[None]
        seen = (distance >= 0) & ((distance <= left) | (left == -1))
        weights = (q @ k.transpose(1, 2) * given["scale"]).masked_fill(~seen, float("-inf"))
        parts.append((weights.softmax(-1) @ v).transpose(0, 1))
    return torch.cat(parts)


@pytest.mark.parametrize("family", [family for family in FAMILIES if family != "Gemma2"])
def test_the_way_of_cuda(family: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One call for all segments, with torch's kernel replaced by what its documentation says."""
    calls = []
    takes = inspect.signature(varlen.varlen_attn)

    def called(*args: Any, **given: Any) -> Any:
        calls.append(takes.bind(*args, **given))
        return reference_varlen(*args, **given)

    monkeypatch.setattr(varlen, "varlen_attn", called)
    monkeypatch.setattr(attention, "_flash_knows", lambda query, value: True)
    model = tiny_model(family)
    expected = [plain(model, text) for text in texts()]
    scorer = Scorer.of(model, CAPACITY, 200)
    assert (scorer.how.way, scorer.how.share) == (Way.PACKED, True)
    before = len(calls)
    assert before > 0
    assert_close(log_probs(scorer, texts()), expected)
    assert len(calls) > before


@pytest.mark.parametrize(("dtype", "known"), [("bfloat16", True), ("float16", True), ("float32", False)])
def test_what_flash_attention_knows(dtype: str, known: bool) -> None:
    class Place:
        is_cuda = True

        def __init__(self, width: int) -> None:
            self.dtype, self.shape = getattr(torch, dtype), (1, 4, 9, width)

    assert attention._flash_knows(Place(128), Place(128)) is known
    assert not attention._flash_knows(Place(512), Place(512))
    assert not attention._flash_knows(Place(128), Place(64))

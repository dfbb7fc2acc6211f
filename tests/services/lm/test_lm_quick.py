"""The quicker ways give the same numbers, or are not used: the head in blocks, in Triton, and compiled layers."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="the extra `models` is not installed")
pytest.importorskip("transformers", reason="the extra `models` is not installed")

import torch
from made_models import tiny_model
from test_lm_parity import CAPACITY, assert_close, log_probs, plain, texts

from rulereward.services.lm import block_head, compiled, heads, quick
from rulereward.services.lm.language_model import open_language_model
from rulereward.services.lm.passes import Way
from rulereward.services.lm.scorer import Scorer
from rulereward.text.lm_work import LmSettings

WAYS = [(1.0, None), (0.25, None), (3.0, 30.0)]
"""A scale of the logits, and a bound."""


def expected(logits: torch.Tensor, targets: torch.Tensor, scale: float, soft_cap: float | None) -> torch.Tensor:
    """In float64, by torch's own."""
    logits = logits.double() * scale
    if soft_cap is not None:
        logits = torch.tanh(logits / soft_cap) * soft_cap
    return torch.log_softmax(logits, 1).gather(1, targets[:, None])[:, 0]


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(("scale", "soft_cap"), WAYS)
@pytest.mark.parametrize("rows", [0, 1, 7, 1024])
def test_blocks_of_the_vocabulary(
    rows: int, scale: float, soft_cap: float | None, bias: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """2,500 columns are three blocks with 1,024 rows, the last of them short, and otherwise one."""
    monkeypatch.setattr(block_head, "_ELEMENTS", 1 << 20)
    torch.manual_seed(0)
    head = torch.nn.Linear(16, 2500, bias=bias).requires_grad_(False)
    hidden, targets = torch.randn(rows, 16) * 20, torch.randint(0, 2500, (rows,))
    found = block_head.log_probs(hidden, targets, head, scale, soft_cap)
    wanted = expected(head(hidden), targets, scale, soft_cap)
    torch.testing.assert_close(found.double(), wanted, rtol=0, atol=2e-5)


def test_blocks_without_any_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """log p is minus infinity where the target has no chance, not a number where a logit is none, and each alone."""
    monkeypatch.setattr(block_head, "_ELEMENTS", 1 << 20)
    head = torch.nn.Linear(1, 3000).requires_grad_(False)
    head.weight.zero_()
    head.bias.zero_()
    head.bias[:2000] = -torch.inf
    hidden = torch.tensor([[0.0]] * 1024)
    hidden[1] = torch.nan
    found = block_head.log_probs(hidden, torch.tensor([2500, 2500, *[10] * 1022]), head)
    assert found[0].item() == pytest.approx(-6.907755)  # one of 1,000 alike: ln 1000 is 6.907755
    assert found[1].isnan()
    assert (found[2:] == -torch.inf).all()


def test_a_head_with_code_of_its_own_is_called() -> None:
    class Doubled(torch.nn.Linear):
        def forward(self, states: torch.Tensor) -> torch.Tensor:
            return super().forward(states) * 2

    torch.manual_seed(0)
    module = Doubled(8, 50).requires_grad_(False)
    hidden, targets = torch.randn(5, 8), torch.arange(5)
    found = heads.Head(module, 50).log_probs(hidden, targets)
    torch.testing.assert_close(found.double(), expected(module(hidden), targets, 1.0, None), rtol=0, atol=1e-5)


INTERPRETED = """
import sys
import torch
from rulereward.services.lm.triton_head import log_probs
sys.path.insert(0, sys.argv[1])
from test_lm_quick import WAYS, expected
torch.manual_seed(0)
targets = torch.randint(0, 9001, (7,))
for dtype in (torch.float32, torch.bfloat16, torch.float16):
    logits = (torch.randn(7, 9001) * 20).to(dtype)
    for scale, soft_cap in WAYS:
        wanted = expected(logits, targets, scale, soft_cap).float()
        torch.testing.assert_close(log_probs(logits, targets, scale, soft_cap), wanted, rtol=0, atol=2e-5)
        apart = log_probs(logits.T.contiguous().T, targets, scale, soft_cap)
        torch.testing.assert_close(apart, wanted, rtol=0, atol=2e-5)
odd = torch.full((3, 5000), -torch.inf)
odd[0, 4999], odd[1, 3], odd[1, 4500], odd[2, 4998:] = 1.0, 0.0, torch.nan, 0.0
found = log_probs(odd, torch.tensor([4999, 3, 7]))
assert found[0] == 0 and found[1].isnan() and found[2] == -torch.inf, found
assert log_probs(odd[:0], targets[:0]).shape == (0,)
"""


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("triton") is None, reason="Triton is not installed")
def test_the_kernel_interpreted(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a process of its own, since Triton looks at the environment when it is imported."""
    monkeypatch.setenv("TRITON_INTERPRET", "1")
    folder = str(request.path.parent)
    done = subprocess.run([sys.executable, "-c", INTERPRETED, folder], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def fused(logits: Any, targets: Any, scale: float, soft_cap: float | None) -> Any:
    return expected(logits, targets, scale, soft_cap).float()


@pytest.mark.parametrize("family", ["Qwen2", "Gemma2"])
def test_a_kernel_is_used_where_it_is_right(family: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a bound of the logits as well. In bfloat16, which a CPU does not do in blocks."""
    monkeypatch.setattr(quick, "fused_for", lambda device: fused)
    model = tiny_model(family).to(torch.bfloat16)
    scorer = Scorer.of(model, CAPACITY, 200)
    assert scorer.how.head is not None
    assert scorer.how.head.fused is fused
    found = log_probs(scorer, texts())
    scorer.how.head.fused = None
    pairs = zip(found, log_probs(scorer, texts()), strict=True)
    errors = [abs(a - b) for one, other in pairs for a, b in zip(one, other, strict=True)]
    assert sum(errors) / len(errors) < 0.05


def wrong(logits: Any, *_: Any) -> Any:
    return torch.zeros(len(logits))


def failing(*_: Any) -> Any:
    raise RuntimeError("no compiler\nand more")


@pytest.mark.parametrize(
    ("kernel", "told"), [(wrong, "it gives other numbers"), (failing, "RuntimeError: no compiler")]
)
def test_a_kernel_that_is_not_right(kernel: Any, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quick, "fused_for", lambda device: kernel)
    model = tiny_model("Llama").to(torch.bfloat16)
    with pytest.warns(UserWarning, match=f"LlamaForCausalLM is run without the kernel for its head: {told}$"):
        scorer = Scorer.of(model, CAPACITY, 200)
    assert scorer.how.head is not None
    assert scorer.how.head.fused is None


def test_no_kernel_on_a_cpu() -> None:
    assert heads.fused_for(torch.device("cpu")) is None


class Uncompiled:
    """What `torch.compile` gives, without compiling."""

    def __init__(self, layers: Any) -> None:
        self.layers, self.failing, self.added = layers, False, 0.0

    def __call__(self, **given: Any) -> Any:
        if self.failing:
            raise RuntimeError("cannot do this size")
        out = self.layers(**given)
        out.last_hidden_state = out.last_hidden_state + self.added
        return out


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Uncompiled:
    """Stands for the compiled layers of the model that is made next."""
    stub = Uncompiled(None)

    def compile_(layers: Any, dynamic: bool) -> Uncompiled:
        stub.layers = layers
        return stub

    monkeypatch.setattr(compiled.torch, "compile", compile_)
    return stub


@pytest.mark.parametrize("family", ["Qwen2", "Mistral", "Gemma2"])
def test_layers_that_do_not_see_the_layout(family: str, made: Uncompiled) -> None:
    """Grouped heads, sliding windows, weights under a bound: the operator gives what the attention gives."""
    model = tiny_model(family)
    wanted = [plain(model, text) for text in texts()]
    scorer = Scorer.of(model, CAPACITY, 200, compiling=True)
    assert scorer.how.compiled is not None
    assert_close(log_probs(scorer, texts()), wanted)


def test_compiling_is_asked_for_by_the_settings(made: Uncompiled, bigram: Path) -> None:
    for asked in (False, True):
        model = open_language_model(LmSettings(str(bigram), device="cpu", compile=asked))
        assert (model.scorer.how.compiled is not None) is asked


@pytest.mark.parametrize(
    ("change", "told"), [({"failing": True}, "RuntimeError: cannot do"), ({"added": 1.0}, "it gives other numbers")]
)
def test_a_compiler_that_fails(change: dict[str, Any], told: str, made: Uncompiled) -> None:
    vars(made).update(change)
    model = tiny_model("Qwen2")
    wanted = [plain(model, text) for text in texts()]
    with pytest.warns(UserWarning, match=f"Qwen2ForCausalLM is run without being compiled: {told}"):
        scorer = Scorer.of(model, CAPACITY, 200, compiling=True)
    assert scorer.how.compiled is None
    assert_close(log_probs(scorer, texts()), wanted)


def test_a_compiler_that_fails_later(made: Uncompiled) -> None:
    model = tiny_model("Qwen2")
    wanted = [plain(model, text) for text in texts()]
    scorer = Scorer.of(model, CAPACITY, 200, compiling=True)
    made.failing = True
    with pytest.warns(UserWarning, match="without being compiled from now on: RuntimeError: cannot do this size"):
        assert_close(log_probs(scorer, texts()), wanted)
    assert scorer.how.compiled is None


@pytest.mark.filterwarnings("ignore:BloomForCausalLM is run padded")
def test_only_packed_passes_are_compiled() -> None:
    model = tiny_model("Bloom", n_layer=2, n_head=4)
    with pytest.warns(UserWarning, match="without being compiled: that is for packed passes"):
        assert Scorer.of(model, CAPACITY, 200, compiling=True).how.way is Way.PADDED


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # torch's own, about its compiler
def test_compiled_layers() -> None:
    model = tiny_model("Qwen2", num_hidden_layers=1)
    wanted = [plain(model, text) for text in texts()]
    scorer = Scorer.of(model, CAPACITY, 200, compiling=True)
    assert scorer.how.compiled is not None
    assert_close(log_probs(scorer, texts()), wanted)
    assert scorer.how.compiled is not None

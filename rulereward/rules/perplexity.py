"""The kind `perplexity`."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, cast

from rulereward.data.column import replace_surrogates
from rulereward.kind import (
    Answered,
    Asked,
    Bounds,
    ConstantError,
    FieldValue,
    Job,
    Missing,
    Outcome,
    Resource,
    Result,
    Unit,
    rule,
)
from rulereward.text.lm_work import Dtype, LmSettings, LmWork, Truncate

_MOST_CHARS = 4_000_000
_MOST_EXPONENT = 700.0
"""e to the power of this is a number still; of 710 it is none."""
_SHOWN_CHARS = 40
_LN2 = math.log(2.0)

_EMPTY = Missing("empty_text", "the text is empty")
_NO_TOKENS = Missing("no_tokens", "the text has no token that the model could expect")
_NO_PROMPT = Missing("prompt_missing", "the row has no prompt, and `pmi` measures what it does to the text")
_HUGE = Missing("too_long", f"the text has more than {_MOST_CHARS:,} characters")
_HUGE_PROMPT = Missing("prompt_too_long", f"the prompt has more than {_MOST_CHARS:,} characters")
_REFUSED = {
    "too_long": Missing("too_long", "prompt and text are longer than the model sees at once"),
    "prompt_too_long": Missing("prompt_too_long", "the prompt alone is longer than the model sees at once"),
    "impossible": Missing("impossible", "the model gives a token of the text no chance at all"),
}


@dataclass(frozen=True, slots=True)
class PerplexityParams:
    model: str
    revision: str = ""
    dtype: Dtype = "auto"
    device: str = "auto"
    max_length: Annotated[int, Bounds(lo=0), Unit("tok")] = 0
    truncate: Truncate = "window"
    stride: Annotated[int, Bounds(lo=0), Unit("tok")] = 0
    batch_tokens: Annotated[int, Bounds(lo=0), Unit("tok")] = 0
    chat_template: bool = False
    trust_remote_code: bool = False
    compile: bool = False
    normalize: Literal["byte", "token", "char"] = "byte"
    pmi: bool = False

    def __post_init__(self) -> None:
        if not self.model.strip():
            help = "write the path of its folder, or its name on a hub; there is none to fall back on"
            raise ConstantError("model", "a perplexity is that of a model, and none is named", help)
        if self.stride and self.max_length and self.stride > self.max_length:
            message = f"a window of {self.max_length} tokens cannot score {self.stride} new ones"
            raise ConstantError("stride", message, "take half of `max_length`, or leave `stride` out")
        if self.stride and self.truncate != "window":
            message = f'nothing is scored in windows with `truncate="{self.truncate}"`'
            raise ConstantError("stride", message, "leave `stride` out")
        names = [name.strip() for name in self.device.split(",")]
        if not all(names) or (len(names) > 1 and "auto" in names):
            help = 'write it as torch does: "cpu", "cuda:1", or several, "cuda:0,cuda:1"; "auto" stands alone'
            raise ConstantError("device", f'"{self.device}" names no device, or not all of them', help)
        if len({name.partition(":")[0] for name in names}) > 1:
            message = f'"{self.device}" are devices of several kinds, whose numbers differ'
            raise ConstantError("device", message, 'take one kind, such as "cuda:0,cuda:1"')
        if self.pmi and self.truncate == "left":
            message = "the beginning of a long text is cut off, and not the same part with a prompt and without one"
            raise ConstantError("truncate", message, 'take "window" or "error" with `pmi`')

    def settings(self) -> LmSettings:
        return LmSettings(
            self.model,
            revision=self.revision or None,
            dtype=self.dtype,
            device=None if self.device == "auto" else self.device,
            max_length=self.max_length or None,
            truncate=self.truncate,
            stride=self.stride or None,
            batch_tokens=self.batch_tokens or None,
            chat_template=self.chat_template,
            trust_remote_code=self.trust_remote_code,
            compile=self.compile,
        )

    def resources(self) -> Sequence[Resource]:
        """See `HasResources`: the model."""
        return [Resource("lm", self.model, self.settings().to_plain())]


_DEFAULTS = PerplexityParams("none")
"""Behind a parameter with a default Python wants another; the compiler always says which model."""


def _reach(params: PerplexityParams) -> tuple[float, float]:
    if params.pmi:
        return -math.inf, math.inf
    return (1.0 if params.normalize == "token" else 0.0), math.inf


def _decided(text: str, prompt: str, params: PerplexityParams) -> Missing | None:
    """What is missing whatever a model says. First what the data lacks, which depends on no text."""
    if params.pmi and not prompt:
        return _NO_PROMPT
    if len(prompt) > _MOST_CHARS:
        return _HUGE_PROMPT
    if not text:
        return _EMPTY
    return _HUGE if len(text) > _MOST_CHARS else None


@dataclass(frozen=True, slots=True)
class _Scored:
    """What the model makes of the text: `nll` in nats over `tokens`, which stand for `bytes` and `characters`."""

    nll: float
    tokens: float
    bytes: float
    characters: float
    unscored: int
    windows: int
    surprises: Sequence[Sequence[float]]

    @staticmethod
    def of(answer: Mapping[str, Any]) -> _Scored | Missing:
        if "refused" in answer:
            return _REFUSED[answer["refused"]]
        if not answer["tokens"] or not answer["bytes"]:
            return _NO_TOKENS
        return _Scored(
            nll=max(0.0, float(answer["nll"])),  # a sum of logarithms of 1 can be rounded to less than nothing
            tokens=float(answer["tokens"]),
            bytes=float(answer["bytes"]),
            characters=float(answer["characters"]),
            unscored=answer["unscored"],
            windows=answer["windows"],
            surprises=answer["surprises"],
        )

    @property
    def perplexity(self) -> float:
        return math.exp(min(self.nll / self.tokens, _MOST_EXPONENT))

    def bits_per(self, unit: Literal["byte", "token", "char"], nll: float | None = None) -> float:
        """What the text takes, or the number of nats that is given, for each unit of it."""
        size = {"byte": self.bytes, "token": self.tokens, "char": self.characters}[unit]
        return (self.nll if nll is None else nll) / _LN2 / size


def _answers(answer: Answered) -> list[_Scored | Missing]:
    """What is said of the text behind its prompt and, for `pmi`, without it."""
    return [_Scored.of(each) for each in (answer if isinstance(answer, list) else [answer])]


def _read(text: str, prompt: str, params: PerplexityParams, answer: Answered) -> Outcome:
    scored = _answers(answer)
    missing = next((each for each in scored if isinstance(each, Missing)), None)
    if missing is not None:
        return missing
    behind, *alone = cast(list[_Scored], scored)
    fields: dict[str, FieldValue] = {
        "nll": behind.nll,
        "tokens": behind.tokens,
        "bytes": behind.bytes,
        "ppl": behind.perplexity,
        "bpb": behind.bits_per("byte"),
        "truncated": behind.unscored > 0,
    }
    if alone:
        return Result(behind.bits_per(params.normalize, alone[0].nll - behind.nll), fields)
    is_perplexity = params.normalize == "token"
    return Result(behind.perplexity if is_perplexity else behind.bits_per(params.normalize), fields)


def _evidence(
    text: str | None, prompt: str | None, params: PerplexityParams, answer: Answered | None
) -> Mapping[str, object]:
    """What the numbers do not say: where the text surprised the model, and how it was cut."""
    if text is None or prompt is None:
        return {}
    if answer is None:
        decided = _decided(text, prompt, params)
        return {} if decided is None else {"because": decided.message}
    answers: list[dict[str, Any]] = answer if isinstance(answer, list) else [answer]
    refused = next((each for each in answers if "refused" in each), None)
    if refused is not None:
        return {"because": refused["message"]}
    scored = _answers(answer)
    behind = scored[0]
    if isinstance(behind, Missing):
        return {"because": behind.message}
    alone = scored[-1]
    without = {"bpb_without_prompt": alone.bits_per("byte")} if params.pmi and isinstance(alone, _Scored) else {}
    return {
        **without,
        **({"windows": behind.windows} if behind.windows > 1 else {}),
        **({"tokens_cut_off": behind.unscored} if behind.unscored else {}),
        "least_expected": list(_surprises(replace_surrogates(text), behind)),
    }


def _surprises(text: str, scored: _Scored) -> Iterator[Mapping[str, object]]:
    """The places that were expected least: their bits, where they are in the text, and what stands before them."""
    for start, end, nll in scored.surprises:
        at = int(start)
        piece = text[at : int(end)]
        cut = f"{piece[:_SHOWN_CHARS]}…" if len(piece) > _SHOWN_CHARS else piece
        behind = text[max(0, at - _SHOWN_CHARS // 2) : at]
        yield {"bits": round(nll / _LN2, 2), "at": at, "text": cut, **({"behind": behind} if behind else {})}


@rule(
    version=1,
    returns="number",
    range_from=_reach,
    polarity="band",
    null=("data", "text"),
    fields={
        "nll": "number",
        "tokens": "number",
        "bytes": "number",
        "ppl": "number",
        "bpb": "number",
        "truncated": "bool",
    },
    service="lm",
    read=_read,
    evidence=_evidence,
)
def perplexity(text: str, prompt: str = "", params: PerplexityParams = _DEFAULTS) -> Outcome | Asked:
    """How little a language model expects the text: bits per byte, or perplexity.

    Reads: the text behind the prompt, which are tokenised together; without a prompt, where none is written or the
    row's is empty, behind the model's beginning-of-text token. With `chat_template=true` the prompt is put into the
    words of a user's turn. A prompt that is written and null in the row makes the value null, for a text is another
    one without it: `prompt ?? ""` says that none is meant. Half of a surrogate pair counts as U+FFFD.
    `model` is a folder, from the working directory, or a name on a hub, of which `revision` is a branch, a tag or a
    commit. It must be named: nothing is ever taken in place of a model that cannot be had. `device` is as torch
    writes it, `"auto"` the first CUDA device or else the CPU; several of one kind, with commas between, share the
    work. `dtype` is that of the weights, `"auto"` float32 on a CPU and bfloat16 elsewhere. `trust_remote_code=true`
    runs Python code that comes with the model, with all that this process may do: for models that you trust.
    `batch_tokens` bounds one pass, and `compile=true` has the layers compiled when the model is loaded, which takes a
    minute and pays over many texts; neither changes a value by more than rounding.
    Returns: with `normalize="byte"` the bits that the text takes the model, for each byte of its UTF-8, -log2 p /
    bytes, which can be compared between tokenizers; `"char"` is per character, both 0 or more; `"token"` is the
    perplexity, 1 or more, e^(-ln p / tokens), where e's exponent is held at 700. A Chinese character is three bytes,
    so bits per byte of Chinese are another scale than of English: calibrate for each language. With `pmi=true` log2
    p(text | prompt) - log2 p(text), for each byte, character or token: what the prompt does for the text, below 0
    where it makes the text less likely.
    A text that is longer, with its prompt, than the `max_length` tokens that the model sees (0: as many as it was
    made for) is scored in windows (`truncate="window"`), of which each scores `stride` new tokens (0: half a window)
    behind those that it repeats, so that every token counts once; of its last tokens alone (`"left"`; `.truncated` is
    true where some of the text's were cut off); or not at all (`"error"`).
    What the tokenizer drops or does not know, and spaces that a special token takes along, are no bytes and no
    characters; the token that stands for what is unknown is one of the text's.
    `.nll` (nats), `.tokens`, `.bytes`, `.ppl` and `.bpb` (bits per byte, whatever `normalize` is) are of the text
    behind its prompt.
    On one machine and with float32 a value is the same to 1e-5 of it, however texts are batched; bfloat16 on CUDA
    moves it by about 1 percent. `environment` says which weights (their digest), dtype and kind of device it was.
    Evidence: the places that were `least_expected`, with their bits; `windows`, where there were several, and
    `tokens_cut_off`; with `pmi` the `bpb_without_prompt`.
    Missing: a text null for an empty text (`empty_text`), one without a token to score (`no_tokens`), with a token
    that the model holds for impossible (`impossible`), of more than 4,000,000 characters, or longer than the model
    sees with `truncate="error"` (`too_long`); a data null for such a prompt (`prompt_too_long`), and with `pmi` for
    none (`prompt_missing`). A model that cannot be had or run is an error.
    Gamed by: a loop, which a model expects more than good text, as it does stock phrases and what it can copy: lower
    is not better. Judge by a band that reference text gives (`decay(x, 0.6..1.6, scale=0.5)`); shuffled words and
    noise are above it. A copy of the prompt can have the highest `pmi`.
    Source: own definition. Bits per byte as in The Pile (Gao et al. 2020, arXiv 2101.00027); with a `stride` as long
    as `max_length` the windows are those of lm-evaluation-harness.
    """
    decided = _decided(text, prompt, params)
    if decided is not None:
        return decided
    settings, text = params.settings(), replace_surrogates(text)
    behind = Job("lm", LmWork(settings, replace_surrogates(prompt), text).to_plain())
    return (behind, Job("lm", LmWork(settings, "", text).to_plain())) if params.pmi else behind

"""Rulesets with `perplexity`, through the real service: the bigram, whose every number plain Python knows."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="the extra `models` is not installed")
pytest.importorskip("transformers", reason="the extra `models` is not installed")

from made_models import BOS, bits_per_byte

import rulereward as rr
from rulereward import Ruleset, State
from rulereward.api.environment import environment
from rulereward.errors import ConfigurationError
from rulereward.kind import Job, Ticket
from rulereward.services.entry import Done
from rulereward.services.pool import Services

REPOSITORY = Path(__file__).parents[3]
TEXTS = ["the cat sat on the mat", "你好，世界。", "🙂", "a", "mat " * 60, "what nobody has seen!"]


@pytest.fixture(scope="module")
def services() -> Iterator[Services]:
    with Services() as made:
        yield made


def ruleset(model: Path, *calls: str) -> Ruleset:
    """Rules `r0`, `r1`, ... in which `MODEL` stands for the model and the device."""
    constants = f'model="{model}", device="cpu"'
    written = [call.replace("MODEL", constants) for call in calls]
    rules = "".join(f"  r{number}: |\n    {call}\n" for number, call in enumerate(written))
    return Ruleset("made.yaml", f"rulereward: 1\nrules:\n{rules}score: 1\n")


def table_bits(table: list[list[float]], prompt: str, text: str) -> float:
    """Bits of the whole text."""
    return bits_per_byte(table, prompt, text) * len(text.encode())


def close(expected: list[float]) -> object:
    return pytest.approx(expected, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("prompt", ["", "on the "])
def test_the_three_scales(bigram: Path, table: list[list[float]], services: Services, prompt: str) -> None:
    """A token of the bigram is a byte."""
    made = ruleset(
        bigram,
        "perplexity(completion, row.before, MODEL)",
        'perplexity(completion, row.before, MODEL, normalize="char")',
        'perplexity(completion, row.before, MODEL, normalize="token")',
    )
    rows = [{"completion": text, "before": prompt} for text in TEXTS]
    scores = made.score_rows(rows, services=services, evaluate="all")
    bits = [table_bits(table, prompt, text) for text in TEXTS]
    sizes = [len(text.encode()) for text in TEXTS]
    assert list(scores["r0"].values) == close([all_ / size for all_, size in zip(bits, sizes, strict=True)])
    assert list(scores["r1"].values) == close([all_ / len(text) for all_, text in zip(bits, TEXTS, strict=True)])
    assert list(scores["r2"].values) == close([2 ** (all_ / size) for all_, size in zip(bits, sizes, strict=True)])


def test_what_a_prompt_does_for_a_text(bigram: Path, table: list[list[float]], services: Services) -> None:
    """The bigram looks at one byte: a prompt changes the first byte of the text alone."""
    made = ruleset(bigram, "perplexity(completion, prompt, MODEL, pmi=true)")
    rows = [{"completion": text, "prompt": "on the "} for text in TEXTS]
    scores = made.score_rows(rows, services=services, evaluate="all")
    gain = [
        (table[ord(" ")][text.encode()[0]] - table[BOS][text.encode()[0]]) / math.log(2) / len(text.encode())
        for text in TEXTS
    ]
    assert list(scores["r0"].values) == close(gain)


def test_what_is_missing(bigram: Path, services: Services) -> None:
    made = ruleset(bigram, 'perplexity(completion, MODEL, truncate="error")', "perplexity(completion, prompt, MODEL)")
    rows: list[dict[str, object]] = [{"completion": ""}, {"completion": "<s>"}, {"completion": "a" * 65}]
    scores = made.score_rows(rows, services=services, evaluate="all")
    assert [State(int(state)) for state in scores["r0"].states] == [State.NULL] * 3
    assert [reason.code for reason in scores["r0"].reasons if reason] == ["empty_text", "no_tokens", "too_long"]
    assert [State(int(state)) for state in scores["r1"].states] == [State.NULL] * 3  # no row has a prompt


def test_fields_and_evidence(bigram: Path, table: list[list[float]], services: Services) -> None:
    made = ruleset(bigram, 'perplexity(completion, MODEL, truncate="left")')
    text = "the cat sat on the mat; " * 3 + "Q"
    (record,) = made.score_rows([{"completion": text}], services=services, evaluate="all").records(details=True)
    details: Any = record["reward_details"]
    fields, evidence = (details["rules"]["r0"][part] for part in ("fields", "evidence"))
    assert (fields["tokens"], fields["bytes"], fields["truncated"]) == (64, 64, True)
    assert fields["bpb"] == pytest.approx(bits_per_byte(table, text[:9], text[9:]), rel=1e-5)
    assert evidence["tokens_cut_off"] == 9
    worst = evidence["least_expected"][0]
    assert (worst["at"], worst["text"], worst["behind"]) == (72, "Q", "cat sat on the mat; ")
    assert worst["bits"] == pytest.approx(-table[ord(" ")][ord("Q")] / math.log(2), abs=0.01)


def test_the_shipped_ruleset(bigram: Path, table: list[list[float]], services: Services) -> None:
    """The band is around what the bigram has seen; a loop lies below it, what it has not seen above."""
    seen = "你好，世界。我们在学习。 🙂🙂 émile"
    middle = bits_per_byte(table, "", seen)
    loop, unseen = "🙂" * 200, "Quux! Zyzzyva?"
    assert bits_per_byte(table, "", loop) < middle - 0.45 < middle + 0.45 < bits_per_byte(table, "", unseen)
    band = {"low": middle - 0.2, "high": middle + 0.2, "scale": 0.25}
    rows = [{"completion": text} for text in (seen, loop, unseen, "")]
    scores = rr.load("fluent", params={"model": str(bigram), **band}).score_rows(rows, services=services)
    assert list(scores.reward) == [1.0, -1.0, 0.0, 0.0]


def test_the_shipped_ruleset_names_no_model() -> None:
    with pytest.raises(ConfigurationError, match="give one by --set model=PATH"):
        rr.load("fluent").score_rows([{"completion": "a text"}])


def test_the_environment_names_the_weights(bigram: Path, services: Services) -> None:
    found = environment(ruleset(bigram, "perplexity(completion, MODEL)").plan, services)
    assert found[f"lm {bigram}"].startswith("sha256 ")
    assert ", float32, cpu, " in found[f"lm {bigram}"]


def test_what_is_scored_once_is_scored_for_all(
    bigram: Path, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By rules that ask the same, rows that say the same, and runs that come later."""
    asked: list[Job] = []
    service = services.get("lm")
    submit = service.submit

    def counted(jobs: Sequence[Job], done: Done) -> Ticket:
        asked.extend(jobs)
        return submit(jobs, done)

    monkeypatch.setattr(service, "submit", counted)
    rules = ("perplexity(completion, MODEL)", 'perplexity(completion, MODEL, normalize="token")')
    rows = [{"completion": text} for text in ("a text", "another", "a text", "")]
    first = ruleset(bigram, *rules).score_rows(rows, services=services, evaluate="all")
    assert len([job for job in asked if len(job.payload) == 3]) == 2
    again = ruleset(bigram, *rules).score_rows(rows, services=services, evaluate="all")
    assert len([job for job in asked if len(job.payload) == 3]) == 2
    for rule in ("r0", "r1"):
        assert list(again[rule].values[:3]) == list(first[rule].values[:3])


def test_rows_behind_a_closed_gate_are_not_scored(
    bigram: Path, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Job] = []
    service = services.get("lm")
    submit = service.submit
    monkeypatch.setattr(service, "submit", lambda jobs, done: (asked.extend(jobs), submit(jobs, done))[1])
    made = Ruleset(
        "gated.yaml",
        f"""\
rulereward: 1
rules:
  long: length(completion) >= 5
  fluency: perplexity(completion, model="{bigram}", device="cpu")
score:
  gates:
    - name: short
      when: not long
      value: -1
  terms:
    usual:
      value: (1 / max(fluency, 0.1)) ?? 0
      weight: 1
""",
    )
    rows = [{"completion": text} for text in ("a gate", "shut", "open it", "no")]
    scores = made.score_rows(rows, services=services)
    assert [job.payload[2] for job in asked if len(job.payload) == 3] == ["a gate", "open it"]
    assert list(scores.reward[[1, 3]]) == [-1.0, -1.0]

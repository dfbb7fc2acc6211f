"""All kinds in one ruleset, through the engine, on texts that no kind may break on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from texts import FRAGMENTS
from told_service import ToldService

from rulereward import Ruleset, State
from rulereward.cli.examples import kind_example
from rulereward.kind import Answer, Job
from rulereward.rules import builtin_kinds
from rulereward.services.pool import Services

RULES = {name: kind_example(kind) for name, kind in builtin_kinds().items()}
TEXT = (
    "rulereward: 1\nrules:\n" + "".join(f"  r_{name}: |\n    {call}\n" for name, call in RULES.items()) + "score: 1\n"
)

TEXTS = {
    "nothing": "",
    "spaces": " \t\n\u3000\u00a0\u2003",
    "lone surrogates": "a\ud800b\udfff \ud83d",
    "a pair of surrogates": "\ud83d\ude00",
    "emoji": "👩‍👩‍👧‍👦🇨🇳🏳️‍🌈 1️⃣" * 20,
    "every script": "Latin Кириллица Ελληνικά 汉字 ひらがな カタカナ 한글 العربية עברית हिन्दी ไทย ქართული አማርኛ ᚠᚢ 𓂀",
    "right to left": "\u202eالنص\u202c \u2066abc\u2069",
    "controls": "".join(map(chr, range(32))) + "\x7f\x85\u2028\u2029\ufeff\ufffe",
    "every fragment": "".join(FRAGMENTS),
}


def scored_by_a_model(job: Job) -> Answer:
    """What a model says that expects every character with one half. There is none in these tests."""
    _, _, text = job.payload  # type: ignore[misc]  # a payload is any plain data
    size = len(text)
    return {
        "nll": 0.5 * size, "tokens": size, "bytes": len(text.encode()), "characters": size, "unscored": 0,
        "windows": 1, "surprises": [],
    }  # fmt: skip


@pytest.fixture(scope="module")
def services() -> Iterator[Services]:
    with Services(factories={"lm": lambda: ToldService(scored_by_a_model)}) as made:
        yield made


ROWS: list[dict[str, object]] = [
    {"completion": text, "answer": "4", "finish_reason": "stop"} for text in TEXTS.values()
]


def test_no_text_breaks_a_kind(services: Services) -> None:
    scores = Ruleset("all.yaml", TEXT).score_rows(ROWS, services=services)
    broken = {
        (name, case): scores[name].reasons[row]
        for name in scores
        for row, case in enumerate(TEXTS)
        if scores[name].states[row] not in (State.OK, State.NULL)
    }
    assert broken == {}


def test_a_row_does_not_depend_on_the_others(services: Services) -> None:
    ruleset = Ruleset("all.yaml", TEXT)
    together = ruleset.score_rows(ROWS, services=services)
    for number, row in reversed(list(enumerate(ROWS))):
        alone = ruleset.score_rows([row], services=services)
        for name in together:
            assert alone[name].states[0] == together[name].states[number], name
            assert alone[name].reasons[0] == together[name].reasons[number], name
            assert alone[name].values[0] == pytest.approx(together[name].values[number], abs=0.0, nan_ok=True), name

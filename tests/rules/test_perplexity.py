"""The constants of `perplexity`, what it asks for, and what it shows. Its values are in the cases."""

from __future__ import annotations

import math
from typing import Any

import pytest
from told_service import ToldService

from rulereward import Ruleset
from rulereward.api.environment import environment
from rulereward.errors import ConstantError, RulesetError
from rulereward.kind import HasResources, Job, Resource
from rulereward.rules.perplexity import PerplexityParams, perplexity
from rulereward.services.pool import Services
from rulereward.text.lm_work import LmSettings

LN2 = math.log(2.0)


def params(**given: Any) -> PerplexityParams:
    return PerplexityParams(**{"model": "m", **given})


def answer(**given: Any) -> dict[str, object]:
    told = {"nll": 4 * LN2, "tokens": 4, "bytes": 8, "characters": 8, "unscored": 0, "windows": 1, "surprises": []}
    return {**told, **given}


def evidence(text: str | None, prompt: str | None, given: PerplexityParams, found: Any) -> Any:
    assert perplexity.evidence is not None
    return perplexity.evidence(text, prompt, given, found)


@pytest.mark.parametrize(
    ("given", "at", "message"),
    [
        ({"model": " "}, "model", "none is named"),
        ({"stride": 5, "max_length": 4}, "stride", "a window of 4 tokens cannot score 5 new ones"),
        ({"stride": 5, "truncate": "left"}, "stride", 'nothing is scored in windows with `truncate="left"`'),
        ({"device": ""}, "device", '"" names no device'),
        ({"device": "cuda:0,,cuda:1"}, "device", "or not all of them"),
        ({"device": "auto,cuda:1"}, "device", "or not all of them"),
        ({"device": "cuda:0,cpu"}, "device", "are devices of several kinds, whose numbers differ"),
        ({"pmi": True, "truncate": "left"}, "truncate", "not the same part"),
    ],
)
def test_constants_that_cannot_be_meant(given: dict[str, Any], at: str, message: str) -> None:
    with pytest.raises(ConstantError, match=message) as raised:
        params(**given)
    assert raised.value.parameter == at
    assert raised.value.help


def test_a_model_must_be_named() -> None:
    with pytest.raises(RulesetError, match="`perplexity` needs `model`"):
        Ruleset("none.yaml", "rulereward: 1\nrules:\n  p: perplexity(completion)\nscore: p ?? 0\n")


def test_an_empty_text_must_be_worth_something() -> None:
    """Or a policy could buy a null with it."""
    with pytest.raises(RulesetError, match="a completion can make the score null"):
        Ruleset("bought.yaml", 'rulereward: 1\nrules:\n  p: perplexity(completion, model="m")\nscore: p\n')


def test_settings() -> None:
    assert params().settings() == LmSettings("m")
    given = params(
        revision="v1", dtype="float32", device="cuda:0,cuda:1", max_length=64, stride=16, batch_tokens=512,
        chat_template=True, trust_remote_code=True, compile=True,
    )  # fmt: skip
    assert given.settings() == LmSettings(
        "m", revision="v1", dtype="float32", device="cuda:0,cuda:1", max_length=64, stride=16, batch_tokens=512,
        chat_template=True, trust_remote_code=True, compile=True,
    )  # fmt: skip
    assert params(truncate="error").settings().truncate == "error"


def test_the_model_is_a_resource() -> None:
    given = params(device="cpu")
    assert isinstance(given, HasResources)
    assert given.resources() == [Resource("lm", "m", LmSettings("m", device="cpu").to_plain())]


class _Models(ToldService):
    """Who a model is, by the revision that is asked for."""

    def identity_of(self, what: Any) -> str:
        return f"weights of {LmSettings.of_plain(what).revision}"


def test_the_environment_tells_models_of_one_name_apart() -> None:
    calls = [f'perplexity(completion, model="m", revision="{revision}")' for revision in ("a", "b", "a")]
    rules = "".join(f"  r{number}: {call}\n" for number, call in enumerate(calls))
    plan = Ruleset("made.yaml", f"rulereward: 1\nrules:\n{rules}score: 1\n").plan
    with Services({"lm": lambda: _Models(lambda _: answer())}) as services:
        found = environment(plan, services)
    assert {name: told for name, told in found.items() if name.startswith("lm ")} == {
        "lm m": "weights of a",
        "lm m (2)": "weights of b",
    }


def test_what_is_asked() -> None:
    assert perplexity.ask is not None
    settings = LmSettings("m").to_plain()
    assert perplexity.ask("a text", "", params()) == Job("lm", (settings, "", "a text"))
    assert perplexity.ask("a\ud83d", "\udc00b", params()) == Job("lm", (settings, "\ufffdb", "a\ufffd"))
    behind, alone = perplexity.ask("a text", "why?", params(pmi=True))  # type: ignore[misc]  # two jobs
    assert (behind, alone) == (Job("lm", (settings, "why?", "a text")), Job("lm", (settings, "", "a text")))


@pytest.mark.parametrize(
    ("given", "lo"),
    [({}, 0.0), ({"normalize": "char"}, 0.0), ({"normalize": "token"}, 1.0), ({"pmi": True}, -math.inf)],
)
def test_where_values_can_lie(given: dict[str, Any], lo: float) -> None:
    assert (perplexity.reach(params(**given)).lo, perplexity.reach(params(**given)).hi) == (lo, math.inf)


def test_evidence_of_the_least_expected_places() -> None:
    text = "a text that goes on, quuxly, to " + "z" * 50
    found = answer(surprises=[[32, 82, 9 * LN2], [0, 1, 3 * LN2]], windows=2, unscored=3)
    assert evidence(text, "", params(truncate="left"), found) == {
        "windows": 2,
        "tokens_cut_off": 3,
        "least_expected": [
            {"bits": 9.0, "at": 32, "text": "z" * 40 + "…", "behind": "at goes on, quuxly, to "[-20:]},
            {"bits": 3.0, "at": 0, "text": "a"},
        ],
    }


def test_evidence_of_pmi() -> None:
    found = [answer(), answer(nll=16 * LN2)]
    assert evidence("a text..", "why?", params(pmi=True), found) == {"bpb_without_prompt": 2.0, "least_expected": []}


def test_evidence_where_nothing_was_scored() -> None:
    assert evidence("", "", params(), None) == {"because": "the text is empty"}
    assert evidence(None, "", params(), None) == evidence("a", None, params(), None) == {}
    refused = {"refused": "too_long", "message": "the text has 65 tokens, and the model sees 64"}
    assert evidence("a", "", params(truncate="error"), refused) == {"because": refused["message"]}
    nothing = answer(tokens=0, bytes=0)
    assert evidence("<s>", "", params(), nothing) == {"because": "the text has no token that the model could expect"}

"""What a text scored, as the plain answer to a job. Needs no torch."""

from __future__ import annotations

import math

from rulereward.services.lm.answers import answer_of
from rulereward.services.lm.language_model import TextScore
from rulereward.services.lm.results import Unscored


def test_a_scored_text() -> None:
    """`ab好c`: the ideograph is three tokens, which are one place."""
    score = TextScore((-1.0, -4.0, -2.0, -0.5, -1.0, -3.0), (0, 1, 2, 2, 2, 3), 0, 2, 6, 4)
    assert answer_of("ab好c", score) == {
        "nll": 11.5,
        "tokens": 6,
        "bytes": 6,
        "characters": 4,
        "unscored": 0,
        "windows": 2,
        "surprises": [[1, 2, 4.0], [2, 3, 3.5], [3, 4, 3.0], [0, 1, 1.0]],
    }


def test_the_worst_five_places() -> None:
    score = TextScore(tuple(-float(place) for place in range(8)), tuple(range(8)), 0, 1, 8, 8)
    found = answer_of("abcdefgh", score)["surprises"]
    assert found == [[7, 8, 7.0], [6, 7, 6.0], [5, 6, 5.0], [4, 5, 4.0], [3, 4, 3.0]]


def test_no_token_at_all() -> None:
    found = answer_of("", TextScore((), (), 0, 0, 0, 0))
    assert (found["nll"], found["tokens"], found["surprises"]) == (0.0, 0, [])


def test_what_is_no_number_is_our_fault_and_no_chance_is_the_text() -> None:
    for log_prob, word, code in ((math.nan, "failed", "not_a_number"), (-math.inf, "refused", "impossible")):
        found = answer_of("ab", TextScore((-1.0, log_prob), (0, 1), 0, 1, 2, 2))
        assert found[word] == code


def test_what_was_not_scored() -> None:
    assert answer_of("ab", Unscored("too_long", "so long")) == {"refused": "too_long", "message": "so long"}
    assert answer_of("ab", Unscored("prompt_too_long", "so long")) == {
        "refused": "prompt_too_long",
        "message": "so long",
    }
    assert answer_of("ab", Unscored("out_of_memory", "much")) == {"failed": "out_of_memory", "message": "much"}

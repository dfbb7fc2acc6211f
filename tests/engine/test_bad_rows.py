"""Bad rows of every kind in one file, read, scored and written: each is scored or an error, none is lost."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

import rulereward as rr
from rulereward.api import Ruleset
from rulereward.data import State
from rulereward.io import blocks, open_writer, read_rows, wanted_columns

RIGHT = "\\boxed{4}"
LONG = "word and number " * 320_000
"""5 MB."""


def row(completion: Any, **more: Any) -> bytes:
    return json.dumps({"completion": completion, "answer": "4", **more}).encode()


def deep(levels: int) -> bytes:
    return b'{"completion": "\\\\boxed{4}", "answer": "4", "extra": ' + b"[" * levels + b"]" * levels + b"}"


ROWS: list[tuple[str, bytes, float | None, str | None]] = [
    ("a good row", row(RIGHT), 1.0, None),
    ("not JSON", b"completion: yes", None, "not_json"),
    ("half a row", row(RIGHT)[:-9], None, "not_json"),
    ("two rows on a line", row(RIGHT) + row(RIGHT), None, "not_json"),
    ("a list", b'["completion"]', None, "not_object"),
    ("a number for a row", b"5", None, "not_object"),
    ("no completion", b'{"answer": "4"}', None, "no_completion"),
    ("an empty row", b"{}", None, "no_completion"),
    ("null for text", row(None), None, "no_completion"),
    ("a number for text", row(4), None, "bad_completion"),
    ("false for text", row(False), None, "bad_completion"),
    ("an object for text", row({"text": RIGHT}), None, "bad_completion"),
    ("no messages for text", row([]), None, "bad_completion"),
    ("a message of nobody", row([{"content": RIGHT}]), None, "bad_completion"),
    ("messages without the assistant's", row([{"role": "user", "content": RIGHT}]), None, "bad_completion"),
    ("messages", row([{"role": "assistant", "content": RIGHT}]), 1.0, None),
    ("a message that is null", row([{"role": "assistant", "content": None}]), 0.0, None),
    ("empty text", row(""), 0.0, None),
    ("spaces", row(" \t\n"), 0.0, None),
    ("a lone surrogate", b'{"completion": "\\ud800 \\\\boxed{4}", "answer": "4"}', 1.0, None),
    ("a lone surrogate in the box", b'{"completion": "\\\\boxed{4\\udc00}", "answer": "4"}', 0.0, None),
    ("a surrogate pair", b'{"completion": "\\ud83d\\ude00 \\\\boxed{4}", "answer": "4"}', 1.0, None),
    ("NUL", row(f"\0{RIGHT}\0"), 1.0, None),
    ("NUL alone", row("\0"), 0.0, None),
    ("every control character", row("".join(map(chr, range(32))) + RIGHT + "\x7f\x85\u2028\ufeff"), 1.0, None),
    ("5 MB of text", row(LONG + RIGHT), 1.0, None),
    ("5 MB without an answer", row(LONG), 0.0, None),
    ("5 MB in the box", row("\\boxed{" + LONG + "}"), 0.0, None),
    ("5,000 opening brackets", row("{" * 5_000), 0.0, None),
    ("5,000 opening brackets in a box", row("\\boxed{" * 5_000), 0.0, None),
    ("5,000 boxes", row("\\boxed{3}" * 4_999 + RIGHT), 1.0, None),
    ("5,000 brackets in an answer", row("\\boxed{" + "(" * 5_000 + "4" + ")" * 5_000 + "}"), 0.0, None),
    ("5,000 tags", row("<think>" * 5_000 + "</think>" * 5_000 + RIGHT), 1.0, None),
    ("another column nested 150 deep", deep(150), 1.0, None),
    ("another column nested 5,000 deep", deep(5_000), None, "too_deep"),
    ("a completion nested 5,000 deep", b'{"completion": ' + b"[" * 5_000 + b"]" * 5_000 + b"}", None, "too_deep"),
    ("Latin-1", row("d\u00e9j\u00e0 \\boxed{4}").replace(b"\\u00e9", b"\xe9"), None, "not_utf8"),
    ("GB18030", '{"completion": "答案 \\\\boxed{4}", "answer": "4"}'.encode("gb18030"), None, "not_utf8"),
    ("a byte-order mark", b"\xef\xbb\xbf" + row(RIGHT), 1.0, None),
    ("Chinese", row("答案是 \\boxed{4}。"), 1.0, None),
    ("two completions", b'{"completion": "\\\\boxed{5}", "completion": "\\\\boxed{4}", "answer": "4"}', 1.0, None),
    ("a number for the answer", b'{"completion": "\\\\boxed{4}", "answer": 4}', 1.0, None),
    ("a fraction for the answer", b'{"completion": "\\\\boxed{4}", "answer": 4.0}', 1.0, None),
    ("a list of answers", b'{"completion": "\\\\boxed{4}", "answer": ["5", "4"]}', 1.0, None),
    ("an endless answer", b'{"completion": "\\\\boxed{4}", "answer": 1e999}', None, "null"),
    ("no answer to compare with", b'{"completion": "\\\\boxed{4}"}', None, "null"),
    ("an object for the answer", b'{"completion": "\\\\boxed{4}", "answer": {"x": 4}}', None, "null"),
    ("a huge answer", b'{"completion": "\\\\boxed{4}", "answer": ' + b"9" * 4_000 + b"}", None, "null"),
    (
        "an answer of too many digits",
        b'{"completion": "\\\\boxed{4}", "answer": ' + b"9" * 5_000 + b"}",
        None,
        "not_json",
    ),
    ("columns of our own names", row(RIGHT, reward=5, reward_state="mine"), 1.0, None),
    ("the last good row", row(RIGHT), 1.0, None),
]
"""Name, line, reward (accuracy), and what it is otherwise: `null`, or an error's code."""

ACCURACY = Ruleset(
    "accuracy", "rulereward: 1\nrules: {accuracy: 'math_equal(boxed(completion), answer)'}\nscore: accuracy"
)

WANTED = wanted_columns(path for declared in ACCURACY.plan.inputs.values() for path in declared.paths)


def expected(reward: float | None, otherwise: str | None) -> State:
    if reward is not None:
        return State.OK
    return State.NULL if otherwise == "null" else State.ERROR


def write_file(path: Path) -> None:
    data = b"\n\n".join(line for _, line, _, _ in ROWS) + b"\n"
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.jsonl.gz"])
@pytest.mark.parametrize("size", [1, 7, 4096])
def test_every_row_has_its_own_fate(name: str, size: int, tmp_path: Path) -> None:
    source, output = tmp_path / name, tmp_path / "out.jsonl"
    write_file(source)
    with open_writer(str(output)) as writer:
        for block in blocks(read_rows([str(source)], WANTED), size_rows=size):
            scores = ACCURACY.score_rows([entry.error or entry.fields for entry in block])  # type: ignore[misc]
            writer.write(block, scores.record_objects(details=True))
            for entry, state, reason in zip(block, scores.states, scores.reasons, strict=True):
                _, _, reward, otherwise = ROWS[(entry.line_number - 1) // 2]
                assert entry.line_number % 2 == 1, "every second line is blank"
                assert state == expected(reward, otherwise), entry.where
                if state == State.ERROR:
                    assert reason is not None
                    assert reason.code == otherwise

    written = [json.loads(line) for line in output.read_bytes().splitlines()]
    assert len(written) == len(ROWS)
    for (about, line, reward, otherwise), record in zip(ROWS, written, strict=True):
        assert record["reward"] == reward, about
        state = record["reward_state"]
        assert state.split(": ")[0] == expected(reward, otherwise).name.lower(), about
        if state.startswith("error"):
            assert state.split(": ")[1] == otherwise
        if otherwise in ("not_json", "not_object", "not_utf8"):
            assert record["input"] == line.decode("utf-8", "replace"), "the row is still to be seen"


@pytest.mark.parametrize("name", ["math", "r1"])
def test_the_shipped_rulesets_lose_no_row(name: str, tmp_path: Path) -> None:
    source = tmp_path / "rows.jsonl"
    write_file(source)
    rows = list(read_rows([str(source)], WANTED))
    scores = rr.load(name).score_rows([entry.error or entry.fields for entry in rows])  # type: ignore[misc]
    states = [expected(reward, otherwise) for _, _, reward, otherwise in ROWS]
    assert [State(state) for state in scores.states] == states


BAD_NUMBERS: list[tuple[bytes, float | None]] = [
    (b"3", 3.0), (b"-2.5", -2.5), (b"true", 1.0), (b"null", None), (b'"3"', None), (b"[3]", None), (b"{}", None),
    (b"1e308", 1e308), (b"1e999", None), (b"-1e999", None), (b"NaN", None), (b"Infinity", None), (b"1e-400", 0.0),
    (b"9007199254740993", 9007199254740992.0), (b"9" * 400, None),
]  # fmt: skip


def test_numbers_of_a_column(tmp_path: Path) -> None:
    source = tmp_path / "rows.jsonl"
    source.write_bytes(b"".join(b'{"completion": "", "n": %b}\n' % text for text, _ in BAD_NUMBERS))
    ruleset = Ruleset("numbers", "rulereward: 1\nscore: row.n * 1")
    rows = list(read_rows([str(source)]))
    scores = ruleset.score_rows([entry.error or entry.fields for entry in rows])  # type: ignore[misc]
    for (text, number), reward, state in zip(BAD_NUMBERS, scores.reward, scores.states, strict=True):
        if number is None:
            assert state == State.NULL, text
        else:
            assert (state, reward) == (State.OK, number), text


def test_huge_numbers_that_python_will_not_print() -> None:
    rows = [{"completion": "a", "answer": 10**5_000, "x": 10**5_000}]
    for formula in ("exact_match(completion, answer)", "math_equal(completion, answer)", 'row.x == "a"', "row.x > 3"):
        ruleset = Ruleset("huge", f"rulereward: 1\nrules: {{r: '{formula}'}}\nscore: r")
        assert ruleset.score_rows(rows).states.tolist() == [State.NULL], formula

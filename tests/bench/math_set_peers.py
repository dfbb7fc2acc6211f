"""A whole R1 set for mathematics (accuracy, format, cosine length, repetition, and more) against the peers in turn.

    python tests/bench/math_set_peers.py [--turns 3] [--json FILE]

On the shared rollouts (800 completions of 100 problems), put into think and answer tags. TRL's released functions one
after the other against one ruleset of ours; then open-r1's formulas (`math_theirs.py`), with its length reward (that
of Kimi k1.5) and the soft overlong punishment besides. By turns, in one process. What `workers up`, `from nothing`
and `again` mean, `math_peers.py` says; our imports hold the loading of kernels. Where the verdicts on the answers are
the same, all values must be.
"""

from __future__ import annotations

import math
import re
import statistics
import warnings
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import math_theirs
import text_theirs as theirs
from bench_tools import arguments, machine, write_figures
from math_peers import OUR_IMPORT, THEIR_IMPORT, members_of, print_ratios, turns_of
from math_steps import DATA, Rows, import_seconds, read_rows
from peer_files import trl_accuracies, trl_others

import rulereward as rr

ROOM, BUFFER = 700, 200
"""Tokens of a completion, and those over which the punishment grows: the rollouts have 10 to 1,500 of ours."""

TRL_SET = """
rulereward: 1
rules:
  accuracy: math_equal(boxed(completion), answer)
  format: think_format(style="trl")
  cosine_scaled: if_right if accuracy else if_wrong
  repetition: ngram_repetition(completion, n=3, style="trl")
let:
  size: length(completion, unit="tok")
  if_right: cosine(size, 0tok..{room}tok, from=1, to=0.5)
  if_wrong: cosine(size, 0tok..{room}tok, from=-1, to=-0.5)
score: accuracy + format + cosine_scaled - repetition
"""

OPEN_R1_SET = """
rulereward: 1
rules:
  accuracy: math_equal(boxed(completion), answer)
  format: think_format(style="open_r1")
  tags: tag_count(style="open_r1")
  cosine_scaled: if_right if accuracy else if_wrong
  repetition: ngram_repetition(completion, n=3, style="open_r1")
  kimi: lam if accuracy else min(0, lam)
  overlong: soft_overlong(length(completion, unit="tok"), max={room}tok, buffer={buffer}tok)
let:
  size: length(completion, unit="char")
  if_right: cosine(size, 0char..{most}char, from=1, to=0.5)
  if_wrong: cosine(size, 0char..{most}char, from=-1, to=-0.5)
  lam: 0.5 - normalize_linear(size) over group
score: accuracy + format + 0.25 * tags + cosine_scaled - repetition + kimi + overlong
"""

Values = Mapping[str, Sequence[float | None]]


def in_tags(completion: str, place: int) -> str:
    """The thought up to the last blank line, then the answer; one in eight as TRL wants it, one in eight bare."""
    thought, _, answer = completion.rpartition("\n\n")
    if place % 8 == 0:
        return completion
    if place % 8 == 1:
        return f"<think>\n{thought}\n</think>\n\n{answer}"
    return f"<think>\n{thought}\n</think>\n<answer>\n{answer}\n</answer>"


def token_ids(text: str) -> list[int]:
    """One for each word and each sign: the same ones for both sides."""
    return [zlib.crc32(piece.encode("utf-8")) % 150_000 for piece in re.findall(r"\w+|\s*[^\w\s]", text)]


def trl_in_turn() -> Callable[[Rows, Sequence[list[int]]], Values]:
    """The four released functions, in the order in which a trainer would call them."""
    accuracies, think_format = trl_accuracies(), theirs.trl_think_format()
    cosine = accuracies.get_cosine_scaled_reward(ROOM)
    repetition = trl_others().get_repetition_penalty_reward(3, -1.0)
    return lambda rows, ids: {
        "accuracy": accuracies.accuracy_reward(rows.chats, rows.solutions),
        "format": think_format(rows.completions),
        "cosine_scaled": cosine(rows.chats, rows.solutions, ids),
        "repetition": [-value for value in repetition(ids)],
    }


def open_r1_in_turn(most: int) -> Callable[[Rows, Sequence[list[int]]], Values]:
    penalty, overlong = theirs.repetition_penalty(3), trl_others().get_soft_overlong_punishment(ROOM, BUFFER)
    return lambda rows, ids: {
        "accuracy": math_theirs.accuracy(rows.completions, rows.solutions),
        "format": theirs.open_r1_format(rows.completions),
        "tags": theirs.open_r1_tag_count(rows.completions),
        "cosine_scaled": math_theirs.cosine_scaled(rows.completions, rows.solutions, most),
        "repetition": [-value for value in penalty(rows.completions)],
        "kimi": kimi(rows),
        "overlong": overlong(ids),
    }


def kimi(rows: Rows) -> list[float | None]:
    """The length reward of each problem's completions."""
    found: list[float | None] = [None] * len(rows.golds)
    for members in members_of(rows.problems):
        of_problem = rows.at(members)
        for row, value in zip(
            members, math_theirs.kimi_length(of_problem.completions, of_problem.solutions), strict=True
        ):
            found[row] = value
    return found


def agreement(values: Values, scores: rr.Scores) -> dict[str, Any]:
    """How many verdicts are other ones, and the largest difference of all values where they are not."""
    columns = {name: scores[name].values.tolist() for name in values}
    differ = {
        row
        for row, (their, our) in enumerate(zip(values["accuracy"], columns["accuracy"], strict=True))
        if (None if math.isnan(our) else our) != their
    }
    gaps = [
        abs(their - our)
        for name, column in columns.items()
        for row, (their, our) in enumerate(zip(values[name], column, strict=True))
        if row not in differ and their is not None
    ]
    return {"other_verdicts": len(differ), "largest_difference": max(gaps), "compared": len(gaps)}


def compare(
    name: str, text: str, in_turn: Callable[[Rows, Sequence[list[int]]], Values], rows: Rows, turns: int
) -> dict[str, Any]:
    ids = [token_ids(completion) for completion in rows.completions]
    ruleset = rr.Ruleset("math_set.yaml", text)
    columns = {"answer": rows.golds, "completion_ids": ids}
    if ruleset.uses_groups:
        columns["group"] = rows.problems
    ruleset.score(rows.completions[:8], **{name: column[:8] for name, column in columns.items()})
    times, values, scores = turns_of(
        turns, lambda: in_turn(rows, ids), lambda: ruleset.score(rows.completions, **columns)
    )
    imports = (
        import_seconds(THEIR_IMPORT),
        import_seconds(f"{OUR_IMPORT}\nrulereward.Ruleset('s', {text!r}).prepare()"),
    )
    found = agreement(values, scores)
    print(f"\n{name}, {len(rows.golds)} completions, {turns} turns; {found}")
    print_ratios(times, imports)
    medians = {side: statistics.median(spent) for side, spent in times.items()}
    return {"seconds": medians, "imports": imports, "agreement": found, "rows": len(rows.golds), "turns": turns}


def main() -> None:
    theirs.require_peers()
    options = arguments("A whole R1 set for mathematics against the peers in turn", turns=3).parse_args()
    if not DATA.exists():
        print(f"nothing is measured: there is no file {DATA}")
        return
    warnings.filterwarnings("ignore")  # sympy's own, about what it reads
    print(machine())
    plain = read_rows(DATA)
    tagged = [in_tags(completion, place) for place, completion in enumerate(plain.completions)]
    rows = Rows(tagged, plain.golds, plain.problems)
    most = max(map(len, tagged)) + 1
    figures = {
        "trl": compare("TRL's functions in turn", TRL_SET.format(room=ROOM), trl_in_turn(), rows, options.turns),
        "open_r1": compare(
            "open-r1's formulas in turn", OPEN_R1_SET.format(room=ROOM, buffer=BUFFER, most=most),
            open_r1_in_turn(most), rows, options.turns,
        ),
    }  # fmt: skip
    write_figures(options.json, figures)


if __name__ == "__main__":
    main()

"""Mathematical answers: the peers' functions against ours, a trainer's step, one completion, and where time goes.

    python tests/bench/math_peers.py [math_rollouts.jsonl] [--turns 5]

Everything runs in one process, by turns; tables show medians and ratios of medians. `workers up`: nothing is cached
on our side, not even in the worker processes, which are started and idle; sympy's memory is empty on theirs.
`from nothing`: our processes are not started, and both sides are charged with their imports. `again`: the same call a
second time. Without TRL its part is left out.
"""

from __future__ import annotations

import argparse
import math
import statistics
import warnings
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import math_theirs
from math_breakdown import where_time_goes
from math_steps import (
    DATA,
    Rows,
    box_of,
    fresh_services,
    import_seconds,
    machine,
    percentile,
    read_rows,
    shuffled,
    single_rows,
    step_rows,
    timed,
)

from rulereward.api import Ruleset, Scores

STEP, SINGLE = 2048, 512
ACCURACY = "rulereward: 1\nrules:\n  accuracy: math_equal(boxed(completion), answer)\nscore: accuracy\n"
OPEN_R1 = """
rulereward: 1
params: {{room: {room}char}}
rules:
  accuracy: math_equal(boxed(completion), answer)
  cosine_scaled: if_right if accuracy else if_wrong
  kimi: lam if accuracy else min(0, lam)
let:
  size: length(completion, unit="char")
  if_right: cosine(size, 0char..room, from=1, to=0.5)
  if_wrong: cosine(size, 0char..room, from=-1, to=-0.5)
  lam: 0.5 - normalize_linear(size) over group
score: accuracy + cosine_scaled + kimi
"""
OUR_IMPORT = "import rulereward\nrulereward.load('r1')"
THEIR_IMPORT = "import math_verify, latex2sympy2_extended"
Times = dict[str, list[float]]
Reader = Callable[[str, str], tuple[object, object]]


def turns_of(turns: int, theirs: Callable[[], Any], ours: Callable[[], Scores]) -> tuple[Times, Any, Scores]:
    """The seconds of both sides, measured by turns, and what the last turn gave."""
    times: Times = defaultdict(list)
    for _ in range(turns):
        math_theirs.forget()
        seconds, rewards = timed(theirs)
        times["theirs"].append(seconds)
        times["theirs again"].append(timed(theirs)[0])
        scores = our_turn(times, ours)
    return times, rewards, scores


def our_turn(times: Times, score: Callable[[], Scores]) -> Scores:
    """One turn of ours: from nothing, with workers up, and again."""
    fresh_services(up=False)
    times["from nothing"].append(timed(score)[0])
    fresh_services(up=True)
    seconds, scores = timed(score)
    times["workers up"].append(seconds)
    times["again"].append(timed(score)[0])
    return scores


def print_ratios(times: Times, imports: tuple[float, float]) -> None:
    """`imports` are their seconds and ours, which both sides are charged with where they start from nothing."""
    first, again, up, nothing, cached = (
        statistics.median(times[name]) for name in ("theirs", "theirs again", "workers up", "from nothing", "again")
    )
    print(f"    {'':<14}{'theirs':>9}{'ours':>9}{'ratio':>8}")
    for name, their, our in (
        ("workers up", first, up),
        ("from nothing", first + imports[0], nothing + imports[1]),
        ("again", again, cached),
    ):
        print(f"    {name:<14}{their:8.3f}s{our:8.3f}s{their / our:8.1f}")
    print(f"    (from nothing holds imports: theirs {imports[0]:.2f} s, ours {imports[1]:.2f} s)")


def versus_trl(rows: Rows, turns: int, imports: tuple[float, float]) -> None:
    theirs = math_theirs.trl_accuracy()
    print(f"\nTRL's accuracy_reward, {len(rows.golds)} completions, {turns} turns")
    if theirs is None:
        print("  left out: trl is not installed (tests/peers/README.md says how)")
        return
    ruleset = Ruleset("accuracy", ACCURACY)
    for order, ordered in orders(rows):
        times, rewards, scores = turns_of(
            turns,
            lambda rows=ordered: theirs(rows.chats, rows.solutions),
            lambda rows=ordered: ruleset.score(rows.completions, answer=rows.golds),
        )
        print(f"  {order}")
        print_ratios(times, imports)
    print_differences(ordered, rewards, scores, partial(math_theirs.trl_reads, theirs))


def orders(rows: Rows) -> tuple[tuple[str, Rows], ...]:
    """math-verify remembers its last 20 texts, so the order matters to those who call it row by row."""
    return ("completions of a problem one after the other", rows), ("in random order", shuffled(rows))


def versus_open_r1(rows: Rows, turns: int, imports: tuple[float, float]) -> None:
    print(f"\nopen-r1's accuracy, cosine and length rewards in turn, {len(rows.golds)} completions, {turns} turns")
    room = max(map(len, rows.completions)) + 1
    ruleset = Ruleset("open_r1", OPEN_R1.format(room=room))
    for order, ordered in orders(rows):
        times, rewards, scores = turns_of(
            turns,
            lambda rows=ordered: open_r1(rows, room),
            lambda rows=ordered: ruleset.score(rows.completions, answer=rows.golds, group=rows.problems),
        )
        print(f"  {order}")
        print_ratios(times, imports)
    check_values(rewards, scores, print_differences(ordered, rewards["accuracy"], scores, math_theirs.read_both))


def open_r1(rows: Rows, room: int) -> dict[str, list[float | None]]:
    """The three by open-r1's formulas; lengths are compared among the completions of a problem."""
    solutions = rows.solutions
    kimi: list[float | None] = [None] * len(solutions)
    for members in members_of(rows.problems):
        of_group = ([column[row] for row in members] for column in (rows.completions, solutions))
        for row, value in zip(members, math_theirs.kimi_length(*of_group), strict=True):
            kimi[row] = value
    return {
        "accuracy": math_theirs.accuracy(rows.completions, solutions),
        "cosine_scaled": math_theirs.cosine_scaled(rows.completions, solutions, room),
        "kimi": kimi,
    }


def members_of(problems: list[str]) -> list[list[int]]:
    members: dict[str, list[int]] = {}
    for row, problem in enumerate(problems):
        members.setdefault(problem, []).append(row)
    return list(members.values())


def print_differences(rows: Rows, rewards: list[float | None], scores: Scores, read: Reader) -> set[int]:
    """The rows with another verdict, and what each side made of them. `read` gives what they read."""
    ours = [None if math.isnan(value) else value for value in scores["accuracy"].values.tolist()]
    differing = [row for row, value in enumerate(ours) if value != rewards[row]]
    print(f"  verdicts: {len(ours) - len(differing)} of {len(ours)} the same, {len(differing)} other")
    alike: dict[object, list[int]] = {}
    for row in differing:
        alike.setdefault((rows.golds[row], box_of(rows.completions[row]), rewards[row], ours[row]), []).append(row)
    for members in alike.values():
        row = members[0]
        gold, answer = read(rows.completions[row], rows.solutions[row])
        reason = scores["accuracy"].reasons[row]
        print(f"    {len(members)} x gold {rows.golds[row]!r}, box {box_of(rows.completions[row])!r}")
        print(f"      theirs {rewards[row]}: they read {gold} and {answer}")
        print(f"      ours {ours[row]}{'' if reason is None else f': {reason.message}'}")
    return set(differing)


def check_values(rewards: dict[str, list[float | None]], scores: Scores, differing: set[int]) -> None:
    """Where the verdicts are the same, so are the three values."""
    compared = 0
    for name, theirs in rewards.items():
        for row, (their, our) in enumerate(zip(theirs, scores[name].values.tolist(), strict=True)):
            if row not in differing and their is not None:
                assert abs(their - our) <= 1e-12, (name, row, their, our)
                compared += 1
    print(f"  values: all {compared} of rows with the same verdict agree to 1e-12")


def step(rows: Rows, turns: int) -> None:
    print(f"\nA step of {STEP} rollouts, a quarter with fresh wrong answers, {turns} turns")
    ruleset = Ruleset("accuracy", ACCURACY)
    times: Times = defaultdict(list)
    for turn in range(turns):
        made = step_rows(rows, STEP, seed=turn)
        our_turn(times, lambda made=made: ruleset.score(made.completions, answer=made.golds))  # type: ignore[misc]
    for name, seconds in times.items():
        print(f"  {name:<34} {statistics.median(seconds):8.3f} s   ({min(seconds):.3f} to {max(seconds):.3f})")


def latency(rows: Rows) -> None:
    """One completion a call. Neither its gold nor its answer was seen before."""
    made, right = single_rows(rows, SINGLE, seed=0)
    ruleset = Ruleset("accuracy", ACCURACY)
    fresh_services(up=True)
    spent: list[float] = []
    judged = 0
    for completion, gold, expected in zip(made.completions, made.golds, right, strict=True):
        seconds, scores = timed(lambda c=completion, g=gold: ruleset.score([c], answer=[g]))  # type: ignore[misc]
        spent.append(1000.0 * seconds)
        judged += scores.reward.tolist() == [float(expected)]
    shown = ", ".join(f"p{share:.0f} {percentile(spent, share / 100):.1f}" for share in (50, 90, 99))
    print(f"\nOne completion a call, {SINGLE} calls, workers up, nothing cached: ms {shown}, max {max(spent):.1f}")
    print(f"  judged as made: {judged} of {SINGLE}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Mathematical answers: the peers' functions against ours")
    parser.add_argument("data", nargs="?", type=Path, default=DATA)
    parser.add_argument("--turns", type=int, default=5)
    options: Any = parser.parse_args()
    if not options.data.exists():
        print(f"nothing is measured: there is no file {options.data}")
        return
    warnings.filterwarnings("ignore")  # sympy's own, about what it reads
    print(machine())
    rows = read_rows(options.data)
    imports = import_seconds(THEIR_IMPORT), import_seconds(OUR_IMPORT)
    versus_trl(rows, options.turns, imports)
    versus_open_r1(rows, options.turns, imports)
    step(rows, options.turns)
    latency(rows)
    where_time_goes(Ruleset("accuracy", ACCURACY), step_rows(rows, STEP, seed=1_000))
    print(machine().splitlines()[0])


if __name__ == "__main__":
    main()

"""Do the exact path of `math_equal`, the whole rule and math-verify agree with the truth and with each other?

Judges the pairs of `math_pairs.py`, whose truth is known by how they were made, and the answers of the rollouts.

    python tests/bench/math_agreement.py [math_rollouts.jsonl] [--per-family 40] [--seed 20240611]

Prints a table by family, the counts, and a line for every disagreement: first where we are wrong. The verdicts are
`=`, `≠` and `-`, which is: left open (exact path), or the gold is unreadable (rule, math-verify).
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from math_pairs import PER_FAMILY, ROLLOUTS, SEED, all_pairs
from math_pairs_judges import Judged, judged, rollout_pairs

_SIGN = {True: "=", False: "≠", None: "-"}
_SIDES: dict[str, Callable[[Judged], bool | None]] = {
    "exact path": lambda row: row.exact,
    "whole rule": lambda row: row.whole,
    "math-verify": lambda row: row.theirs,
}


def wrong(row: Judged, side: str) -> bool:
    """Does this side contradict the truth? A gold that the whole rule or math-verify cannot read is no verdict."""
    said = _SIDES[side](row)
    return said is not None and said is not row.pair.equal


def _table(rows: Sequence[Judged]) -> None:
    print("wrong =: says equal and is not; wrong ≠: says unequal and is equal; unread: no verdict on the gold\n")
    sides = "".join(f"{side + ': wrong =':>22}{'wrong ≠':>9}{'unread':>8}" for side in _SIDES if side != "exact path")
    print(f"{'family':<34}{'pairs':>6}{'decided':>9}{'exact path: wrong =':>22}{'wrong ≠':>9}{sides}")
    families = list(dict.fromkeys(row.pair.family for row in rows))
    for family in [*families, "all"]:
        mine = [row for row in rows if family in (row.pair.family, "all")]
        cells = f"{family:<34}{len(mine):>6}{sum(row.exact is not None for row in mine):>9}"
        for side, said in _SIDES.items():
            false = [said(row) for row in mine if wrong(row, side)]
            cells += f"{false.count(True):>22}{false.count(False):>9}"
            if side != "exact path":
                cells += f"{sum(said(row) is None for row in mine):>8}"
        print(cells)


def _counts(rows: Sequence[Judged]) -> None:
    decided = [row for row in rows if row.exact is not None]
    paths = {path: sum(row.path == path for row in decided) for path in sorted({row.path for row in decided})}
    print(f"\n{len(rows)} pairs, {sum(row.pair.equal for row in rows)} of them equal")
    print(f"decided by the exact path: {len(decided)} ({len(decided) / len(rows):.1%}), by {paths}")
    print(f"  of these as the truth has it: {sum(row.exact is row.pair.equal for row in decided)}")
    print(f"  of these as math-verify has it: {sum(row.exact is row.theirs for row in decided)}")
    for side, said in _SIDES.items():
        right = sum(said(row) is row.pair.equal for row in rows)
        print(f"{side}: right {right}, wrong {sum(wrong(row, side) for row in rows)}")


def _line(row: Judged) -> str:
    verdicts = "  ".join(f"{side} {_SIGN[said(row)]}" for side, said in _SIDES.items())
    right = [side for side, said in _SIDES.items() if said(row) is row.pair.equal]
    return (
        f"{row.pair.family}: gold {row.pair.gold!r} answer {row.pair.answer!r}\n"
        f"    truth {_SIGN[row.pair.equal]}  {verdicts}  right: {', '.join(right) or 'nobody'}; {row.path}: {row.why}"
    )


def _disagreements(rows: Sequence[Judged]) -> None:
    kinds: list[tuple[str, Callable[[Judged], bool]]] = [
        ("The exact path is wrong", lambda row: wrong(row, "exact path")),
        ("The whole rule cannot read the gold: the row has no reward", lambda row: row.whole is None),
        ("The whole rule is wrong and math-verify is right", lambda row: row.theirs is row.pair.equal),
        ("The whole rule and math-verify are wrong", lambda row: True),
    ]
    left = [row for row in rows if row.exact not in (None, row.pair.equal) or row.whole is not row.pair.equal]
    others = [row for row in rows if row not in left and row.theirs is not row.pair.equal]
    for title, of_kind in kinds:
        found = [row for row in left if of_kind(row)]
        left = [row for row in left if row not in found]
        print(f"\n{title}: {len(found)}")
        print(*map(_line, found), sep="\n")
    print(f"\nOnly math-verify is wrong or silent: {len(others)}")
    print(*map(_line, others), sep="\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("rollouts", nargs="?", type=Path, default=ROLLOUTS)
    parser.add_argument(
        "--per-family", type=int, default=PER_FAMILY, help="pairs that are equal, and as many unequal"
    )
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    logging.disable(logging.ERROR)  # math-verify logs each text that it cannot read
    rows = judged(all_pairs(options.rollouts, options.seed, options.per_family))
    _table(rows)
    _counts(rows)
    _disagreements(rows)
    real = judged(rollout_pairs(options.rollouts))
    if real:
        print("\n\nThe answers of the rollouts. Their truth is the word of the file's grader, which errs in places.")
        _table(real)
        _counts(real)
        _disagreements(real)


if __name__ == "__main__":
    main()

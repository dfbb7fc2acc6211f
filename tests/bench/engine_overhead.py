"""What a call costs besides its rule kinds: 16 rows (two groups of 8) of a ten-rule ruleset.

    python tests/bench/engine_overhead.py

Prints the median milliseconds of one call, for kinds with a `columns` form and for kinds with a row function only:
of `engine.run.run` on a batch that is ready, and of `Ruleset.score` as a trainer calls it.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from rulereward.api import Ruleset
from rulereward.api.batches import make_batch
from rulereward.api.shared import shared_services
from rulereward.data import Groups
from rulereward.engine.run import Options, run

ROWS, GROUPS, RULES, CALLS = 16, 2, 10, 500
COMPLETIONS = [f"completion number {row} of a batch" for row in range(ROWS)]
KEYS = [row % GROUPS for row in range(ROWS)]

RULESET = """
rulereward: 1
rules:
{rules}
score:
  gates:
    - name: empty
      when: r0 > 0.9
      value: -1
  terms:
    shaped:
      value: ramp(r1, 0.2..0.8) * r2 + (r3 if r4 < 0.9 else r5)
      weight: 0.5
    relative:
      value: r6 - mean(r6) over group
      weight: 0.1
{terms}
"""


def ruleset(kind: str) -> Ruleset:
    rules = "\n".join(f"  r{place}: {kind}(completion, value={place / 20})" for place in range(RULES))
    terms = "\n".join(f"    r{place}: 0.1" for place in range(RULES))
    return Ruleset("overhead", RULESET.format(rules=rules, terms=terms), ("trivial_kinds",))


def median_ms(call: Callable[[], object]) -> float:
    """Median over `CALLS` calls, after as many that are not counted."""
    times: list[float] = []
    for turn in range(2 * CALLS):
        started = time.perf_counter()
        call()
        if turn >= CALLS:
            times.append(1000.0 * (time.perf_counter() - started))
    return statistics.median(times)


def engine_ms(compiled: Ruleset) -> float:
    batch = make_batch(compiled.plan, [{"completion": text} for text in COMPLETIONS], Groups.from_keys(KEYS), None)
    services, options = shared_services(), Options(evaluate="needed")
    return median_ms(lambda: run(compiled.plan, batch, services, options))


def score_ms(compiled: Ruleset) -> float:
    return median_ms(lambda: compiled.score(COMPLETIONS, group=KEYS).reward)


def main() -> None:
    print(f"{ROWS} rows, {GROUPS} groups, {RULES} rules; median of {CALLS} calls")
    for kind in ("constant_by_columns", "constant_by_row"):
        compiled = ruleset(kind)
        print(f"{kind:>20}: engine {engine_ms(compiled):.3f} ms, score {score_ms(compiled):.3f} ms")


if __name__ == "__main__":
    main()

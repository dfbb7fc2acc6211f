"""Bits per byte of fluent, shuffled, random, copied and looped text, and what a band pays for each.

    python tests/bench/lm_fluent.py [--json tests/bench/figures/lm_fluent.json]

It trains its models itself: two, each of which takes about a minute. What there is no text for is left out.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from bench_tools import arguments, write_figures
from write_perplexity import section

sys.path.insert(0, str(Path(__file__).parents[1] / "services" / "lm"))
from fluent_measures import Measured, measured, trained
from fluent_texts import LANGUAGES, MISSING, SOURCES


def figures(one: Measured) -> dict[str, Any]:
    forms = {}
    for form, bits in one.bits.items():
        low, middle, high = np.percentile(bits, [5, 50, 95])
        forms[form] = {
            "p5": round(low, 4),
            "median": round(middle, 4),
            "p95": round(high, 4),
            "above": round(one.share_above(form), 4),
            "reward": round(float(np.mean(one.rewards(form))), 4),
            "paid_less": round(one.share_paid_less(form), 4),
        }
    band = [round(end, 4) for end in one.band]
    return {"texts": len(one.bits["fluent"]), "reference": one.reference, "band": band, "forms": forms}


def main() -> None:
    import torch

    torch.set_num_threads(1)
    options = arguments("What perplexity says of fluent and other text").parse_args()
    found: dict[str, Any] = {}
    for source in SOURCES:
        if source == "rollouts" and MISSING:
            print(f"rollouts: left out, needs {' and '.join(MISSING)}")
            continue
        with tempfile.TemporaryDirectory() as folder:
            model = trained(source, Path(folder))
            found[source] = {language: figures(measured(model, source, language)) for language in LANGUAGES}
        print(section(source, found[source]))
    write_figures(options.json, {**found, "torch": torch.__version__})


if __name__ == "__main__":
    main()

"""The rulesets of tests/cases/holes, and rows that fit the shipped ones.

hole: what a policy can use
data: FILE          # beside it, or the shipped sample.jsonl
flagged: [...]      # policies that must be flagged, whoever else is
ruleset: the ruleset with its hole
mended: the same without it, of which nothing is flagged
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from rulereward.insight.data import Data, read_data

HOLES = Path(__file__).parents[1] / "cases" / "holes"
SAMPLE = Path(__file__).parents[2] / "rulesets" / "sample.jsonl"
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
FILES = sorted(HOLES.glob("*.yaml"))

_TOKEN = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True)
class Hole:
    name: str
    data: Data
    flagged: frozenset[str]
    ruleset: str
    mended: str


def read_hole(path: Path) -> Hole:
    document = yaml.safe_load(path.read_text("utf-8"))
    data = SAMPLE if document["data"] == SAMPLE.name else HOLES / document["data"]
    return Hole(
        path.stem, read_data([str(data)]), frozenset(document["flagged"]), document["ruleset"], document["mended"]
    )


def counted(data: Data) -> Data:
    """Rows with token ids, and with a wish for about as many: what rulesets read that count tokens."""
    rows = []
    for row in data.rows:
        assert isinstance(row, dict)
        size = len(_TOKEN.findall(row["completion"]))
        rows.append({**row, "completion_ids": list(range(size)), "target_tokens": round(size, -1)})
    return Data(rows, data.where)

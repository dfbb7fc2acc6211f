"""`rulereward calibrate`: what people and programs read, the picture, and how it exits."""

from __future__ import annotations

import json
import subprocess
import sys
from xml.etree import ElementTree as ET

import pytest
from command_line import rulereward, write_rows

RULESET = """\
rulereward: 1
name: brief
params: {width: 1}
rules:
  size: {value: 'length(completion, unit="char") * width', when: row.good == "yes"}
  news: compression_ratio(completion, min_bytes=1)
score: size / 1char + (news ?? 0)
"""


@pytest.fixture
def ruleset(tmp_path):
    path = tmp_path / "brief.yaml"
    path.write_text(RULESET, encoding="utf-8")
    return path


@pytest.fixture
def rows(tmp_path):
    """Texts of 1 to 100 characters, two that are not good, and a line that is none."""
    made = [{"completion": "ab" * 50, "good": "no", "lang": "en"}] * 2
    made += [{"completion": "a" * n, "good": "yes", "lang": "\x1b[31men" if n % 4 else "zh"} for n in range(1, 101)]
    path = write_rows(tmp_path / "good.jsonl", made)
    path.write_text(path.read_text("utf-8") + "{torn\n", encoding="utf-8")
    return path


def test_what_people_read(ruleset, rows):
    ran = rulereward("calibrate", ruleset, rows, "--of", "size")
    assert (ran.status, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0] == "size of brief, in characters: 103 rows, 100 values, 2 nulls, 1 error"
    assert lines[1].startswith("  null on 2 rows: ")
    assert lines[2].startswith("  error on 1 row: ")
    assert lines[3] == "from 1 to 100, mean 50.5"
    (below,) = [line.split() for line in lines if line.startswith("below ")]
    assert below == ["below", "1.99", "5.95", "10.9", "25.75", "50.5", "75.25", "90.1", "95.05", "99.01"]
    # bins of 5 from 0: 1 to 4 lie outside of 5..96, and so do 97 to 99 of [95, 100)
    bars = {line.split()[0]: line.split()[1:] for line in lines if "█" in line or "░" in line}
    assert bars["0"] == ["░" * 48, "4"]  # 4 fifths of 60
    assert bars["95"] == ["█" * 24 + "░" * 36, "5"]
    assert "  size_band: decay(size, 5char..96char, scale=46char)" in lines
    assert "It is 1 for 92.0% of these values" in ran.out
    assert "Why a band" not in ran.out
    assert "warning" not in ran.out


def test_a_kind_of_which_a_middle_is_best_says_so(ruleset, rows):
    out = " ".join(rulereward("calibrate", ruleset, rows, "--of", "news").out.split())
    assert "Why a band: of `compression_ratio` neither less nor more is better." in out
    assert "1 error" in out


def test_tails_that_are_not_drawn_are_told(ruleset, tmp_path):
    # of 402 values percentile 99.5 stands at place 398.995, outwards at 399: 2 of the 3 long texts are cut off
    made = [{"completion": "a" * (n % 10), "good": "yes"} for n in range(399)]
    far = write_rows(
        tmp_path / "far.jsonl", [*made, *[{"completion": "a" * n, "good": "yes"} for n in (90, 900, 990)]]
    )
    out = rulereward("calibrate", ruleset, far, "--of", "size").out
    assert "cut off at the 0.5 and 99.5 percentiles: 0 below, 2 above" in out


def test_few_values(ruleset, rows):
    few = rulereward("calibrate", ruleset, rows, "--of", "size", "--limit", 52).out
    assert "warning: a band of 50 values is uncertain; 100 or more are better" in few
    fewer = rulereward("calibrate", ruleset, rows, "--of", "size", "--limit", 12)
    assert "No band: too few values (10): 20 are needed, 100 are better" in fewer.out
    assert fewer.status == 0
    assert "░" not in fewer.out


def test_without_a_value_it_fails(ruleset, rows):
    ran = rulereward("calibrate", ruleset, rows, "--of", "size", "--limit", 2)
    assert ran.status == 1
    assert ran.out.splitlines()[0] == "size of brief, in characters: 2 rows, 0 values, 2 nulls"
    assert rulereward("calibrate", ruleset, rows, "--of", "size", "--limit", 2, "--format", "json").status == 1


def test_by_column(ruleset, rows):
    out = rulereward("calibrate", ruleset, rows, "--of", "size", "--by", "lang").out
    assert "\x1b" not in out
    table = [line.split() for line in out[out.index("\nlang") :].splitlines() if line]
    assert table[0] == ["lang", "rows", "values", "5", "25", "50", "75", "95"]
    # 4, 8, ..., 100: places 1.2, 6, 12, 18 and 22.8 of 25, so 8.8, 28, 52, 76 and 95.2
    assert ["zh", "25", "25", "8.8", "28", "52", "76", "95.2"] in table
    # outwards: the 2nd and the 24th value, 8 and 96
    assert ["zh", "decay(size,", "8char..96char,", "scale=44char)", "(uncertain)"] in table
    assert ["(no", "value)", "1", "0", "-", "-", "-", "-", "-"] in table


def test_json_holds_everything(ruleset, rows):
    ran = rulereward("calibrate", ruleset, rows, "--of", "size", "--share", 0.5, "--by", "lang", "--format", "json")
    found = json.loads(ran.out)
    assert (found["ruleset"], found["of"], found["unit"], found["share"]) == ("brief", "size", "char", 0.5)
    assert (found["rows"], found["values"], found["low"], found["high"], found["mean"]) == (103, 100, 1, 100, 50.5)
    assert {lack["state"]: lack["rows"] for lack in found["lacks"]} == {"null": 2, "error": 1}
    # places 24.75 and 74.25, outwards to the 25th and the 76th value; half the width is 25.5, to even 26
    assert found["band"]["expression"] == "decay(size, 25char..76char, scale=26char)"
    assert (found["band"]["low"], found["band"]["high"], found["band"]["inside"]) == (25, 76, 0.52)
    assert sum(found["histogram"]["counts"]) == 100
    assert [part["rows"] for part in found["by"]["parts"]] == [75, 25, 2, 1]
    assert found["by"]["column"] == "lang"


def test_json_of_half_a_surrogate_pair(ruleset, tmp_path):
    """As rows may hold it, and UTF-8 may not."""
    halves = write_rows(tmp_path / "halves.jsonl", [{"completion": "a", "lang": "\ud800"}])
    ran = rulereward("calibrate", ruleset, halves, "--of", "size", "--by", "lang", "--format", "json")
    assert [part["value"] for part in json.loads(ran.out)["by"]["parts"]] == ["\ufffd"]


def test_options_reach_the_data(ruleset, tmp_path):
    renamed = write_rows(tmp_path / "renamed.jsonl", [{"text": "a" * n, "good": "yes"} for n in range(1, 4)])
    options = ("--of", "size", "--map", "completion=text", "--set", "width=10")
    assert "from 10 to 30, mean 20" in rulereward("calibrate", ruleset, renamed, *options).out


def test_the_picture(ruleset, rows, tmp_path):
    drawn = tmp_path / "size.svg"
    assert rulereward("calibrate", ruleset, rows, "--of", "size", "--by", "lang", "--svg", drawn).status == 0
    root = ET.fromstring(drawn.read_text("utf-8"))
    bars = [node for node in root.iter() if "bar" in node.attrib.get("class", "").split()]
    assert sum(int(bar.attrib["data-count"]) for bar in bars) == 200  # all rows, and then by language


def test_wrong_usage(ruleset, rows, tmp_path):
    unnamed = rulereward("calibrate", ruleset, rows)
    assert unnamed.status == 2
    assert "say with --of which number of `brief` is meant: its numbers are size, news" in unnamed.err
    assert rulereward("calibrate", ruleset, rows, "--of", "sise").status == 2
    assert rulereward("calibrate", ruleset, rows, "--of", "size", "--by", "tongue").status == 2
    assert rulereward("calibrate", ruleset, rows, "--of", "size", "--share", 0).status == 2
    assert rulereward("calibrate", ruleset, rows, "--of", "size", "--share", "nan").status == 2
    assert rulereward("calibrate", ruleset, tmp_path / "absent.jsonl", "--of", "size").status == 2
    assert rulereward("calibrate", ruleset, rows, "--of", "size", "--svg", tmp_path / "no" / "x.svg").status == 2


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from rulereward.cli.main import main\n"
        "try: main(['calibrate', '--help'])\n"
        "except SystemExit: pass\n"
        "assert not {'numpy', 'rich', 'lark', 'msgspec'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, timeout=120)

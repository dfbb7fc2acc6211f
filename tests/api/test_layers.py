"""Rulesets in several files: what they mean together, where mistakes are told of, and what is pickled."""

from __future__ import annotations

import os
import pickle
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

import rulereward as rr
from rulereward.errors import ConfigurationError, RulesetError

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "language" / "layers.yaml").read_text("utf-8"))["cases"]


def write(folder: Path, case: dict[str, Any]) -> Path:
    for name, text in case["files"].items():
        path = folder / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    for name, data in case.get("bytes", {}).items():
        (folder / "files" / name).write_bytes(bytes(data))
    (folder / "outside.yaml").write_text("rulereward: 1\n")
    return folder / "files" / "main.yaml"


@pytest.mark.parametrize("case", [case for case in CASES if "rows" in case], ids=lambda case: case["name"])
def test_meaning(tmp_path: Path, case: dict[str, Any]) -> None:
    path = write(tmp_path, case)
    loaded = rr.load(path)
    sent = pickle.dumps(loaded)
    shutil.rmtree(path.parent)  # whoever gets it has none of the files
    for ruleset in (loaded, pickle.loads(sent), loaded.with_inputs({"completion": "completion"})):
        assert ruleset.fingerprint == loaded.fingerprint
        assert list(ruleset.rules) == case.get("rules", list(ruleset.rules))
        assert Path(ruleset.name).name == case.get("named", Path(ruleset.name).name)
        rows = [{"completion": "", **row} for row in case["rows"]]
        scores = ruleset.score_rows(rows, group=[0] * len(rows))
        for place, row in enumerate(case["rows"]):
            for name, expected in row["expect"].items():
                values = scores.reward if name == "reward" else scores[name].values
                assert values[place] == pytest.approx(expected, rel=1e-12), (name, place)


@pytest.mark.parametrize("case", [case for case in CASES if "findings" in case], ids=lambda case: case["name"])
def test_findings(tmp_path: Path, case: dict[str, Any]) -> None:
    with pytest.raises(RulesetError) as raised:
        rr.load(write(tmp_path, case))
    for found, expected in zip(raised.value.diagnostics, case["findings"], strict=True):
        span = found.primary.span
        assert (found.code, Path(span.source.name).name) == (expected["code"], expected["file"]), found
        assert span.source.text[span.start : span.end] == expected.get(
            "marked", span.source.text[span.start : span.end]
        )
        said = found.message.replace(f"{tmp_path}/files/", "")
        assert expected.get("message", "") in said
        assert expected.get("help", "") in (found.help or "")
        if "second" in expected:
            assert found.secondary is not None
            assert Path(found.secondary.span.source.name).name == expected["second"]
            assert f"::: {found.secondary.span}" in str(raised.value)


def test_a_link_does_not_lead_out_of_the_folder(tmp_path: Path) -> None:
    path = write(tmp_path, {"files": {"main.yaml": "rulereward: 1\nextends: ./link.yaml\nscore: 1\n"}})
    (path.parent / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    with pytest.raises(RulesetError, match="does not lie under the folder"):
        rr.load(path)


def test_many_layers_end(tmp_path: Path) -> None:
    """Files that double each other are a bomb: 2 to the 30th layers."""
    files = {f"f{n}.yaml": f"rulereward: 1\nextends: [./f{n + 1}.yaml, ./f{n + 1}.yaml]\n" for n in range(30)}
    files["f30.yaml"] = "rulereward: 1\nrules: {a: '1'}\n"
    files["main.yaml"] = "rulereward: 1\nextends: ./f0.yaml\nscore: a\n"
    with pytest.raises(RulesetError, match="at most 50 others"):
        rr.load(write(tmp_path, {"files": files}))


PINNED = """rulereward: 1
params: {top: 4char}
rules:
  n: min(length(completion), top) / 1char
score: n
"""


def test_a_pin_holds_the_meaning(tmp_path: Path) -> None:
    pin = rr.Ruleset("pinned.yaml", PINNED).fingerprint
    pinned = f"{PINNED}fingerprint: {pin}\n"
    ruleset = rr.Ruleset("pinned.yaml", f"# a comment changes nothing\n{pinned}")
    with pytest.raises(RulesetError, match=r"E0407.*, with top=5"):
        ruleset.with_params({"top": 5})
    with pytest.raises(RulesetError, match="E0407"):
        rr.Ruleset("pinned.yaml", pinned.replace("4char", "5char"))
    # what a base is pinned to says nothing of a ruleset that changes it
    path = write(
        tmp_path,
        {"files": {"base.yaml": pinned, "main.yaml": "rulereward: 1\nextends: ./base.yaml\nparams: {top: 9char}\n"}},
    )
    assert rr.load(path).score(["0123456789"]).reward.tolist() == [9]


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    path = write(tmp_path, {"files": {"main.yaml": "rulereward: 1\nextends: ./pipe.yaml\nscore: 1\n"}})
    os.mkfifo(path.parent / "pipe.yaml")
    with pytest.raises(RulesetError, match="it is no regular file"):
        rr.load(path)
    with pytest.raises(ConfigurationError, match="it is no regular file"):
        rr.load(path.parent / "pipe.yaml")
    (path.parent / "zeros.yaml").symlink_to("/dev/zero")
    (path.parent / "large.yaml").write_text("# " + "x" * 1_000_000, "utf-8")
    with pytest.raises(RulesetError, match="too large"):
        rr.load(path.parent / "large.yaml")
    with pytest.raises(ConfigurationError, match="it is no regular file"):
        rr.load(path.parent / "zeros.yaml")


def test_a_shipped_ruleset_is_told_apart_from_a_file_of_its_name(tmp_path: Path) -> None:
    path = write(
        tmp_path, {"files": {"main.yaml": "", "r1.yaml": "rulereward: 1\nextends: [r1]\nrules: {format: null}\n"}}
    )
    with pytest.raises(RulesetError) as raised:
        rr.load(path.parent / "r1.yaml")
    assert "--> rulereward/rulesets/r1.yaml:" in str(raised.value)
    assert f"::: {path.parent / 'r1.yaml'}:3:9" in str(raised.value)

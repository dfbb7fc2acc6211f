"""Shipped files are found beside a checkout's package and inside an installed one."""

from __future__ import annotations

import pytest

from rulereward import _files


def test_a_checkout():
    path = _files.shipped("grammar", "expression.lark")
    assert path == _files.shipped_folder("grammar") / "expression.lark"
    assert "start: expr" in path.read_text(encoding="utf-8")


def test_an_installed_wheel(tmp_path, monkeypatch):
    """A wheel has the folders under `rulereward/_shipped`; those win over a folder that lies beside it by chance."""
    package = tmp_path / "rulereward"
    shipped = package / "_shipped" / "rulesets"
    shipped.mkdir(parents=True)
    (shipped / "r1.yaml").write_text("rulereward: 1\n", encoding="utf-8")
    (tmp_path / "rulesets").mkdir()
    monkeypatch.setattr(_files, "_PACKAGE", package)
    assert _files.shipped("rulesets", "r1.yaml") == shipped / "r1.yaml"
    with pytest.raises(FileNotFoundError, match="no `grammar` folder"):
        _files.shipped("grammar", "expression.lark")
    with pytest.raises(FileNotFoundError, match=r"ships no `rulesets/r2\.yaml`"):
        _files.shipped("rulesets", "r2.yaml")


@pytest.mark.parametrize("name", ["", ".", "..", "../pyproject.toml", "a/b", "a\\b", "/etc/passwd"])
def test_only_plain_file_names(name):
    with pytest.raises(ValueError, match="not a plain file name"):
        _files.shipped("grammar", name)

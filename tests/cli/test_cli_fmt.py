"""`rulereward fmt`: what it prints, what it writes, and its exit status."""

from __future__ import annotations

import os
import stat
import subprocess
import sys

import pytest
from command_line import rulereward

from rulereward.lang import format_spacing

LOOSE = "rulereward: 1\nlet: {a: 1+1}\nscore: f（a)\n"
TIGHT = "rulereward: 1\nlet: {a: 1 + 1}\nscore: f(a)\n"
WRONG = "rulereward: 1\nscore: 1+\n"


@pytest.fixture
def loose(tmp_path):
    path = tmp_path / "loose.yaml"
    path.write_text(LOOSE, encoding="utf-8")
    return path


def test_in_place(loose):
    ran = rulereward("fmt", loose)
    assert (ran.status, ran.out, ran.err) == (0, f"{loose}: formatted (1 expression, 1 full-width character)\n", "")
    assert loose.read_text(encoding="utf-8") == TIGHT
    again = rulereward("fmt", loose)
    assert (again.status, again.out) == (0, f"{loose}: unchanged\n")


def test_nothing_else_is_left_in_the_folder(loose):
    rulereward("fmt", loose)
    assert list(loose.parent.iterdir()) == [loose]


def test_check(loose, tmp_path):
    tight = tmp_path / "tight.yaml"
    tight.write_text(TIGHT)
    ran = rulereward("fmt", "--check", tight, loose)
    assert (ran.status, ran.out) == (1, f"{loose}: would change (1 expression, 1 full-width character)\n")
    assert loose.read_text(encoding="utf-8") == LOOSE
    assert (rulereward("fmt", "--check", tight).status, rulereward("fmt", "--check", tight).out) == (0, "")


DIFF = """\
--- {name}
+++ {name}
@@ -1,3 +1,3 @@
 rulereward: 1
-let: {{a: 1+1}}
-score: f（a)
+let: {{a: 1 + 1}}
+score: f(a)
"""


def test_diff(loose):
    ran = rulereward("fmt", "--diff", loose)
    assert (ran.status, ran.out) == (0, DIFF.format(name=loose))
    assert loose.read_text(encoding="utf-8") == LOOSE


def test_diff_and_check(loose):
    ran = rulereward("fmt", "--diff", "--check", loose)
    assert (ran.status, ran.out) == (1, DIFF.format(name=loose))


def test_a_diff_where_the_last_line_has_no_end(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("rulereward: 1\nscore: 1+1")
    assert rulereward("fmt", "--diff", path).out.endswith(
        "-score: 1+1\n\\ No newline at end of file\n+score: 1 + 1\n\\ No newline at end of file\n"
    )


def test_standard_input():
    assert rulereward("fmt", "-", stdin=LOOSE).out == TIGHT
    assert rulereward("fmt", "-", stdin=TIGHT).out == TIGHT
    assert rulereward("fmt", "--diff", "-", stdin=LOOSE).out == DIFF.format(name="stdin")
    ran = rulereward("fmt", "--check", "-", stdin=LOOSE)
    assert (ran.status, ran.out) == (1, "stdin: would change (1 expression, 1 full-width character)\n")


def test_bytes_of_standard_input_stay():
    """Line ends and a byte order mark go through a pipe as they are."""
    before = "\ufeffrulereward: 1\r\nscore: 1+1\r\n".encode()
    run = subprocess.run(
        [sys.executable, "-m", "rulereward", "fmt", "-"], input=before, capture_output=True, check=True, timeout=60
    )
    assert run.stdout == "\ufeffrulereward: 1\r\nscore: 1 + 1\r\n".encode()


def test_bytes_of_a_file_stay(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_bytes("\ufeffrulereward: 1\r\nscore: 1+1  # 中".encode())
    assert rulereward("fmt", path).status == 0
    assert path.read_bytes() == "\ufeffrulereward: 1\r\nscore: 1 + 1  # 中".encode()


def test_a_file_with_mistakes_is_left_and_the_others_are_not(tmp_path, loose):
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(WRONG)
    ran = rulereward("fmt", wrong, tmp_path / "nope.yaml", loose)
    assert ran.status == 2
    assert ran.out == f"{loose}: formatted (1 expression, 1 full-width character)\n"
    assert f"error[E0111]: the expression ends after `+`\n --> {wrong}:2:9\n" in ran.err
    assert f"\n{wrong}: left as it is\n" in ran.err
    assert f"error: {tmp_path / 'nope.yaml'} cannot be read: No such file or directory\n" in ran.err
    assert wrong.read_text() == WRONG


def test_mistakes_in_standard_input():
    ran = rulereward("fmt", "-", stdin=WRONG)
    assert (ran.status, ran.out) == (2, "")
    assert "--> stdin:2:9" in ran.err


@pytest.mark.parametrize("data", [b"\xff", b"", b"\x00", b"# nothing\n", b"x" * 1_000_001], ids=str)
def test_what_is_no_ruleset(tmp_path, data):
    path = tmp_path / "a.yaml"
    path.write_bytes(data)
    ran = rulereward("fmt", path)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("error[E0")
    assert path.read_bytes() == data


def test_names_and_types_are_not_looked_at(tmp_path):
    """What no ruleset may say can still be formatted; `check` is for that."""
    path = tmp_path / "a.yaml"
    path.write_text('rulereward: 1\nscore: nowhere( 1+"a" )\n')
    assert rulereward("fmt", path).status == 0
    assert path.read_text() == 'rulereward: 1\nscore: nowhere(1 + "a")\n'


def test_permissions_and_links_stay(loose, tmp_path):
    loose.chmod(0o640)
    link = tmp_path / "link.yaml"
    link.symlink_to(loose)
    assert rulereward("fmt", link).status == 0
    assert link.is_symlink()
    assert loose.read_text(encoding="utf-8") == TIGHT
    assert stat.S_IMODE(loose.stat().st_mode) == 0o640


def test_a_folder_that_cannot_be_written(loose):
    if os.geteuid() == 0:
        pytest.skip("root writes everywhere")
    loose.parent.chmod(0o500)
    try:
        ran = rulereward("fmt", loose)
    finally:
        loose.parent.chmod(0o700)
    assert ran.status == 2
    assert "Permission denied" in ran.err
    assert loose.read_text(encoding="utf-8") == LOOSE


def test_nothing_is_written_where_the_meaning_would_change(monkeypatch, tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("rulereward: 1\nscore: 1 if a and b else 0\n")
    monkeypatch.setattr(format_spacing, "_blank", lambda before, after: "")
    ran = rulereward("fmt", path)
    assert (ran.status, ran.out) == (2, "")
    assert f"formatting {path} would change what it means; it is left as it was" in ran.err
    assert path.read_text() == "rulereward: 1\nscore: 1 if a and b else 0\n"


@pytest.mark.parametrize("args", [[], ["--color"], ["."], ["-", "a.yaml"]])
def test_wrong_usage(args):
    ran = rulereward("fmt", *args)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err

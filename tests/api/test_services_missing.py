"""A service that nobody can have on this host: refused where a row needs it, and no trouble where none does."""

import pytest

import rulereward as rr
from rulereward.api.sandbox import VARIABLE
from rulereward.api.shared import shared_services
from rulereward.errors import ConfigurationError

SUM = {"inputs": ["1 2"], "outputs": ["3"]}
CODE = "```python\nprint(3)\n```"


@pytest.fixture(autouse=True)
def nonsense(monkeypatch):
    """No sandbox of that name."""
    monkeypatch.setenv(VARIABLE, "nonsense")
    shared_services().close()
    yield
    shared_services().close()


def test_a_row_that_needs_it():
    """An error of each such row would pay those that need none: here the one without code."""
    with pytest.raises(ConfigurationError, match="not 'nonsense'"):
        rr.load("code").score(["no code", CODE], tests=[SUM, SUM])


def test_rows_that_need_none():
    assert rr.load("code").score(["no code"], tests=[SUM]).reward.tolist() == [-1]

"""Tests that share a fork, and checkers, in containers."""

from __future__ import annotations

from test_sandbox_checkers import (  # noqa: F401 - tests, which are done here with the service of this folder
    short,
    test_what_people_are_shown,
)
from test_sandbox_sample import test_suites, test_what_fails, test_what_it_does_not_stop  # noqa: F401 - as above

"""The test files of pytest of the embedded back-end's tests, in a container with this host's pytest."""

from test_sandbox_pytest import (  # noqa: F401 - tests, which are done here with the container of this folder
    test_as_many_as_are_expected_are_collected,
    test_case,
    test_programs_find_no_pytest_before_or_after,
    test_pytest_cheat_is_not_rewarded,
    test_the_honest_function_passes,
    test_what_is_told_of_a_failure,
)

SETTINGS = {"slots": 2}
SLOW_IN_CONTAINERS = {"test_case", "test_pytest_cheat_is_not_rewarded"}

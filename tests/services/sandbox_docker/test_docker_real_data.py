"""HumanEval and MBPP in a container, as the embedded back-end's tests have them."""

from test_sandbox_real_data import (  # noqa: F401 - tests, which are done here with the container of this folder
    test_canonical_solutions_of_humaneval_pass,
    test_solutions_of_mbpp_pass,
    test_stubs_of_humaneval_fail,
)

SETTINGS = {"slots": 2}
SLOW_IN_CONTAINERS = {"test_canonical_solutions_of_humaneval_pass", "test_stubs_of_humaneval_fail"}

"""Waiting programs, and large inputs, of the embedded back-end's tests, in a container, over the engine's stream."""

from test_sandbox_link import (  # noqa: F401 - tests, which are done here with the container of this folder
    test_an_input_of_20_megabytes,
    test_arguments_of_many_megabytes,
)
from test_sandbox_waiting import (  # noqa: F401 - as above
    test_a_called_function_that_waits,
    test_a_little_waiting_is_told_and_allowed,
    test_program_and_checker_count_together,
    test_who_kills_itself_was_not_short_of_memory,
    test_who_waits_is_stopped_for_that,
    test_who_works_does_not_wait,
)

SETTINGS = {"slots": 2, "way": "attach"}

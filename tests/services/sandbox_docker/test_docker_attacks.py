"""The hostile programs of the embedded back-end's tests, in a container, over the engine's stream."""

from docker_links import IMAGE_OF_ALL
from test_sandbox_attacks import (  # noqa: F401 - tests, which are done here with the container of this folder
    listener,
    test_a_program_hides_nothing_in_the_next_one,
    test_breaks_readers,
    test_leaves_something_on_its_folder,
    test_many_hostile_programs_at_once_do_not_harm_honest_ones,
    test_reaches_out,
    test_wants_all_there_is,
    test_wants_to_live_on,
)

NAME = IMAGE_OF_ALL
SETTINGS = {"slots": 2, "way": "attach"}

"""The honest programs of the embedded back-end's tests, in a container, over a socket.

One of them calls /bin/cat, which is in the image with the shell and its tools.
"""

from docker_links import IMAGE_OF_ALL
from test_sandbox_honest import (  # noqa: F401 - tests, which are done here with the container of this folder
    test_a_traceback_shows_the_program_only,
    test_bytes_pass_unchanged,
    test_exit_status,
    test_honest_program,
    test_nothing_is_left,
    test_outcomes_tell_what_was_used,
    test_the_order_of_sets_is_the_same_every_time,
    test_what_a_program_finds,
)
from test_sandbox_objects import test_objects  # noqa: F401 - as above

NAME = IMAGE_OF_ALL
SETTINGS = {"slots": 2}

"""The programs in other languages of the embedded back-end's tests, in a container with this host's compilers."""

from docker_links import IMAGE_OF_ALL
from test_sandbox_languages import (  # noqa: F401 - tests, which are done here with the container of this folder
    test_a_language_that_is_not_here,
    test_a_program_is_built_once,
    test_broken,
    test_honest,
    test_hostile,
)

NAME = IMAGE_OF_ALL
SETTINGS = {"slots": 2, "way": "attach"}

"""A program that is given files, as checkers are: they lie in its folder, and their names are its arguments."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from rulereward.services.sandbox.inside.stage import Stage, run_as_main


def run_with_files(stage: Stage, names: list[str], first: int) -> NoReturn:
    """Put files into the working folder and run a program. `first` is the descriptor of the first file's content, and
    the others follow it. Raises OSError before anything of the program runs.
    """
    for descriptor, name in enumerate(names, first):
        target = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        done, size = 0, os.fstat(descriptor).st_size
        while done < size:
            sent = os.sendfile(target, descriptor, done, size - done)
            if not sent:
                raise OSError(f"{name} could not be written")
            done += sent
        os.close(target)
        os.close(descriptor)
    sys.argv[1:] = names
    run_as_main(stage)

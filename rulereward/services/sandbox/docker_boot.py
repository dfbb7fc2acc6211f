"""Where a container's first process begins, of which the runner's code lies beside this file.

The arguments are the path of the socket over which the host talks to it, or `-` for standard input and output, and
the runner's settings. Python 3.8 or later, the standard library only.
"""

import _socket  # the module `socket` would take memory and time
import os
import sys


def connect(path: str) -> None:
    """Make a connection to that socket our standard input and output. Raises OSError."""
    connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    connection.connect(path)
    for descriptor in (0, 1):
        os.dup2(connection.fileno(), descriptor)
    connection.close()


if __name__ == "__main__":
    place = sys.argv.pop(1)
    if place != "-":
        connect(place)
    from rulereward.services.sandbox.inside.main import main  # the folder of this file is on the path until here

    del sys.path[0]
    main()

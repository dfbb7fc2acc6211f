"""`python -m rulereward.services._worker NAME` runs the `WORKER` of the module `rulereward.services.NAME_worker`."""

from __future__ import annotations

import importlib
import sys

from rulereward.services.worker import serve


def main(name: str) -> None:
    """Run the worker of the service `name` until its standard input ends."""
    serve(importlib.import_module(f"rulereward.services.{name}_worker").WORKER)


if __name__ == "__main__":
    main(sys.argv[1])

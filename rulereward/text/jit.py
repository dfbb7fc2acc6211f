"""How kernels are compiled. Only the files `kernels_*` import this, so that numba is loaded where a kernel is.

A kernel file is self-contained: a compiled function calls compiled functions of its own file only, because numba's
cache on disk does not notice a change in another one. What other files define is handed over as an argument.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Compile at the first call, keeping the machine code on disk where there is a place for it. Releases the GIL."""
    try:
        return cast(F, numba.njit(nogil=True, cache=True)(function))
    except RuntimeError:  # neither the package's folder nor the user's cache folder can be written
        return cast(F, numba.njit(nogil=True)(function))


def inlined(function: F) -> F:
    """Compile into its callers: a call that hands over arrays counts their references, for every character.

    Python cannot call it: without the wrappers for that it compiles in less time.
    """
    options: Any = {"nogil": True, "forceinline": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return cast(F, numba.njit(**options)(function))

"""What served kinds have been answered before, bounded in entries and in memory."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict

from rulereward.kind import Answer, Failure, Job

_OVERHEAD_BYTES = 400
"""About what one entry takes besides its answer's text: key, dictionary, small objects."""


def cache_key(kind: str, version: int, parameters: object, job: Job, identity: str) -> bytes:
    """The content of a question: who asks, with which parameters, what, and of which versions of everything.

    `parameters` must be plain (JSON-like). 1, 1.0 and true are three things here.
    """
    content = [kind, version, parameters, job.key.hex(), identity]
    return hashlib.blake2b(json.dumps(content, sort_keys=True).encode("ascii"), digest_size=16).digest()


class Cache:
    """Answers by key; the least recently used go first. Thread-safe. A Failure is never kept: it may not last."""

    def __init__(self, entries: int = 200_000, size_bytes: int = 256 * 1024 * 1024) -> None:
        self._limits = (entries, size_bytes)
        self.reset()

    def reset(self) -> None:
        """Forget everything. Only for a moment when no other thread can be inside, as in a forked child."""
        self._lock = threading.Lock()
        self._kept: OrderedDict[bytes, tuple[dict[str, object], int]] = OrderedDict()
        self._size = 0

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def size_bytes(self) -> int:
        """About how much memory the answers take."""
        return self._size

    def get(self, key: bytes) -> dict[str, object] | None:
        """The answer, to be read and not changed."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
            return found[0]

    def put(self, key: bytes, answer: Answer) -> None:
        """Keep an answer, unless it is a Failure or larger than the whole cache may be."""
        if isinstance(answer, Failure):
            return
        size = len(json.dumps(answer)) + _OVERHEAD_BYTES
        entries, size_bytes = self._limits
        with self._lock:
            self._drop(key)
            if size > size_bytes or entries < 1:
                return
            self._kept[key] = (answer, size)
            self._size += size
            while len(self._kept) > entries or self._size > size_bytes:
                self._drop(next(iter(self._kept)))

    def _drop(self, key: bytes) -> None:
        gone = self._kept.pop(key, None)
        if gone is not None:
            self._size -= gone[1]

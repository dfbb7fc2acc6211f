"""What the host decides when it starts a runner."""

from __future__ import annotations

from dataclasses import dataclass

PYTEST = "/opt/pytest"
"""Where sandboxes have pytest and what it needs, apart from what programs may import."""


@dataclass(frozen=True)
class Settings:
    """Given to the runner as JSON, on its command line.

    `base_uid`: the first of two users for each slot, the program's and the checker's; 0 where the runner has no right
    to change users, and puts each test into PID namespaces of its own: then it has one slot. `box`: the folder that
    holds the slots' folders; where `box_mb` is not 0 the runner mounts a file system of that size for each, with
    room for `box_files` files. `hide_proc`: take /proc away from programs. `preload`: modules to import ahead, which
    programs then find ready; `packages`: folders of further modules; `pytest`: the folder of pytest, for tests alone.
    """

    slots: int = 1
    base_uid: int = 0
    box: str = "/box"
    box_mb: int = 0
    box_files: int = 4096
    hide_proc: bool = False
    preload: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    pytest: str = PYTEST

    def __post_init__(self) -> None:
        if self.slots < 1 or (self.slots > 1 and not self.base_uid):
            raise ValueError("a runner that cannot change users has one slot")

    def program_uid(self, slot: int) -> int:
        """The user as which programs run in a slot; 0: the runner's own."""
        return self.base_uid and self.base_uid + 2 * slot

    def checker_uid(self, slot: int) -> int:
        """The user as which the tests of a slot's programs run; 0: the runner's own."""
        return self.base_uid and self.base_uid + 2 * slot + 1

    def folder(self, slot: int) -> str:
        """Where a slot's programs may write."""
        return f"{self.box}/{slot}"

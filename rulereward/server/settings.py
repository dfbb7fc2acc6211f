"""What can be set about a server."""

from __future__ import annotations

from dataclasses import dataclass, field

from rulereward.api.masking import GROUP_MEAN, GROUP_WAIT_S, Masked
from rulereward.api.micro_batches import Settings as Batching
from rulereward.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may take. `depth` counts nested arrays and objects, the body itself included."""

    body_bytes: int = 64 * 2**20
    bodies: int = 16
    """So many bodies of the largest size are held at a time, all requests together."""
    rows: int = 4096
    depth: int = 200
    body_s: float = 60.0
    """Seconds in which a body has to arrive."""


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """`masked` is what a missing reward becomes where numbers only are taken; None closes those endpoints.

    `group_size` is the number of completions of a prompt, which `group_mean` needs. `completion_after` is the text
    behind which the completion begins where one text holds prompt and completion. Raises ConfigurationError for
    settings that contradict each other.
    """

    limits: Limits = field(default_factory=Limits)
    batching: Batching = field(default_factory=Batching)
    masked: Masked | None = None
    group_size: int | None = None
    group_wait_s: float = GROUP_WAIT_S
    completion_after: str | None = None
    token: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.masked == GROUP_MEAN and self.group_size is None:
            raise ConfigurationError("masked `group_mean` waits for whole groups: say the `group_size`")
        if self.masked != GROUP_MEAN and self.group_size is not None:
            raise ConfigurationError("a `group_size` is used by masked `group_mean` only")
        if self.completion_after == "":
            raise ConfigurationError("`completion_after` is empty: leave it out where a text is the completion")
        if self.token is not None and not (self.token and self.token.isascii() and self.token.isprintable()):
            raise ConfigurationError("the token is empty, or holds what a header cannot: use printable ASCII")

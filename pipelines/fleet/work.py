"""What a kind of work has to offer, so that workers can do it: what is due, how it begins, what its end means."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Any, Protocol

from psycopg import Connection

from pipelines.fleet.queue import Due, Job

SOON = timedelta(minutes=1)
"""After so long, something is tried again that could not be done."""


class End(Enum):
    """How the process of a job ended, as far as its exit status tells."""

    BY_ITSELF = "by itself"
    """It did what it could; its exit status says how that went."""

    IN_THE_WAY = "in the way"
    """It could not begin: it is tried again soon."""

    STOPPED = "stopped"
    """It was told to end, since its worker ends: it begins again at once, on any machine."""

    KILLED = "killed"
    """Nobody told it to end, and it could not say how it went: that counts as an attempt."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Begun:
    """A job that has begun."""

    job: Job
    """The job."""

    label: str
    """What log lines begin with: the site."""

    run: Callable[..., int]
    """What its process does, with `given`; it returns the exit status."""

    given: dict[str, Any]
    """What it is given beside the settings."""


class Work(Protocol):
    """A kind of work. Each function is called within a transaction, in which the job is taken or ended as well."""

    @property
    def queue(self) -> str:
        """Name of its queue."""

    def due(self, connection: Connection) -> Sequence[Due]:
        """All that is due, also what is in the queue already."""

    def begin(self, connection: Connection, job: Job) -> Begun | None:
        """Notes that the job begins here and now; None where it is no longer wanted."""

    def end(self, connection: Connection, job: Job, end: End, status: int, *, is_ours: bool) -> str | None:
        """Notes how the job ended. A sentence where a person must be told that it is given up.

        Without `is_ours`, others have taken this worker for dead, and perhaps begun the job anew.
        """

"""The settings of a worker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from scrapy.settings import BaseSettings

from pipelines.disk import machine_name


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """The settings FLEET_…, and DATABASE_SILENCE_MAX."""

    machine: str
    """Name of this machine."""

    slots: int
    """How many jobs it does at once."""

    tick: float
    """Seconds between two looks for what is due."""

    dead_after: float
    """Seconds without a word after which a worker counts as dead."""

    attempts: int
    """How often a job that is killed is tried."""

    grace: float
    """Seconds that jobs have to end, when the worker is told to."""

    silence_max: float
    """Seconds after which a database that does not answer is given up."""

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        return cls(
            machine=machine_name(settings),
            slots=settings.getint("FLEET_SLOTS"),
            tick=settings.getfloat("FLEET_TICK"),
            dead_after=settings.getfloat("FLEET_DEAD_AFTER"),
            attempts=settings.getint("FLEET_ATTEMPTS"),
            grace=settings.getfloat("FLEET_GRACE"),
            silence_max=settings.getfloat("DATABASE_SILENCE_MAX"),
        )

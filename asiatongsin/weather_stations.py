"""Stations of the Korea Meteorological Administration that the weather strip is known to name."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, kw_only=True, slots=True)
class Station:
    """One station, as the list of the Korea Meteorological Administration has it."""

    station_id: int
    """Its number there."""

    name_ko: str
    """Korean name, as the strip prints it. 고창 (172) and 고창군 (251) are two stations."""

    name_en: str
    """Romanised name."""

    latitude: float
    """Degrees north."""

    longitude: float
    """Degrees east."""


@cache
def stations() -> tuple[Station, ...]:
    """All stations, from the list that comes with the package."""
    text = resources.files("asiatongsin").joinpath("stations.csv").read_text(encoding="utf-8")
    return tuple(
        Station(
            station_id=int(row["station_id"]),
            name_ko=row["name_ko"],
            name_en=row["name_en"],
            latitude=float(row["latitude"]),
            longitude=float(row["longitude"]),
        )
        for row in csv.DictReader(text.splitlines())
    )


@cache
def station_ids() -> dict[str, int]:
    """The number of each station by its Korean name."""
    return {station.name_ko: station.station_id for station in stations()}

"""The weather strips: as they were at a time, with a map, and in the course of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from asiatongsin.errors import ArgumentError
from asiatongsin.korean import KST
from asiatongsin.moments import parse_moment
from asiatongsin.weather_stations import stations
from pipelines.datasets.columns import columns_of
from pipelines.datasets.lines import Sink, write_csv
from pipelines.queries.names import check_weather_names
from pipelines.queries.records.kinds import WEATHER_KIND
from pipelines.queries.records.records import Wanted, check
from pipelines.queries.search.filters import Filters
from pipelines.queries.weather_series import DAY, Day, Series, Stretch, days, series
from pipelines.queries.weather_shown import Shown, shown_at, shown_span, weather_sites
from pipelines.web.page import Asked, Page
from pipelines.web.station_map import Place, StationMap, station_map

USUAL = timedelta(days=7)
"""How long the course of time is where nobody says since when."""

USUAL_CITIES = ("서울", "부산", "제주")
"""Shown where nobody chooses: three that lie far apart."""

DAYS_AT_ONCE = 14
"""Rows of the table."""

ENGLISH = {station.name_ko: station.name_en for station in stations()}
_KOREAN = {english: korean for korean, english in ENGLISH.items()}


@dataclass(frozen=True, kw_only=True)
class City:
    """A city that can be chosen."""

    city: str
    """Name as printed."""

    name_en: str | None
    """Romanised name of its station, where one is known."""

    is_chosen: bool


@dataclass(frozen=True, kw_only=True)
class Weather:
    """The weather strips of one site."""

    sites: list[str]
    """All sites whose pages showed a strip."""

    site: str | None = None
    """That which is shown; null where no page of any site showed one."""

    cities: list[City] = field(default_factory=list)
    """Those of the strip, and those that are asked for."""

    at: datetime | None = None
    """The time that the strip is of."""

    strip: Shown | None = None
    """The strip that was shown then, or last before; null where there was none yet."""

    since: datetime | None = None
    """Where the course of time begins."""

    until: datetime | None = None
    """Where it ends."""

    days: list[Day] = field(default_factory=list)
    """Its days, the newest first: at most 14, of which `page` says which."""

    page: int = 1
    pages: int = 1

    series: Series | None = None
    """The course of time as lines, in the JSON alone."""

    def map(self, *, is_english: bool) -> StationMap | None:
        """Where the cities of the strip lie, with romanised names or those printed."""
        return station_map(
            [
                Place(
                    latitude=reading.latitude,
                    longitude=reading.longitude,
                    city=reading.city,
                    name=(reading.name_en or "") if is_english else reading.city,
                    value="–" if reading.temperature_c is None else f"{reading.temperature_c:.1f}°",
                )
                for reading in (self.strip.readings if self.strip else ())
                if reading.latitude is not None and reading.longitude is not None
            ]
        )

    @property
    def elsewhere(self) -> list[str]:
        """Cities of the strip that no known station is called."""
        return [reading.city for reading in self.strip.readings if reading.latitude is None] if self.strip else []

    @property
    def is_past(self) -> bool:
        """Whether the strip was no longer seen at the time that is asked for."""
        return bool(self.strip and self.at and self.at > self.strip.last_fetched_at)


def read(asked: Asked) -> Weather:
    """Reads what the page shows."""
    return _read(asked)


def read_all(asked: Asked) -> Weather:
    """What the page shows, and the lines that it draws; with `plot=1`, which its script asks for, without the days."""
    found = _read(asked, with_days=not asked.query.switch("plot"))
    if not (found.site and found.since and found.until):
        return found
    stretch = Stretch(found.site, found.since, found.until)
    chosen = [city.city for city in found.cities if city.is_chosen]
    return replace(found, series=series(asked.connection, stretch, chosen))


def write(asked: Asked, file: Sink) -> None:
    """All readings that fulfil the filters, of all sites where none is named."""
    wanted = Wanted(kind=WEATHER_KIND, filters=_filters(asked), cities=tuple(_cities(asked)))
    check(asked.connection, wanted)
    write_csv(asked.connection, wanted, columns_of(asked.connection, wanted), file, tell=lambda _: None)


def _read(asked: Asked, *, with_days: bool = True) -> Weather:
    sites, filters, cities = weather_sites(asked.connection), _filters(asked), _cities(asked)
    check_weather_names(asked.connection, filters.sites, cities)
    site = _one(filters.sites) or next(iter(sites), None)
    span = shown_span(asked.connection, site) if site else None
    if site is None or span is None:
        return Weather(sites=sites)
    at = _at(asked) or span[1]
    strip = shown_at(asked.connection, site, at)
    known = strip or shown_at(asked.connection, site, span[1])
    offered = [reading.city for reading in known.readings] if known else []
    chosen = cities or [city for city in USUAL_CITIES if city in offered] or offered[:3]
    stretch = _stretch(site, filters, span, asked.now)
    pages = _days_of(stretch) // DAYS_AT_ONCE + 1
    page = asked.query.number("page", 1, pages, least=1)
    return Weather(
        sites=sites,
        site=site,
        cities=[
            City(city=city, name_en=ENGLISH.get(city), is_chosen=city in chosen)
            for city in dict.fromkeys((*offered, *chosen))
        ],
        at=at,
        strip=strip,
        since=stretch.since,
        until=stretch.until,
        days=days(asked.connection, _part(stretch, page), chosen) if with_days else [],
        page=page,
        pages=pages,
    )


def _filters(asked: Asked) -> Filters:
    site = ",".join(asked.query.names("site")) or None
    since, until = (asked.query.text(name) or None for name in ("since", "until"))
    return Filters.parse(site=site, since=since, until=until, now=asked.now)


def _cities(asked: Asked) -> list[str]:
    """The cities that are asked for, by the names that strips print."""
    return list(dict.fromkeys(_KOREAN.get(name, name) for name in asked.query.names("city")))


def _one(sites: Sequence[str]) -> str | None:
    if len(sites) > 1:
        raise ArgumentError(f"site={','.join(sites)}: the page shows one site; the CSV has several")
    return next(iter(sites), None)


def _at(asked: Asked) -> datetime | None:
    """The time that is asked for; a minute or a second without a fraction is its end, as a day is."""
    text = asked.query.text("at")
    try:
        at = parse_moment(text, is_end=True, now=asked.now) if text else None
    except ValueError as error:
        raise ArgumentError(f"at={text}: {error}") from None
    if at is None or at.microsecond:
        return at
    return at.replace(second=at.second or 59, microsecond=999_999)


def _stretch(site: str, filters: Filters, seen: tuple[datetime, datetime], now: datetime) -> Stretch:
    """The time that is asked for; where nothing is said, the last days of which there are strips."""
    last = min(filters.until or seen[1], max(now, seen[1]))
    first = filters.since or _midnight(last - USUAL + DAY)
    last = max(first, last) if filters.since else last
    return Stretch(site, min(max(first, seen[0]), last), last)


def _part(stretch: Stretch, page: int) -> Stretch:
    """The time of the days that stand on a page."""
    later, days_here = (page - 1) * DAYS_AT_ONCE * DAY, DAYS_AT_ONCE * DAY
    last = stretch.until if page == 1 else _midnight(stretch.until) + DAY - later - timedelta(microseconds=1)
    return Stretch(stretch.site, max(stretch.since, _midnight(last) + DAY - days_here), last)


def _days_of(stretch: Stretch) -> int:
    """How many days it touches beside the first."""
    return (_midnight(stretch.until) - _midnight(stretch.since)) // DAY


def _midnight(at: datetime) -> datetime:
    return at.astimezone(KST).replace(hour=0, minute=0, second=0, microsecond=0)


WEATHER = Page(path="/weather", title="Weather", template="weather.html", read=read, more=read_all, csv=write)

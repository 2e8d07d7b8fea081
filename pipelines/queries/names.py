"""Names by which people choose. One that nothing stored has is a slip: what was meant would be missing silently."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from psycopg import Connection
from psycopg.sql import SQL, Identifier

from asiatongsin.errors import ArgumentError
from asiatongsin.nearest import nearest
from pipelines.queries.search.filters import Filters
from pipelines.queries.search.search import Search
from pipelines.queries.weather_shown import weather_sites

_KNOWN = SQL("""
SELECT DISTINCT {column} FROM articles WHERE {column} IS NOT NULL
UNION SELECT {column} FROM former_articles WHERE {column} IS NOT NULL""")

# Each next city out of the index: a year of strips has 280,000 rows of few cities.
_CITIES = """
WITH RECURSIVE shown AS (
    SELECT min(city) AS city FROM weather_strips
    UNION ALL SELECT (SELECT min(r.city) FROM weather_strips AS r WHERE r.city > s.city) FROM shown AS s
        WHERE s.city IS NOT NULL
)
SELECT city FROM shown WHERE city IS NOT NULL
UNION SELECT name_ko FROM weather_stations UNION SELECT name_en FROM weather_stations"""


def check_names(connection: Connection, filters: Filters) -> None:
    """ArgumentError where no article has a site, section or reporter that is asked for; it names the nearest one."""
    for column, one, alone in _each(filters):
        if not Search(connection, alone, may_cut=False).page(1).hits:
            known = connection.execute(_KNOWN.format(column=Identifier(column))).fetchall()
            _check(one, [name for (name,) in known], f"no article has the {column} {one}")


def check_weather_names(connection: Connection, sites: Collection[str], cities: Collection[str]) -> None:
    """The same for the sites and cities of weather strips; ArgumentError."""
    known_sites = weather_sites(connection) if sites else []
    known_cities = connection.execute(_CITIES).fetchall() if cities else []
    for one in sites:
        _check(one, known_sites, f"no weather strip is of the site {one}")
    for one in cities:
        _check(one, [name for (name,) in known_cities], f"no weather strip has shown a city {one}")


def check_site(site: str, known: Collection[str]) -> None:
    """ArgumentError where a site is none of these; it names the nearest one."""
    _check(site, known, f"nothing is stored of the site {site}")


def _each(filters: Filters) -> Iterator[tuple[str, str, Filters]]:
    """Each name that is asked for, with its column and a filter for it alone."""
    yield from (("site", one, Filters(sites=(one,))) for one in filters.sites)
    yield from (("section", one, Filters(sections=(one,))) for one in filters.sections)
    yield from (("reporter", one, Filters(reporters=(one,))) for one in filters.reporters)


def _check(name: str, known: Collection[str], trouble: str) -> None:
    if known and name not in known:
        raise ArgumentError(f"{trouble}; the nearest is {nearest(name, known)}")

"""Whether there are the sites, sections and reporters that filters name: a slip would find nothing, or too little."""

from __future__ import annotations

from collections.abc import Iterable

from psycopg import Connection
from psycopg.sql import SQL, Identifier

from asiatongsin.errors import ArgumentError
from asiatongsin.nearest import nearest
from pipelines.queries.search.conditions import conditions
from pipelines.queries.search.filters import Filters
from pipelines.queries.search.search import Search
from pipelines.queries.sites import SITES

_EXISTS = SQL(
    "SELECT EXISTS (SELECT FROM {found} AS a) OR EXISTS (SELECT FROM former_articles AS a WHERE {conditions})"
)
_KNOWN = SQL(
    "SELECT {column} FROM article_texts WHERE {column} IS NOT NULL"
    " UNION SELECT {column} FROM former_articles WHERE {column} IS NOT NULL"
)


def check_names(connection: Connection, filters: Filters) -> None:
    """ArgumentError where nothing that is stored has one of the names; it says the nearest one."""
    if filters.sites:
        known = [site for (site,) in connection.execute(SITES)]
        _check("site", (site for site in filters.sites if site not in known), known)
    for one in filters.sections:
        if not _is_there(connection, Filters(sections=(one,))):
            _check("section", [one], _known(connection, "section"))
    for one in filters.reporters:
        if not _is_there(connection, Filters(reporters=(one,))):
            _check("reporter", [one], _known(connection, "reporter"))


def _is_there(connection: Connection, filters: Filters) -> bool:
    search = Search(connection, filters, may_cut=False)
    statement = _EXISTS.format(found=search.found(), conditions=conditions(filters))
    with search.quick():
        return any(found for (found,) in connection.execute(statement))


def _known(connection: Connection, column: str) -> list[str]:
    return [name for (name,) in connection.execute(_KNOWN.format(column=Identifier(column)))]


def _check(what: str, unknown: Iterable[str], known: list[str]) -> None:
    """Where nothing at all is stored, no name is a slip."""
    for one in unknown:
        if known:
            raise ArgumentError(f"nothing stored has the {what} {one}; the nearest is {nearest(one, known)}")

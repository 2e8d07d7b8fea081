"""Sets back times that were stored while a clock was ahead: while they stand, what is fetched later counts as older.

The crawls of a site follow each other. So a crawl that ended in the future ended before the next one began, and all its
times are set back by as much as that takes.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, LiteralString

from psycopg import Connection

from asiatongsin.durations import in_words
from asiatongsin.plausible import CLOCKS_DIFFER_MAX
from pipelines.crawl_record import REPARSE
from pipelines.database import clock
from pipelines.database.moves import move_articles, move_later_ones
from pipelines.database.statements import each, without
from pipelines.database.tables import REPLACED_TEXTS
from pipelines.exporters import article_revisions, articles

logger = logging.getLogger(__name__)

_TAKEN = without(REPLACED_TEXTS, "site", "no", "revision")

END_OF_TIME = datetime.max.replace(tzinfo=UTC)

_STAMPS: LiteralString = """
SELECT fetched_at AS at FROM articles WHERE site = %(site)s
UNION ALL SELECT checked_at FROM article_checks WHERE site = %(site)s
UNION ALL SELECT last_fetched_at FROM weather_snapshots WHERE site = %(site)s
UNION ALL SELECT fetched_at FROM rejected_pages WHERE site = %(site)s
UNION ALL SELECT last_seen_at FROM removed_articles WHERE site = %(site)s
UNION ALL SELECT replaced_at FROM former_articles WHERE site = %(site)s
UNION ALL SELECT looked_back_at FROM walked_lists WHERE site = %(site)s"""

_LATEST: LiteralString = f"""
SELECT now(), (
    SELECT max(greatest(started_at, finished_at, last_fetched_at)) FROM crawls WHERE site = %(site)s
), least(now(), (
    SELECT started_at FROM crawls WHERE site = %(site)s AND kind <> '{REPARSE}' ORDER BY number DESC LIMIT 1
))"""

# From the first crawl in the future on, the latest first. A crawl that runs has no end yet, and began after the others.
_CRAWLS: LiteralString = f"""
SELECT id, started_at, coalesce(finished_at, started_at), finished_at IS NOT NULL FROM crawls
WHERE site = %(site)s AND kind <> '{REPARSE}' AND number >= (
    SELECT min(number) FROM crawls WHERE site = %(site)s AND greatest(started_at, finished_at) > %(now)s
)
ORDER BY number DESC"""

_LAST_OF_EACH: LiteralString = f"""
SELECT since, max(at) FROM unnest(%(since)b::timestamptz[], %(until)b::timestamptz[]) AS r (since, until)
JOIN ({_STAMPS}) AS s ON at >= since AND at < until AND at > %(now)s
GROUP BY since"""

# In microseconds: a day of an interval has 23 or 25 hours where the time zone of the connection has summer time.
_SET_BACK: LiteralString = """CASE WHEN {0} > %(now)s THEN {0} - (
    SELECT back * interval '1 microsecond'
    FROM unnest(%(since)b::timestamptz[], %(until)b::timestamptz[], %(back)b::bigint[])
        AS r (since, until, back)
    WHERE {0} >= since AND {0} < until
) ELSE {0} END"""


def _back(column: LiteralString) -> LiteralString:
    return _SET_BACK.format(column)


_ARTICLES: LiteralString = f"""
UPDATE article_texts SET fetched_at = {_back("fetched_at")}, gone_at = {_back("gone_at")},
    first_seen_at = least({_back("first_seen_at")}, {_back("fetched_at")}), text_fetched_at = {_back("text_fetched_at")}
WHERE site = %(site)s AND greatest(fetched_at, first_seen_at, gone_at, text_fetched_at) > %(now)s RETURNING no"""

_FORMER: LiteralString = f"""
UPDATE former_articles SET fetched_at = {_back("fetched_at")}, gone_at = {_back("gone_at")},
    first_seen_at = least({_back("first_seen_at")}, {_back("fetched_at")}), replaced_at = {_back("replaced_at")}
WHERE site = %(site)s AND greatest(fetched_at, first_seen_at, gone_at, replaced_at) > %(now)s"""

_WALKED: LiteralString = f"""
UPDATE walked_lists SET looked_back_at = {_back("looked_back_at")}, end_seen_at = {_back("end_seen_at")}
WHERE site = %(site)s AND greatest(looked_back_at, end_seen_at) > %(now)s"""

_REVISIONS: LiteralString = f"""
UPDATE replaced_texts SET fetched_at = {_back("fetched_at")}
WHERE site = %(site)s AND fetched_at > %(now)s RETURNING no"""

# The next visit was reckoned from a wrong time, so young articles are due at once. A printed time may lie a day ahead.
_CHECKS: LiteralString = f"""
UPDATE article_checks SET checked_at = {_back("checked_at")}, fetched_at = {_back("fetched_at")},
    etag = NULL, last_modified = NULL,
    dated_at = CASE WHEN dated_at > %(now)s + interval '1 day' THEN {_back("dated_at")} ELSE dated_at END,
    next_check_at = CASE WHEN {_back("dated_at")} > %(now)s - interval '30 days' THEN now() END
WHERE site = %(site)s AND checked_at > %(now)s"""

_SHOWN: LiteralString = f"""
UPDATE shown_teasers AS s SET
    first_seen_at = least({_back("s.first_seen_at")}, {_back("s.last_seen_at")}, a.fetched_at),
    last_seen_at = {_back("s.last_seen_at")}
FROM articles AS a
WHERE s.site = %(site)s AND greatest(s.first_seen_at, s.last_seen_at) > %(now)s AND a.site = s.site AND a.no = s.no"""

_SHOWN_BEFORE: LiteralString = f"""
UPDATE formerly_shown_teasers SET
    first_seen_at = least({_back("first_seen_at")}, {_back("last_seen_at")}),
    last_seen_at = greatest({_back("first_seen_at")}, {_back("last_seen_at")})
WHERE site = %(site)s AND last_seen_at > %(now)s"""

_STRIPS: LiteralString = f"""
UPDATE weather_snapshots SET
    first_fetched_at = least({_back("first_fetched_at")}, {_back("last_fetched_at")}),
    last_fetched_at = greatest({_back("first_fetched_at")}, {_back("last_fetched_at")})
WHERE site = %(site)s AND last_fetched_at > %(now)s"""

_REJECTED: LiteralString = f"""
UPDATE rejected_pages SET fetched_at = {_back("fetched_at")} WHERE site = %(site)s AND fetched_at > %(now)s"""

_REMOVED: LiteralString = f"""
UPDATE removed_articles SET
    first_seen_at = least({_back("first_seen_at")}, {_back("last_seen_at")}),
    last_seen_at = greatest({_back("first_seen_at")}, {_back("last_seen_at")}),
    first_confirmed_at = least({_back("first_confirmed_at")}, {_back("last_confirmed_at")}),
    last_confirmed_at = greatest({_back("first_confirmed_at")}, {_back("last_confirmed_at")})
WHERE site = %(site)s AND last_seen_at > %(now)s"""

_MISSING: LiteralString = f"""
UPDATE missing_fields SET since = {_back("since")} WHERE site = %(site)s AND since > %(now)s"""

_OF_CRAWLS: LiteralString = """
UPDATE crawls SET
    finished_at = coalesce(finished_at, started_at) - back,
    started_at = least(
        CASE WHEN started_at > %(now)s THEN started_at - back ELSE started_at END,
        coalesce(finished_at, started_at) - back
    ),
    clock_ahead = coalesce(clock_ahead, '0') + back
FROM (
    SELECT crawl, back * interval '1 microsecond' AS back
    FROM unnest(%(ids)b::text[], %(backs)b::bigint[]) AS t (crawl, back)
) AS r WHERE id = crawl"""

_OF_REPARSE: LiteralString = f"""
UPDATE crawls SET started_at = least(started_at, now()), finished_at = least(finished_at, now())
WHERE site = %(site)s AND kind = '{REPARSE}' AND greatest(started_at, finished_at) > %(now)s"""

# What was fetched while the row lay in the future was taken for a text that had been replaced.
_TAKE_NEWEST: LiteralString = f"""
WITH newest AS (
    DELETE FROM replaced_texts AS r USING articles AS a
    WHERE a.site = %(site)s AND a.no = ANY(%(numbers)s) AND r.site = a.site AND r.no = a.no AND r.revision = a.revision
        AND r.fetched_at > a.fetched_at AND r.content_hash <> a.content_hash
    RETURNING r.*
)
UPDATE article_texts AS a SET {each(_TAKEN, "{0} = r.{0}")}, payload_digest = NULL, text_fetched_at = NULL
FROM newest AS r WHERE a.site = r.site AND a.no = r.no
RETURNING a.no"""

_VISIT_AT_ONCE = """
UPDATE article_checks SET next_check_at = now(), etag = NULL, last_modified = NULL
WHERE site = %(site)s AND no = ANY(%(numbers)s)"""

_LAST_FETCHED: LiteralString = """
UPDATE crawls SET last_fetched_at = now() WHERE site = %(site)s AND last_fetched_at > %(now)s"""

_IN_ORDER = (
    _FORMER,
    _WALKED,
    _CHECKS,
    _SHOWN,
    _SHOWN_BEFORE,
    _STRIPS,
    _REJECTED,
    _REMOVED,
    _MISSING,
    _OF_CRAWLS,
    _OF_REPARSE,
    _LAST_FETCHED,
)


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """A crawl whose times lie in the future, or what no such crawl accounts for."""

    crawl: str | None
    """The crawl; None: no row says which."""

    since: datetime
    """Times from here on, up to those of the next one, are of this crawl."""

    until: datetime
    """Times before are of this crawl."""

    back: timedelta
    """By how much its times are set back."""

    @property
    def microseconds(self) -> int:
        """The same in microseconds."""
        return self.back // timedelta(microseconds=1)


def set_back(connection: Connection, site: str) -> None:
    """Sets back the times of a site that lie in the future. The caller knows that the clock is right.

    Nothing is done where the clock differs from that of the database.
    """
    if abs(clock.ahead_of(connection)) > CLOCKS_DIFFER_MAX:
        return
    with connection.transaction():
        articles.lock(connection, [site])
        [(now, latest, last_began)] = connection.execute(_LATEST, {"site": site}).fetchall()
        horizon = now + CLOCKS_DIFFER_MAX
        if latest is None or latest <= horizon:
            return
        _set_back(connection, site, horizon, _ahead(connection, site, horizon, latest - last_began))
    logger.warning(
        "Times of %s lay %s ahead, since a clock had been wrong: they are set back", site, in_words(latest - now)
    )


def _ahead(connection: Connection, site: str, horizon: datetime, farthest: timedelta) -> list[Ahead]:
    """All that lies in the future. What no crawl accounts for is set back to before the last crawl, by `farthest`."""
    given: dict[str, Any] = {"site": site, "now": horizon}
    crawls = connection.execute(_CRAWLS, given).fetchall()
    begins = sorted(begin for _, begin, end, is_over in crawls if is_over and end > horizon)
    untils = dict(pairwise([*begins, END_OF_TIME]))
    given |= {"since": list(untils), "until": list(untils.values())}
    last: dict[datetime, datetime] = dict(connection.execute(_LAST_OF_EACH, given).fetchall())
    next_began = horizon - CLOCKS_DIFFER_MAX
    found = []
    for crawl, begin, end, is_over in crawls:
        if is_over and end > horizon:
            back = max(end, last.get(begin, end)) - next_began
            found.append(Ahead(crawl=crawl, since=begin, until=untils[begin], back=back))
            next_began = min(next_began, begin - back)
        else:
            next_began = min(next_began, begin)
    unknown = Ahead(crawl=None, since=horizon, until=min(begins, default=END_OF_TIME), back=farthest)
    return [*found, unknown] if unknown.since < unknown.until else found


def _set_back(connection: Connection, site: str, horizon: datetime, ahead: Sequence[Ahead]) -> None:
    crawls = [one for one in ahead if one.crawl]
    values = {
        "site": site,
        "now": horizon,
        "since": [one.since for one in ahead],
        "until": [one.until for one in ahead],
        "back": [one.microseconds for one in ahead],
        "ids": [one.crawl for one in crawls],
        "backs": [one.microseconds for one in crawls],
    }
    move_later_ones(connection, site, horizon)
    numbers = {no for statement in (_ARTICLES, _REVISIONS) for (no,) in connection.execute(statement, values)}
    for statement in _IN_ORDER:
        connection.execute(statement, values)
    move_articles(connection, [(site, no) for no in numbers])
    article_revisions.renumber(connection, site, sorted(numbers))
    of_articles = {"site": site, "numbers": sorted(numbers)}
    taken = [no for (no,) in connection.execute(_TAKE_NEWEST, of_articles)]
    connection.execute(_VISIT_AT_ONCE, {"site": site, "numbers": taken})

"""Which articles of a site need no download, which need one, and in which part of a list articles may be missing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import chain, zip_longest
from typing import Any, LiteralString

import psycopg
from psycopg import Connection

from asiatongsin import __version__
from asiatongsin.capture import Archived, Stored
from asiatongsin.cms import Teaser
from asiatongsin.known import DROPPED, DoubtfulPart, WalkedList
from asiatongsin.relisted import is_another
from pipelines.crawl_record import ARTICLES

BACKDATED = timedelta(days=2)
"""How much earlier than its first appearance in a list the printed time of an article may be."""

MAX_ATTEMPTS = 10
"""How often an article that does not come, or cannot be read, is requested; then, where a list shows it, each month."""

MAX_CONTROLS = 7
"""How many stored articles below a number, above it, and newest, are offered as controls."""

MAX_TO_RETRY = 20
"""How many articles that did not come, and how many removed ones, one crawl requests again."""

# An article needs no download if it is stored and not gone: a list may show that it has returned. Nor if it was found
# removed, or read in vain by this version, within the last day; nor for a month after too many attempts, since the site
# may give the number to another article; nor if a stage dropped it.
_NEED_NO_DOWNLOAD = """
SELECT no FROM articles WHERE site = %(site)s AND no = ANY(%(numbers)s) AND gone_at IS NULL
UNION
SELECT no FROM rejected_pages
WHERE site = %(site)s AND no = ANY(%(numbers)s)
GROUP BY no HAVING (count(*) >= %(attempts)s AND max(fetched_at) > now() - interval '30 days')
    OR bool_or(starts_with(reason, %(dropped)s))
    OR bool_or(NOT is_transient AND version = %(version)s AND fetched_at > now() - interval '1 day')
UNION
SELECT no FROM removed_articles
WHERE site = %(site)s AND no = ANY(%(numbers)s)
    AND (last_seen_at > now() - interval '1 day' OR (
        sightings >= %(attempts)s AND last_seen_at > now() - interval '30 days'
        AND NOT EXISTS (SELECT FROM articles AS a WHERE a.site = %(site)s AND a.no = removed_articles.no)
    ))"""

# First articles that did not come, or were read in vain a day ago or by another version, the longest ago first. Then
# removed ones. A stored article is tried every day for ten days, then every thirty days, since it may return. A number
# that a list showed is tried MAX_ATTEMPTS times; a number under which nobody ever saw an article, never.
_TO_RETRY = """
(SELECT no FROM (
    SELECT no, max(fetched_at) AS seen FROM rejected_pages
    WHERE site = %(site)s AND no IS NOT NULL
    GROUP BY no HAVING count(*) < %(attempts)s AND NOT bool_or(starts_with(reason, %(dropped)s))
        AND (bool_and(is_transient OR version <> %(version)s) OR max(fetched_at) < now() - interval '1 day')
) AS t
WHERE NOT EXISTS (SELECT FROM articles AS a WHERE a.site = %(site)s AND a.no = t.no AND a.fetched_at >= t.seen)
ORDER BY seen, no DESC LIMIT %(limit)s)
UNION
(SELECT r.no FROM removed_articles AS r LEFT JOIN articles AS a USING (site, no)
WHERE site = %(site)s AND last_seen_at < now() - interval '1 day'
    AND CASE
        WHEN a.no IS NULL THEN listed AND sightings < %(attempts)s
        ELSE a.fetched_at < last_seen_at
            AND (r.first_seen_at > now() - interval '10 days' OR last_seen_at < now() - interval '30 days')
    END
ORDER BY last_seen_at, r.no DESC LIMIT %(limit)s)"""

# Of an article that was found removed, the whole page is wanted: that it is unmodified would say too little.
_OF_ARTICLE = """
SELECT a.no, coalesce(c.dated_at, greatest(a.published_at, a.modified_at), a.first_seen_at), a.content_hash,
    CASE WHEN r.no IS NULL THEN c.etag END, CASE WHEN r.no IS NULL THEN c.last_modified END,
    a.archive_file, a.archive_offset, a.archive_length, a.payload_digest
FROM articles AS a LEFT JOIN article_checks AS c USING (site, no) LEFT JOIN removed_articles AS r USING (site, no)"""

_STORED = f"""{_OF_ARTICLE}
WHERE a.site = %(site)s AND a.no = ANY(%(numbers)s)"""

_RECHECKS = f"""{_OF_ARTICLE} JOIN (
    SELECT no, next_check_at FROM article_checks WHERE site = %(site)s AND next_check_at <= now()
    ORDER BY next_check_at, no LIMIT %(limit)s
) AS due ON due.no = a.no
WHERE a.site = %(site)s
ORDER BY due.next_check_at, a.no"""

# A scalar subquery, which PostgreSQL asks article by article: it must not go through all of a site for a few.
_LIVE = """
SELECT no FROM articles AS a
WHERE site = %(site)s AND gone_at IS NULL
    AND (SELECT r.no FROM removed_articles AS r WHERE r.site = a.site AND r.no = a.no) IS NULL"""

# Only the part of the site with the old articles may fail: so neighbours of the number first, then the newest.
_CONTROLS = f"""{_OF_ARTICLE}
WHERE a.site = %(site)s AND a.no IN (
    ({_LIVE} AND no < %(near)s ORDER BY no DESC LIMIT %(limit)s)
    UNION ALL ({_LIVE} AND no > %(near)s ORDER BY no LIMIT %(limit)s)
    UNION ALL ({_LIVE} AND no <> %(near)s ORDER BY no DESC LIMIT %(limit)s)
)"""

# Since the last crawl that walked this list as far as it should, did a crawl store articles? Crawls count in the order
# of their rows. Where the clock was set back between them, all articles may be missing. So they may where no crawl has
# come to the end of the list. A crawl that asks for those since some time relies on others that walked as far, on the
# same day only: it does not look back, and walks all of its part once a day for what appeared late.
_DOUBTFUL_PART: LiteralString = f"""
WITH sure AS (
    SELECT number, started_at, finished_at FROM crawls
    WHERE site = %(site)s AND %(section)s = ANY(walked) AND CASE WHEN %(since)s::timestamptz IS NULL
        THEN since IS NULL AND EXISTS (
            SELECT FROM walked_lists AS w
            WHERE w.site = %(site)s AND w.section = %(section)s AND w.end_seen_at IS NOT NULL
        )
        ELSE coalesce(since <= %(since)s, true) AND started_at >= date_trunc('day', now(), 'UTC')
    END
    ORDER BY number DESC LIMIT 1
), later AS (
    SELECT count(*) AS crawls, bool_or(c.started_at < (SELECT started_at FROM sure)) AS is_set_back FROM crawls AS c
    WHERE c.site = %(site)s AND c.id <> %(crawl)s AND c.new > 0 AND c.kind <> '{ARTICLES}'
        AND c.number > (SELECT number FROM sure)
)
SELECT
    coalesce((SELECT started_at FROM sure WHERE NOT is_set_back), '1900-01-01 00:00+00'),
    coalesce((
        SELECT max(no) FROM articles WHERE site = %(site)s AND first_seen_at <= (SELECT finished_at FROM sure)
            AND NOT is_set_back
    ), 0)
FROM later WHERE crawls > 0 OR NOT EXISTS (SELECT FROM sure)"""


_PRINTED = """
SELECT a.no, a.headline, c.listed_as, a.published_at, a.modified_at
FROM articles AS a LEFT JOIN article_checks AS c USING (site, no)
WHERE a.site = %(site)s AND a.no = ANY(%(numbers)s)"""

_WALKED_LISTS = """
SELECT section, pages, end_seen_at IS NOT NULL AS is_end_seen, looked_back_at, looked_back_to
FROM walked_lists WHERE site = %(site)s"""


def need_no_download(connection: Connection, site: str, numbers: Sequence[int]) -> set[int]:
    """Those of `numbers` that need no download."""
    values = {
        "site": site,
        "numbers": list(numbers),
        "version": __version__,
        "attempts": MAX_ATTEMPTS,
        "dropped": DROPPED,
    }
    return {no for (no,) in _rows(connection, _NEED_NO_DOWNLOAD, values)}


def shown_as_another(connection: Connection, site: str, teasers: Sequence[Teaser]) -> set[int]:
    """Those of these stored articles that a list shows as other ones than are stored under their numbers.

    Not those that were fetched already since the list says so, and turned out to be the stored ones.
    """
    by_no = {teaser.no: teaser for teaser in teasers}
    another = set()
    for no, headline, said, *times in _rows(connection, _PRINTED, {"site": site, "numbers": list(by_no)}):
        teaser = by_no[no]
        if is_another(teaser.title, teaser.published_at, headline, filter(None, times)) and said != teaser.says:
            another.add(no)
    return another


def to_retry(connection: Connection, site: str) -> list[int]:
    """Articles that earlier crawls did not get and that are worth another try; at most MAX_TO_RETRY of each kind."""
    values = {"site": site, "version": __version__, "attempts": MAX_ATTEMPTS, "limit": MAX_TO_RETRY, "dropped": DROPPED}
    return [no for (no,) in _rows(connection, _TO_RETRY, values)]


def stored(connection: Connection, site: str, numbers: Sequence[int]) -> list[Stored]:
    """What is known of the stored articles among `numbers`."""
    return _stored(_rows(connection, _STORED, {"site": site, "numbers": list(numbers)}))


def rechecks(connection: Connection, site: str, limit: int) -> list[Stored]:
    """At most `limit` stored articles that are due to be visited again, the longest due first."""
    return _stored(_rows(connection, _RECHECKS, {"site": site, "limit": limit}))


def controls(connection: Connection, site: str, near: int) -> list[Stored]:
    """Stored articles that were there at their last visit, in turn: one below, one above, the newest, and so on."""
    found = _stored(_rows(connection, _CONTROLS, {"site": site, "near": near, "limit": MAX_CONTROLS}))
    found.sort(key=lambda article: article.no)
    below = [article for article in reversed(found) if article.no < near]
    above = [article for article in found if article.no > near]
    in_turn = chain.from_iterable(zip_longest(below, above, reversed(above)))
    return list({article.no: article for article in in_turn if article}.values())


def doubtful_part(
    connection: Connection, site: str, section: int, *, since: datetime | None, crawl: str
) -> DoubtfulPart | None:
    """The part of a list in which articles may be missing although newer ones are stored; None where no article is.

    Only those published `since` matter, where that is given.

    A crawl stops at a page without news, since known articles lie behind known ones. That is wrong after a crawl that
    stored the newest articles of a list and was cut short. `crawl`, the one that asks, does not count.
    """
    rows = _rows(connection, _DOUBTFUL_PART, {"site": site, "section": section, "since": since, "crawl": crawl})
    return next((DoubtfulPart(began - BACKDATED, above) for began, above in rows), None)


def walked_lists(connection: Connection, site: str) -> list[WalkedList]:
    """What earlier crawls found out about the lists of a site."""
    rows = _rows(connection, _WALKED_LISTS, {"site": site})
    return [
        WalkedList(section=section, pages=pages, is_end_seen=is_end_seen, looked_back_at=at, looked_back_to=to)
        for section, pages, is_end_seen, at, to in rows
    ]


def _rows(connection: Connection, query: LiteralString, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    try:
        return connection.execute(query, values).fetchall()
    except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn):
        # `dry=1` on an empty database: only a crawl makes the tables.
        return []


def _stored(rows: list[tuple[Any, ...]]) -> list[Stored]:
    """Rows of _OF_ARTICLE."""
    return [
        Stored(
            no=no,
            dated_at=dated_at,
            content_hash=content_hash,
            etag=etag,
            last_modified=last_modified,
            archived=Archived(file=file, offset=offset, length=length, digest=digest) if file else None,
        )
        for no, dated_at, content_hash, etag, last_modified, file, offset, length, digest in rows
    ]

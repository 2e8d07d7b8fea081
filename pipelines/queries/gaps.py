"""Which article numbers of a range are stored, and which are missing; the site numbers its articles in sequence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, LiteralString

from psycopg import Connection

from asiatongsin.cms import ALL
from pipelines.crawl_record import LISTS

HIGHEST_NUMBER = 10**12
"""Highest article number that is looked for, which no site comes near."""

FAR = 1_000_000
"""So many numbers without an article between two stored ones part them: the smaller part are strays.

Example: 142,000 articles, and one whose number the site made up of the time. All numbers up to it would be missing.
"""

# The least and the greatest number come out of the index where a table is asked, and not a view.
_ENDS = "SELECT min(no), max(no) FROM article_texts WHERE site = %(site)s"

# Parts of the stored numbers, that with most articles first.
_PARTS = """
SELECT min(no), max(no) FROM (
    SELECT no, count(*) FILTER (WHERE is_far) OVER (ORDER BY no) AS part
    FROM (SELECT no, no - lag(no) OVER (ORDER BY no) > %(far)s AS is_far FROM articles WHERE site = %(site)s) AS steps
) AS parts WHERE no <= %(highest)s
GROUP BY part ORDER BY count(*) DESC, max(no) DESC LIMIT 1"""

# A stored page may lead to articles older than all that are stored.
_LOWEST = """
SELECT least(%(first)s, (
    SELECT min(related_no) FROM related_numbers WHERE site = %(site)s AND related_no > %(first)s - %(far)s
))"""

_STRAYS = """
SELECT count(*)::int, min(no), max(no) FROM (
    SELECT no FROM articles WHERE site = %(site)s AND no < %(first)s
    UNION ALL SELECT no FROM articles WHERE site = %(site)s AND no > %(last)s
) AS outside"""

# Lists that crawls walked, or tried to, of late. Where the end of the list of all articles was seen, none matters.
_WITHOUT_END: LiteralString = f"""
WITH known AS (
    SELECT id, walked FROM crawls WHERE site = %(site)s AND kind = '{LISTS}' ORDER BY number DESC LIMIT 100
), ended AS (
    SELECT section FROM walked_lists WHERE site = %(site)s AND end_seen_at IS NOT NULL
)
SELECT section FROM (
    SELECT unnest(walked) AS section FROM known
    UNION
    SELECT substr(part, 6)::bigint FROM crawl_coverage JOIN known ON known.id = crawl WHERE part ~ '^list [0-9]+$'
) AS s
WHERE section NOT IN (SELECT section FROM ended) AND NOT EXISTS (SELECT FROM ended WHERE section = {ALL})
ORDER BY section"""

# The other statements begin with one of these: a row for each number that left a trace, with the lowest of its classes.
# 0 stored and gone, 1 stored, 2 gone, 3 unreadable; missing are: 4 stored pages lead to it, 5 tried in vain, or found
# removed by a crawl whose removals do not count. A number without a row was never seen.
# Each part reads an index and nothing else: rows of one site lie all over the table.
_HELD_TRACES = """
    SELECT no, 1 AS class, NULL::timestamptz AS tried_at
    FROM articles WHERE site = %(site)s AND no BETWEEN %(first)s AND %(last)s
    UNION ALL
    SELECT no, 0, NULL
    FROM articles WHERE site = %(site)s AND no BETWEEN %(first)s AND %(last)s AND gone_at IS NOT NULL
    UNION ALL
    SELECT no, CASE WHEN first_confirmed_at IS NULL THEN 5 ELSE 2 END,
        CASE WHEN first_confirmed_at IS NULL THEN last_seen_at END
    FROM removed_articles WHERE site = %(site)s AND no BETWEEN %(first)s AND %(last)s
    UNION ALL
    SELECT no, CASE WHEN is_transient THEN 5 ELSE 3 END, fetched_at
    FROM rejected_pages WHERE site = %(site)s AND no BETWEEN %(first)s AND %(last)s"""

_LED_TO = """
    UNION ALL
    SELECT DISTINCT related_no, 4, NULL::timestamptz
    FROM related_numbers WHERE site = %(site)s AND related_no BETWEEN %(first)s AND %(last)s"""

_OF_TRACES: LiteralString = """
WITH known AS (
    SELECT no, min(class) AS class, max(tried_at) AS tried_at FROM ({traces}) AS traces GROUP BY no
)"""

_HELD = _OF_TRACES.format(traces=_HELD_TRACES)
_KNOWN = _OF_TRACES.format(traces=_HELD_TRACES + _LED_TO)

_COUNTS = f"{_KNOWN} SELECT class, count(*)::int FROM known GROUP BY class"

_COUNTS_OF = f"{_KNOWN} SELECT class, count(*)::int FROM known WHERE no = ANY(%(numbers)s) GROUP BY class"

_RUNS = f"""{_HELD}
SELECT r.first, r.last, below.published_at, above.published_at, r.runs
FROM (
    SELECT first, last, count(*) OVER () AS runs FROM (
        SELECT lag(no, 1, %(first)s::bigint - 1) OVER (ORDER BY no) + 1 AS first, no - 1 AS last
        FROM (SELECT no FROM known WHERE class <= 3 UNION ALL SELECT %(last)s::bigint + 1) AS held
    ) AS between_held
    WHERE first <= last ORDER BY last - first DESC, last DESC LIMIT %(limit)s
) AS r
LEFT JOIN LATERAL (
    SELECT published_at FROM articles WHERE site = %(site)s AND no < r.first AND published_at IS NOT NULL
    ORDER BY no DESC LIMIT 1
) AS below ON true
LEFT JOIN LATERAL (
    SELECT published_at FROM articles WHERE site = %(site)s AND no > r.last AND published_at IS NOT NULL
    ORDER BY no LIMIT 1
) AS above ON true
ORDER BY r.last - r.first DESC, r.last DESC"""

# A number that was tried in vain waits until all others were tried, so that it keeps none of them from its turn.
_MISSING = f"""{_KNOWN}
, runs AS (
    SELECT first, last FROM (
        SELECT lag(no, 1, %(first)s::bigint - 1) OVER (ORDER BY no) + 1 AS first, no - 1 AS last
        FROM (SELECT no FROM known UNION ALL SELECT %(last)s::bigint + 1) AS seen
    ) AS between_seen
    WHERE first <= last ORDER BY last DESC LIMIT %(limit)s
)
SELECT no FROM (
    SELECT no, class, tried_at FROM known WHERE class > 3
    UNION ALL
    SELECT no, 6, NULL FROM runs, generate_series(last, greatest(first, last - %(limit)s::bigint + 1), -1) AS no
) AS missing
ORDER BY tried_at NULLS FIRST, class, no DESC LIMIT %(limit)s"""


@dataclass(frozen=True, slots=True)
class Span:
    """A range of article numbers of one site."""

    site: str
    """Host of the site."""

    first: int
    """Lowest number."""

    last: int
    """Highest number, within the range."""


@dataclass(frozen=True, slots=True)
class Strays:
    """Stored numbers far away from all others."""

    articles: int
    """How many."""

    first: int | None
    """Lowest of them; None without any."""

    last: int | None
    """Highest of them; None without any."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """How many numbers are in each class. Each number counts once, in the first class here that fits."""

    stored: int = 0
    """Articles."""

    gone: int = 0
    """Removed by the site, whether they were ever stored or not."""

    unreadable: int = 0
    """Numbers whose page came and could not be read."""

    never_listed: int = 0
    """Missing numbers to which stored pages lead, or that were tried in vain."""

    never_seen: int = 0
    """Missing numbers that left no trace."""

    @property
    def missing(self) -> int:
        """Numbers that may be worth a try."""
        return self.never_listed + self.never_seen


@dataclass(frozen=True, slots=True)
class Run:
    """Numbers in a row that are missing."""

    first: int
    """Lowest of them."""

    last: int
    """Highest of them."""

    published_below: datetime | None
    """When the nearest stored article below was published, aware; None without one."""

    published_above: datetime | None
    """When the nearest stored article above was published, aware; None without one."""

    @property
    def length(self) -> int:
        """How many numbers."""
        return self.last - self.first + 1


def stored_span(connection: Connection, site: str) -> Span | None:
    """From the lowest number that a stored page names to the highest that is stored; None where nothing is stored.

    Strays are left out.
    """
    values: dict[str, Any] = {"site": site, "far": FAR, "highest": HIGHEST_NUMBER}
    [(first, last)] = connection.execute(_ENDS, values).fetchall()
    if first is None:
        return None
    if last - first > FAR or last > HIGHEST_NUMBER:  # else nothing can be far from the rest
        first, last = connection.execute(_PARTS, values).fetchone() or (None, None)
    if first is None:
        return None
    [(lowest,)] = connection.execute(_LOWEST, values | {"first": first}).fetchall()
    return Span(site, lowest, last)


def lists_without_end(connection: Connection, site: str) -> list[int]:
    """Lists to whose end no crawl has come: behind their last known page there may be more articles."""
    return [section for (section,) in connection.execute(_WITHOUT_END, {"site": site})]


def strays(connection: Connection, stored: Span) -> Strays:
    """The stored numbers outside of the range that `stored_span` returned."""
    [row] = connection.execute(_STRAYS, asdict(stored)).fetchall()
    return Strays(*row)


def count(connection: Connection, span: Span) -> Counts:
    """The classes of all numbers of a range."""
    return _counts(_rows(connection, _COUNTS, span), span.last - span.first + 1)


def count_of(connection: Connection, site: str, numbers: Sequence[int]) -> Counts:
    """The classes of these numbers, at least one."""
    span = Span(site, min(numbers), max(numbers))
    return _counts(_rows(connection, _COUNTS_OF, span, numbers=list(numbers)), len(set(numbers)))


def longest_runs(connection: Connection, span: Span, limit: int) -> tuple[list[Run], int]:
    """The longest runs of missing numbers, longest first, and how many there are in all."""
    rows = _rows(connection, _RUNS, span, limit=limit)
    return [Run(*row[:-1]) for row in rows], rows[0][-1] if rows else 0


def missing(connection: Connection, span: Span, limit: int) -> list[int]:
    """Numbers to try next: those that stored pages lead to, then those never seen, newest first."""
    return [no for (no,) in _rows(connection, _MISSING, span, limit=limit)]


def _rows(connection: Connection, query: LiteralString, span: Span, **values: Any) -> list[tuple[Any, ...]]:
    return connection.execute(query, asdict(span) | values).fetchall()


def _counts(rows: Sequence[tuple[int, int]], numbers: int) -> Counts:
    of_class = dict(rows)
    gone_since, stored, gone, unreadable, led_to, tried = (of_class.get(number, 0) for number in range(6))
    return Counts(
        stored=stored,
        gone=gone + gone_since,
        unreadable=unreadable,
        never_listed=led_to + tried,
        never_seen=numbers - sum(of_class.values()),
    )


def of_sites(connection: Connection, sites: Iterable[str]) -> list[tuple[Span, Counts]]:
    """The range of each site and its classes; sites of which no article is stored are left out."""
    spans = filter(None, (stored_span(connection, site) for site in sites))
    return [(span, count(connection, span)) for span in spans]

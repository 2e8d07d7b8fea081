"""The texts that an article had, one behind the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection
from psycopg.rows import class_row

from pipelines.exporters.articles import PARAGRAPH_BREAK

_REVISIONS = """
SELECT r.site, r.no, a.url, r.revision, r.fetched_at, r.headline, r.subheadline, r.body,
    r.returned, EXISTS (
        SELECT FROM former_articles AS f WHERE f.site = r.site AND f.no = r.no AND f.replaced_at <= r.fetched_at
            AND f.replaced_at > r.fetched_before
    ) AS is_another
FROM (
    SELECT *, lag(fetched_at) OVER (PARTITION BY site, no ORDER BY revision) AS fetched_before
    FROM article_revisions WHERE no = %s
) AS r JOIN articles AS a USING (site, no)
WHERE (%s::text IS NULL OR r.site = %s) ORDER BY r.site, r.revision"""

_LATEST = """
SELECT site, no FROM article_revisions AS r
WHERE revision > 1 AND (%s::text IS NULL OR site = %s) AND EXISTS (
    SELECT FROM article_revisions AS p WHERE p.site = r.site AND p.no = r.no AND p.revision < r.revision
)
ORDER BY fetched_at DESC, no DESC LIMIT 1"""


@dataclass(frozen=True, kw_only=True)
class Revision:
    """One text of an article."""

    site: str
    """Host of the site."""

    no: int
    """Number of the article."""

    url: str
    """Canonical address."""

    revision: int
    """1, 2, …"""

    fetched_at: datetime
    """When this text was fetched first."""

    headline: str
    """Headline."""

    subheadline: str | None
    """Sub-headline."""

    body: str | None
    """Paragraphs, joined by a blank line."""

    returned: bool
    """The article had been gone before it was fetched with this text."""

    is_another: bool
    """It is of another article than the text before, under the same number."""

    @property
    def paragraphs(self) -> list[str]:
        """Headline, sub-headline and body, a line each."""
        above = [self.headline, *(self.subheadline or "").split("\n")]
        return [line for line in [*above, *(self.body or "").split(PARAGRAPH_BREAK)] if line]


def revisions(connection: Connection, no: int, site: str | None = None) -> list[Revision]:
    """The revisions of the articles with this number, oldest first; of every site, unless one is named."""
    with connection.cursor(row_factory=class_row(Revision)) as cursor:
        return cursor.execute(_REVISIONS, [no, site, site]).fetchall()


def latest_change(connection: Connection, site: str | None = None) -> list[Revision]:
    """The text that was found last to replace another one, and that before it; empty where none was replaced."""
    for of, no in connection.execute(_LATEST, [site, site]):
        return revisions(connection, no, of)[-2:]
    return []

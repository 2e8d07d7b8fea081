"""The articles of a search as an Atom feed, newest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from psycopg import Connection

from asiatongsin.errors import ArgumentError
from pipelines.datasets.atom import Entry, Feed, atom
from pipelines.datasets.lines import Sink, Tell
from pipelines.exporters.articles import PARAGRAPH_BREAK
from pipelines.queries.records.kinds import ARTICLE_KIND
from pipelines.queries.records.records import Column, Wanted, rows

REMOVED = "removed"
"""Category of an article that the site has removed."""


def write_atom(
    connection: Connection,
    wanted: Wanted,
    columns: Sequence[Column],
    file: Sink,
    tell: Tell,
    *,
    asked: str,
    note: str,
) -> int:
    """Writes the feed of what was `asked`, which is its title and identity; returns the number of entries."""
    if wanted.kind is not ARTICLE_KIND:
        raise ArgumentError(f"a feed is made of articles: {wanted.kind.name} can be csv, jsonl or parquet")
    number = 0
    newest_first = replace(wanted, is_newest_first=True)
    names = [column.name for column in columns]

    def entries() -> Iterator[Entry]:
        nonlocal number
        for row in rows(connection, newest_first):
            yield entry(dict(zip(names, row, strict=True)))
            tell(1)
            number += 1

    feed = Feed(
        id=uuid5(NAMESPACE_URL, f"asiatongsin {asked}").urn,
        title=f"asiatongsin: {asked or 'articles'}",
        updated=datetime.now(UTC),
        author="asiatongsin",
        rights=note,
    )
    for piece in atom(feed, entries()):
        file.write(piece.encode())
    return number


def entry(article: dict[str, Any]) -> Entry:
    """An article, by the names of its columns."""
    paragraphs = (article["subheadline"] or article["body"] or "").split(PARAGRAPH_BREAK)
    return Entry(
        url=article["url"],
        title=article["headline"],
        updated=article["changed_at"] or article["first_seen_at"],
        published=article["published_at"],
        author=article["reporter"],
        categories=tuple(filter(None, (article["section"], article["gone_at"] and REMOVED))),
        summary=paragraphs[0] or None,
    )

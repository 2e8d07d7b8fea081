"""Feeds in Atom 1.0 (RFC 4287), entry by entry."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, kw_only=True)
class Feed:
    """What stands above the entries."""

    id: str
    """IRI that stays the same whenever the feed is written."""

    title: str
    updated: datetime
    author: str
    rights: str

    address: str | None = None
    """Where the feed can be had."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry; its address is its identity."""

    url: str
    title: str
    updated: datetime
    published: datetime | None = None
    author: str | None = None
    categories: tuple[str, ...] = ()
    summary: str | None = None
    id: str | None = None
    """IRI, where one address has several entries."""


def atom(feed: Feed, entries: Iterable[Entry]) -> Iterator[str]:
    """The document, piece by piece."""
    yield '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
    yield f"{_element('id', feed.id)}{_element('title', feed.title)}{_element('updated', _time(feed.updated))}"
    if feed.address:
        yield f'<link rel="self" href={_attribute(feed.address)}/>\n'
    yield f"{_person(feed.author)}{_element('rights', feed.rights)}<generator>asiatongsin</generator>\n"
    for entry in entries:
        yield "".join(["<entry>\n", *_of_entry(entry), "</entry>\n"])
    yield "</feed>\n"


def _of_entry(entry: Entry) -> Iterator[str]:
    yield _element("id", entry.id or entry.url)
    yield _element("title", entry.title)
    yield f"<link href={_attribute(entry.url)}/>\n"
    yield _element("updated", _time(entry.updated))
    if entry.published:
        yield _element("published", _time(entry.published))
    if entry.author:
        yield _person(entry.author)
    yield from (f"<category term={_attribute(term)}/>\n" for term in entry.categories)
    if entry.summary:
        yield _element("summary", entry.summary)


def _person(name: str) -> str:
    return f"<author><name>{_text(name)}</name></author>\n"


def _element(name: str, text: str) -> str:
    return f"<{name}>{_text(text)}</{name}>\n"


def _text(text: str) -> str:
    return escape(_NOT_XML.sub("", text))


def _attribute(text: str) -> str:
    return quoteattr(_NOT_XML.sub("", text))


def _time(at: datetime) -> str:
    """In UTC: RFC 3339 has no year before 0 or after 9999, and no offset with seconds."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")

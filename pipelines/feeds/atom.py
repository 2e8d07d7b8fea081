"""Atom feeds (RFC 4287), as feed readers take them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, indent, tostring

NAMESPACE = "http://www.w3.org/2005/Atom"

AUTHOR = "asiatongsin"
"""Who made the feed; each needs somebody."""

# XML 1.0 has no form for these, not even an escaped one.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry of a feed."""

    id: str
    """An address of its own, the same in each feed that has the entry."""

    title: str
    """What readers show in their lists."""

    updated: datetime
    """When it became what it is, aware."""

    link: str
    """Where it leads to."""

    summary: str = ""
    """Text below the title; may be empty."""


def feed(identity: str, title: str, entries: Iterable[Entry], now: datetime) -> str:
    """A whole feed, in the order of the entries. It was made `now`, which dates it where it has no entries."""
    entries = list(entries)
    root = Element("feed", xmlns=NAMESPACE)
    updated = max((entry.updated for entry in entries), default=now)
    _add(root, id=identity, title=title, updated=_time(updated))
    _add(SubElement(root, "author"), name=AUTHOR)
    for entry in entries:
        element = SubElement(root, "entry")
        _add(element, id=entry.id, title=entry.title, updated=_time(entry.updated))
        SubElement(element, "link", href=_valid(entry.link))
        if entry.summary:
            _add(element, summary=entry.summary)
    indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode")


def _add(parent: Element, **texts: str) -> None:
    for tag, text in texts.items():
        SubElement(parent, tag).text = _valid(text)


def _valid(text: str) -> str:
    return _NO_XML.sub("", text)


def _time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

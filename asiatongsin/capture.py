"""One download as it went over the wire, its place in the archive, and what is stored of earlier downloads."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

Headers = tuple[tuple[str, str], ...]
"""Names and values in their order, each byte a character (Latin-1); a name may stand there several times."""

_SECRET = re.compile("authorization|cookie|token|api-?key|secret|password", re.IGNORECASE)


def is_secret(name: str) -> bool:
    """Whether a header of a request may hold a secret, for example `Proxy-Authorization` or `Cookie`."""
    return _SECRET.search(name) is not None


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One request and the answer to it."""

    url: str
    """Address that was asked for."""

    method: str = "GET"
    """Method of the request."""

    request_headers: Headers = ()
    """Headers that were sent, but for those that may hold a secret."""

    protocol: str = "HTTP/1.1"
    """Protocol of the answer."""

    status: int
    """HTTP status of the answer."""

    headers: Headers = ()
    """Headers that were received, but for those of the connection (Transfer-Encoding and the like).

    Scrapy and Twisted change the case of names and group equal ones: docs/en/explanation/reliability.md.
    """

    body: bytes = b""
    """Body as received, content encodings not undone."""

    ip_address: str | None = None
    """Address of the server, or of the proxy."""

    fetched_at: datetime
    """When the answer arrived, aware, UTC."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """A further page of an article that is printed on several."""

    body: bytes
    """The answer, content encodings undone."""

    exchanges: tuple[Exchange, ...] = ()
    """What went over the wire for it."""


@dataclass(frozen=True, kw_only=True)
class Archived:
    """The WARC record that holds a page."""

    file: str
    """File below the data folder."""

    offset: int
    """Byte at which the record begins."""

    length: int
    """Bytes of the record, compressed."""

    digest: str
    """Payload digest of the record: `sha1:` and Base32."""


@dataclass(frozen=True, kw_only=True)
class Stored:
    """What is known of a stored article before it is asked for again."""

    no: int
    """Number of the article."""

    dated_at: datetime
    """What its age counts from: the later of its printed times, else its first download."""

    content_hash: str
    """SHA-256 of the stored text."""

    etag: str | None = None
    """Value for `If-None-Match`; None where the whole page is wanted, or the server gave none."""

    last_modified: str | None = None
    """Value for `If-Modified-Since`; None where the whole page is wanted, or the server gave none."""

    archived: Archived | None = None
    """Where the archive has the stored capture."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """One visit of an article, and when the next one is due."""

    checked_at: datetime
    """When the answer arrived, or failed to, aware, UTC."""

    next_check_at: datetime | None = None
    """When the article is due again; None: never."""

    dated_at: datetime | None = None
    """What its age counts from; None where only the page could say so and could not be read."""

    is_unchanged: bool = False
    """The text is the stored one. Then its age goes on, whatever time the page prints for its last change."""

    etag: str | None = None
    """`ETag` of the answer, where it was read."""

    last_modified: str | None = None
    """`Last-Modified` of the answer, where it was read."""

    listed_as: str | None = None
    """What a list said, where the article was fetched since that is not what is stored."""

"""One download as it went over the wire, where it is archived, and what an earlier one left behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

Headers = tuple[tuple[str, str], ...]
"""Names and values in their order, each byte a character (Latin-1); a name may stand there several times."""


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One request and the answer to it."""

    url: str
    """Address that was asked for."""

    method: str = "GET"
    """Method of the request."""

    request_headers: Headers = ()
    """Headers that were sent."""

    protocol: str = "HTTP/1.1"
    """Protocol of the answer."""

    status: int
    """HTTP status of the answer."""

    headers: Headers = ()
    """Headers that were received, but for those of the connection (Transfer-Encoding and the like).

    Scrapy and Twisted change the case of names and group equal ones: docs/reliability.md.
    """

    body: bytes = b""
    """Body as received, content encodings not undone."""

    ip_address: str | None = None
    """Address of the server, or of the proxy."""

    fetched_at: datetime
    """When the answer arrived, aware, UTC."""


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

"""E-mail addresses in texts, which nothing hands out unless it is asked to."""

from __future__ import annotations

import re

ADDRESS = r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
"""Regular expression, for Python and for PostgreSQL."""

NO_EMAIL = "[e-mail]"
"""What stands in a text in the place of an address."""

_ADDRESS = re.compile(ADDRESS)
_IN_HTML = re.compile(ADDRESS.replace("@", "(?:@|%40|&#0*64;?|&#x0*40;?|&commat;)"), re.I)


def without_addresses(text: str) -> str:
    """The text with NO_EMAIL in the place of each address."""
    return _ADDRESS.sub(NO_EMAIL, text) if "@" in text else text


def bytes_without_addresses(data: bytes) -> bytes:
    """The same of bytes, whatever their charset is."""
    return without_addresses(data.decode("latin-1")).encode("latin-1") if b"@" in data else data


def page_without_addresses(page: bytes) -> bytes:
    """The same of the source of a page, where an address may also be written as HTML or a link has it."""
    return _IN_HTML.sub(NO_EMAIL, page.decode("latin-1")).encode("latin-1")

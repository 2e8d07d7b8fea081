"""E-mail addresses in texts, which nothing hands out unless it is asked to."""

from __future__ import annotations

import re

ADDRESS = r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
"""Regular expression, for Python and for PostgreSQL."""

NO_EMAIL = "[e-mail]"
"""What stands in a text in the place of an address."""

_ADDRESS = re.compile(ADDRESS)


def without_addresses(text: str) -> str:
    """The text with NO_EMAIL in the place of each address."""
    return _ADDRESS.sub(NO_EMAIL, text) if "@" in text else text


def bytes_without_addresses(data: bytes) -> bytes:
    """The same of bytes, whatever their charset is."""
    return without_addresses(data.decode("latin-1")).encode("latin-1") if b"@" in data else data

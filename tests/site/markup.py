"""Text to HTML and back, as the CMS does it."""

from __future__ import annotations

import re
import unicodedata
from html import escape, unescape

LEAD_LENGTH = 600

_TAG = re.compile(r"<[^>]*>")
_ENTITY_CUT_OFF = re.compile(r"&#?\w*$", re.ASCII)


def text(value: str) -> str:
    """Text between tags; quotes stay as they are."""
    return escape(value, quote=False)


def attribute(value: str) -> str:
    """Text of an attribute, to stand between double quotes."""
    return escape(value, quote=True)


def lead_source(blocks: list[str]) -> str:
    """The start of a body as the CMS cuts it: tags off, 600 characters of source, mid-entity if need be."""
    return _TAG.sub("", "\n".join(blocks))[:LEAD_LENGTH]


def read_lead(source: str) -> str:
    """What a reader gets out of a lead: no broken entity, NFC, single spaces."""
    whole = unescape(_ENTITY_CUT_OFF.sub("", source))
    return unicodedata.normalize("NFC", " ".join(whole.split()))

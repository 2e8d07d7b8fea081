"""Dates and white space as the site writes them (SITE.md sections 2 to 4)."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from zoneinfo import ZoneInfo

KST = ZoneInfo("Asia/Seoul")

# Never printed, and PostgreSQL refuses U+0000. Tab and line ends are white space and folded instead.
# U+200B, U+2060 and U+FEFF are blanks of no width, which editors leave in blank paragraphs.
_NEVER_SEEN = "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u200b\u2060\ufeff\ud800-\udfff"
_UNSEEN = re.compile(f"[{_NEVER_SEEN}]+")

_DATE_TIME = re.compile(r"(\d{4})[.\-/]\s?(\d{1,2})[.\-/]\s?(\d{1,2})\.?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?", re.ASCII)

# What the CMS writes for characters it escapes; a lead is cut in the source and may end within one.
_ENTITIES = (
    *("nbsp", "amp", "lt", "gt", "quot", "apos", "#039", "lsquo", "rsquo", "ldquo", "rdquo", "middot", "hellip"),
    *("mdash", "ndash", "larr", "rarr", "uarr", "darr", "times", "deg", "bull"),
)
_LONGEST_ENTITY = 10  # a blank, an ampersand and seven letters
_ENTITY_AT_END = re.compile(r"\s*(?:&(#\d{0,5}|[a-z]{0,6})|\ufffd)$")


def clean(text: str) -> str:
    """Text in one line: NFC, every run of white space (no-break, ideographic, line ends) one blank.

    Control characters and blanks of no width, which nobody sees, are dropped; nothing else is.
    """
    lines = text.replace("\n", " ")
    if lines.isprintable() and "  " not in lines:  # what Python calls printable has no white space but the blank
        folded = lines.strip()
    else:
        folded = " ".join(text.split())
        if not folded.isprintable():  # and holds nothing unseen (12 µs saved a text, 2026-11-30)
            folded = " ".join(_UNSEEN.sub("", folded).split())
    return folded if unicodedata.is_normalized("NFC", folded) else unicodedata.normalize("NFC", folded)


def parse_date_time(text: str) -> datetime | None:
    """The first time in `등록 2022.04.10 10:20:33` or `2025-10-04 18:20`, in Korean time; None without one."""
    found = _DATE_TIME.search(text)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=KST)
    except ValueError:  # 2022.02.30
        return None


def drop_broken_entity(lead: str) -> str:
    """A lead, in one line, without the piece of an entity that its cut left at the end (`… &n`); `R&D` stays."""
    found = _ENTITY_AT_END.search(lead, max(len(lead) - _LONGEST_ENTITY, 0))
    if found and any(entity.startswith(found[1] or "") for entity in _ENTITIES):
        return lead[: found.start()]
    return lead

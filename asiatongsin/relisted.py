"""Whether a list shows another article under a number that is stored: sites give numbers out again after a reset."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from difflib import SequenceMatcher

from asiatongsin.korean import KST

LIKE = 0.5
"""So much of two titles must be the same to make them titles of one article, from 0 to 1."""

FAR = timedelta(days=30)
"""Times so far apart are of two articles, also where the titles are the same (`오늘의 날씨`)."""

MINUTE = timedelta(minutes=1)


def listed_as(title: str | None, published_at: datetime | None) -> str:
    """What a list says of an article, as 16 hexadecimal digits."""
    return hashlib.sha256(f"{title}|{published_at}".encode()).hexdigest()[:16]


def is_another(title: str | None, published_at: datetime | None, headline: str, times: Iterable[datetime]) -> bool:
    """Whether title and time on a list are those of another article than the stored one, printed with these times.

    Example: a list may print the time of the last change. A title that was edited keeps its time.
    """
    apart = min((abs(published_at.astimezone(KST) - time) for time in times), default=None) if published_at else None
    if apart is None:
        return not _are_alike(title, headline)
    return apart > FAR or (apart >= MINUTE and not _are_alike(title, headline))


def _are_alike(title: str | None, headline: str) -> bool:
    one, other = _letters(title or ""), _letters(headline)
    if not one or one in other or other in one:  # a list may cut a title, or print a kicker before it
        return True
    return SequenceMatcher(None, one[:200], other[:200], autojunk=False).ratio() >= LIKE


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()

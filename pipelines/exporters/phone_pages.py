"""Pages for phones and printers, to which sites redirect at times: they replace no text of which they lack a part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import LiteralString
from urllib.parse import urlsplit

from psycopg import Connection

from asiatongsin.cms import is_desktop_article
from asiatongsin.items import PageItems, Rejection
from pipelines.database.statements import unnest
from pipelines.database.tables import CAPTURE
from pipelines.exporters.articles import PARAGRAPH_BREAK
from pipelines.exporters.columns import lists

_STORED: LiteralString = f"""
SELECT a.site, a.no, coalesce(length(a.body), 0),
    (SELECT count(*) FROM article_images AS i WHERE i.site = a.site AND i.no = a.no)
FROM articles AS a JOIN {unnest(CAPTURE)} USING (site, no) WHERE a.fetched_at <> t.fetched_at"""


def set_aside(connection: Connection, pages: Sequence[PageItems]) -> list[PageItems]:
    """The same pages; a phone page with less text or fewer photos than is known of its article is rejected.

    Such a page says nothing of the article that is not known, and a later crawl asks for the whole one.
    """
    for_phones = [page for page in pages if _is_for_phones(page)]
    if not for_phones:
        return list(pages)
    known = [((page.site, page.no), _amount(page)) for page in pages if page.article and not _is_for_phones(page)]
    for site, no, characters, photos in connection.execute(_STORED, lists(for_phones, CAPTURE)):
        known.append(((site, no), (characters, photos)))
    return [_rejected(page) if _lacks_something(page, known) else page for page in pages]


def _lacks_something(page: PageItems, known: Iterable[tuple[tuple[str, int | None], tuple[int, int]]]) -> bool:
    if not _is_for_phones(page):
        return False
    characters, photos = _amount(page)
    more = (amount for key, amount in known if key == (page.site, page.no))
    return any(amount[0] > characters or amount[1] > photos for amount in more)


def _is_for_phones(page: PageItems) -> bool:
    """Whether an article came from another page than that for desktops; some `m.` hosts serve that one as well."""
    if page.article is None:
        return False
    is_bare = page.weather is None and not page.related_stories
    is_desktop = page.url == page.article.url or is_desktop_article(page.url)
    return not is_desktop or (is_bare and urlsplit(page.url).netloc.startswith("m."))


def _amount(page: PageItems) -> tuple[int, int]:
    """Characters of the text, and photos."""
    return (len(PARAGRAPH_BREAK.join(page.article.body)), len(page.article.images)) if page.article else (0, 0)


def _rejected(page: PageItems) -> PageItems:
    reason = f"sent to {page.url}, which holds less than is stored of the article"
    check = page.check and replace(page.check, etag=None, last_modified=None)
    return replace(page, article=None, related_stories=(), fallbacks=(), check=check, rejected=Rejection(reason=reason))

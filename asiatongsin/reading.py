"""All that is read on one page, for the stage of a crawl, `asiatongsin read`, and whoever has a page of HTML."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import urlsplit

from asiatongsin.cms import (
    PageContent,
    article_no,
    is_front_page,
    is_requested_article,
    list_no,
    own_address,
    read_page,
    read_weather,
)
from asiatongsin.errors import ArgumentError, PageRemoved, PageUnreadable
from asiatongsin.html.parse import parse
from asiatongsin.items import Page, PageItems, PageKind, Rejection
from asiatongsin.site import DEFAULT_BASE, Site

EXAMPLE = f"{DEFAULT_BASE}/news/article.html?no=142893"


def items_of(page: Page) -> PageItems:
    """All that one page holds. What is wrong with the page stands in the result and is not raised."""
    read = PageContent()
    removed, rejected = None, None
    # A redirect hands on the conditions of the request, so 304 may come from another page.
    unmodified = page.status == HTTPStatus.NOT_MODIFIED and is_requested_article(page)
    try:
        read = PageContent() if unmodified else read_page(page)
    except PageRemoved as error:
        removed = error.form
    except PageUnreadable as error:
        rejected = Rejection(reason=error.reason, missing=error.missing)
    return PageItems(
        site=page.site,
        url=page.url,
        kind=page.kind,
        no=page.no,
        fetched_at=page.fetched_at,
        archived=page.archived,
        is_reread=page.is_reread,
        unmodified=unmodified,
        is_listed=page.is_listed,
        article=read.article,
        fallbacks=read.fallbacks,
        weather=None if unmodified else read_weather(page),
        related_stories=read.stories,
        removed=removed,
        rejected=rejected,
    )


def page_at(url: str, body: bytes, *, status: int = 200, fetched_at: datetime | None = None) -> Page:
    """A page out of a file or an answer. ArgumentError where the address is none of a page that is read."""
    site, kind = site_of(url), kind_of(url)
    return Page(
        url=url,
        site=site.key,
        base=site.base,
        kind=kind,
        fetched_at=fetched_at or datetime.now(UTC),
        status=status,
        body=body,
        no=article_no(url),
        section=list_no(url) if kind == "list" else None,
    )


def site_of(url: str) -> Site:
    """The site of an address. ArgumentError."""
    try:
        parts = urlsplit(url)
        return Site.parse(f"{parts.scheme}://{parts.netloc}")
    except ValueError as error:
        raise ArgumentError(str(error)) from None


def kind_of(url: str) -> PageKind:
    """What an address leads to. ArgumentError where that is nothing that is read."""
    if article_no(url) is not None:
        return "article"
    if list_no(url) is not None:
        return "list"
    if is_front_page(url):
        return "front"
    raise ArgumentError(f"{url} is the address of neither an article, such as {EXAMPLE}, nor a list, nor a front page")


def address_in(body: bytes) -> str | None:
    """The address that a page names as its own; None where it names none."""
    return own_address(parse(body).tree)


def read(html: str | bytes, url: str | None) -> PageItems:
    """See `asiatongsin.read_page`."""
    body = html.encode("utf-8", "replace") if isinstance(html, str) else html
    url = url or address_in(body)
    if url is None:
        raise ArgumentError(f"the page does not name its own address: give it as well, for example {EXAMPLE}")
    return items_of(page_at(url, body))

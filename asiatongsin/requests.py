"""Requests as every part of a crawl needs them, and what becomes of one that got no page."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from scrapy.http import Request

from asiatongsin.capture import Check, Stored
from asiatongsin.cms import GONE_STATUSES
from asiatongsin.items import PageItems, PageKind, Rejection


def request_for(url: str, kind: PageKind, *, slot: str, priority: int, arguments: dict[str, Any]) -> Request:
    """A request that no filter of Scrapy drops in silence: the spider itself knows what it has requested."""
    return Request(
        url,
        cb_kwargs=arguments,
        priority=priority,
        dont_filter=True,
        meta={
            "kind": kind,
            "is_retry": False,
            "handle_httpstatus_list": [*GONE_STATUSES] if kind == "article" else [],
            "download_slot": slot,
        },
    )


def make_conditional(request: Request, stored: Stored) -> Request:
    """Asks the server to send the page only where it has changed since it was stored."""
    if stored.etag:
        request.headers["If-None-Match"] = stored.etag.encode("latin-1")
    if stored.last_modified:
        request.headers["If-Modified-Since"] = stored.last_modified.encode("latin-1")
    if stored.etag or stored.last_modified:
        request.meta["handle_httpstatus_list"] = [*GONE_STATUSES, HTTPStatus.NOT_MODIFIED]
    return request


def failed_article(site: str, request: Request, reason: str, *, is_transient: bool) -> PageItems:
    """An article that did not come, so that a later crawl asks for it again."""
    stored: Stored | None = request.cb_kwargs["stored"]
    now = datetime.now(UTC)
    return PageItems(
        site=site,
        url=request.url,
        kind="article",
        no=request.cb_kwargs["no"],
        fetched_at=now,
        check=Check(checked_at=now, dated_at=stored.dated_at if stored else None),
        rejected=Rejection(reason=reason, is_transient=is_transient),
    )

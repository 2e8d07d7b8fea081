"""Notes every request and answer as they went over the wire, so that the archive can hold them."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

from scrapy.http import Headers as ScrapyHeaders
from scrapy.http import Request, Response

from asiatongsin.capture import Exchange, Headers, is_secret
from asiatongsin.items import Page, PageKind
from asiatongsin.site import Site

EXCHANGES = "exchanges"
"""Key in the `meta` of a request: redirects first, then the answer itself."""


class ReceivedMiddleware:
    """Notes answers before others change them: it stands nearer to the site than decompression and redirects."""

    def process_response(self, request: Request, response: Response) -> Response:
        if "kind" in request.meta and response.status < 500:
            redirects = [one for one in request.meta.get(EXCHANGES, ()) if 300 <= one.status < 400]
            request.meta[EXCHANGES] = (*redirects, exchange(request, response))
        return response


def exchange(request: Request, response: Response) -> Exchange:
    """The request as it was sent, without its secrets, and the answer as it came."""
    sent = tuple((name, value) for name, value in headers_of(request.headers) if not is_secret(name))
    if not any(name.lower() == "host" for name, _ in sent):  # it is added after the middlewares, as the request leaves
        sent = (("Host", urlsplit(request.url).netloc), *sent)
    return Exchange(
        url=request.url,
        method=request.method,
        request_headers=sent,
        protocol=response.protocol or "HTTP/1.1",
        status=response.status,
        headers=headers_of(response.headers),
        body=response.body,
        ip_address=str(response.ip_address) if response.ip_address else None,
        fetched_at=datetime.now(UTC),
    )


def page_of(response: Response, site: Site, kind: PageKind) -> Page:
    """The page of an answer, unread."""
    exchanges = response.meta.get(EXCHANGES, ())
    return Page(
        url=response.url,
        site=site.key,
        base=site.base,
        kind=kind,
        fetched_at=exchanges[-1].fetched_at if exchanges else datetime.now(UTC),
        status=response.status,
        headers=headers_of(response.headers),
        body=response.body,
        exchanges=exchanges,
    )


def headers_of(headers: ScrapyHeaders) -> Headers:
    """All headers in order; a header that came several times is there several times."""
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1")) for name, values in headers.items() for value in values
    )

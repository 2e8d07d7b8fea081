"""Follows redirects, and says of a site that redirects until it gets a cookie what helps."""

from __future__ import annotations

from scrapy import Spider
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware as ScrapyRedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from scrapy.settings import BaseSettings

WANTS_COOKIE = "it redirects each page to itself until a cookie comes back; set COOKIES_ENABLED=1, which sends cookies"

GAVE_COOKIE = "redirect_gave_cookie"
"""Key in the `meta` of a request: one of the redirects that led to it set a cookie."""


class RedirectMiddleware(ScrapyRedirectMiddleware):
    """Scrapy's own, but that a circle that cookies would end is left at its first round."""

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)
        self.sends_cookies = settings.getbool("COOKIES_ENABLED")

    def process_response(
        self, request: Request, response: Response, spider: Spider | None = None
    ) -> Request | Response:
        gave_cookie = not self.sends_cookies and (
            "Set-Cookie" in response.headers or bool(request.meta.get(GAVE_COOKIE))
        )
        try:
            answer: Request | Response = super().process_response(request, response)
        except IgnoreRequest:
            if gave_cookie:
                raise IgnoreRequest(WANTS_COOKIE) from None
            raise
        if isinstance(answer, Request) and gave_cookie:
            if answer.url in answer.meta["redirect_urls"]:
                raise IgnoreRequest(WANTS_COOKIE)
            answer.meta[GAVE_COOKIE] = True
        return answer

"""Why a download failed: one sentence with the cause, and the setting that helps."""

from __future__ import annotations

import pytest
from scrapy.exceptions import DownloadFailedError, IgnoreRequest
from scrapy.http import Request, Response
from scrapy.utils.misc import build_from_crawler
from scrapy.utils.test import get_crawler

from asiatongsin.middlewares.explain import ExplainMiddleware, explain
from asiatongsin.middlewares.redirects import RedirectMiddleware

PAGE = Request("https://example.kr/news/article_list_all.html?page=1")


def openssl(words: str) -> str:
    return f"[<twisted.python.failure.Failure OpenSSL.SSL.Error: [('SSL routines', '', '{words}')]>]"


@pytest.mark.parametrize(
    ("text", "cause", "helps"),
    [
        (openssl("certificate verify failed"), "its certificate does not verify", "DOWNLOAD_VERIFY_CERTIFICATES=0"),
        (
            "[<twisted.python.failure.Failure service_identity.exceptions.VerificationError: "
            "VerificationError(errors=[DNSMismatch(mismatched_id=DNS_ID(hostname=b'example.kr'))])>]",
            "its certificate is for another host",
            "DOWNLOAD_VERIFY_CERTIFICATES=0",
        ),
        (openssl("dh key too small"), "its key for the exchange is too small", "TLS_CIPHERS=DEFAULT:!DH"),
        (openssl("wrong version number"), "it does not speak TLS there", "site=http://"),
        (openssl("sslv3 alert handshake failure"), "it speaks TLS only in a way that is too old", "site=http://"),
        (openssl("unsupported protocol"), "it speaks TLS only in a way that is too old", "site=http://"),
    ],
)
def test_names_the_cause_and_what_helps(text: str, cause: str, helps: str) -> None:
    error = DownloadFailedError(text)
    ExplainMiddleware().process_exception(PAGE, error)
    assert str(error).startswith(cause)
    assert helps in str(error)
    assert "Failure" not in str(error)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (openssl("bad record mac"), "bad record mac"),
        (
            "[<twisted.python.failure.Failure twisted.internet.error.ConnectionLost: Connection lost.>, "
            "<twisted.python.failure.Failure twisted.web.http._DataLoss: >]",
            "Connection lost., _DataLoss",
        ),
        ("User timeout caused connection failure.", "User timeout caused connection failure."),
        ("", ""),
    ],
)
def test_keeps_the_words_of_other_failures_and_drops_what_is_around_them(text: str, words: str) -> None:
    assert explain(text) == words


def redirected(request: Request, to: str, cookie: str = "", *, sends_cookies: bool = False) -> Request | Response:
    middleware = build_from_crawler(RedirectMiddleware, get_crawler(settings_dict={"COOKIES_ENABLED": sends_cookies}))
    headers = {"Location": to} | ({"Set-Cookie": cookie} if cookie else {})
    return middleware.process_response(request, Response(request.url, status=302, headers=headers))


def test_names_the_setting_where_a_site_wants_a_cookie_first() -> None:
    with pytest.raises(IgnoreRequest, match="until a cookie comes back; set COOKIES_ENABLED=1"):
        redirected(PAGE, PAGE.url, "seen=1")


def test_names_it_where_the_way_to_the_cookie_is_longer() -> None:
    check = redirected(PAGE, "/check")
    assert isinstance(check, Request)
    with pytest.raises(IgnoreRequest, match="COOKIES_ENABLED=1"):
        redirected(check, PAGE.url, "seen=1")


def follow_for_ever() -> None:
    following: Request | Response = PAGE
    for number in range(100):
        assert isinstance(following, Request)
        following = redirected(following, f"/?n={number}", "seen=1")


def test_names_it_where_each_redirect_leads_to_a_new_address() -> None:
    with pytest.raises(IgnoreRequest, match="COOKIES_ENABLED=1"):
        follow_for_ever()


def test_follows_a_redirect_that_is_no_circle_or_sends_the_cookie() -> None:
    assert isinstance(redirected(PAGE, "/other", "seen=1"), Request)
    assert isinstance(redirected(PAGE, PAGE.url), Request)
    assert isinstance(redirected(PAGE, PAGE.url, "seen=1", sends_cookies=True), Request)

"""Polite by default, and what the spider changes of it."""

from __future__ import annotations

import re

import pytest
from scrapy.downloadermiddlewares.cookies import CookiesMiddleware as ScrapyCookiesMiddleware
from scrapy.exceptions import NotConfigured
from scrapy.settings import Settings
from scrapy.utils.test import get_crawler

from asiatongsin import scrapy_parts
from asiatongsin.middlewares.cookies import CookiesMiddleware
from asiatongsin.site_settings import adapt_settings


def settings(**given: object) -> Settings:
    defaults = Settings()
    defaults.setmodule("asiatongsin.settings", priority="project")
    for name, value in given.items():
        defaults.set(name, value, priority="cmdline")
    return defaults


def test_treats_a_remote_site_gently() -> None:
    remote = settings()
    adapt_settings(remote, is_loopback=False)
    assert remote.getbool("ROBOTSTXT_OBEY")
    assert (remote.getint("CONCURRENT_REQUESTS"), remote.getint("CONCURRENT_REQUESTS_PER_DOMAIN")) == (1, 1)
    assert (remote.getfloat("DOWNLOAD_DELAY"), remote.getfloat("DOWNLOAD_DELAY_JITTER")) == (1.0, 0.0)
    assert remote.getbool("AUTOTHROTTLE_ENABLED")
    assert remote["USER_AGENT"].startswith("asiatongsin/")
    assert remote.getbool("DOWNLOAD_VERIFY_CERTIFICATES")
    assert 0 < remote.getint("DOWNLOAD_MAXSIZE") <= 16 * 1024 * 1024


def test_opens_no_console_and_runs_no_code_that_comes_over_the_network() -> None:
    extensions = settings().getwithbase("EXTENSIONS")
    assert not [one for one in extensions if re.search("telnet|remote", one, re.IGNORECASE)]


def test_names_as_unused_what_scrapy_has() -> None:
    own, of_scrapy = settings(), Settings()
    kinds = ("EXTENSIONS_BASE", "DOWNLOADER_MIDDLEWARES_BASE", "SPIDER_MIDDLEWARES_BASE")
    assert {part for kind in kinds for part in {*of_scrapy[kind]} - {*own[kind]}} == scrapy_parts.UNUSED


def test_keeps_cookies_only_where_that_is_wanted() -> None:
    with pytest.raises(NotConfigured):
        CookiesMiddleware.from_crawler(get_crawler(settings_dict={"COOKIES_ENABLED": False}))
    kept = CookiesMiddleware.from_crawler(get_crawler(settings_dict={"COOKIES_ENABLED": True}))
    assert isinstance(kept, ScrapyCookiesMiddleware)


def test_does_not_wait_on_this_machine() -> None:
    loopback = settings()
    adapt_settings(loopback, is_loopback=True)
    assert (loopback.getfloat("DOWNLOAD_DELAY"), loopback.getbool("AUTOTHROTTLE_ENABLED")) == (0.0, False)


def test_leaves_alone_what_the_user_set() -> None:
    by_option = settings(DOWNLOAD_DELAY="3")
    by_environment = settings(SET_BY_ENVIRONMENT=["DOWNLOAD_DELAY"])
    for given, delay in ((by_option, 3.0), (by_environment, 1.0)):
        adapt_settings(given, is_loopback=True)
        assert given.getfloat("DOWNLOAD_DELAY") == delay

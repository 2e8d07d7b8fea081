"""Settings that depend on the site that is crawled."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from scrapy.settings import SETTINGS_PRIORITIES, BaseSettings

from asiatongsin.errors import SettingError
from asiatongsin.nearest import nearest
from asiatongsin.site import DEFAULT_USER_AGENT

logger = logging.getLogger(__name__)

ON_LOOPBACK = {"DOWNLOAD_DELAY": 0.0, "AUTOTHROTTLE_ENABLED": False, "RETRY_PAUSE": 0.0}
"""Settings for a site on this machine, which needs no politeness."""

OF_A_SITE = {
    "CONTACT",
    "USER_AGENT",
    "ROBOTSTXT_OBEY",
    "ROBOTSTXT_USER_AGENT",
    "CRAWL_DELAY_MAX",
    "COOKIES_ENABLED",
    "DOWNLOAD_DELAY",
    "DOWNLOAD_DELAY_JITTER",
    "CONCURRENT_REQUESTS",
    "CONCURRENT_REQUESTS_PER_DOMAIN",
    "AUTOTHROTTLE_ENABLED",
    "AUTOTHROTTLE_START_DELAY",
    "AUTOTHROTTLE_MAX_DELAY",
    "AUTOTHROTTLE_TARGET_CONCURRENCY",
    "RETRY_TIMES",
    "RETRY_PAUSE",
    "RETRY_AFTER_MAX",
    "RETRY_HTTP_CODES",
    "FAILURES_IN_A_ROW_MAX",
    "REDIRECT_MAX_TIMES",
    "DOWNLOAD_TIMEOUT",
    "DOWNLOAD_MAXSIZE",
    "DOWNLOAD_WARNSIZE",
    "DOWNLOAD_VERIFY_CERTIFICATES",
    "DOWNLOADER_CLIENT_TLS_CIPHERS",
    "RECHECK_AFTER",
    "RECHECK_MAX",
    "GONE_AFTER",
    "LOOK_BACK_PAGES",
    "LOOK_BACK_ALL_IN",
    "LIST_PAGES_MAX",
    "PAGES_WITHOUT_DATABASE",
    "UNREADABLE_SHARE_MAX",
    "COVERAGE_DROP",
    "COVERAGE_IGNORE",
    "STRIP_FROZEN_AFTER",
    "STALE_AFTER",
    "ARCHIVE",
    "ARCHIVE_FILE_BYTES",
}
"""Settings that a site may have of its own: how it is asked, and what is usual there. None loads code."""

PRIORITY = (SETTINGS_PRIORITIES["spider"] + SETTINGS_PRIORITIES["cmdline"]) // 2
"""Of settings of the site: before those of the environment and of `adapt_settings`, behind those of `-s`."""


def adapt_settings(settings: BaseSettings, *, is_loopback: bool) -> None:
    """Adapts the settings to the site. A setting that the environment or `-s` has set stays as it is."""
    adapted: dict[str, Any] = {}
    if settings["CONTACT"] and settings["USER_AGENT"] == DEFAULT_USER_AGENT:
        adapted["USER_AGENT"] = f"{DEFAULT_USER_AGENT} (+{settings['CONTACT']})"
    if is_loopback:
        adapted |= ON_LOOPBACK
    for name, value in adapted.items():
        if name not in settings.getlist("SET_BY_ENVIRONMENT"):
            settings.set(name, value, priority="spider")


def check_names(own: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    """SettingError where a site may not have one of these settings of its own; `known` are all that there are."""
    for name in own:
        if name in OF_A_SITE:
            continue
        if name in known:
            raise SettingError(f"{name} holds for a whole machine, not for one site: set it by environment or by -s")
        raise SettingError(f"{name}: there is no such setting; the nearest is {nearest(name, OF_A_SITE)}")


def apply_site_settings(settings: BaseSettings, own: Mapping[str, Any], group: str | None = None) -> None:
    """Lets the settings of a site hold, and its politeness group; what `-s` gives holds all the same."""
    for name, value in own.items():
        if name in OF_A_SITE:
            settings.set(name, value, priority=PRIORITY)
        else:
            logger.warning("The site has a setting %s that this version does not take from it", name)
    if group:
        settings.set("POLITENESS_GROUP", group, priority=PRIORITY)

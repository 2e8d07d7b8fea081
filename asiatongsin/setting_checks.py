"""Numbers and switches in the settings, Scrapy's and ours, checked before anything is fetched."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from math import isfinite

from scrapy.settings import SETTINGS_PRIORITIES, BaseSettings, default_settings
from scrapy.utils.project import get_project_settings

from asiatongsin.errors import SettingError
from asiatongsin.nearest import nearest

logger = logging.getLogger(__name__)

ABOVE_ZERO = {
    "ARCHIVE_PACK_BYTES",
    "AUTOTHROTTLE_TARGET_CONCURRENCY",
    "CONCURRENT_ITEMS",
    "CONCURRENT_REQUESTS_PER_DOMAIN",
    "DATABASE_SILENCE_MAX",
    "DNS_TIMEOUT",
    "DOWNLOAD_TIMEOUT",
    "FAILURES_IN_A_ROW_MAX",
    "FLEET_ATTEMPTS",
    "FLEET_DEAD_AFTER",
    "FLEET_SLOTS",
    "FLEET_TICK",
    "MEMUSAGE_CHECK_INTERVAL_SECONDS",
    "REACTOR_THREADPOOL_MAXSIZE",
    "SPOOL_SEGMENT_PAGES",
    "WEB_DOWNLOAD_TIMEOUT",
    "WEB_STATEMENT_TIMEOUT",
}
"""Numbers that may not be 0: nothing would be fetched, or the crawl would never end."""

OF_ANY_SIGN = {"DEPTH_PRIORITY", "FEED_EXPORT_INDENT", "REDIRECT_PRIORITY_ADJUST", "RETRY_PRIORITY_ADJUST"}
"""Numbers that may be negative."""

SHARES = {"UNREADABLE_SHARE_MAX"}
"""Numbers from 0 to 1."""

SECONDS_WRITTEN_WHOLE = {"DNS_TIMEOUT", "DOWNLOAD_TIMEOUT"}
"""Seconds, of which the default is a whole number and any other number is read as well."""

READ_ELSEWHERE = {"ARCHIVE_FILE_BYTES", "COVERAGE_DROP", "LOG_JSON", "RECHECK_MAX"}
"""Checked where they are read."""

NUMBERS_BETWEEN_COMMAS = {
    "HTTPCACHE_IGNORE_HTTP_CODES",
    "HTTPERROR_ALLOWED_CODES",
    "RETRY_HTTP_CODES",
    "TELNETCONSOLE_PORT",
}

WITHOUT_DEFAULT = {"CONCURRENT_REQUESTS_PER_IP": 0}
"""Numbers of which Scrapy names no default, each with what leaving it out means."""

REPLACED = {"SITES_RETIRED": "`asiatongsin sites retire HOST` retires a site"}
"""Settings of earlier versions, each with what to do instead."""

CMDLINE = SETTINGS_PRIORITIES["cmdline"]

LARGEST_FLOAT, LARGEST_INT = 10.0**8, 10**15
"""Three years in seconds, and more bytes than a disk has. Where time is waited for, larger numbers overflow."""


def check(settings: BaseSettings) -> None:
    """SettingError where `-s` names no setting, or a number or a switch is none, or out of bounds.

    Warns of variables that nobody reads.
    """
    defaults = known_settings(settings)
    _check_replaced(settings)
    for name in _unknown(settings, defaults):
        raise SettingError(f"-s {name}: there is no such setting; the nearest is {nearest(name, defaults)}")
    for name, default in defaults.items():
        if name in READ_ELSEWHERE or settings[name] is None:
            continue
        if says := _what_to_write(settings, name, default):
            raise SettingError(f"{name}={settings[name]}: write {says}")
    for name in settings.getlist("UNKNOWN_VARIABLES"):
        if name in REPLACED:
            continue
        meant = nearest(name, defaults)
        logger.warning("ASIATONGSIN_%s is no setting, and does nothing; the nearest is ASIATONGSIN_%s", name, meant)


def _check_replaced(settings: BaseSettings) -> None:
    """Says what a setting of earlier versions has become; SettingError where `-s` gives it."""
    for name, instead in REPLACED.items():
        if settings.getpriority(name) == CMDLINE:
            raise SettingError(f"-s {name}: there is no such setting any more; {instead}")
        if settings[name]:
            logger.warning("%s=%s does nothing any more: %s", name, settings[name], instead)


def _unknown(settings: BaseSettings, defaults: Mapping[str, object]) -> list[str]:
    """Names of the command line that neither Scrapy nor we know, nor a settings module on top of ours."""
    given = [name for name in settings if settings.getpriority(name) == CMDLINE and name not in defaults]
    return [name for name in given if name not in get_project_settings()]


def known_settings(settings: BaseSettings) -> dict[str, object]:
    """All settings with their defaults, ours before Scrapy's."""
    of_scrapy = {name: value for name, value in vars(default_settings).items() if name.isupper()}
    return WITHOUT_DEFAULT | of_scrapy | (settings["OWN_DEFAULTS"] or {})


def _what_to_write(settings: BaseSettings, name: str, default: object) -> str:
    """What the setting must be; empty where it is that."""
    if name in NUMBERS_BETWEEN_COMMAS:
        is_right = _can_be(lambda: [int(number) for number in settings.getlist(name)])
        return "" if is_right else "whole numbers with commas between"
    if isinstance(default, bool):
        return "" if _can_be(lambda: settings.getbool(name)) else "1 or 0"
    return _what_number(settings, name, default) if isinstance(default, int | float) else ""


def _what_number(settings: BaseSettings, name: str, default: int | float) -> str:
    is_whole = isinstance(default, int) and name not in SECONDS_WRITTEN_WHOLE
    try:
        number = settings.getint(name) if is_whole else settings.getfloat(name)
        is_right = isfinite(number) and _is_within(name, number, LARGEST_INT if is_whole else LARGEST_FLOAT)
    except (TypeError, ValueError, OverflowError):
        is_right = False
    bounds = "from 0 to 1" if name in SHARES else "above 0" if name in ABOVE_ZERO else "that is not negative"
    kind = "a whole number" if is_whole else "a number"
    return "" if is_right else f"{kind} {'' if name in OF_ANY_SIGN else bounds}".rstrip() + f", for example {default}"


def _is_within(name: str, number: float, largest: float) -> bool:
    lowest = -largest if name in OF_ANY_SIGN else 0
    return lowest <= number <= (1 if name in SHARES else largest) and not (name in ABOVE_ZERO and number == 0)


def _can_be(read: Callable[[], object]) -> bool:
    try:
        read()
    except (TypeError, ValueError):
        return False
    return True

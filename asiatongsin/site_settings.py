"""Settings that depend on the site that is crawled."""

from __future__ import annotations

from typing import Any

from scrapy.settings import BaseSettings

from asiatongsin.site import DEFAULT_USER_AGENT

ON_LOOPBACK = {"DOWNLOAD_DELAY": 0.0, "AUTOTHROTTLE_ENABLED": False, "RETRY_PAUSE": 0.0}
"""Settings for a site on this machine, which needs no politeness."""


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

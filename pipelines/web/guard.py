"""Who may ask the page, and what a browser may do with an answer."""

from __future__ import annotations

from collections.abc import Collection
from ipaddress import ip_address

from multidict import CIMultiDict
from scrapy.settings import BaseSettings

from asiatongsin.errors import SettingError

OWN_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
"""Names of this machine for itself."""

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-cache",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-DNS-Prefetch-Control": "off",
}
"""Of each answer, where it has none of its own."""

RAW_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'"
)
"""Content-Security-Policy of an archived page: it runs nothing, sends nothing and loads nothing."""

ASK_FOR_A_PROXY = (
    "texts of others are shown there, so copyright asks who may see them: put a proxy before it that asks for a"
    " password, and name its address in WEB_ALLOWED_HOSTS, for example WEB_ALLOWED_HOSTS=news.example.kr"
)


def allowed_hosts(settings: BaseSettings) -> frozenset[str]:
    """The names under which the page may be asked for."""
    return OWN_NAMES | {host.strip().lower() for host in settings.getlist("WEB_ALLOWED_HOSTS") if host.strip()}


def check_address(host: str, allowed: Collection[str]) -> None:
    """SettingError where other machines could ask, and nobody has said under which names."""
    if not is_own(host) and OWN_NAMES.issuperset(allowed):
        raise SettingError(f"--host {host}: other machines could read the page, and {ASK_FOR_A_PROXY}")


def is_own(host: str) -> bool:
    """Whether this machine alone can ask there."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_allowed(host: str, allowed: Collection[str]) -> bool:
    """Whether a Host header names one of the allowed names; a page of a stranger would bring its own name."""
    name = host.lower()
    name = name[1:].partition("]")[0] if name.startswith("[") else name.partition(":")[0]
    return name in allowed


def add_headers(headers: CIMultiDict[str]) -> None:
    """Adds what an answer has not set itself."""
    for name, value in HEADERS.items():
        headers.setdefault(name, value)

"""Who may ask the page, and what a browser may do with an answer."""

from __future__ import annotations

import re
from collections.abc import Collection
from ipaddress import ip_address

from multidict import CIMultiDict
from scrapy.settings import BaseSettings

from asiatongsin.errors import SettingError

OWN_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
"""Names of this machine for itself."""

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^\s:@/*\[\]]+)(?::[0-9]*)?")

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

_CONNECTS = re.compile(rb"<(?:link|i?frame)(?=[\s/>])", re.I)

ASK_FOR_A_PROXY = (
    "the page shows texts that are under copyright, so not everybody may see it. Put a proxy before it that asks for a"
    " password, and name the address of the proxy, for example WEB_ALLOWED_HOSTS=news.example.kr"
)


def allowed_hosts(settings: BaseSettings) -> frozenset[str]:
    """The names under which the page may be asked for. SettingError."""
    return OWN_NAMES | {_given_name(host) for host in settings.getlist("WEB_ALLOWED_HOSTS") if host.strip()}


def _given_name(host: str) -> str:
    if name := _name(host):
        return name
    raise SettingError(f"WEB_ALLOWED_HOSTS={host}: write the name alone, such as news.example.kr")


def _name(host: str) -> str:
    """The name in a Host header, without its port; empty where it is none."""
    found = _HOST.fullmatch(host.strip().lower())
    return found[1].strip("[]") if found else ""


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
    name = _name(host)
    return name in allowed or is_own(name)


def without_frames(page: bytes) -> bytes:
    """An archived page without frames and links of its head, of which RAW_POLICY lets nothing be seen anyway.

    Chromium connects to the server of a frame before it asks the policy. `meta` in their place has no content.
    """
    return _CONNECTS.sub(b"<meta", page)


def add_headers(headers: CIMultiDict[str]) -> None:
    """Adds what an answer has not set itself."""
    for name, value in HEADERS.items():
        headers.setdefault(name, value)

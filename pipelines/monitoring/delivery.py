"""Where alerts go: the addresses of the setting ALERTS, which are secrets, and what brings messages there.

apprise knows mail, Slack, Discord, Telegram, plain JSON and a hundred other services by one address each. Not
spidermon, though it is of Scrapy's own house: its monitors judge statistics when the spider closes, before anybody
knows what the database took, and a second time beside `pipelines.verdict.decide`; its actions repeat what they said
before.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterable
from concurrent.futures import wait
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING

from scrapy.settings import BaseSettings

from asiatongsin.errors import SettingError
from pipelines.threads import start_in_thread

if TYPE_CHECKING:
    from apprise import NotifyBase

PATIENCE = 10.0
"""Seconds after which a message that is still on its way counts as not delivered."""

TALKATIVE = ("apprise", "urllib3", "requests", "requests_oauthlib", "oauthlib", "httpx", "httpcore")
"""Loggers that print addresses: at DEBUG, and some as an error where they cannot make sense of one."""

SILENT = logging.CRITICAL + 1

_OVERFLOW = re.compile(r"[?&]overflow=", re.IGNORECASE)
_BETWEEN = re.compile(r"\s+|,\s*(?=[A-Za-z][A-Za-z0-9]*://)")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """Where one message goes."""

    name: str
    """What may be said of it: its place in the setting and its kind, `2 (slack)`."""

    url: str = field(repr=False)
    """The address with its password or token."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """What is sent: plain text, printable."""

    title: str
    """One line."""

    body: str
    """Several lines."""

    is_good: bool
    """Whether it is good news; services colour it."""


def check(settings: BaseSettings) -> None:
    """SettingError, in which no address stands, where one cannot be used."""
    given = addresses(settings)
    if given and find_spec("apprise") is None:
        raise SettingError("ALERTS is set, but what sends them is not installed: pip install 'asiatongsin[alerts]'")
    for address in given:
        if not _service(address.url):
            raise SettingError(
                f"ALERTS: address {given.index(address) + 1} of {len(given)} is none of a service that apprise knows;"
                " write them as https://github.com/caronc/apprise/wiki says, with blanks between"
            )


def addresses(settings: BaseSettings) -> list[Address]:
    """Those that are to be told, in the order of the setting."""
    given = settings["ALERTS"] or ""
    text = given if isinstance(given, str) else " ".join(map(str, given))
    urls = [url.rstrip(",") for url in _BETWEEN.split(text)]
    return [Address(name=f"{n} ({_kind(url)})", url=url) for n, url in enumerate(filter(None, urls), start=1)]


def deliver(message: Message, to: Iterable[Address]) -> set[str]:
    """Sends it to all at once, and returns the names of the addresses that took it within PATIENCE."""
    works = {address.name: start_in_thread(send, address, message) for address in to}
    wait(works.values(), timeout=PATIENCE)
    taken = {name for name, work in works.items() if work.done() and not work.exception() and work.result()}
    for name in sorted(works.keys() - taken):
        is_late = not works[name].done()
        how = (
            f"was not taken within {PATIENCE:.0f} seconds" if is_late else "was refused, sent elsewhere or found nobody"
        )
        logger.warning("An alert to address %s of ALERTS %s; tried again as the next crawl ends", name, how)
    return taken


def send(address: Address, message: Message) -> bool:
    """Whether the address took it; what is raised may hold the address."""
    service = _service(address.url)
    if service is None:
        return False
    from apprise import Apprise, NotifyFormat, NotifyType  # noqa: PLC0415

    kind = NotifyType.SUCCESS if message.is_good else NotifyType.FAILURE
    one = Apprise()  # of its own: apprise sends to several from threads that the end of the program waits for
    one.add(service)
    return bool(one.notify(title=message.title, body=message.body, notify_type=kind, body_format=NotifyFormat.TEXT))


def _service(url: str) -> NotifyBase | None:
    """What sends there; None where apprise understands no such address, or nobody would receive anything."""
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(SILENT)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a module of Python that one of its services still imports
        from apprise import Apprise, AppriseAsset, OverflowMode  # noqa: PLC0415

        # Whoever follows a redirect sends nothing there, and takes the page that answers for a receipt.
        asset = AppriseAsset(app_id="asiatongsin", app_desc="asiatongsin", http_redirects=False)
        service = Apprise.instantiate(url, asset=asset)
    if service is None or not len(service):
        return None
    if not _OVERFLOW.search(url):
        service.overflow_mode = OverflowMode.SPLIT  # chats refuse what is longer than they show
    return service


def _kind(url: str) -> str:
    found = re.match(r"[A-Za-z][A-Za-z0-9]{0,19}(?=://)", url)
    return found[0].lower() if found else "?"

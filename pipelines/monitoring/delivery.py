"""Sends alerts to the addresses of the setting ALERTS, which are secrets.

apprise knows mail, Slack, Discord, Telegram, plain JSON and a hundred other services by one address each. spidermon,
of the makers of Scrapy, would not do. Its monitors judge the statistics when the spider closes, before anybody knows
what the database took, and beside `pipelines.verdict.decide`; its actions repeat messages.
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

DELIVERY_SECONDS = 10.0
"""Seconds after which a message that is still on its way counts as not delivered."""

LOGGERS_OF_ADDRESSES = ("apprise", "urllib3", "requests", "requests_oauthlib", "oauthlib", "httpx", "httpcore")
"""Loggers that print addresses at DEBUG, or as an error where an address makes no sense to them."""

SILENT = logging.CRITICAL + 1

_OVERFLOW = re.compile(r"[?&]overflow=", re.IGNORECASE)
_BETWEEN = re.compile(r"\s+|,\s*(?=[A-Za-z][A-Za-z0-9]*://)")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """An address that alerts are sent to."""

    name: str
    """A name that holds no secret: the place in the setting and the kind, `2 (slack)`."""

    url: str = field(repr=False)
    """The address with its password or token."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """An alert, as printable plain text."""

    title: str
    """One line."""

    body: str
    """Several lines."""

    is_good: bool
    """Whether it is good news; services colour it."""


def check(settings: BaseSettings) -> None:
    """SettingError where an address cannot be used; the message does not hold the address."""
    given = addresses(settings)
    if given and find_spec("apprise") is None:
        raise SettingError("ALERTS is set, but what sends them is not installed: pip install apprise")
    for address in given:
        if not _service(address.url):
            raise SettingError(
                f"ALERTS: address {given.index(address) + 1} of {len(given)} is none of a service that apprise knows;"
                " write them as https://github.com/caronc/apprise/wiki says, with blanks between"
            )


def addresses(settings: BaseSettings) -> list[Address]:
    """The addresses in the setting ALERTS, in their order."""
    given = settings["ALERTS"] or ""
    text = given if isinstance(given, str) else " ".join(map(str, given))
    urls = [url.rstrip(",") for url in _BETWEEN.split(text)]
    return [Address(name=f"{n} ({_kind(url)})", url=url) for n, url in enumerate(filter(None, urls), start=1)]


def deliver(message: Message, to: Iterable[Address]) -> set[str]:
    """Sends a message to all addresses at once; returns the names of those that took it within DELIVERY_SECONDS."""
    works = {address.name: start_in_thread(send, address, message) for address in to}
    wait(works.values(), timeout=DELIVERY_SECONDS)
    taken = {name for name, work in works.items() if work.done() and not work.exception() and work.result()}
    for name in sorted(works.keys() - taken):
        is_late = not works[name].done()
        how = (
            f"was not taken within {DELIVERY_SECONDS:.0f} seconds"
            if is_late
            else "was refused, sent elsewhere or found nobody"
        )
        logger.warning("An alert to address %s of ALERTS %s; tried again as the next crawl ends", name, how)
    return taken


def send(address: Address, message: Message) -> bool:
    """Sends a message; returns whether the address took it. An error may hold the address."""
    service = _service(address.url)
    if service is None:
        return False
    from apprise import Apprise, NotifyFormat, NotifyType  # noqa: PLC0415

    kind = NotifyType.SUCCESS if message.is_good else NotifyType.FAILURE
    one = (
        Apprise()
    )  # one for each address: to several, apprise sends from threads that the end of the program waits for
    one.add(service)
    return bool(one.notify(title=message.title, body=message.body, notify_type=kind, body_format=NotifyFormat.TEXT))


def _service(url: str) -> NotifyBase | None:
    """The service of an address; None where apprise does not understand it, or nobody would receive anything."""
    for name in LOGGERS_OF_ADDRESSES:
        logging.getLogger(name).setLevel(SILENT)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # one of its services imports a module that Python warns of
        from apprise import Apprise, AppriseAsset, OverflowMode  # noqa: PLC0415

        # After a redirect nothing would be sent, and the page that answers would be taken for a receipt.
        asset = AppriseAsset(app_id="asiatongsin", app_desc="asiatongsin", http_redirects=False)
        service = Apprise.instantiate(url, asset=asset)
    if service is None or not len(service):
        return None
    if not _OVERFLOW.search(url):
        service.overflow_mode = OverflowMode.SPLIT  # chats refuse messages that are longer than they can show
    return service


def _kind(url: str) -> str:
    found = re.match(r"[A-Za-z][A-Za-z0-9]{0,19}(?=://)", url)
    return found[0].lower() if found else "?"

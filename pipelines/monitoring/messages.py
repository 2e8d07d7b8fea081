"""What is told of a site whose crawls go wrong: one message on each new trouble, one when all of them are over."""

from __future__ import annotations

from datetime import datetime, timedelta

from asiatongsin.korean import KST
from asiatongsin.printable import printable
from pipelines.crawl_record import CrawlRecord, Outcome
from pipelines.monitoring.delivery import Message
from pipelines.monitoring.site_troubles import SiteTroubles
from pipelines.verdict.decide import Verdict

NEXT = {
    Outcome.ERROR: "Read the log of that crawl. What was fetched is stored, or waits in the spool for the next crawl.",
    Outcome.SPOOLED: "See that the database answers; then `scrapy export`, or the next crawl, stores what waits.",
    Outcome.UNREACHABLE: "Open the site in a browser. Where it is there, read its robots.txt, and set CONTACT.",
    Outcome.DRIFT: "CONTRIBUTING.md begins with what to do when the layout changed; `scrapy reparse` makes up for it.",
}
"""What whoever is told does next."""

KILLED = "it was killed before it could store how it went"


def is_due(site_troubles: SiteTroubles, address: str) -> bool:
    """Whether there is a trouble that the address was not told of, or none any more of those it was told of.

    That some of several are over is no news yet: one that comes and goes beside another is told once.
    """
    known = set(site_troubles.known.get(address, ()))
    return bool(set(site_troubles.troubles) - known) if site_troubles.troubles else bool(known)


def message(site_troubles: SiteTroubles, record: CrawlRecord, verdict: Verdict) -> Message:
    """What to tell after that crawl."""
    outcome = next((one for one in NEXT if one.word == site_troubles.trouble), Outcome.OK)
    is_good = outcome is Outcome.OK
    lines = _recovery(site_troubles, verdict) if is_good else _trouble(site_troubles, verdict, NEXT[outcome])
    lines += [f"Crawl {record.id}; `scrapy status` shows the last ones."]
    title = printable(f"asiatongsin: {record.site}: {outcome.word}")
    return Message(title=title, body="\n".join(map(printable, lines)), is_good=is_good)


def _trouble(site_troubles: SiteTroubles, verdict: Verdict, then: str) -> list[str]:
    # A crawl that was stopped early tells what is still to be told, and its sentence is of something else.
    what = verdict.sentence if verdict.outcome.word == site_troubles.trouble else "as the crawl before this one found"
    began = [f"No crawl ended well since {_korean(site_troubles.since)}."] if site_troubles.since else []
    return [f"{site_troubles.trouble}: {what}", *began, then]


def _recovery(site_troubles: SiteTroubles, verdict: Verdict) -> list[str]:
    if site_troubles.since is None or site_troubles.until is None:
        return [f"Crawls end well again: {verdict.sentence}"]
    lasted = _span(site_troubles.until - site_troubles.since)
    return [f"Crawls end well again: {verdict.sentence}", f"It lasted {lasted}, from {_korean(site_troubles.since)}."]


def _korean(at: datetime) -> str:
    return f"{at.astimezone(KST):%Y-%m-%d %H:%M} (Korean time)"


def _span(span: timedelta) -> str:
    minutes = max(0, round(span.total_seconds() / 60))
    days, hours = divmod(minutes // 60, 24)
    return f"{days} d {hours} h {minutes % 60} min" if days else f"{hours} h {minutes % 60} min"

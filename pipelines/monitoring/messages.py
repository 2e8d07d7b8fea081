"""The text of alerts: one message for each new trouble of a site, and one when all troubles are over."""

from __future__ import annotations

from datetime import datetime, timedelta

from asiatongsin.korean import KST
from asiatongsin.printable import printable
from pipelines.crawl_record import CrawlRecord, Outcome
from pipelines.monitoring.delivery import Message
from pipelines.monitoring.site_troubles import SiteTroubles
from pipelines.verdict.decide import Verdict

NEXT_STEPS = {
    Outcome.ERROR: "Read the log of that crawl. What was fetched is stored, or waits in the spool for the next crawl.",
    Outcome.SPOOLED: "See that the database answers; then `asiatongsin drain`, or the next crawl, stores what waits.",
    Outcome.UNREACHABLE: "Open the site in a browser. Where it is there, read its robots.txt, and set CONTACT.",
    Outcome.DRIFT: "Mend a selector (docs/en/how-to/layout.md): then `asiatongsin reparse` stores what was missed.",
}
"""What the reader of an alert does next, by the outcome."""

KILLED = "it was killed before it could store how it went"


def is_due(site_troubles: SiteTroubles, address: str) -> bool:
    """Whether an address needs a message: there is a trouble it does not know of, or all that it knew are over.

    While one of several troubles stays, the end of the others is no news. So a trouble that comes and goes beside
    another one is sent once.
    """
    known = set(site_troubles.known.get(address, ()))
    return bool(set(site_troubles.troubles) - known) if site_troubles.troubles else bool(known)


def message(site_troubles: SiteTroubles, record: CrawlRecord, verdict: Verdict) -> Message:
    """The message after a crawl."""
    outcome = next((one for one in NEXT_STEPS if one.word == site_troubles.trouble), Outcome.OK)
    is_good = outcome is Outcome.OK
    lines = _recovery(site_troubles, verdict) if is_good else _trouble(site_troubles, verdict, NEXT_STEPS[outcome])
    lines += [f"Crawl {record.id}; `asiatongsin status` shows the last ones."]
    title = printable(f"asiatongsin: {record.site}: {outcome.word}")
    return Message(title=title, body="\n".join(map(printable, lines)), is_good=is_good)


def _trouble(site_troubles: SiteTroubles, verdict: Verdict, next_step: str) -> list[str]:
    # After a crawl that was stopped early, the trouble is that of an earlier one, and not in the sentence of this one.
    what = (
        verdict.sentence
        if verdict.outcome.word == site_troubles.trouble
        else "so an earlier crawl ended; this one was stopped before it could tell"
    )
    since = [f"No crawl ended well since {_korean(site_troubles.since)}."] if site_troubles.since else []
    return [f"{site_troubles.trouble}: {what}", *since, next_step]


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

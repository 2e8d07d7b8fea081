"""The state of the sites as text for a terminal, one screen of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from tqdm import tqdm

from asiatongsin.durations import in_words
from asiatongsin.korean import KST
from asiatongsin.plausible import CLOCKS_DIFFER_MAX
from asiatongsin.printable import printable
from pipelines.status.facts import TREND_FIGURES
from pipelines.status.reasons import figures
from pipelines.status.state import CrawlRow, SiteState, Status
from pipelines.terminal.fleet import one_line
from pipelines.terminal.text_table import titled_table

SHORT_HEADS = {
    "seconds": "s",
    "list_pages": "lists",
    "article_pages": "articles",
    "unreadable": "unread.",
}
"""Heads of columns that are shorter than the names of the figures."""


def text(status: Status) -> str:
    """The whole screen; what needs a person stands first, behind three lines."""
    return "\n\n".join([_top(status), needs(status), *_tables(status)])


def needs(status: Status) -> str:
    """What needs a person, or that nothing does."""
    if not status.needs_a_person:
        return "Nothing needs a person."
    return "\n".join(["Needs a person:", *(f"  - {printable(reason)}" for reason in status.needs_a_person)])


def _top(status: Status) -> str:
    files, database = status.files, status.database
    left = f", {files.left} of them of crawls that have ended" if files.left else ""
    if database.error:
        where = f"cannot be reached: {database.error}"
    elif database.version is None:
        where = f"{database.name} (not made yet)"
    else:
        where = f"{database.name} ({tqdm.format_sizeof(database.size_bytes or 0, 'B')}, PostgreSQL {database.version})"
    lines = {"Data folder": files.data, "Spool": f"{files.waiting} pages wait{left}", "Database": where}
    lines |= {"Fleet": one_line(status.fleet)} if status.fleet else {}
    return "\n".join(f"{name:<12} {printable(line)}" for name, line in lines.items())


def _tables(status: Status) -> Iterator[str]:
    if status.database.error:
        return
    stored = ("site", "articles", "edited", "gone", "newest published", "last fetched")
    yield _table("Stored (times in KST)", stored, map(_stored, status.sites))
    watched = ("site", "good crawl", "strip the same for", "due visits", "oldest due for")
    yield _table("Watched", watched, (_watched(site, status.at) for site in status.sites))
    trends = ("site", "compared with", *(SHORT_HEADS.get(figure, figure) for figure in TREND_FIGURES))
    if any(site.trend for site in status.sites):
        compared = (_trend(site) for site in status.sites if site.trend)
        yield _table("Last crawl (and the median of those before)", trends, compared)
    missing = [
        (site.site, f"{one.part} {one.field}", figures(one), one.crawl) for site in status.sites for one in site.missing
    ]
    if missing:
        yield _table("Missing on the pages", ("site", "what", "how much", "last crawl that looked"), missing, widest=80)
    heads = ("started", "site", "outcome", "s", "lists", "articles", "new", "changed", "unread.", "wait", "arguments")
    yield _table("Last crawls (KST)", heads, map(_crawl, status.crawls))
    rejected = ((one.site, one.no, one.reason, one.raw_path) for one in status.rejected)
    yield _table("Rejected pages", ("site", "no", "reason", "raw page"), rejected, widest=120)


def _stored(site: SiteState) -> Sequence[Any]:
    times = (_korean(site.newest_published_at), _korean(site.fetched_at))
    return (site.site, site.articles, site.edited, site.gone, *times)


def _watched(site: SiteState, at: datetime) -> Sequence[Any]:
    good = _ago(at - site.good_at) if site.good_at else "none yet"
    same = in_words(site.strip_until - site.strip_since) if site.strip_since and site.strip_until else "no strip"
    return site.site, good, same, site.due, in_words(at - site.due_since) if site.due_since else ""


def _ago(duration: timedelta) -> str:
    # A clock that was ahead stores times that have not come yet.
    return f"{in_words(duration)} ago" if duration > -CLOCKS_DIFFER_MAX else f"{in_words(-duration)} ahead"


def _trend(site: SiteState) -> Sequence[Any]:
    figures_of = (f"{one.last:g} ({one.median:g})" for one in site.trend)
    return (site.site, f"{site.trend[0].crawls} crawls", *figures_of)


def _crawl(row: CrawlRow) -> Sequence[Any]:
    arguments = " ".join(f"{name}={value}" for name, value in sorted(row.arguments.items()) if name != "site")
    counts = (row.list_pages, row.article_pages, row.new, row.changed, row.unreadable, row.spooled)
    return _korean(row.started_at), row.site, row.outcome or "running", row.seconds or 0, *counts, arguments


def _table(title: str, head: Sequence[str], rows: Iterable[Sequence[Any]], *, widest: int = 60) -> str:
    return titled_table(title, head, list(rows), widest=widest)


def _korean(at: datetime | None) -> str | None:
    return f"{at.astimezone(KST):%Y-%m-%d %H:%M}" if at else None

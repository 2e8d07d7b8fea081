"""Which facts about the sites need a person, in sentences that say what to do."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Self

from scrapy.settings import BaseSettings

from asiatongsin.cms import field_of
from asiatongsin.durations import ahead_or_behind, in_words
from asiatongsin.errors import SettingError
from asiatongsin.fields import describe_search
from asiatongsin.plausible import CLOCKS_DIFFER_MAX
from asiatongsin.rechecks import Rechecks
from asiatongsin.site_settings import apply_site_settings
from pipelines.crawl_record import Outcome
from pipelines.queries.fleet import AddedSite
from pipelines.spool.belonging import describe_elsewhere
from pipelines.status.fleet import reasons_of_fleet
from pipelines.status.state import DatabaseState, Files, Missing, SiteState, Status
from pipelines.verdict import bounds
from pipelines.verdict.bounds import Bounds, describe_frozen_strip

QUIET_FACTOR = 3
"""A site is silent when it has no news for so many times its longest pause. Example: 3 days after a pause of 1."""

LATE_AFTER = timedelta(hours=1)
"""A site that has been due by its schedule for so long needs a person."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The settings STALE_AFTER, STRIP_FROZEN_AFTER, COVERAGE_IGNORE and RECHECK_AFTER."""

    stale_after: timedelta | None
    """Age of the last good crawl, and of an overdue visit, above which a person is needed; None: never."""

    frozen_after: timedelta | None
    """Age above which an unchanged strip is frozen; None: never."""

    ignored: Collection[str]
    """Fields that may be missing."""

    is_revisited: bool
    """Whether articles are visited again."""

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        """SettingError where one of the settings makes no sense."""
        judged = Bounds.from_settings(settings)
        return cls(
            stale_after=bounds.stale_after(settings),
            frozen_after=judged.frozen_after,
            ignored=judged.ignored,
            is_revisited=bool(Rechecks.from_settings(settings).after),
        )


NONE_OF_THEIR_OWN: Mapping[str, Limits] = MappingProxyType({})


def limits_of_sites(settings: BaseSettings, added: Iterable[AddedSite]) -> dict[str, Limits]:
    """The limits of sites that have settings of their own."""
    found = {}
    for one in added:
        if not one.settings:
            continue
        own = settings.copy()
        apply_site_settings(own, one.settings)
        with suppress(SettingError):  # its next crawl is refused, and says so
            found[one.site] = Limits.from_settings(own)
    return found


def reasons(
    status: Status, limits: Limits, only: str | None = None, own: Mapping[str, Limits] = NONE_OF_THEIR_OWN
) -> tuple[str, ...]:
    """All sentences, for all sites or only one; empty where no person is needed.

    `own`: limits of sites that have settings of their own. A retired site needs nobody, a paused one is not stale.
    """
    found = [*_of_files(status.files, status.database), *_of_database(status.database)]
    added = {one.site: one for one in status.added}
    for site in status.sites:
        entry, its = added.get(site.site), own.get(site.site, limits)
        if entry and entry.retired_at:
            continue
        timely = () if entry and entry.paused_at else _of_time(status.at, site, its)
        found += [f"{site.site}: {reason}" for reason in (*_of_site(status.at, site, its), *timely)]
    if status.fleet:
        found += reasons_of_fleet(status.fleet, status.at)
    else:
        found += [late_in_words(status.at, one) for one in status.added if _is_long_late(status.at, one)]
    if not status.sites and not status.database.error:
        where = "run one, or see whether DATABASE_URL and ASIATONGSIN_DATA name what crawls write to"
        nothing = f"{only}: nothing of it is stored, and no crawl" if only else "no crawl has been stored yet"
        found.append(f"{nothing}: {where}")
    return tuple(found)


def _of_files(files: Files, database: DatabaseState) -> Iterator[str]:
    if files.left and database.error:
        yield f"{files.left} pages wait in the spool until the database can be reached"
    elif files.left and database.stores_nothing:
        yield f"{files.left} pages wait in the spool, and this role cannot store them: {database.stores_nothing}"
    elif files.left:
        yield f"{files.left} pages wait in the spool and no crawl stores them: run `asiatongsin drain`"
    if files.elsewhere:
        yield describe_elsewhere(files.elsewhere)
    if files.refused:
        yield (
            f"{files.refused} files with what the database refused are in {files.data}/refused:"
            " read why in the log of the crawl, and remove them"
        )


def _of_database(database: DatabaseState) -> Iterator[str]:
    if database.error:
        yield f"the database cannot be reached: {database.error}"
    if abs(database.clock_ahead) > CLOCKS_DIFFER_MAX:
        yield (
            f"the clock of this machine is {ahead_or_behind(database.clock_ahead)} that of the database:"
            " no crawl begins before the wrong one is set right"
        )


def _of_site(at: datetime, site: SiteState, limits: Limits) -> Iterator[str]:
    last = site.last_crawl
    yield from _of_clocks(at, site)
    is_mended = site.is_found_again and last and last.outcome == Outcome.DRIFT.word
    if last and last.outcome and last.outcome not in {Outcome.OK.word, Outcome.SPOOLED.word} and not is_mended:
        yield f"the last crawl ended with {last.outcome} (crawl {last.id}): its log says why"
    yield from (missing_in_words(one) for one in site.missing if f"{one.part} {one.field}" not in limits.ignored)
    if (
        site.strip_since
        and site.strip_until
        and (sentence := describe_frozen_strip(site.strip_until - site.strip_since, limits.frozen_after))
    ):
        yield sentence


def _of_clocks(at: datetime, site: SiteState) -> Iterator[str]:
    ended_at = site.last_crawl.finished_at if site.last_crawl else None
    times = (site.good_at, site.fetched_at, site.strip_until, ended_at)
    ahead = max(filter(None, times), default=at) - at
    if ahead > CLOCKS_DIFFER_MAX:
        yield (
            f"times that are stored lie {in_words(ahead)} ahead of the clock of this machine: set it right."
            " Where it is right, the next crawl sets the times back"
        )
    last = site.last_crawl
    if last and abs(last.clock_ahead_of_site) > CLOCKS_DIFFER_MAX:
        yield (
            f"in the last crawl, the clock of the machine was {ahead_or_behind(last.clock_ahead_of_site)} the site's:"
            " see which is wrong"
        )


def _of_time(at: datetime, site: SiteState, limits: Limits) -> Iterator[str]:
    stale_after = limits.stale_after
    if stale_after is None or site.last_crawl is None:
        return
    if site.good_at is None:
        if at - site.last_crawl.started_at > stale_after:
            yield "no crawl of its lists has ended well yet: read in the log why"
        return
    if at - site.good_at > stale_after:
        yield f"no crawl has ended well for {in_words(at - site.good_at)}: see whether the scheduler still runs"
        return
    if limits.is_revisited and site.due_since and site.good_at - site.due_since > stale_after:
        yield (
            f"visits are behind: {site.due} articles are due, the first for {in_words(at - site.due_since)};"
            " crawl more often, or raise RECHECK_MAX"
        )
    if site.news_at and site.longest_quiet_seconds is not None:
        quiet, longest = at - site.news_at, timedelta(seconds=site.longest_quiet_seconds)
        if quiet > max(stale_after, QUIET_FACTOR * longest):
            yield (
                f"no new article for {in_words(quiet)}, the longest pause before was {in_words(longest)}:"
                " see whether the site has moved"
            )


def _is_long_late(at: datetime, added: AddedSite) -> bool:
    return added.is_late and added.next_at is not None and at - added.next_at > LATE_AFTER


def late_in_words(at: datetime, added: AddedSite) -> str:
    """Says for how long a site has been due by its schedule."""
    late = in_words(at - (added.next_at or at))
    return (
        f"{added.site}: due for {late} by its schedule ({added.schedule}), and no crawl has begun: see whether"
        f" `asiatongsin fleet worker` runs; where cron crawls it, `asiatongsin sites set {added.site} --by-hand`"
    )


def missing_in_words(missing: Missing) -> str:
    """Says which field fell, both figures, and where it was looked for."""
    field = field_of(missing.part, missing.field)
    where = f" ({describe_search(field.selectors, None)})" if field and field.selectors else ""
    return f"{missing.part} {missing.field} {figures(missing)}{where}"


def figures(missing: Missing) -> str:
    """Says how much was found, and how much is usual."""
    usual = "" if missing.usual_share is None else f", usually {missing.usual_share:.0%}"
    mean = missing.amount / missing.found if missing.amount is not None and missing.found else None
    if mean is not None and missing.usual_mean is not None:
        usual += f", {mean:,.0f} per page, usually {missing.usual_mean:,.0f}"
    return f"found on {missing.found} of {missing.pages} pages{usual}"

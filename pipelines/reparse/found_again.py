"""Removes fields from `missing_fields` that archived pages have again, since a selector was mended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Set

from scrapy.settings import BaseSettings

from asiatongsin.cms import field_of, found_on
from asiatongsin.items import Page, PageItems
from pipelines.crawl_record import FieldCoverage
from pipelines.database.session import Session
from pipelines.exporters import missing_fields
from pipelines.queries import coverage_history
from pipelines.queries.coverage_history import MissingField
from pipelines.verdict.bounds import Bounds
from pipelines.verdict.decide import REMOVED_SHARE_MAX
from pipelines.verdict.falls import EarlierCrawls, falls


class FoundAgain:
    """Looks for fields that fell on the captures taken since then; removes those that are usual again."""

    def __init__(self, session: Session, settings: BaseSettings) -> None:
        self.session = session
        self.drop = Bounds.from_settings(settings).drop
        self._own_bounds = {
            ("article", "readable"): 1 - settings.getfloat("UNREADABLE_SHARE_MAX"),
            ("article", "served"): 1 - REMOVED_SHARE_MAX,
        }
        self._amounts: dict[MissingField, list[int]] = defaultdict(list)
        self._missing: dict[str, list[MissingField]] = defaultdict(list)
        for one in session.run(coverage_history.missing_fields):
            self._missing[one.site].append(one)

    @property
    def sites(self) -> Set[str]:
        """Sites of which fields are missing."""
        return self._missing.keys()

    def observe(self, batch: Iterable[PageItems]) -> None:
        """Counts the missing fields on pages as they are read now."""
        for items in batch:
            if since := [one for one in self._missing.get(items.site, ()) if items.fetched_at >= one.since]:
                found = dict(found_on(_page(items), items))
                for one in since:
                    if one.field in found.get(one.part, {}):
                        self._amounts[one].append(found[one.part][one.field])

    def remove(self) -> list[str]:
        """Removes the fields that are found again; returns their names, each with its site."""
        usual = [one for one in self._amounts if self._is_usual(one)]
        found = [one for one in usual if self._remove(one)]
        return sorted(f"{one.site} {' '.join(one.key)}" for one in found)

    def _remove(self, one: MissingField) -> bool:
        pages = len(self._amounts[one])
        return self.session.run(lambda connection: missing_fields.remove(connection, one.site, one.key, pages))

    def _is_usual(self, one: MissingField) -> bool:
        """Whether the field is on as large a share of the pages as before it fell."""
        given, amounts = field_of(*one.key), self._amounts[one]
        if given is None:
            return False
        now = FieldCoverage(
            part=one.part,
            field=one.field,
            pages=len(amounts),
            found=sum(map(bool, amounts)),
            amount=sum(amounts) if given.unit else None,
        )
        coverage = self.session.run(
            lambda connection: coverage_history.found_before(connection, one.site, one.scope, [one.key])
        )
        earlier = EarlierCrawls(coverage=coverage, fallen=frozenset({one.key}))
        return now.share >= self._own_bounds.get(one.key, 0.0) and not falls([now], earlier, self.drop)


def _page(items: PageItems) -> Page:
    """The page from which the items were read, without its body."""
    return Page(
        url=items.url,
        site=items.site,
        base="",
        kind=items.kind,
        fetched_at=items.fetched_at,
        status=200,
        body=b"",
        no=items.no,
    )

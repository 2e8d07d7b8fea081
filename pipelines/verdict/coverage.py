"""Counts on how many pages of a crawl each field was found, and how much of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from asiatongsin.cms import field_of, found_on
from asiatongsin.fields import describe_search
from asiatongsin.items import Page, PageItems, Rejection
from pipelines.crawl_record import FieldCoverage, FieldKey

NONE_FAILED: Mapping[str, int] = {}


class Coverage:
    """The counts of a crawl, and for each field the first page that lacks it and the page that has least of it."""

    def __init__(self) -> None:
        self._lacking: dict[FieldKey, Page] = {}
        self._scarce: dict[FieldKey, tuple[int, Page]] = {}
        self._pages: Counter[FieldKey] = Counter()
        self._found: Counter[FieldKey] = Counter()
        self._amount: Counter[FieldKey] = Counter()

    def observe(self, page: Page, items: PageItems) -> None:
        """Counts the fields of one page."""
        for part, amounts in found_on(page, items):
            for name, amount in amounts.items():
                key = (part, name)
                self._pages[key] += 1
                self._found[key] += amount > 0
                self._amount[key] += amount
                if not amount:
                    self._lacking.setdefault(key, replace(page))  # without its tree
                elif key not in self._scarce or amount < self._scarce[key][0]:
                    self._scarce[key] = (amount, replace(page))

    def evidence(self, key: FieldKey) -> Page | None:
        """A page that lacks the field; where no page does, the page that has least of it."""
        return self._lacking.get(key) or self._scarce.get(key, (0, None))[1]

    def empty_list(self) -> Page | None:
        """A list page without an entry."""
        return next((page for (part, name), page in self._lacking.items() if name == "teasers"), None)

    def fields(self, failed: Mapping[str, int] = NONE_FAILED) -> tuple[FieldCoverage, ...]:
        """The counts of all fields on the pages that came. `failed` says how many pages of a part did not come."""
        requested = self._pages + Counter({(part, "answer"): pages for part, pages in failed.items()})
        return tuple(
            FieldCoverage(
                part=part,
                field=name,
                pages=pages,
                found=self._found[part, name],
                amount=self._amount[part, name] if field.unit else None,
            )
            for (part, name), pages in requested.items()
            if (field := field_of(part, name))
        )


class UnreadablePages:
    """Article pages that could not be read, counted by the parts that were missing."""

    def __init__(self) -> None:
        self._pages: Counter[tuple[str, ...]] = Counter()
        self._first: dict[tuple[str, ...], Rejection] = {}

    def note(self, rejection: Rejection) -> None:
        """Counts one unreadable page."""
        self._pages[rejection.missing] += 1
        self._first.setdefault(rejection.missing, rejection)

    def describe(self) -> str:
        """Says what most of them lack, where it was looked for, and which page shows it; empty where there are none."""
        for missing, _ in self._pages.most_common(1):
            first = self._first[missing]
            fields = filter(None, (field_of("article", name) for name in missing))
            selectors = [selector for field in fields for selector in field.selectors]
            return f"{first.reason}; {describe_search(selectors, first.raw_path)}"
        return ""

"""Each statistic of a crawl is explained on its page, in both languages."""

from __future__ import annotations

import pytest

from asiatongsin import statistics
from pipelines.web.language import KOREAN
from pipelines.web.statistic_meanings import grouped, meaning

NAMES = [value for name, value in vars(statistics).items() if name.isupper() and isinstance(value, str)]
MADE = [statistics.pages("list"), statistics.unreadable("article"), statistics.exported("new")]


@pytest.mark.parametrize("name", [*NAMES, *MADE, statistics.reparsed("captures"), f"{statistics.LIST_FAILED_OF}22"])
def test_each_has_a_meaning_that_is_there_in_korean(name: str) -> None:
    assert meaning(name)
    assert name == statistics.FINISHED or KOREAN.knows(meaning(name))


def test_they_stand_in_groups_and_those_of_scrapy_at_the_end() -> None:
    given = {"item_scraped_count": 3, "split/met": 2, "list/pages": 1, "list/failed/22": 4, "crawl/refused": "no"}
    assert {group: [one.name for one in figures] for group, figures in grouped(given).items()} == {
        "list": ["list/failed/22", "list/pages"],
        "crawl": ["crawl/refused"],
        "split": ["split/met"],
        "": ["item_scraped_count"],
    }

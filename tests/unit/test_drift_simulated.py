"""The judgement about layouts, simulated: how often a healthy site is told, and how soon a field that vanishes is.

Crawls bring articles of one desk at a time, on average 1, 3 or 8 of them, and some desks have hardly any photos.
"""

from __future__ import annotations

from itertools import product
from random import Random
from statistics import median

import pytest

from pipelines.crawl_record import FieldCoverage
from pipelines.verdict.falls import EarlierCrawls, falls

IMAGES = ("article", "images")
SWARMS = (1, 3, 8)
HOURS = 30 * 24


def crawl(random: Random, share: float, swarm: int, photoless: float = 0.0) -> FieldCoverage:
    """A crawl of as many articles as the desk brings; a share `photoless` of the desks has photos on one in twenty."""
    pages = next(number for number in range(1, 200) if random.random() < 1 / swarm)
    of_desk = 0.05 if photoless and random.random() < photoless else share
    found = sum(random.random() < of_desk for _ in range(pages))
    return FieldCoverage(part="article", field="images", pages=pages, found=found)


def told_in(history: list[FieldCoverage], crawls: list[FieldCoverage]) -> list[int]:
    """Which of the crawls tell that the field fell, where the one before did not."""
    told, is_fallen = [], False
    for number, now in enumerate(crawls):
        earlier = EarlierCrawls(coverage={IMAGES: history}, fallen=frozenset({IMAGES}) if is_fallen else frozenset())
        is_falling = bool(falls([now], earlier, 0.5))
        told += [number] if is_falling and not is_fallen else []
        is_fallen = is_falling
        history = history if is_falling else [now, *history[:199]]
    return told


def false_alarms(share: float, swarm: int, photoless: float, seed: int) -> int:
    """In a month of a crawl every hour."""
    random = Random(f"{share}{swarm}{photoless}{seed}")
    history = [crawl(random, share, swarm, photoless) for _ in range(200)]
    return len(told_in(history, [crawl(random, share, swarm, photoless) for _ in range(HOURS)]))


def test_a_healthy_site_is_told_to_have_changed_once_in_three_months() -> None:
    """0.26 a month over six seeds, most of it where each crawl brings eight articles of a desk."""
    months = list(product((0.3, 0.6, 0.9, 0.98), SWARMS, (0.0, 0.1, 0.3), range(2)))
    alarms = {month: false_alarms(*month) for month in months}
    assert sum(alarms.values()) / len(months) <= 0.31
    assert not any(number for (_, _, photoless, _), number in alarms.items() if photoless == 0)


def crawls_until_told(share: float, swarm: int, seed: int) -> int:
    random = Random(f"d{share}{swarm}{seed}")
    history = [crawl(random, share, swarm) for _ in range(200)]
    return told_in(history, [crawl(random, 0.0, swarm) for _ in range(15)])[0] + 1


@pytest.mark.parametrize(
    ("share", "crawls", "most"),
    [(1.0, (2, 1, 1), (2, 2, 2)), (0.6, (10, 6, 6), (12, 9, 9))],
)
def test_a_field_that_vanishes_is_told_after_so_many_crawls(
    share: float, crawls: tuple[int, ...], most: tuple[int, ...]
) -> None:
    for swarm, usual, at_most in zip(SWARMS, crawls, most, strict=True):
        needed = [crawls_until_told(share, swarm, seed) for seed in range(15)]
        assert median(needed) == usual
        assert max(needed) <= at_most

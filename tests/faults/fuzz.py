"""Reading pages that were damaged at random, and what each of them costs."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import process_time

import msgspec

from asiatongsin.errors import PageUnreadable
from asiatongsin.items import Page, PageItems
from asiatongsin.mediaon.front import FrontPage
from asiatongsin.mediaon.section import SectionPage
from asiatongsin.site import Site
from pipelines.stages.split import split
from pipelines.stages.validate import validate
from pipelines.stages.weather import identify
from tests.faults.mutations import mutated

SECONDS, MEGABYTES = 1.0, 200.0
"""What one page may cost: processor time, and memory above what the process had before."""


@dataclass
class Reading:
    """What pages with these numbers came to."""

    pages: int = 0
    articles: int = 0
    rejected: int = 0

    slowest: tuple[float, int] = (0.0, 0)
    """Processor seconds of the slowest page, and its number."""

    largest: tuple[float, int] = (0.0, 0)
    """Megabytes of the page that took most, and its number."""

    faults: list[str] = field(default_factory=list)
    """What must not happen, with the number of the page."""

    def add(self, other: Reading) -> None:
        """Sums up."""
        self.pages += other.pages
        self.articles += other.articles
        self.rejected += other.rejected
        self.slowest = max(self.slowest, other.slowest)
        self.largest = max(self.largest, other.largest)
        self.faults += other.faults

    def __str__(self) -> str:
        lines = [
            f"pages           {self.pages}: {self.articles} articles, {self.rejected} that cannot be read",
            f"slowest         {self.slowest[0]:.2f} s (page {self.slowest[1]}), {SECONDS} s are allowed",
            f"largest         {self.largest[0]:.0f} MB (page {self.largest[1]}), {MEGABYTES:.0f} MB are allowed",
            f"other faults    {len(self.faults)}",
        ]
        return "\n".join([*lines, *self.faults[:20]])


def read(seed: int) -> Reading:
    """Sends one damaged page through all that happens to a page before it is stored."""
    return reading_of(mutated(seed), seed)


def reading_of(page: Page, seed: int = 0) -> Reading:
    """Sends a page through all that happens to a page before it is stored."""
    before = _peak_reset()
    began = process_time()
    items = through_all_stages(page)
    seconds, megabytes = process_time() - began, _peak() - before
    faults = [f"page {seed} ({len(page.body)} bytes): {seconds:.2f} s"] if seconds > SECONDS else []
    faults += [f"page {seed} ({len(page.body)} bytes): {megabytes:.0f} MB"] if megabytes > MEGABYTES else []
    return Reading(
        pages=1,
        articles=int(items.article is not None),
        rejected=int(items.rejected is not None),
        slowest=(seconds, seed),
        largest=(megabytes, seed),
        faults=faults,
    )


def through_all_stages(page: Page) -> PageItems:
    """What the spider looks for on a page, and what the pipelines make of it, to the line of the spool and back."""
    _navigate(page)
    items, _ = validate(split(page))
    if items.weather:
        items = replace(items, weather=identify(items.weather))
    back = msgspec.json.decode(msgspec.json.encode(items), type=PageItems)
    if back != items:
        raise ValueError("the spool gives back something else")
    return items


def fuzz(seeds: Iterable[int], workers: int) -> Reading:
    """All of them, side by side; what a page raises, or the end of the process that read it, is a fault."""
    total = Reading()
    with ProcessPoolExecutor(workers) as pool:
        for seed, reading in [(seed, pool.submit(read, seed)) for seed in seeds]:
            error = reading.exception()
            total.add(_failed(seed, error) if error else reading.result())
    return total


def _failed(seed: int, error: BaseException) -> Reading:
    return Reading(pages=1, faults=[f"page {seed}: {type(error).__name__}: {error}"[:300]])


def _navigate(page: Page) -> None:
    if page.kind == "front":
        FrontPage(page.tree, Site.parse(page.base), page.url).menu()
    if page.kind == "list":
        try:
            SectionPage(page.tree, page.url).teasers()
        except PageUnreadable:  # the spider passes over it, and split says so
            return


def _peak_reset() -> float:
    """Forgets the peak of this process; megabytes it has now."""
    Path("/proc/self/clear_refs").write_text("5")
    return _peak()


def _peak() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split(maxsplit=1)[0]) / 1024

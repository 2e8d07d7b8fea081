"""Counts the pages that wait in the spools of the data folder."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from pipelines.spool.belonging import DatabaseIdentity
from pipelines.spool.folder import DAMAGED, Spool


def waiting_pages(data: Path, site: str | None = None) -> int:
    """How many pages, of one site or of all, wait in the spools below the data folder, whoever owns them."""
    return sum(spool.waiting() for spool in _spools(data, site))


def abandoned_pages(data: Path, here: DatabaseIdentity, site: str | None = None) -> int:
    """How many of these pages no living process stores: the next crawl or `asiatongsin drain` into this one does."""
    return sum(spool.waiting() for spool in spools_of(data, here, site))


def pages_elsewhere(data: Path, here: DatabaseIdentity, site: str | None = None) -> dict[str, int]:
    """How many pages wait for other databases, by their addresses."""
    found: Counter[str] = Counter()
    for spool in _spools(data, site):
        if (noted := spool.database) and not noted.is_same(here) and not spool.is_owned:
            found[noted.address] += spool.waiting()
    return dict(found)


def spools_of(data: Path, here: DatabaseIdentity, site: str | None = None) -> list[Spool]:
    """The spools of one site or of all that ended crawls have left for this database, to look at only."""
    found = sorted(_spools(data, site), key=lambda spool: spool.folder.name)
    return [spool for spool in found if not spool.is_owned and _belongs(spool, here)]


def _belongs(spool: Spool, here: DatabaseIdentity) -> bool:
    return not (noted := spool.database) or noted.is_same(here)


def _spools(data: Path, site: str | None) -> list[Spool]:
    """The spools of one site or of all, to count only: nobody owns them here."""
    folders = [path for path in (data / "spool").glob("[!.]*") if path.is_dir()]
    spools = [Spool(folder, -1) for folder in folders]
    return [spool for spool in spools if site is None or _site_of(spool) == site]


def _site_of(spool: Spool) -> str | None:
    """The site of the crawl that wrote a spool; None where its record cannot be read."""
    try:
        return spool.record.site
    except (OSError, *DAMAGED):
        return None

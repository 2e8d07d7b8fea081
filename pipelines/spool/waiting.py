"""How many pages wait in the spools of the data folder."""

from __future__ import annotations

from pathlib import Path

from pipelines.spool.folder import DAMAGED, Spool


def waiting_pages(data: Path, site: str | None = None) -> int:
    """How many pages, of one site or of all, wait in the spools below the data folder, whoever owns them."""
    return sum(spool.waiting() for spool in _spools(data, site))


def left_pages(data: Path, site: str | None = None) -> int:
    """Those of them that no living process stores: the next crawl does, or `scrapy export`."""
    return sum(spool.waiting() for spool in _spools(data, site) if not spool.is_owned)


def _spools(data: Path, site: str | None) -> list[Spool]:
    """The spools of one site or of all, to look at."""
    folders = [path for path in (data / "spool").glob("[!.]*") if path.is_dir()]
    spools = [Spool(folder, -1) for folder in folders]
    return [spool for spool in spools if site is None or _site_of(spool) == site]


def _site_of(spool: Spool) -> str | None:
    """The site of the crawl that wrote it; None where nobody can tell."""
    try:
        return spool.record.site
    except (OSError, *DAMAGED):
        return None

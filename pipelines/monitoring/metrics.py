"""Writes the figures of a crawl for node_exporter's textfile collector, to the file of the setting METRICS_FILE.

The few lines of text are written by hand: the registry of prometheus_client is made for a process that stays and is
asked, not for one that ends. https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from scrapy.settings import BaseSettings

from asiatongsin.items import PageKind
from pipelines.crawl_record import Outcome
from pipelines.disk import safe_name, write_whole
from pipelines.verdict.tally import Tally

READABLE_BY_ALL = 0o644
"""Permissions of the file: node_exporter runs as another user."""

Samples = Iterable[tuple[Mapping[str, str], float]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """The figures of a crawl that become metrics."""

    site: str
    """Host of the site."""

    outcome: Outcome
    """How it ended."""

    started_at: datetime
    """When it started."""

    ended_at: datetime
    """When it ended."""

    good_at: datetime | None
    """When a crawl of this site ended well for the last time; None: never yet."""

    waiting: int | None
    """Pages of this site that wait in spools; None where nobody counted those of single sites."""

    tally: Tally
    """The figures by which it was judged."""

    @property
    def seconds(self) -> float:
        """How long it took."""
        return max(0.0, (self.ended_at - self.started_at).total_seconds())


def trouble(settings: BaseSettings) -> str:
    """Says why the metrics cannot be written; empty where they can, or need not be."""
    path = _given(settings)
    if path is None:
        return ""
    folder = path.parent if _is_file(path) else path
    if not folder.is_dir():
        return f"METRICS_FILE={path}: there is no folder {folder}; make it, or name another one"
    if not os.access(folder, os.W_OK | os.X_OK):
        return f"METRICS_FILE={path}: cannot write to {folder}; change its permissions or its owner"
    return ""


def metrics_file(settings: BaseSettings, site: str) -> Path | None:
    """The file for the figures of a site: METRICS_FILE, or a file in that folder; None where nothing is set."""
    path = _given(settings)
    return path if path is None or _is_file(path) else path / file_name(site)


def file_name(site: str) -> str:
    """Name of the file for a site in a folder."""
    return f"asiatongsin-{safe_name(site)}.prom"


def write(path: Path, figures: Figures) -> None:
    """Replaces the figures of the crawl before. OSError."""
    write_whole(path, exposition(figures).encode(), mode=READABLE_BY_ALL)


def exposition(figures: Figures) -> str:
    """The figures in Prometheus' text format."""
    return "".join(f"{line}\n" for line in lines([figures]))


def lines(sites: Sequence[Figures]) -> Iterator[str]:
    """The figures of the last crawls of some sites, each metric once."""
    labels = [{"site": one.site} for one in sites]
    each = list(zip(labels, sites, strict=True))
    yield from gauge("crawl_duration_seconds", "How long the last crawl took.", [(at, one.seconds) for at, one in each])
    yield from gauge(
        "crawl_outcome",
        "How the last crawl ended: 1 for its outcome, 0 for the others.",
        [({**at, "outcome": word.word}, word is one.outcome) for at, one in each for word in Outcome],
    )
    yield from gauge(
        "crawl_pages",
        "Pages that arrived in the last crawl.",
        [({**at, "kind": kind}, number) for at, one in each for kind, number in _pages(one.tally).items()],
    )
    yield from gauge(
        "crawl_articles",
        "What the article pages of the last crawl came to.",
        [({**at, "change": change}, number) for at, one in each for change, number in _articles(one.tally).items()],
    )
    waiting = [(at, one.waiting) for at, one in each if one.waiting is not None]
    if waiting:
        yield from gauge("spool_pages", "Pages that wait for the database.", waiting)
    ended = [(at, one.ended_at.timestamp()) for at, one in each]
    yield from gauge("last_crawl_timestamp_seconds", "When the last crawl ended.", ended)
    good = [(at, one.good_at.timestamp()) for at, one in each if one.good_at]
    yield from gauge("last_good_crawl_timestamp_seconds", "When a crawl ended well for the last time.", good)


def _pages(tally: Tally) -> Mapping[PageKind, int]:
    return {"front": tally.front.arrived, "list": tally.lists.arrived, "article": tally.articles.arrived}


def _articles(tally: Tally) -> Mapping[str, int]:
    return {
        "new": tally.new,
        "changed": tally.changed,
        "unchanged": tally.unchanged,
        "removed": tally.removed,
        "rejected": tally.articles.unreadable,
    }


def gauge(name: str, meaning: str, samples: Samples) -> Iterator[str]:
    """The lines of one metric: help, type and samples. All are gauges: the next crawl begins from zero."""
    yield f"# HELP asiatongsin_{name} {meaning}"
    yield f"# TYPE asiatongsin_{name} gauge"
    for labels, value in samples:
        written = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        yield f"asiatongsin_{name}{f'{{{written}}}' if written else ''} {float(value)!r}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _is_file(path: Path) -> bool:
    """Whether METRICS_FILE is a file. A path without `.prom` at its end is a folder, also where it does not exist.

    The collector reads no other files.
    """
    return path.suffix == ".prom" and not path.is_dir()


def _given(settings: BaseSettings) -> Path | None:
    text = str(settings["METRICS_FILE"] or "").strip()
    return Path(text).expanduser().absolute() if text else None

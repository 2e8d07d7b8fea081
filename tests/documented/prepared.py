"""The database that every page begins with, and the paper whose articles it holds."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from subprocess import PIPE

import psycopg
from psycopg import Connection, conninfo

from asiatongsin.korean import KST
from pipelines.exporters import removed_articles
from tests import warm_start
from tests.conftest import ROOT, new_database
from tests.documented.answering import REPLICA
from tests.documented.running import SETTINGS
from tests.documented.world import World, furnish, plain_address
from tests.samples import export, page, record, removed, story
from tests.site import ReplicaSite, serve

TEXTS = (
    ("정치", "시의회, 예산안 의결"),
    ("경제", "전통시장 살리기 예산 늘린다"),
    ("사회", "김해시 기후위기 대응 계획"),
)


class Paper(ReplicaSite):
    """A small paper, among whose articles is number 142893."""

    first_no = 142_881


@dataclass(frozen=True)
class Prepared:
    """What is made once, and copied for each page."""

    database: str
    """Name of a database."""

    data: Path
    """A data folder."""

    now: datetime
    """When it was made."""

    @contextmanager
    def page(self, server: str, folder: Path) -> Iterator[tuple[World, str]]:
        """What one page finds, and the address of the paper, which has new articles meanwhile."""
        shutil.copytree(self.data, folder / "data")
        paper = paper_of(self.now)
        paper.edit(142_893)
        paper.publish(2)
        with new_database(server, self.database) as url, serve(paper) as replica:
            world = World(folder / "here", plain_address(url), folder / "data", known(url, folder / "data"))
            furnish(world, paper)
            yield world, replica.url


def known(url: str, data: Path) -> dict[str, str]:
    """What documents leave to their readers, who look it up."""
    names = ("no", "archive_file", "archive_offset")
    query = "SELECT no, archive_file, archive_offset FROM articles WHERE archive_file IS NOT NULL ORDER BY no LIMIT 1"
    with psycopg.connect(url) as connection:
        [row] = connection.execute(query).fetchall()
    return {"data folder": str(data)} | {name: str(value) for name, value in zip(names, row, strict=True)}


def paper_of(now: datetime) -> ReplicaSite:
    """The paper as it is crawled first."""
    return Paper(articles=15, per_page=5, now=now, page_bytes=6_000)


@contextmanager
def prepare(server: str, template: str, data: Path) -> Iterator[Prepared]:
    """A crawl, an edit that another crawl has found, and what happened in the days before."""
    now, paper = datetime.now(KST), paper_of(datetime.now(KST))
    with new_database(server, template) as url:
        with serve(paper) as replica:
            given = {"DATABASE_URL": url, REPLICA: replica.url, "ASIATONGSIN_DATA": str(data)}
            for arguments in ([], ["-a", "no=142893"]):
                _crawl(given, *arguments)
                paper.edit(142_893)
        with psycopg.connect(url, autocommit=True) as connection:
            live_through(connection, now)
        yield Prepared(str(conninfo.conninfo_to_dict(url)["dbname"]), data, now)


def _crawl(given: dict[str, str], *arguments: str) -> None:
    settings = {f"ASIATONGSIN_{name}": value for name, value in SETTINGS.items()}
    command = [*warm_start.COMMAND, "crawl", "asiatongsin", *arguments]
    with warm_start.Popen(command, cwd=ROOT, env=os.environ | settings | given, stderr=PIPE, text=True) as process:
        _, log = process.communicate(timeout=600)
    if process.returncode:
        raise RuntimeError(log)


def live_through(connection: Connection, now: datetime) -> None:
    """A month of articles in three sections, with weather; one was edited yesterday, one was taken down."""
    day = timedelta(days=1)
    for age in (40, 20, 5, 1, 0):
        at = now - age * day
        pages = [
            page(
                142_000 - 10 * age + place,
                at,
                headline=f"{headline} {age}",
                section=section,
                published_at=at,
                body=(f"{headline} 전통시장에 예산을 쓴다.",),
            )
            for place, (section, headline) in enumerate(TEXTS)
        ]
        pages[0] = replace(pages[0], weather=page(1, at, seoul=10 + age).weather, related_stories=(story(1),))
        export(connection, *pages, crawl=f"of day {age}")
    export(
        connection,
        page(141_950, now - day, headline="김해시 예산안 수정 의결", section="정치", published_at=now - 5 * day),
        crawl="edited",
    )
    for age in (2, 1):
        export(connection, removed(141_951, now - age * day), crawl=f"gone {age}")
        ended = replace(record(f"gone {age}"), finished_at=now - age * day, gone_after=day)
        removed_articles.confirm(connection, ended)

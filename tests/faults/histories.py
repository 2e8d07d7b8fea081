"""Random histories of a list: articles come, also late, go and are pinned, caches answer, processes sleep and die.

After them, a few plain crawls must have stored all that the lists show, or say that they have not.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from subprocess import PIPE
from typing import Any

import psycopg
from psycopg import conninfo, sql

from tests import warm_start
from tests.conftest import ROOT
from tests.faults.postgres import Server
from tests.site import serve
from tests.site.living import BehindTheEnd, LivingSite, WhileWalking
from tests.stored import numbers

KILLED = -9
BEHIND: tuple[dict[str, Any], ...] = (
    {},
    {"kind": "status", "status": 404},
    {"kind": "status", "status": 500},
    {"kind": "redirect", "location": "/member/member_login.html?from={n}"},
    {"kind": "redirect", "location": "/news/article_list_all.html?page=1"},
    {"kind": "empty"},
    {"kind": "layout", "pattern": r'(<ul class="art_list_all">).*?(</ul>\s*<div class="btn)', "replacement": r"\1\2"},
)
_DUE = "UPDATE walked_lists SET looked_back_at = looked_back_at - interval '31 days'"


@dataclass
class History:
    """One history, the same for the same seed but for the moment at which a process dies."""

    seed: int
    database_url: str
    data: Path
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        roll = self.random.randint
        self.site = LivingSite(roll(6, 45), seed=self.seed, per_page=roll(3, 6))
        self.section = self.random.choice([None, 22, 34])
        self.behind = self.random.choice(BEHIND)
        self.is_late = False
        """Whether articles appeared, or moved, where only a walk that looks back meets them."""

    def play(self) -> str:
        """What went wrong, in words; empty where nothing did."""
        with serve(self.site) as replica, psycopg.connect(self.database_url, autocommit=True) as connection:
            self.url, self.faults = replica.url, replica.faults
            for _ in range(self.random.randint(1, 3)):
                self._crawl(self._arguments(), self._while_walking())
                for _ in range(self.random.randint(0, 2)):
                    self.random.choice([self._publish, self._appear_late, self._take_down, self._pin])()
            self._crawl([])
            status = self._crawl([])
            if self.is_late:
                connection.execute(_DUE)
                status = self._crawl([])
            missing = sorted({*self._listed()} - {*numbers(connection)})
        if not missing or status:  # a crawl that says that something is wrong is not silent
            return ""
        return f"history {self.seed}: not stored, and nothing said: {missing} ({'; '.join(self.told)})"

    def _listed(self) -> Iterable[int]:
        return (
            no for page in range(1, self.site.pages(self.section) + 1) for no in self.site.listing(self.section, page)
        )

    def _crawl(self, arguments: list[str], walking: WhileWalking | None = None) -> int:
        scope = [] if self.section is None else [f"sections={self.section}"]
        given = [part for one in [f"site={self.url}", *scope, *arguments] for part in ("-a", one)]
        self.told.append(" ".join(["crawl", *scope, *arguments]))
        command = [*warm_start.COMMAND, "crawl", "asiatongsin", *given, "-s", "RETRY_PAUSE=0"]
        environment = os.environ | {"ASIATONGSIN_DATA": str(self.data), "DATABASE_URL": self.database_url}
        behind = [BehindTheEnd(site=self.site, **self.behind)] if self.behind else []
        self.faults[:] = [walking, *behind] if walking else behind
        with warm_start.Popen(command, cwd=ROOT, env=environment, stdout=PIPE, stderr=PIPE, text=True) as self.process:
            _, log = self.process.communicate(timeout=600)
        status = int(self.process.returncode)
        self.told[-1] += f" → {status}"
        if status not in {0, KILLED} or "Traceback" in log:
            self.told.append(log[-800:])
        return status

    def _arguments(self) -> list[str]:
        """What the crawl is bounded by: mostly by nothing."""
        bound = self.random.choice(["", "", "", "pages", "since", "until", "full"])
        if bound == "pages":
            return [f"pages={self.random.randint(1, 3)}"]
        if bound in {"since", "until"}:
            return [f"{bound}={self.site.story(self.random.choice(self.site.order)).published_at:%Y-%m-%d %H:%M}"]
        return ["full=1"] if bound else []

    def _while_walking(self) -> WhileWalking:
        """What happens as one of the list pages is asked for."""
        walking = WhileWalking(site=self.site)
        for _ in range(self.random.randint(0, 2)):
            at = self.random.randint(1, 12)
            what = self.random.choice(["publish", "sleep", "publish", "empty", "as before", "take down", "kill"])
            if what == "empty":
                walking.comes_empty.add(at)
            elif what == "as before":
                walking.comes_as_before.add(at)
                self.is_late = True  # where articles move back at the same time, nothing tells that they did
            else:
                happens = {"publish": self._publish, "sleep": self._sleep, "take down": self._move, "kill": self._kill}
                walking.happens[at] = happens[what]
            self.told.append(f"at list page {at}: {what}")
        return walking

    def _publish(self) -> None:
        self._tell("published", len(self.site.publish(self.random.randint(1, 2 * self.site.per_page))))

    def _sleep(self) -> None:
        """So many articles come at once that the lists move by whole pages."""
        self._tell("slept for", len(self.site.publish(self.site.per_page * self.random.randint(1, 5))))

    def _appear_late(self) -> None:
        self.is_late = True
        self._tell("late", self.site.appear_late(self.random.randint(1, len(self.site.order))))

    def _take_down(self) -> None:
        if len(self.site.order) > 1:
            no = self.random.choice(self.site.order)
            self.site.take_down(no)
            self._tell("taken down", no)

    def _move(self) -> None:
        """An article that is taken down while a crawl walks: what stood behind it moves up, past the crawl."""
        self.is_late = True
        self._take_down()

    def _pin(self) -> None:
        few = self.random.randint(0, self.site.per_page)
        self.site.pinned = self.random.sample(self.site.order, min(few, len(self.site.order)))
        self._tell("pinned", self.site.pinned)

    def _kill(self) -> None:
        self._tell("killed", self.process.pid)
        self.process.kill()

    def _tell(self, what: str, which: object) -> None:
        self.told.append(f"{what} {which}")


def play(seeds: Iterable[int], folder: Path, workers: int = 2) -> list[str]:
    """What went wrong in the histories of these seeds, each with a database of its own."""
    server = Server(folder / "server")
    server.start()
    try:
        with ThreadPoolExecutor(workers) as pool:
            return [*filter(None, pool.map(lambda seed: _play(seed, server, folder), seeds))]
    finally:
        server.stop()


def _play(seed: int, server: Server, folder: Path) -> str:
    name = f"history_{seed}"
    (folder / name).mkdir()
    with server.connect() as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return History(seed, conninfo.make_conninfo(server.url, dbname=name), folder / name).play()

"""A site that misbehaves on its lists or its front page: an honest outcome, and the next crawl finds the rest."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from psycopg import Connection

from tests.conftest import Scrapy
from tests.site import Fault, ReplicaSite, serve
from tests.site.sections import ALL, SECTIONS
from tests.stored import numbers

LISTS = [ALL.no, *(section.no for section in SECTIONS)]
QUICKLY = ("-s", "DOWNLOAD_TIMEOUT=5")


@dataclass(frozen=True)
class Case:
    """A misbehaviour of a list page."""

    kind: str
    becomes: str = "failed"
    """What the page counts as: `failed`, `unreadable` or `read`."""

    fault: dict[str, Any] = field(default_factory=dict)

    def on(self, where: str) -> Fault:
        return Fault(kind=self.kind, where=where, **self.fault)


CASES = {
    "500": Case("status", fault={"status": 500}),
    "slow": Case("slow"),
    "truncated": Case("truncated"),
    "gzip bomb": Case("gzip bomb"),
    "50 MB": Case("huge"),
    "redirect to another host": Case("redirect", fault={"location": "http://127.0.0.1:22/"}),
    "redirect without end": Case("redirect", fault={"location": "/news/section_list_all.html?page=2&sec_no=22&n={n}"}),
    "redirect to the front page": Case("redirect", "unreadable", {"location": "/"}),
    "redirect to an article": Case("redirect", "unreadable", {"location": "/news/article.html?no=100001"}),
    "not a page": Case("binary", "unreadable"),
    "nothing at all": Case("empty", "unreadable"),
    "200,000 open tags": Case("deep", "unreadable"),
    "EUC-KR": Case("euc-kr", "read"),
    "EUC-KR that calls itself UTF-8": Case("unsaid euc-kr", "read"),
    "control characters": Case("controls", "read"),
}
BATCHES = [list(CASES)[first : first + len(LISTS)] for first in range(0, len(CASES), len(LISTS))]


def page_two(section: int) -> str:
    """Matches the second page of a list."""
    return r"/article_list_all.html\?page=2$" if section == ALL.no else rf"page=2&sec_no={section}\b"


@pytest.mark.parametrize("names", BATCHES, ids=" · ".join)
def test_lists_that_cannot_be_read_are_walked_again(crawl: Scrapy, connection: Connection, names: list[str]) -> None:
    """Each list has a fault of its own on its second page; what lies behind comes with the next crawl."""
    site = ReplicaSite(articles=60, per_page=4, page_bytes=8_000)
    cases = {section: CASES[name] for section, name in zip(LISTS, names, strict=True)}
    count = [case.becomes for case in cases.values()].count
    with serve(site) as replica:
        replica.faults += [case.on(page_two(section)) for section, case in cases.items()]
        run = crawl(replica.url, *QUICKLY)
        assert run.status == 0, run.log
        assert "Traceback" not in run.log
        [(walked, unreadable, new)] = connection.execute("SELECT walked, unreadable, new FROM crawls").fetchall()
        assert set(walked) == {section for section, case in cases.items() if case.becomes == "read"}
        assert unreadable == count("unreadable")
        assert (f"{count('failed')} list pages not downloaded" in run.last_line) == bool(count("failed"))
        assert (f"{unreadable} unreadable" in run.last_line) == bool(unreadable)
        assert 0 < new <= len(site.numbers())

        replica.faults.clear()
        assert crawl(replica.url).status == 0
        [(walked,)] = connection.execute("SELECT walked FROM crawls ORDER BY started_at DESC LIMIT 1")
        assert set(walked) == set(LISTS)
    assert numbers(connection) == list(site.numbers())


@pytest.mark.parametrize(
    ("names", "status", "says"),
    [
        (["500", "truncated", "gzip bomb", "50 MB", "redirect to another host"], 4, "could not be reached or refused"),
        (["slow", "redirect without end", "500", "truncated", "gzip bomb"], 4, "could not be reached or refused"),
        ([*BATCHES[1][2:], "200,000 open tags", "500"], 5, "4 list pages arrived without a teaser"),
    ],
    ids=["none arrives", "none arrives in time", "none is a list"],
)
def test_a_site_without_a_list_is_told_from_a_healthy_one(
    crawl: Scrapy, connection: Connection, names: list[str], status: int, says: str
) -> None:
    with serve(ReplicaSite(articles=10)) as replica:
        for section, name in zip(LISTS, names, strict=True):
            replica.faults.append(CASES[name].on("article_list_all" if section == ALL.no else f"sec_no={section}\\b"))
        run = crawl(replica.url, *QUICKLY)
        assert replica.article_requests() == [] or "redirect to an article" in names
    assert run.status == status, run.log
    assert says in run.last_line
    assert "Traceback" not in run.log
    assert connection.execute("SELECT walked, new FROM crawls").fetchall() == [([], 0)]


FRONT = {name: CASES[name] for name in ("500", "slow", "truncated", "gzip bomb", "50 MB", "not a page", "EUC-KR")} | {
    "redirect to another host": CASES["redirect to another host"],
    "redirect to an article": CASES["redirect to an article"],
    "redirect without end": Case("redirect", fault={"location": "/?n={n}"}),
    "nothing at all": CASES["nothing at all"],
    "control characters": CASES["control characters"],
}


@pytest.mark.parametrize("name", FRONT)
def test_without_a_front_page_the_lists_are_walked_all_the_same(
    crawl: Scrapy, connection: Connection, name: str
) -> None:
    site = ReplicaSite(articles=6, page_bytes=8_000)
    with serve(site) as replica:
        replica.faults.append(FRONT[name].on(r"^/\?"))
        run = crawl(replica.url, *QUICKLY)
    assert run.status == 0, run.log
    assert "Traceback" not in run.log
    assert numbers(connection) == list(site.numbers())

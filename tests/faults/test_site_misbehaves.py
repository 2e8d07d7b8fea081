"""A site that misbehaves on one article: what becomes of it, and that its neighbours do not suffer."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from psycopg import Connection

from tests.conftest import Scrapy
from tests.site import Fault, ReplicaSite, serve

BAD = 100_003


@dataclass(frozen=True)
class Case:
    """One kind of misbehaviour, and what is to become of the article."""

    kind: str
    stored: bool = False
    reason: str = ""
    """Part of the reason in `rejected_pages`."""

    is_transient: bool = False
    fault: dict[str, object] = field(default_factory=dict)


CASES = {
    "500": Case("status", reason="HTTP status 500", is_transient=True, fault={"status": 500}),
    "502": Case("status", reason="HTTP status 502", is_transient=True, fault={"status": 502}),
    "503": Case("status", reason="HTTP status 503", is_transient=True, fault={"status": 503}),
    "503 once": Case("status", stored=True, fault={"status": 503, "times": 1}),
    "429, wait a second": Case(
        "status", stored=True, fault={"status": 429, "headers": {"Retry-After": "1"}, "times": 1}
    ),
    "403": Case("status", reason="HTTP status 403", is_transient=True, fault={"status": 403}),
    "connection reset": Case("reset", reason="Connection", is_transient=True),
    "connection reset once": Case("reset", stored=True, fault={"times": 1}),
    "truncated": Case("truncated", reason="ResponseDataLossError", is_transient=True),
    "slow": Case("slow", reason="took longer than 1.0 seconds", is_transient=True),
    "wrong charset": Case("wrong charset", stored=True),
    "EUC-KR": Case("euc-kr", stored=True),
    "EUC-KR that calls itself UTF-8": Case("unsaid euc-kr", stored=True),
    "gzip bomb": Case("gzip bomb", reason="decompressed", is_transient=True),
    "50 MB": Case("huge", reason="larger than download max size", is_transient=True),
    "redirect without end": Case(
        "redirect",
        reason="max redirections reached",
        is_transient=True,
        fault={"location": f"/news/article.html?no={BAD}&n={{n}}"},
    ),
    "redirect to another host": Case(
        "redirect", reason="is not on 127.0.0.1", fault={"location": "http://example.invalid/"}
    ),
    "redirect to an internal address": Case(
        "redirect", reason="is not on 127.0.0.1", fault={"location": "http://127.0.0.1:22/"}
    ),
    "redirect to the cloud's own address": Case(
        "redirect", reason="is not on 127.0.0.1", fault={"location": "http://169.254.169.254/latest/meta-data/"}
    ),
    "redirect to a file": Case(
        "redirect", reason="HTTP status 302", is_transient=True, fault={"location": "file:///etc/passwd"}
    ),
    "redirect to another article": Case(
        "redirect", reason="was sent to", fault={"location": "/news/article.html?no=100005"}
    ),
    "broken markup": Case("broken markup", stored=True),
    "200,000 open tags": Case("deep", reason="nested too deeply"),
    "control characters": Case("controls", stored=True),
    "nothing at all": Case("empty", reason="no headline and no body"),
    "not a page": Case("binary", reason="no headline and no body"),
}


@pytest.mark.parametrize("name", CASES)
def test_one_bad_article_harms_no_other(crawl: Scrapy, connection: Connection, name: str) -> None:
    case = CASES[name]
    site = ReplicaSite(articles=8)
    with serve(site) as replica:
        replica.faults.append(Fault(kind=case.kind, where=f"no={BAD}", **case.fault))
        run = crawl(replica.url, "-a", "sections=9999", "-s", "DOWNLOAD_TIMEOUT=1", timeout=60)
    assert run.status == 0, run.log
    assert "Traceback" not in run.log
    stored = {no for (no,) in connection.execute("SELECT no FROM articles")}
    assert stored == set(site.numbers()) - (set() if case.stored else {BAD})
    rejected = connection.execute("SELECT no, reason, is_transient FROM rejected_pages").fetchall()
    if case.stored:
        assert rejected == []
    else:
        [(no, reason, is_transient)] = rejected
        assert (no, is_transient) == (BAD, case.is_transient)
        assert case.reason in reason


def test_asks_no_more_when_it_is_to_wait_for_an_hour(crawl: Scrapy) -> None:
    with serve(ReplicaSite(articles=8)) as replica:
        replica.faults.append(Fault(kind="status", status=429, headers={"Retry-After": "3600"}, where=f"no={BAD}"))
        run = crawl(replica.url, "-a", "sections=9999")
        after = [request.status for request in replica.requests].index(429) + 1
        assert len(replica.requests) == after
    assert "articles not downloaded" in run.last_line


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (Fault(kind="forbidden", where="^/robots"), "its robots.txt forbids it"),
        (Fault(kind="status", status=503, where="^/robots"), "its robots.txt answers with status 503"),
        (Fault(kind="reset", where="^/robots"), "its robots.txt could not be fetched"),
        (Fault(kind="status", status=500, where="."), "its robots.txt answers with status 500"),
        (Fault(kind="status", status=403, where="^/(news|$)"), "HTTP status 403"),
    ],
    ids=["forbids all", "robots.txt fails", "robots.txt is torn", "all fails", "refuses us"],
)
def test_a_site_that_lets_nobody_in_is_unreachable(
    crawl: Scrapy, connection: Connection, fault: Fault, why: str
) -> None:
    with serve(ReplicaSite(articles=8)) as replica:
        replica.faults.append(fault)
        run = crawl(replica.url)
        assert replica.article_requests() == []
    assert run.status == 4
    assert why in run.last_line
    assert "Traceback" not in run.log
    assert connection.execute("SELECT outcome, walked FROM crawls").fetchall() == [("unreachable", [])]

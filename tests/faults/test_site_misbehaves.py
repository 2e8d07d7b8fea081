"""A site that misbehaves on some articles: what becomes of them, and that their neighbours do not suffer."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from asiatongsin.settings import REDIRECT_MAX_TIMES, RETRY_TIMES
from tests.conftest import Run, Scrapy, new_database
from tests.faults import contents
from tests.faults.conftest import Crawl
from tests.site import Fault, ReplicaSite, serve
from tests.stored import numbers

ONE_LIST = ("-a", "sections=all")
PATIENCE = 4.0
"""Seconds that a download may take."""


@dataclass(frozen=True)
class Case:
    """One kind of misbehaviour, and what is to become of the article."""

    kind: str
    stored: bool = False
    reason: str = ""
    """Part of the reason in `rejected_pages`."""

    is_transient: bool = False
    fault: dict[str, Any] = field(default_factory=dict)

    def on(self, no: int) -> Fault:
        """The misbehaviour on this article."""
        location = str(self.fault.get("location", "/")).format(no=no)
        return Fault(kind=self.kind, where=rf"no={no}\b", **self.fault | {"location": location})


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
    "slow": Case("slow", reason="took longer than 4.0 seconds", is_transient=True),
    "wrong charset": Case("wrong charset", stored=True),
    "EUC-KR": Case("euc-kr", stored=True),
    "EUC-KR that calls itself UTF-8": Case("unsaid euc-kr", stored=True),
    "gzip bomb": Case("gzip bomb", reason="decompressed", is_transient=True),
    "br bomb": Case("br bomb", reason="decompressed", is_transient=True),
    "zstd bomb": Case("zstd bomb", reason="decompressed", is_transient=True),
    "br": Case("br", stored=True),
    "zstd": Case("zstd", stored=True),
    "not the gzip it calls itself": Case("not gzip", reason="Not a gzipped file", is_transient=True),
    "50 MB": Case("huge", reason="larger than download max size", is_transient=True),
    "redirect without end": Case(
        "redirect",
        reason="max redirections reached",
        is_transient=True,
        fault={"location": "/news/article.html?no={no}&n={{n}}"},
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
    "200,000 open tags": Case("deep", reason="more than 50000 tags"),
    "control characters": Case("controls", stored=True),
    "nothing at all": Case("empty", reason="no headline and no body"),
    "not a page": Case("binary", reason="no headline and no body"),
}


SITE = ReplicaSite(articles=120)
BAD = {name: SITE.first_no + 3 * number for number, name in enumerate(CASES)}
"""The article of each case; the two before it are its neighbours."""


@dataclass(frozen=True)
class Aftermath:
    """What one crawl of all cases leaves."""

    run: Run
    stored: set[int]
    rejected: dict[int, list[tuple[str, bool]]]
    """Reason and whether it is transient."""

    asked: Counter[int]
    """How often each article was asked for, redirects included."""


@pytest.fixture(scope="module")
def aftermath(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aftermath]:
    folder = tmp_path_factory.mktemp("misbehaves")
    with new_database(server) as url, serve(SITE) as replica:
        replica.faults += [case.on(BAD[name]) for name, case in CASES.items()]
        crawl = Crawl.of(
            replica.url, url, *ONE_LIST, "-s", f"DOWNLOAD_TIMEOUT={PATIENCE}", at=folder / "data", log=folder / "log"
        )
        try:
            run = crawl.end()
        finally:
            crawl.kill()
        rejected = defaultdict(list)
        with psycopg.connect(url) as connection:
            stored = set(numbers(connection))
            for no, *reason in connection.execute("SELECT no, reason, is_transient FROM rejected_pages"):
                rejected[no].append(tuple(reason))
        yield Aftermath(run, stored, rejected, Counter(contents.asked(replica)))


def test_bad_articles_harm_no_others(aftermath: Aftermath) -> None:
    assert aftermath.run.status == 0, aftermath.run.log
    assert "Traceback" not in aftermath.run.log
    assert aftermath.stored == set(SITE.numbers()) - {BAD[name] for name, case in CASES.items() if not case.stored}


@pytest.mark.parametrize("name", CASES)
def test_what_becomes_of_a_bad_article(aftermath: Aftermath, name: str) -> None:
    case = CASES[name]
    assert (BAD[name] in aftermath.stored) == case.stored
    if case.stored:
        assert BAD[name] not in aftermath.rejected
    else:
        [(reason, is_transient)] = aftermath.rejected[BAD[name]]
        assert case.reason in reason
        assert is_transient == case.is_transient


def test_asks_for_bad_articles_a_bounded_number_of_times(aftermath: Aftermath) -> None:
    """Bytes that trickle in do not stretch the time that a download may take."""
    assert aftermath.asked[BAD["slow"]] == 1 + RETRY_TIMES
    # Twisted asks once more, unseen by Scrapy, where a connection that it had kept open is torn.
    assert max(aftermath.asked.values()) <= 2 * (1 + max(RETRY_TIMES, REDIRECT_MAX_TIMES))


def test_follows_a_redirect_without_end_a_few_times(aftermath: Aftermath) -> None:
    assert aftermath.asked[BAD["redirect without end"]] == 1 + REDIRECT_MAX_TIMES


@pytest.mark.parametrize("name", ["gzip bomb", "br bomb", "zstd bomb", "50 MB", "not the gzip it calls itself"])
def test_asks_once_for_what_would_be_too_large_again(aftermath: Aftermath, name: str) -> None:
    assert aftermath.asked[BAD[name]] == 1


def test_asks_no_more_when_it_is_to_wait_for_an_hour(crawl: Scrapy) -> None:
    with serve(ReplicaSite(articles=8)) as replica:
        replica.faults.append(Fault(kind="status", status=429, headers={"Retry-After": "3600"}, where="no=100003"))
        run = crawl(replica.url, *ONE_LIST)
        after = [request.status for request in replica.requests].index(429) + 1
        assert len(replica.requests) == after
    assert "articles not downloaded" in run.last_line


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (Fault(kind="forbidden", where="^/robots"), "its robots.txt forbids it"),
        (Fault(kind="status", status=503, where="^/robots"), "its robots.txt answers with status 503"),
        (Fault(kind="reset", where="^/robots"), "its robots.txt could not be fetched"),
        (Fault(kind="slow", where="^/robots"), "its robots.txt could not be fetched"),
        (Fault(kind="huge", where="^/robots"), "larger than download max size"),
        (Fault(kind="gzip bomb", where="^/robots"), "during decompression"),
        (Fault(kind="redirect", where="^/robots", location="http://127.0.0.1:22/"), "http://127.0.0.1:22/ is not on"),
        (Fault(kind="redirect", where="^/robots", location="/robots.txt?{n}"), "max redirections reached"),
        (Fault(kind="status", status=500, where="."), "its robots.txt answers with status 500"),
        (Fault(kind="status", status=403, where="^/(news|$)"), "HTTP status 403"),
    ],
    ids=[
        "forbids all",
        "robots.txt fails",
        "robots.txt is torn",
        "robots.txt is slow",
        "robots.txt of 50 MB",
        "robots.txt is a bomb",
        "robots.txt is elsewhere",
        "robots.txt is nowhere",
        "all fails",
        "refuses us",
    ],
)
def test_a_site_that_lets_nobody_in_is_unreachable(
    crawl: Scrapy, connection: Connection, fault: Fault, why: str
) -> None:
    with serve(ReplicaSite(articles=8)) as replica:
        replica.faults.append(fault)
        run = crawl(replica.url, *(["-s", "DOWNLOAD_TIMEOUT=0.5"] if fault.kind == "slow" else []))
        assert replica.article_requests() == []
        assert len(replica.requests) <= 1 + max(REDIRECT_MAX_TIMES, 1 + len(replica.list_requests()))
    assert run.status == 4
    assert why in run.last_line
    assert "Traceback" not in run.log
    assert connection.execute("SELECT outcome, walked FROM crawls").fetchall() == [("unreachable", [])]

"""What needs a person is said in Korean, sentence for sentence."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from types import ModuleType
from typing import Any

from asiatongsin import durations
from asiatongsin.cms import FIELDS
from pipelines.crawl_record import Outcome
from pipelines.queries.fleet import AddedSite
from pipelines.queries.machines import Fleet, LateRow, MachineRow, TroubledRow
from pipelines.queries.reparse_runs import ReparseRun
from pipelines.spool.belonging import describe_elsewhere
from pipelines.status import fleet as of_fleet
from pipelines.status import reasons as of_sites
from pipelines.status.reasons import Limits, reasons
from pipelines.status.state import CrawlRow, DatabaseState, Files, Missing, SiteState, Status
from pipelines.verdict.bounds import describe_frozen_strip
from pipelines.web.language import KOREAN
from tests.samples import AT

LIMITS = Limits(stale_after=timedelta(days=2), frozen_after=timedelta(days=3), ignored=(), is_revisited=True)
DATABASE, FILES = DatabaseState(name="DB"), Files(data="/D", waiting=0, left=0, elsewhere={}, refused=0)
STAYS = {"refused", "cron"}
"""A folder and a program, which are called so in every language."""

CRAWL = CrawlRow(
    id="C1",
    site="S",
    arguments={},
    started_at=AT,
    finished_at=AT,
    outcome="ok",
    list_pages=1,
    article_pages=1,
    new=1,
    changed=0,
    unreadable=0,
    spooled=0,
)
GOOD = SiteState(
    site="S:1",
    articles=1,
    edited=0,
    gone=0,
    newest_published_at=AT,
    fetched_at=AT,
    last_crawl=CRAWL,
    good_at=AT,
    trend=(),
    missing=(),
    is_found_again=False,
    strip_since=AT,
    strip_until=AT,
    due=0,
    due_since=None,
    news_at=AT,
    longest_quiet_seconds=3600.0,
)
MACHINE = MachineRow(
    machine="M1",
    version="1",
    slots=1,
    started_at=AT,
    seen_at=AT,
    stop_asked_at=None,
    stopped_at=None,
    spool_pages=0,
    refused=0,
    is_silent=False,
    running=0,
    unsent_files=0,
    unsent_bytes=0,
    unsent_since=None,
)
RUN = ReparseRun(
    run=1,
    arguments={},
    asked_at=AT,
    finished_at=None,
    shards=4,
    done=0,
    failed=0,
    running=0,
    only_on=[],
    captures=0,
    differing=0,
    killed=0,
)
ADDED: dict[str, Any] = dict.fromkeys(AddedSite.__annotations__)


def needs(hours: float = 0, only: str | None = None, **changes: Any) -> list[str]:
    """What needs a person so many hours after AT."""
    usual = Status(at=AT + timedelta(hours=hours), files=FILES, database=DATABASE, sites=(GOOD,))
    return [*reasons(replace(usual, **changes), LIMITS, only)]


def of_site(hours: float = 0, **changes: Any) -> list[str]:
    return needs(hours, sites=(replace(GOOD, **changes),))


def in_fleet(hours: float = 0, **changes: Any) -> list[str]:
    usual = Fleet(sites=1, paused=0, machines=(MACHINE,), running=(), late=(), troubled=(), reparses=(), shards=())
    return needs(hours, fleet=replace(usual, **changes), sites=(replace(GOOD, last_crawl=None),))


def missing(part: str, field: str, **changes: Any) -> list[str]:
    usual = Missing(
        part=part, field=field, pages=9, found=2, amount=None, usual_share=None, usual_mean=None, crawl="C1"
    )
    return of_site(missing=(replace(usual, **changes),))


def of_files() -> Iterator[str]:
    left = replace(FILES, left=2, waiting=2)
    yield from needs(files=left, database=replace(DATABASE, error="DOWN"), sites=())
    yield from needs(files=left, database=replace(DATABASE, stores_nothing="NO RIGHT"))
    yield from needs(files=replace(left, refused=3, elsewhere={"DB1": 4}))
    yield from needs(files=replace(FILES, elsewhere={"DB1": 4, "DB2": 5}))
    for hours in (9, -9):
        yield from needs(database=replace(DATABASE, clock_seconds=3600.0 * hours))
        yield from of_site(last_crawl=replace(CRAWL, clock_seconds=3600.0 * hours))
    yield from needs(sites=())
    yield from needs(only="S", sites=())


def of_crawls() -> Iterator[str]:
    for outcome in Outcome:
        yield from of_site(last_crawl=replace(CRAWL, outcome=outcome.word))
    yield from of_site(-100)
    yield from of_site(100, good_at=None)
    yield from of_site(100)
    yield from of_site(due=7, due_since=AT - timedelta(days=3))
    yield from of_site(100, good_at=AT + timedelta(hours=90))
    yield from of_site(strip_since=AT - timedelta(days=4))
    late = {"site": "S", "schedule": "0 6 * * *", "is_late": True, "next_at": AT}
    yield from needs(30, added=(AddedSite(**{**ADDED, **late}),))


def of_fields() -> Iterator[str]:
    for field in FIELDS:
        for part in ("list 0", "list 22") if field.part == "list" else (field.part,):
            yield from missing(part, field.name)
            yield from missing(part, field.name, usual_share=0.9)
            yield from missing(part, field.name, amount=10, usual_mean=16.0)
            yield from missing(part, field.name, usual_share=0.9, amount=10, usual_mean=16.0)


def of_a_fleet() -> Iterator[str]:
    silent = replace(MACHINE, is_silent=True, spool_pages=2, refused=3, unsent_files=4, unsent_since=AT)
    for number in range(1, 6):
        late = tuple(LateRow(site=f"S{one}", since=AT) for one in range(number))
        yield from in_fleet(1, late=late)
        yield from in_fleet(60, late=late, machines=(silent,), reparses=(RUN,))
    troubled = TroubledRow(site="S", attempts=3, failed_at=AT, status=2, next_at=None)
    yield from in_fleet(1, troubled=(troubled, replace(troubled, failed_at=None)))
    yield from in_fleet(1, reparses=(replace(RUN, failed=1), replace(RUN, only_on=["M2", "M3"])))


SENTENCES = [*dict.fromkeys((*of_files(), *of_crawls(), *of_fields(), *of_a_fleet()))]


def templates(code: ModuleType | Callable[..., str]) -> Iterator[str]:
    """Patterns of all texts of several words in the code."""
    nodes = [*ast.walk(ast.parse(inspect.getsource(code)))]
    explained = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    parts = {id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in ast.walk(node)} - {
        id(node) for node in nodes if isinstance(node, ast.JoinedStr)
    }
    for node in nodes:
        if isinstance(node, ast.JoinedStr):
            words = [str(one.value) if isinstance(one, ast.Constant) else "" for one in node.values]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in explained | parts:
            words = [node.value]
        else:
            continue
        if any(" " in one for one in words):
            yield ".*".join(map(re.escape, words))


def test_all_sentences_that_the_code_can_make_are_looked_at_here() -> None:
    code = (of_sites, of_fleet, describe_elsewhere, describe_frozen_strip, durations.in_words)
    found = [one for part in code for one in templates(part)]
    assert len(found) > 35
    assert [one for one in found if not any(re.search(one, sentence) for sentence in SENTENCES)] == []


def test_each_has_korean_words_all_through() -> None:
    said = {english: KOREAN.say(english) for english in SENTENCES}
    left = {
        english: {*re.findall("[a-z]+", re.sub("`.*?`|찾은 곳: .*", "", korean))} - STAYS
        for english, korean in said.items()
    }
    assert {english: words for english, words in left.items() if words} == {}


def test_what_stands_in_a_sentence_is_said_as_well() -> None:
    assert KOREAN.say("S: no crawl has ended well for 3.2 days: see whether the scheduler still runs") == (
        "S: 3.2일 동안 정상으로 끝난 수집이 없습니다. 예약 실행이 살아 있는지 확인하십시오."
    )

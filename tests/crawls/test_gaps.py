"""`asiatongsin gaps`: which numbers are stored, gone or missing, and `--fetch`, which tries the missing ones."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime

import pytest
from psycopg import Connection

from asiatongsin.korean import KST
from pipelines.queries.gaps import (
    FAR,
    Counts,
    Run,
    Span,
    Strays,
    count,
    count_of,
    longest_runs,
    missing,
    stored_span,
    strays,
)
from tests.conftest import Scrapy
from tests.samples import SITE, UNREACHABLE, export, later, page, rejected, removed, story
from tests.site import Replica, ReplicaSite, serve
from tests.stored import numbers

MOST = 2**62
CLASSES = {
    10: "stored",
    11: "gone",
    12: "gone",
    13: "unreadable",
    14: "never_listed",
    15: "never_listed",
    16: "gone",
    17: "unreadable",
    18: "stored",
    19: "never_seen",
    20: "stored",
}


def confirm(connection: Connection) -> None:
    """As if the removals had been found by crawls that ended well, on a site that served other articles."""
    confirmed = "first_confirmed_at = first_seen_at, last_confirmed_at = last_seen_at"
    connection.execute(f"UPDATE removed_articles SET {confirmed}")


def fill(connection: Connection) -> None:
    """The numbers of CLASSES; most of them left more than one trace."""
    leads = [story(place, related_no=no) for place, no in enumerate((10, 12, 13, 14, 18), 1)]
    export(connection, page(10, stories=leads), page(11), removed(12), rejected(13), rejected(18), page(20))
    export(connection, rejected(15, is_transient=True), removed(16), rejected(17), page(18, later(1)))
    export(connection, rejected(16, later(2)), rejected(17, later(2), is_transient=True), removed(20, later(2)))
    connection.execute("UPDATE article_texts SET gone_at = now() WHERE no = 11")
    confirm(connection)
    export(connection, page(19, site="example.kr"), page(5, site="example.kr"))


def asked(replica: Replica) -> list[int]:
    """Articles the replica was asked for since the last call, in order."""
    numbers = [int(request.query.partition("no=")[2]) for request in replica.article_requests()]
    replica.forget()
    return numbers


def test_each_number_is_in_the_first_class_that_holds(connection: Connection) -> None:
    fill(connection)
    found = {no: [name for name, many in asdict(count_of(connection, SITE, [no])).items() if many] for no in CLASSES}
    assert found == {no: [name] for no, name in CLASSES.items()}
    assert count(connection, Span(SITE, 10, 20)) == Counts(stored=3, gone=3, unreadable=2, never_listed=2, never_seen=1)
    assert count(connection, Span(SITE, 1, 9)) == Counts(never_seen=9)
    assert count(connection, Span("example.kr", 5, 20)) == Counts(stored=2, never_seen=14)


def test_the_range_is_that_of_the_stored_articles_of_the_site(connection: Connection) -> None:
    assert stored_span(connection, SITE) is None
    fill(connection)
    assert stored_span(connection, SITE) == Span(SITE, 10, 20)
    assert stored_span(connection, "example.kr") == Span("example.kr", 5, 19)


def test_a_number_far_from_all_others_is_told_and_left_out(connection: Connection) -> None:
    export(connection, page(10), page(12), page(20))
    assert strays(connection, Span(SITE, 10, 20)) == Strays(0, None, None)
    for stray in (20 + FAR + 1, 2**63 - 2, 2**63 - 1):
        export(connection, page(stray))
        assert stored_span(connection, SITE) == (span := Span(SITE, 10, 20))
        assert missing(connection, span, 3) == [19, 18, 17]
    assert strays(connection, span) == Strays(3, 20 + FAR + 1, 2**63 - 1)
    export(connection, page(5 + FAR), *(page(2 * FAR + no) for no in range(5)))
    assert stored_span(connection, SITE) == Span(SITE, 10, 2 * FAR + 4)


def test_a_number_that_no_site_comes_near_makes_no_range(connection: Connection) -> None:
    export(connection, page(2**63 - 1))
    assert stored_span(connection, SITE) is None


def test_runs_end_at_whatever_is_not_missing_and_show_the_days_around_them(connection: Connection) -> None:
    days = [datetime(2025, 10, day, 9, 0, tzinfo=KST) for day in range(1, 5)]
    export(connection, page(1, published_at=days[0]), page(4, published_at=days[1]), page(8, published_at=None))
    export(connection, page(12, published_at=days[2]), removed(14), page(30, published_at=days[3]))
    confirm(connection)
    runs, in_all = longest_runs(connection, Span(SITE, 2, 16), 20)
    assert runs == [
        Run(9, 11, days[1], days[2]),
        Run(5, 7, days[1], days[2]),
        Run(15, 16, days[2], days[3]),
        Run(2, 3, days[0], days[1]),
        Run(13, 13, days[2], days[3]),
    ]
    assert in_all == 5
    assert [run.length for run in runs] == [3, 3, 2, 2, 1]
    assert longest_runs(connection, Span(SITE, 2, 16), 2) == (runs[:2], 5)
    assert longest_runs(connection, Span(SITE, 12, 12), 20) == ([], 0)
    assert longest_runs(connection, Span(SITE, 40, MOST), 20) == ([Run(40, MOST, days[3], None)], 1)


def test_tries_what_is_led_to_then_the_newest_and_last_what_was_tried_in_vain(connection: Connection) -> None:
    leads = [story(1, related_no=3), story(2, related_no=5), story(3, related_no=7), story(4, related_no=99)]
    export(connection, page(1, stories=leads), page(12), removed(10), rejected(9))
    export(connection, rejected(7, later(1), is_transient=True), rejected(8, later(5), is_transient=True))
    export(connection, rejected(11, later(3), is_transient=True))
    span = Span(SITE, 1, 12)
    assert missing(connection, span, 20) == [
        5,
        3,
        6,
        4,
        2,
        10,
        7,
        11,
        8,
    ]  # of 10 nobody knows: the site may have failed
    confirm(connection)
    assert missing(connection, span, 20) == [5, 3, 6, 4, 2, 7, 11, 8]
    assert missing(connection, span, 3) == [5, 3, 6]
    assert missing(connection, Span(SITE, 1, MOST), 3) == [99, 5, 3]
    assert missing(connection, Span(SITE, 100, MOST), 2) == [MOST, MOST - 1]
    assert missing(connection, Span(SITE, 9, 10), 20) == []


def test_reports_classes_and_the_longest_runs(scrapy: Scrapy, connection: Connection, database_url: str) -> None:
    export(connection, page(142_001), page(143_001, published_at=datetime(2025, 10, 7, 9, 0, tzinfo=KST)))
    run = scrapy("gaps", DATABASE_URL=database_url)
    assert (run.status, run.log) == (0, "")
    assert run.output.splitlines() == [
        "newsasia.kr: numbers 142,001 to 143,001",
        "",
        "class         numbers     %",
        "────────────  ───────  ────",
        "stored              2   0.2",
        "gone                0   0.0",
        "unreadable          0   0.0",
        "never listed        0   0.0",
        "never seen        999  99.8",
        "",
        "Longest runs of missing numbers (1 of 1)",
        "   from       to  numbers  article below (KST)  article above (KST)",
        "───────  ───────  ───────  ───────────────────  ───────────────────",
        "142,002  143,000      999  2025-10-04 18:20     2025-10-07 09:00",
    ]
    one = scrapy("gaps", "--site", "www.newsasia.kr", "--from", "143001", DATABASE_URL=database_url)
    assert one.output.endswith("\n\nNo number is missing\n")


def test_reports_in_json_for_scripts(scrapy: Scrapy, connection: Connection, database_url: str) -> None:
    fill(connection)
    run = scrapy("gaps", "--site", SITE, "--json", "--to", "22", DATABASE_URL=database_url)
    numbers = {"site": SITE, "from": 10, "to": 22, "numbers": 13}
    counts = {"stored": 3, "gone": 3, "unreadable": 2, "never_listed": 2, "never_seen": 3}
    at = "2025-10-04T18:20:33+09:00"
    runs = [
        {"from": 21, "to": 22, "numbers": 2, "published_below": at, "published_above": None},
        {"from": 14, "to": 15, "numbers": 2, "published_below": at, "published_above": at},
        {"from": 19, "to": 19, "numbers": 1, "published_below": at, "published_above": at},
    ]
    assert json.loads(run.output) == numbers | counts | {"runs": 3, "longest_runs": runs} | {"lists_without_end": []}


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--site", "example.com"], "stored: name a site with --site, or write --from and --to"),
        (["--site", "example.com", "--from", "1"], "nothing of example.com is stored"),
        (["--site", "newsasia.kr/news"], "--site: 'newsasia.kr/news' holds more than scheme and host"),
        (["--from", "0"], "--from 0: write a whole number from 1 to"),
        (["--to", "1,000"], "--to 1,000: write a whole number from 1 to"),
        (["--to", "9" * 19], "write a whole number"),
        (["--most", "10001", "--fetch"], "--most 10001: write a whole number from 1 to 10000"),
        (["--most", "-1", "--fetch"], "--most -1: write a whole number from 1 to"),
        (
            ["--site", SITE, "--from", "21"],
            "no number is from 21 to 20: write --from and --to, the lower one first (stored are 10 to",
        ),
        (["--site", SITE, "--from", "3", "--to", "2"], "no number is from 3 to 2"),
        (["142893"], "asiatongsin gaps takes options only, not 142893"),
    ],
)
def test_wrong_usage_ends_with_status_2(
    scrapy: Scrapy, connection: Connection, database_url: str, arguments: list[str], why: str
) -> None:
    fill(connection)
    run = scrapy("gaps", *arguments, DATABASE_URL=database_url)
    assert (run.status, run.output) == (2, "")
    assert why in run.last_line


def test_says_when_there_is_no_database(scrapy: Scrapy) -> None:
    run = scrapy("gaps", "--fetch", DATABASE_URL=UNREACHABLE)
    assert (run.status, run.output) == (2, "")
    assert "none on 127.0.0.1" in run.last_line
    assert "geheim" not in run.log


@pytest.mark.sql
def test_fetches_what_is_missing_a_bounded_number_at_a_time(
    crawl: Scrapy, scrapy: Scrapy, connection: Connection, database_url: str
) -> None:
    site = ReplicaSite(articles=40, per_page=10, removed_every=7)
    lost = [100_003, 100_004, 100_005, 100_011, 100_012, 100_018, 100_020, 100_033]
    with serve(site) as replica:
        crawl(replica.url)
        connection.execute("DELETE FROM article_texts WHERE no = ANY(%s)", [lost])
        connection.execute("DELETE FROM teasers WHERE related_no = ANY(%s)", [lost])
        for no in (100_004, 100_011):
            query = "INSERT INTO teasers (site, related_no, variant) SELECT site, %s, 0 FROM shown_teasers LIMIT 1"
            connection.execute(query, [no])
        site.remove(100_012, "404")
        gaps = ("gaps", "--site", replica.url)
        shown = json.loads(scrapy(*gaps, "--json", DATABASE_URL=database_url).output)
        assert [shown[name] for name in Counts.__slots__] == [28, 4, 0, 2, 6]

        replica.forget()
        first = scrapy(*gaps, "--fetch", "--most", "5", DATABASE_URL=database_url)
        assert asked(replica) == [100_011, 100_004, 100_033, 100_020, 100_018]
        assert replica.list_requests() == []
        assert first.status == 0, first.log
        assert first.output == "Of 5 numbers 5 are stored now, 0 removed, 0 unreadable, 0 still missing\n"
        assert first.last_line.endswith(": ok: 0 list pages, 5 article pages, 5 new, 0 changed, 0 unchanged")

        second = scrapy(*gaps, "--fetch", "--most", "5", "--json", DATABASE_URL=database_url)
        assert sorted(asked(replica)[:3]) == [100_003, 100_005, 100_012]  # then three that should be there
        assert json.loads(second.output) == {"tried": 3, "stored": 2, "removed": 1, "unreadable": 0, "missing": 0}

        third = scrapy(*gaps, "--fetch", DATABASE_URL=database_url)
        assert (third.status, asked(replica)) == (0, [])
        assert third.output.endswith(": numbers 100,001 to 100,040: none is missing\n")
    assert set(numbers(connection)) == set(site.numbers()) - {100_007, 100_012, 100_014, 100_021, 100_028}
    arguments = connection.execute("SELECT arguments->>'no', outcome FROM crawls ORDER BY number").fetchall()
    assert [outcome for _, outcome in arguments] == ["ok"] * 3
    assert arguments[1][0] == "100011,100004,100033,100020,100018"


def test_numbers_that_are_nobodys_are_no_change_of_the_layout(
    scrapy: Scrapy, connection: Connection, database_url: str
) -> None:
    with serve(ReplicaSite(articles=2)) as replica:
        gaps = ("gaps", "--site", replica.url, "--from", "1", "--to", "100002", "--fetch", "--most", "12")
        run = scrapy(*gaps, DATABASE_URL=database_url)
        assert run.status == 0, run.log
        assert (
            run.output == "Of 12 numbers 2 are stored now, 0 removed, 0 unreadable, 10 still missing\n"
        )  # nobody can say
        scrapy(*gaps, DATABASE_URL=database_url)
        assert asked(replica)[:24] == [*range(100_002, 99_978, -1)]


def test_ends_as_a_crawl_does(scrapy: Scrapy, connection: Connection, database_url: str) -> None:
    with serve(ReplicaSite(articles=3)) as replica:
        gaps = ("gaps", "--site", replica.url, "--from", "100001", "--to", "100003", "--fetch")
        key = replica.url.removeprefix("http://")
        connection.execute("SELECT pg_advisory_lock(hashtextextended('asiatongsin crawl ' || %s, 0))", [key])
        kept_out = scrapy(*gaps, DATABASE_URL=database_url)
        connection.execute("SELECT pg_advisory_unlock_all()")
        assert (kept_out.status, replica.requests) == (6, [])
        assert "another crawl" in kept_out.last_line
        assert "0 are stored now" in kept_out.output
    unreachable = scrapy(*gaps, DATABASE_URL=database_url)
    assert unreachable.status == 4
    assert "0 unreadable, 3 still missing" in unreachable.output
    assert ": unreachable: " in unreachable.last_line

"""The pages that tell how the crawls go: crawls, one crawl, coverage, rejected pages, gaps and sites."""

from __future__ import annotations

import gzip
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import Connection, conninfo

from asiatongsin import statistics as names
from asiatongsin.items import PageItems
from pipelines.crawl_record import FieldCoverage
from pipelines.exporters import crawls
from pipelines.queries.coverage_by_crawl import article_without, rejected_page
from pipelines.web.guard import RAW_POLICY
from tests.conftest import new_database
from tests.html_checks import troubles
from tests.page_client import PageClient, serving
from tests.samples import NO, SITE, ago, export, leave, record, rejected
from tests.samples import page as article_page
from tests.stored import value

LISTS = ("/crawls", "/sites", "/coverage", "/rejected", "/gaps")
HOSTILE = "<script>alert(1)</script>\u202e"
FELL = FieldCoverage(part="article", field="body", pages=9, found=1, amount=40, fell=True)
STATISTICS = {names.FINISH_REASON: names.FINISHED, names.pages("list"): 3, names.TEASERS: 20, "scrapy/own": HOSTILE}
MANY = """
INSERT INTO crawls (id, site, started_at, outcome, version)
SELECT 'many-' || one, %s, %s, 'ok', '1' FROM generate_series(1, 1000) AS one"""
MISSING = """
INSERT INTO missing_fields (site, part, field, scope, since, crawl, pages, found, usual_share)
VALUES (%s, 'article', 'body', 'all', %s, '2-fell', 9, 1, 0.98)"""


def crawled(connection: Connection, identity: str, hours: float, *pages: PageItems, **changes: Any) -> None:
    """A crawl that began so many hours ago and stored these pages."""
    began = record(identity, started_at=ago(hours), **{"site": changes.get("site", SITE)})
    crawls.write(connection, began)
    export(connection, *pages, crawl=identity)
    given: dict[str, Any] = {"finished_at": ago(hours - 0.5), "statistics": STATISTICS}
    crawls.write(connection, replace(began, **given | changes))


def fill(connection: Connection, data: Path) -> None:
    """Crawls of two papers with the same number: well, with a field that fell, and one that still runs."""
    found = (FieldCoverage(part="article", field="body", pages=8, found=8),)
    crawled(connection, "1-well", 9, outcome="ok", coverage=found)
    pages = (
        article_page(at=ago(5.9), body=(), published_at=None),
        article_page(NO - 3, at=ago(5.9)),
        rejected(NO - 1, at=ago(5.8), missing=("headline",), raw_path="rejected/a.html.gz"),
    )
    given: dict[str, Any] = {"arguments": {"full": HOSTILE}, "walked": (0, 22)}
    crawled(connection, "2-fell", 6, *pages, outcome="drift", coverage=(FELL,), **given)
    connection.execute(MISSING, [SITE, ago(6)])
    crawled(connection, "3-other", 6, article_page(at=ago(5.9), site="other.kr"), site="other.kr", finished_at=None)
    (data / "rejected").mkdir(parents=True, exist_ok=True)
    (data / "rejected/a.html.gz").write_bytes(gzip.compress(HOSTILE.encode()))


@pytest.fixture(scope="module")
def kept(
    server: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Connection, PageClient]]:
    """A database that all tests share which only look, and its pages."""
    data = tmp_path_factory.mktemp("kept")
    with new_database(server, template) as url, psycopg.connect(url, autocommit=True) as connection:
        fill(connection, data)
        with serving(url, data) as client:
            yield connection, client


@pytest.fixture
def shown(kept: tuple[Connection, PageClient]) -> PageClient:
    return kept[1]


@pytest.fixture
def stored(connection: Connection, data: Path) -> Connection:
    """The same rows, for a test that changes them."""
    fill(connection, data)
    return connection


def pages_of(client: PageClient) -> Iterator[tuple[str, str]]:
    for path in (
        *LISTS,
        f"/coverage?site={SITE}",
        f"/gaps?site={SITE}",
        "/crawls/1-well",
        "/crawls/2-fell",
        "/crawls/3-other",
    ):
        yield path, client.get(path)
        yield f"/en{path}", client.get(f"/en{path}")


def test_nothing_that_is_stored_becomes_markup(shown: PageClient) -> None:
    texts = dict(pages_of(shown))
    assert [path for path, text in texts.items() if "<script" in text] == []
    assert "&lt;script&gt;" in texts["/crawls/2-fell"]


def test_the_list_is_narrowed_to_a_site_and_an_outcome(shown: PageClient) -> None:
    def listed(query: str) -> list[str]:
        return [one["id"] for one in shown.ask(f"/crawls.json?{query}").json["crawls"]]

    assert listed("") == ["3-other", "2-fell", "1-well"]
    assert listed(f"site={SITE}") == ["2-fell", "1-well"]
    assert listed("outcome=trouble") == ["2-fell"]
    assert listed("outcome=none") == ["3-other"]
    assert listed("before=2-fell") == ["1-well"]
    assert listed(f"site={SITE}&before=2-fell") == ["1-well"]
    assert shown.ask("/crawls?outcome=good").status == 400
    assert len(shown.get("/crawls.csv").splitlines()) == 4


def test_a_mistyped_site_is_not_taken_for_one_of_which_nothing_is_stored(shown: PageClient) -> None:
    asked = [f"{path}{form}?site=nwsasia.kr" for path in LISTS if path != "/sites" for form in ("", ".json", ".csv")]
    told = f"the nearest is {SITE}"
    answers = {path: shown.ask(path if "." in path.split("?")[0] else f"/en{path}") for path in asked}
    assert [path for path, answer in answers.items() if answer.status != 400 or told not in answer.text] == []


def test_a_part_that_is_empty_does_not_deny_what_is_in_the_others(shown: PageClient) -> None:
    assert "No page fits." in shown.get("/en/rejected?before=999")
    assert "There are no more sites." in shown.get("/en/sites?skip=9")


def test_days_count_how_crawls_ended(shown: PageClient) -> None:
    def counted(query: str) -> tuple[int, ...]:
        found = shown.ask(f"/crawls.json{query}").json["days"]
        return (len(found), *(sum(one[kind] for one in found) for kind in ("ok", "not_ok", "unended")))

    assert counted("") == (30, 1, 1, 1)
    assert counted(f"?site={SITE}") == (30, 1, 1, 0)


def test_one_bad_crawl_in_a_thousand_can_be_seen(page: PageClient, stored: Connection) -> None:
    stored.execute(MANY, [SITE, ago(6)])
    assert re.findall(r'<rect class="not-ok"[^>]* height="([1-9.]+)"', page.get("/crawls")) == ["3"]


def test_what_needs_a_person_stands_above_in_both_languages(shown: PageClient) -> None:
    assert f"{SITE}: 마지막 수집의 결과가 ‘화면 구조 변경’입니다(수집 2-fell)." in shown.get("/crawls")
    assert f"{SITE}: the last crawl ended with drift (crawl 2-fell): its log says why" in shown.get("/en/crawls")
    assert f"{SITE}: ‘기사 본문’ 항목이 페이지 9개 중 1개에서만 나왔습니다. 평소에는 98%입니다." in shown.get("/sites")
    assert "Nothing needs a person." not in shown.get("/en/sites")


def test_one_crawl_says_how_and_why_it_ended(shown: PageClient) -> None:
    found = shown.ask("/crawls/2-fell.json").json
    assert found["why"] == ["the layout of the site changed: article body found on 1 of 9 pages"]
    assert [(one["no"], one["read_at"]) for one in found["rejected"]] == [(NO - 1, None)]
    assert found["crawl"]["before"] == "1-well"
    text = shown.get("/crawls/2-fell")
    assert "사이트의 화면 구조가 바뀌었습니다: ‘기사 본문’ 항목이 페이지 9개 중 1개에서만 나왔습니다" in text
    assert "Entries of all list pages." in shown.get("/en/crawls/2-fell")
    assert shown.ask("/crawls/none").status == 404


def test_coverage_marks_what_fell_and_leads_to_a_page_that_shows_it(shown: PageClient) -> None:
    found = shown.ask(f"/coverage.json?site={SITE}").json["fields"]
    assert [(one["share"], one["fell"]) for one in found[0]["shares"]] == [(1.0, False), (1 / 9, True)]
    assert found[0]["article"] == NO
    assert f'href="/article/{SITE}/{NO}"' in shown.get(f"/coverage?site={SITE}")


def test_a_rejected_page_is_told_and_whether_it_was_read_since(page: PageClient, stored: Connection) -> None:
    [before] = page.ask(f"/rejected.json?site={SITE}").json["pages"]
    crawled(stored, "4-later", 2, article_page(NO - 1, at=ago(1)), outcome="ok")
    [after] = page.ask("/rejected.json").json["pages"]
    assert (before["read_at"], before["missing"]) == (None, ["headline"])
    assert after["read_at"]
    assert page.ask("/rejected.json?unread=1").json["pages"] == []
    assert page.ask(f"/rejected.json?before={before['id']}").json["pages"] == []


def test_gaps_name_the_missing_numbers(shown: PageClient) -> None:
    found = shown.ask(f"/gaps.json?site={SITE}").json
    assert (found["counts"]["stored"], found["counts"]["unreadable"]) == (2, 1)
    assert [(run["first"], run["last"]) for run in found["runs"]] == [(NO - 2, NO - 2)]
    assert f"asiatongsin gaps --site={SITE} --fetch" in shown.get(f"/gaps?site={SITE}")


def test_sites_of_a_fleet_stand_with_the_late_ones_first(page: PageClient, stored: Connection) -> None:
    assert page.ask("/sites.json").json["fleet"] is None
    add = "INSERT INTO sites (site, base, schedule, time_zone, next_at) VALUES (%s, %s, 'every 1h', 'Asia/Seoul', %s)"
    for site, hours in (("a.kr", -1), ("late.kr", 2)):
        stored.execute(add, [site, f"https://{site}", ago(hours)])
    assert [one["site"] for one in page.ask("/sites.json").json["papers"]] == ["late.kr", "a.kr", SITE, "other.kr"]
    text = page.get("/en/sites")
    assert "late by 2 h" in text
    assert ("/search?site=late.kr" in text, f"/search?site={SITE}" in text) == (False, True)
    assert "2시간 늦음" in page.get("/sites")


def test_a_role_that_may_only_look_and_ask_nothing_of_the_server_sees_them(
    connection: Connection, database_url: str, role: str, data: Path
) -> None:
    connection.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}")
    connection.execute("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM public")
    owner = leave(data, article_page()) / "owner"
    with serving(conninfo.make_conninfo(database_url, user=role), data) as client:
        assert "1 pages wait in the spool and no crawl stores them" in client.get("/en/crawls")
        owner.unlink()
        owner.symlink_to(owner)
        assert f"스풀에 무엇이 있는지 알 수 없습니다. {owner} 파일을 읽지 못했습니다: " in client.get("/crawls")


def test_machines_stand_beside_and_what_they_do(page: PageClient, stored: Connection) -> None:
    stored.execute(
        "INSERT INTO machines (machine, version, slots, started_at, seen_at, spool_pages)"
        " VALUES ('m1', '0', 2, %s, %s, 7)",
        [ago(9), ago(5)],
    )
    stored.execute(
        "INSERT INTO sites (site, base, machine, begun_at, attempts, note) VALUES (%s, 'https://a', 'm1', %s, 2, %s)",
        [SITE, ago(1), HOSTILE],
    )
    stored.execute("INSERT INTO reparse_runs (arguments, asked_at) VALUES ('{}', %s)", [ago(2)])
    stored.execute(
        "INSERT INTO reparse_shards"
        " (run, site, part, files, first_file, last_file, machine, begun_at, attempts, sentence)"
        " SELECT run, %s, 1, 1, 'a', 'a', 'm1', %s, 1, %s FROM reparse_runs",
        [SITE, ago(1), HOSTILE],
    )
    text = page.get("/sites")
    assert troubles(text, "ko") == []
    assert "서버 m1: 스풀에서 페이지 7개가 기다립니다." in text
    assert "다시 읽기 1, 1번째 부분" in text
    assert HOSTILE not in text
    assert "being crawled on m1" in page.get("/en/sites")


def test_a_rejected_page_is_shown_as_it_came_and_cannot_do_anything(kept: tuple[Connection, PageClient]) -> None:
    connection, page = kept
    number = value(connection, "SELECT id FROM rejected_pages")
    answer = page.ask(f"/rejected/{number}/raw")
    assert (answer.status, answer.text) == (200, HOSTILE)
    assert answer.headers["Content-Security-Policy"] == RAW_POLICY
    assert page.ask("/rejected/999/raw").status == page.ask(f"/rejected/{'9' * 40}/raw").status == 404


NO_FILES_OF_REJECTED = {
    "../secret.gz": "is no file of the folder rejected",
    "/etc/passwd": "is no file of the folder rejected",
    "spool/a.gz": "is no file of the folder rejected",
    "rejected/link.gz": "is no file of the folder rejected",
    "rejected/none.gz": "is not on this disk",
    "rejected": "is not on this disk",
    "rejected/plain.gz": "cannot be read",
    "rejected/pipe.gz": "cannot be read",
    None: "No page arrived, so none is kept.",
}


def test_no_other_file_is_opened_for_a_rejected_page(page: PageClient, connection: Connection, data: Path) -> None:
    export(connection, *(rejected(no, raw_path=path) for no, path in enumerate(NO_FILES_OF_REJECTED, 1)))
    (data / "rejected").mkdir(parents=True)
    (data.parent / "secret.gz").write_bytes(gzip.compress(b"secret"))
    (data / "rejected/link.gz").symlink_to(data.parent / "secret.gz")
    (data / "rejected/plain.gz").write_bytes(b"no gzip")
    os.mkfifo(data / "rejected/pipe.gz")
    answers = {
        path: page.ask(f"/en/rejected/{number}/raw")
        for number, path in connection.execute("SELECT id, raw_path FROM rejected_pages")
    }
    assert {path: answer.status for path, answer in answers.items()} == dict.fromkeys(NO_FILES_OF_REJECTED, 404)
    assert [path for path, told in NO_FILES_OF_REJECTED.items() if told not in answers[path].text] == []


def test_of_each_field_an_article_is_found_that_lacks_it(kept: tuple[Connection, PageClient]) -> None:
    stored, _ = kept
    lacking = {"published_at": NO, "body": NO, "related_stories": NO}
    others = ("subheadline", "section", "reporter", "images", "headline")
    expected = lacking | dict.fromkeys(others)
    assert {field: article_without(stored, "2-fell", field) for field in expected} == expected
    assert rejected_page(stored, "2-fell") == value(stored, "SELECT id FROM rejected_pages")
    assert rejected_page(stored, "1-well") is None

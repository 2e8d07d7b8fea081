"""The pages about one article: all that is stored of it, two of its texts compared, and its archived page."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from psycopg import Connection

from asiatongsin.capture import Archived
from pipelines.archive.reading import captures
from pipelines.archive.warc import NOT_MODIFIED
from pipelines.web.guard import RAW_POLICY
from tests.captured import archive, exchange, fetched, foreign
from tests.page_client import PageClient, serving
from tests.samples import AT, NO, SITE, export, later, link, record
from tests.samples import page as article

PATH = f"/article/{SITE}/{NO}"
BODY = ("시의회가 예산을 의결했다.", "둘째 문단.", "기자 kim@example.kr")
HOSTILE = "</p><script>alert(1)</script>\"'\u202e"


@pytest.fixture
def edited(connection: Connection) -> None:
    """An article with three texts, of which the last is of another article; and one with its number on another site."""
    export(connection, article(headline="첫 제목", body=BODY, published_at=AT))
    export(
        connection,
        article(at=later(60), headline="고친 제목", body=("시의회가 추경을 의결했다.", *BODY[1:]), published_at=AT),
    )
    export(connection, article(at=later(120), headline=HOSTILE, body=(), published_at=later(110), section="새 면"))
    export(connection, article(site="other.kr", headline="남의 제목"))


def test_shows_all_that_is_stored(page: PageClient, edited: None) -> None:
    text = page.get(PATH)
    assert "본문이 없는 기사입니다." in text
    assert "<script>alert" not in text
    assert "첫 제목" in text
    assert "같은 번호의 다른 기사" in text
    assert "이 번호를 먼저 쓰던 기사" in text
    assert f'href="https://{SITE}/data/photos/1.jpg" rel="noreferrer noopener external">설명</a>' in text
    assert "<img" not in text
    assert "남의 제목" not in text
    found = page.ask(f"{PATH}.json").json
    assert [one["revision"] for one in found["texts"]] == [3, 2, 1]
    assert [one["headline"] for one in found["former"]] == ["고친 제목"]
    assert found["article"]["published_at"] == "2025-10-05T11:42:07+09:00"
    assert "Earlier articles under this number" in page.get(f"/en{PATH}")


def test_an_article_without_dates_that_is_gone_says_so(page: PageClient, connection: Connection) -> None:
    links = (replace(link(1), url="javascript:alert(1)"), link(2, "embed", None))
    export(connection, article(published_at=None, modified_at=None, images=(), links=links))
    connection.execute("UPDATE article_texts SET gone_at = %s", [later(60)])
    text = page.get(PATH)
    assert "2025-10-05 10:52에 확인했습니다" in text
    assert "날짜 없음" in text
    assert 'href="javascript' not in text


def test_says_that_an_article_is_not_stored(page: PageClient) -> None:
    for path in ("", "/diff", "/raw"):
        answer = page.ask(f"{PATH}{path}")
        assert answer.status == 404
        assert f"{SITE}의 {NO}번 기사는 저장되어 있지 않습니다." in answer.text
        assert page.ask(f"/article/{SITE}/{'9' * 19}{path}").status == 404


def test_marks_the_words_that_differ_between_any_two_texts(page: PageClient, edited: None) -> None:
    text = page.get(f"{PATH}/diff?from=1&to=2")
    shown = re.sub(r"<span class=\"hidden\">.*?</span>", "", text)
    assert "시의회가 <del>예산을</del><ins>추경을</ins> 의결했다." in shown
    assert "같은 문단 2개" in text
    assert "kim@example.kr" not in text
    blocks = page.ask(f"{PATH}/diff.json?from=2&to=1").json["blocks"]
    assert {"text": "추경을", "kind": "gone"} in [piece for block in blocks for piece in block["pieces"]]
    assert "두 판 사이에 사이트가 이 번호를 다른 기사에 주었습니다." in page.get(f"{PATH}/diff?from=1")
    assert "비교할 다른 판이 없습니다" in page.get("/article/other.kr/142893/diff")


def test_explains_a_revision_that_is_not_there(page: PageClient, edited: None) -> None:
    for query, status in (("from=7", 404), ("to=0", 400), ("from=x", 400), ("from=1&to=99", 404)):
        answer = page.ask(f"/en{PATH}/diff?{query}")
        assert answer.status == status
        assert ("only 1, 2, 3" if status == 404 else "write a whole number from 1") in answer.text


def test_compares_rewritten_texts_of_60000_characters_within_bounds(page: PageClient, connection: Connection) -> None:
    dice = Random(8)
    for minute in (0, 60):
        words = " ".join(chr(0xAC00 + dice.randrange(2000)) for _ in range(30_000))
        export(connection, article(at=later(minute), body=(words,)))
    assert len(page.get(f"{PATH}/diff")) < 6_000_000


def archived_article(connection: Connection, data: Path, *bodies: bytes) -> list[Archived]:
    """An article that was fetched with each of these pages in turn."""
    with archive(data) as opened:
        places = []
        for number, body in enumerate(bodies):
            at = later(60 * number)
            places.append(opened.append(fetched(exchange(NO, at, body=body))))
            export(connection, replace(article(at=at, headline=f"제목 {body!r}"), archived=places[-1]))
    return places


def test_hands_out_the_page_as_it_came(page: PageClient, connection: Connection, data: Path) -> None:
    korean = "<p>한글 <script>alert(1)</script>"
    bodies = (korean.encode(), korean.encode("cp949"), b"\xff\xfe\xfd")
    archived_article(connection, data, *bodies)
    for number, (body, charset) in enumerate(zip(bodies, ("; charset=utf-8", "; charset=euc-kr", ""), strict=True), 1):
        answer = page.ask(f"{PATH}/raw?revision={number}")
        assert (answer.status, answer.body) == (200, body)
        assert answer.headers["Content-Type"] == f"text/html{charset}"
        assert answer.headers["Content-Security-Policy"] == RAW_POLICY
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert page.ask(f"{PATH}/raw").body == bodies[-1]
    assert page.ask(f"{PATH}/raw?revision=9").status == 404
    assert "보관된 페이지" in page.get(PATH)


def test_a_page_that_came_again_is_that_which_it_repeats(page: PageClient, connection: Connection, data: Path) -> None:
    [place] = archived_article(connection, data, b"<p>once")
    with archive(data, record("later")) as opened:
        opened.append(fetched(exchange(NO, later(60), status=304, body=b""), status=304, earlier=place))
    [file] = [path for path in data.rglob("*.warc.gz") if path != data / place.file]
    revisit = _offset_of(file, NOT_MODIFIED)
    name = file.relative_to(data).as_posix()
    connection.execute("UPDATE article_texts SET archive_file = %s, archive_offset = %s", [name, revisit])
    assert page.ask(f"{PATH}/raw").body == b"<p>once"


def test_opens_no_file_outside_the_data_folder(
    page: PageClient, connection: Connection, data: Path, tmp_path: Path
) -> None:
    secret = foreign(tmp_path / "secret.warc.gz", b"secret")
    (tmp_path / "folder").mkdir()
    foreign(tmp_path / "folder" / "secret.warc.gz", b"secret")
    archived_article(connection, data, b"<p>here")
    (data / "archive" / "file.warc.gz").symlink_to(secret)
    (data / "archive" / "folder").symlink_to(tmp_path / "folder")
    outside = [f"../{secret.name}", str(secret), "archive/file.warc.gz", "archive/folder/secret.warc.gz"]
    outside += ["../" * 30 + "etc/passwd", "/etc/passwd", "archive/../../secret.warc.gz", "archive", "x" * 300]
    for file in outside:
        connection.execute("UPDATE article_texts SET archive_file = %s, archive_offset = 0", [file])
        answer = page.ask(f"{PATH}/raw")
        assert answer.status == 404, file
        assert b"secret</p>" not in answer.body


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("archive_file = NULL", "was not archived"),
        ("archive_offset = 3", "is damaged at this place"),
        ("archive_file = 'archive/newsasia.kr/2025-10/away.warc.gz'", "is not on this disk"),
    ],
)
def test_says_where_a_page_may_be_that_is_not_here(
    page: PageClient, connection: Connection, data: Path, change: str, sentence: str
) -> None:
    archived_article(connection, data, b"<p>here")
    connection.execute(f"UPDATE article_texts SET {change}")
    answer = page.ask(f"/en{PATH}/raw")
    assert (answer.status, sentence in answer.text) == (404, True)
    korean = page.ask(f"{PATH}/raw").text
    assert '<p lang="en">' not in korean


def test_says_which_machine_has_a_page(page: PageClient, connection: Connection, data: Path) -> None:
    [place] = archived_article(connection, data, b"<p>here")
    (data / place.file).unlink()
    connection.execute(
        "INSERT INTO archive_files (file, site, crawl, machine, bytes, state)"
        " VALUES (%s, %s, 'a', 'two', 1, 'waiting')",
        [place.file, SITE],
    )
    assert "is on machine two alone" in page.ask(f"/en{PATH}/raw").text
    connection.execute(
        "UPDATE archive_files SET state = 'stored', object = 'o', object_offset = 0, sha256 = repeat('0', 64),"
        " stored_at = now()"
    )
    assert "name it in ARCHIVE_STORE" in page.ask(f"/en{PATH}/raw").text


def test_reads_a_page_out_of_the_archive_store_and_says_where_that_is_away(
    connection: Connection, database_url: str, data: Path, tmp_path: Path
) -> None:
    [place] = archived_article(connection, data, b"<p>far away")
    store = tmp_path / "store"
    store.mkdir()
    (data / place.file).rename(store / "pack")
    connection.execute(
        "INSERT INTO archive_files"
        " (file, site, crawl, machine, bytes, state, object, object_offset, sha256, stored_at)"
        " VALUES (%s, %s, 'a', 'two', %s, 'stored', 'pack', 0, repeat('0', 64), now())",
        [place.file, SITE, (store / "pack").stat().st_size],
    )
    with serving(database_url, data, ARCHIVE_STORE=str(store)) as page:
        assert page.ask(f"{PATH}/raw").body == b"<p>far away"
        connection.execute("UPDATE archive_files SET object = '../data/pack'")
        assert page.ask(f"{PATH}/raw").status == 503
        connection.execute("UPDATE archive_files SET object = 'pack'")
    store.rename(tmp_path / "away")
    with serving(database_url, data, ARCHIVE_STORE=str(store)) as page:
        answer = page.ask(f"/en{PATH}/raw")
        assert (answer.status, "is not there: make the folder, or mount its disk" in answer.text) == (503, True)


def _offset_of(file: Path, profile: str) -> int:
    return next(one.offset for one in captures(file, lambda *_: None) if one.field("WARC-Profile") == profile)

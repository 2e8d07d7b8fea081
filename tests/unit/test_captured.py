"""What becomes of one capture: a page, nothing, or a sentence that says what is wrong with its record."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from asiatongsin.capture import Archived
from asiatongsin.items import Page
from pipelines.archive.reading import capture_at
from pipelines.archive.warc import payload_digest
from pipelines.archive.whereabouts import Whereabouts
from pipelines.reparse.captured import Known, Unresolved, Wanted, page_of
from tests.captured import archive, archived_pages, body_of, capture, exchange, fetched, read, url_of
from tests.samples import later, record

NOTHING = Known(bases={}, clocks_ahead={})
DIGEST = "sha1:6FTAJXBLYUC4MUNFCBZHGFA5DURN5C47"


def page(folder: Path, url: str = url_of(1), **given: str) -> Page | Unresolved | None:
    """What becomes of a capture with these fields."""
    return page_of(
        capture(folder / "a.warc", body_of(1), url=url, **given), Wanted(), Whereabouts(data=folder), NOTHING
    )


@pytest.mark.parametrize(
    "url",
    [
        "http://[name]/x.html",
        "http://a\u2100b.kr/",
        "http://a\u2100b.kr/news/article.html?no=1",
        "http://[::1/news/article.html?no=1",
        "http://newsasia.kr:no/news/article.html?no=1",
        "http://user@newsasia.kr/news/article.html?no=1",
        "http:///news/article.html?no=1",
        "https://newsasia.kr/news/article.html?no=" + "9" * 30,
        "https://newsasia.kr/news/article.html",
    ],
)
def test_passes_over_addresses_that_are_no_article_of_a_site(tmp_path: Path, url: str) -> None:
    assert page(tmp_path, url) is None
    assert page(tmp_path, Asiatongsin_Asked=url) is None


@pytest.mark.parametrize(
    "text", ["yesterday", "2025-10-05", "2025-10-05T01:02:03", "9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+14:00"]
)
def test_says_which_time_of_a_list_is_none(tmp_path: Path, text: str) -> None:
    with pytest.raises(ValueError, match=f"^Asiatongsin-Listed-At: {text[:10]}.* is no moment$"):
        page(tmp_path, Asiatongsin_Listed_At=text)


@pytest.mark.parametrize("offset", ["9" * 30, "9" * 19, "-1", "", "one", "１", "²"])
def test_says_which_place_of_a_body_is_none(tmp_path: Path, offset: str) -> None:
    fields = {"Asiatongsin_Refers_To_File": "a.warc", "Asiatongsin_Refers_To_Offset": offset}
    with pytest.raises(ValueError, match=r"^Asiatongsin-Refers-To-Offset: .* is no place in a file$"):
        page(tmp_path, kind="revisit", **fields)


@pytest.mark.parametrize("file", ["x\0y", "..", "../a.warc", "/etc/passwd", "archive/../a.warc"])
def test_says_which_file_of_a_body_is_none_of_ours(tmp_path: Path, file: str) -> None:
    data = tmp_path / "data"
    data.mkdir()
    fields = {"Asiatongsin_Refers_To_File": file, "Asiatongsin_Refers_To_Offset": "0"}
    with pytest.raises(ValueError, match=r"(?s)^Asiatongsin-Refers-To-File: .* is no file of the data folder$"):
        page(data, kind="revisit", **fields)


@pytest.mark.parametrize("file", ["gone.warc", ".", "a" * 5000])
def test_looks_for_a_body_elsewhere_where_the_file_cannot_be_read(tmp_path: Path, file: str) -> None:
    fields = {"Asiatongsin_Refers_To_File": file, "Asiatongsin_Refers_To_Offset": "0"}
    found = page(tmp_path, kind="revisit", WARC_Payload_Digest=DIGEST, **fields)
    assert isinstance(found, Unresolved)
    assert found.digest == DIGEST


def place(path: Path, data: Path) -> Archived | None:
    """Where a page of this file is said to be."""
    found = page_of(capture(path, body_of(1), url=url_of(1)), Wanted(), Whereabouts(data=data), NOTHING)
    assert isinstance(found, Page)
    return found.archived


def test_says_where_a_page_of_the_archive_is_whatever_way_led_to_it(tmp_path: Path) -> None:
    data, link = tmp_path / "data", tmp_path / "link"
    data.mkdir()
    link.symlink_to(data)
    (tmp_path / "disk").mkdir()
    (data / "archive").symlink_to(tmp_path / "disk")
    for path, folder in ((data, data), (link, data), (data, link), (link, link), (data / ".." / "data", data)):
        found = place(path / "archive" / "a.warc", folder)
        assert found is not None
        assert (found.file, found.offset) == ("archive/a.warc", 0)


def test_names_no_place_outside_the_data_folder(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    for path in (tmp_path / "a.warc", data / ".." / "a.warc"):
        assert place(path, data) is None


def referring(data: Path, digest: str, no: int = 1) -> Page | Unresolved | None:
    """A revisit that refers to the first record of an archive of ours."""
    file, [place] = archived_pages(data, [no])
    fields = {"Asiatongsin_Refers_To_File": place.file, "Asiatongsin_Refers_To_Offset": str(place.offset)}
    assert capture_at(file, place.offset)
    return page(data, kind="revisit", WARC_Payload_Digest=digest, **fields)


def test_takes_the_body_that_a_revisit_refers_to(tmp_path: Path) -> None:
    found = referring(tmp_path, payload_digest(body_of(1)))
    assert isinstance(found, Page)
    assert found.body == body_of(1)


def test_takes_no_other_body_than_the_one_with_the_digest(tmp_path: Path) -> None:
    found = referring(tmp_path, DIGEST)
    assert isinstance(found, Unresolved)
    assert (found.digest, found.page.body) == (DIGEST, b"")


def test_takes_no_revisit_for_the_body_of_another(tmp_path: Path) -> None:
    with archive(tmp_path) as opened:
        first = opened.append(fetched())
        opened.append(fetched(exchange(at=later(1))))
    *_, revisit = read(tmp_path / first.file)[0]
    assert revisit.is_revisit
    fields = {"Asiatongsin_Refers_To_File": first.file, "Asiatongsin_Refers_To_Offset": str(revisit.offset)}
    found = page(tmp_path, kind="revisit", WARC_Payload_Digest=first.digest, **fields)
    assert isinstance(found, Unresolved)


@pytest.mark.parametrize("ahead", [timedelta(hours=9), timedelta(days=370)])
def test_a_page_of_a_crawl_whose_clock_was_ahead_has_the_time_of_the_tables(tmp_path: Path, ahead: timedelta) -> None:
    now = datetime.now(UTC)
    with archive(tmp_path, record("a")) as opened:
        place = opened.append(fetched(exchange(1, now + ahead, headers=(("Date", format_datetime(now)),)), no=1))
    [found], told = read(tmp_path / place.file)
    known = Known(bases={}, clocks_ahead={"a": ahead, "b": 2 * ahead})
    seen = page_of(found, Wanted(), Whereabouts(data=tmp_path), known)
    assert isinstance(seen, Page)
    assert (seen.fetched_at, told) == (now, [])
    assert page_of(found, Wanted(until=now), Whereabouts(data=tmp_path), known) == seen
    elsewhere = page_of(found, Wanted(), Whereabouts(data=tmp_path / "other"), known)
    assert isinstance(elsewhere, Page)
    assert elsewhere.fetched_at == found.fetched_at

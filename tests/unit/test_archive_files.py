"""The files of the archive: their names, their size, what a full disk leaves, and which pages go into them."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from scrapy.utils.test import get_crawler

from asiatongsin.items import Page
from pipelines.archive.crawl_files import Archive
from pipelines.crawl.extension import CrawlExtension
from pipelines.stages.archive import ArchivePipeline
from tests.captured import archive, body_of, capture_of, exchange, fetched, read, records
from tests.samples import NO, UNREACHABLE, page, present, record

MONTH = f"{datetime.now(UTC):%Y-%m}"


def files(data: Path) -> list[str]:
    return sorted(path.relative_to(data).as_posix() for path in data.rglob("*") if path.is_file())


def test_names_its_files_after_site_month_and_crawl(data: Path) -> None:
    with archive(data, record("20251005T005207Z-00000a", site="127.0.0.1:8000")) as opened:
        place = opened.append(fetched())
    assert place.file == f"archive/127.0.0.1_8000/{MONTH}/20251005T005207Z-00000a-00001.warc.gz"
    assert files(data) == [place.file]


def test_nothing_a_site_says_reaches_a_name(data: Path) -> None:
    with archive(data, record(site="../../etc")) as opened:
        place = opened.append(fetched())
    assert (data / place.file).resolve().is_relative_to(data.resolve())


def test_begins_the_next_file_when_one_is_full(data: Path) -> None:
    with archive(data, file_bytes=2000) as opened:
        places = [opened.append(fetched(exchange(no))) for no in range(1, 12)]
    named = list(dict.fromkeys(place.file for place in places))
    assert named == files(data)
    assert [name[-13:] for name in named[:2]] == ["00001.warc.gz", "00002.warc.gz"]
    sizes = [(data / name).stat().st_size for name in named]
    assert all(2000 <= size < 4000 for size in sizes[:-1])
    assert [capture_of(data, place).body for place in places] == [body_of(no) for no in range(1, 12)]
    assert {records(data / name)[0][0] for name in named} == {"warcinfo"}


def test_never_writes_over_a_file_that_is_there(data: Path, opened: Archive) -> None:
    opened.append(fetched())
    with archive(data) as same, pytest.raises(FileExistsError):
        same.append(fetched())
    assert len(read(data / files(data)[0])[0]) == 1


def test_writes_nothing_before_the_first_page(data: Path, opened: Archive) -> None:
    opened.sync()
    opened.close()
    assert not data.exists()


def test_leaves_a_file_that_is_whole_where_a_page_finds_no_room(data: Path, opened: Archive) -> None:
    places = [opened.append(fetched())]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "write", full(after=100))
        with pytest.raises(OSError, match="No space"):
            opened.append(fetched(exchange(1)))
    places.append(opened.append(fetched(exchange(2))))
    found, told = read(data / places[0].file)
    assert told == []
    assert [capture.offset for capture in found] == [place.offset for place in places]


def full(after: int) -> Any:
    """A disk that takes so many bytes more."""
    write, left = os.write, [after]

    def writes(descriptor: int, content: Any) -> int:
        if not left[0]:
            raise OSError(28, "No space left on device")
        left[0] -= (written := write(descriptor, bytes(content)[: left[0]]))
        return written

    return writes


def test_leaves_no_file_where_not_even_its_first_record_finds_room(data: Path, opened: Archive) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "write", full(after=100))
        with pytest.raises(OSError, match="No space"):
            opened.append(fetched())
    assert files(data) == []
    assert capture_of(data, opened.append(fetched())).body == body_of(NO)


def test_closes_its_folders_to_other_users(data: Path, opened: Archive) -> None:
    before = os.umask(0)
    place = opened.append(fetched())
    os.umask(before)
    path = data / place.file
    assert path.stat().st_mode & 0o777 == 0o640
    folders = [folder for folder in path.parents if folder.is_relative_to(data)]
    assert [folder.stat().st_mode & 0o777 for folder in folders] == [0o750] * 4


def pipeline(data: Path, kinds: str, **given: int) -> ArchivePipeline:
    settings = {"DATA": str(data), "ARCHIVE": kinds, "ARCHIVE_FILE_BYTES": 1000, **given}
    crawler = get_crawler(settings_dict=settings)
    made = ArchivePipeline.from_crawler(crawler)
    made.archive = Archive.of_crawl(crawler.settings, record())
    return made


@pytest.mark.parametrize(
    ("kinds", "archived"), [("article", 1), ("list, front", 2), ("", 0), ("article,list,front", 3)]
)
def test_archives_the_kinds_that_are_wanted(data: Path, kinds: str, archived: int) -> None:
    stage = pipeline(data, kinds)
    pages = [fetched(exchange(no), kind=kind) for no, kind in enumerate(("front", "list", "article"))]
    passed = [stage.process_item(one) for one in pages]
    assert sum(one.archived is not None for one in passed) == archived
    assert stage.crawler.stats.get_value("archive/pages", 0) == archived
    assert len(files(data)) == min(archived, 1) or archived > 1
    assert [replace(one, archived=None) for one in passed] == pages


def test_remembers_where_a_page_is_that_a_later_stage_fails_on(data: Path) -> None:
    stage = pipeline(data, "article")
    passed = stage.process_item(fetched())
    assert stage.place_of(fetched()) == passed.archived
    assert stage.place_of(fetched(exchange(1))) is None


def test_a_page_that_was_parsed_is_not_parsed_again(data: Path) -> None:
    page_read = fetched()
    tree = page_read.tree
    passed = pipeline(data, "article").process_item(page_read)
    assert isinstance(passed, Page)
    assert passed.tree is tree


def test_passes_on_what_is_no_page_and_archives_nothing_outside_a_crawl(data: Path) -> None:
    stage = pipeline(data, "article")
    assert stage.process_item(failed := page()) is failed
    without = replace(fetched(), exchanges=())
    assert stage.process_item(without) is without
    stage.archive = None
    assert stage.process_item(found := fetched()) is found
    assert not data.exists()


def test_a_crawl_brings_its_archive_to_the_disk_before_the_spool_that_names_places_in_it(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {"DATA": str(data), "DATABASE_URL": UNREACHABLE, "ARCHIVE_FILE_BYTES": 10**9}
    given |= {"SPOOL_SEGMENT_PAGES": 50, "SPOOL_SEGMENT_SECONDS": 5}
    extension = CrawlExtension.from_crawler(get_crawler(settings_dict=given))
    extension._begin(record())
    opened, spool, thread = present(extension._archive), present(extension._spool), present(extension._thread)
    synced: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda file: synced.append(Path(f"/proc/self/fd/{file}").readlink().suffix))
    opened.append(fetched(exchange(1)))  # the first page is brought to the disk at once, by either
    spool.append(page(1))
    present(spool.writer._working).result()  # in a thread of its own
    synced.clear()
    spool.append(replace(page(2), archived=opened.append(fetched(exchange(2)))))
    thread.finish()
    opened.close()
    spool.release()
    extension._release_lock(thread)
    assert synced.index(".gz") < synced.index(".open")


def test_a_page_waits_for_no_disk_though_it_begins_a_file(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda file: synced.append(Path(f"/proc/self/fd/{file}").readlink().name))
    with archive(data, file_bytes=1000) as opened:
        places = [opened.append(fetched(exchange(no))) for no in (1, 2, 3)]
        assert (len(files(data)), synced) == (3, [])
        opened.sync()
        brought = {Path(place.file).name for place in places}
        assert (sorted({*synced} - brought), brought - {*synced}) == ([Path(places[0].file).parent.name], set())

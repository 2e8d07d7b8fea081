"""The spool: what was appended is on disk, whole, whatever happens to the process."""

from __future__ import annotations

import fcntl
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import fields
from datetime import UTC, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from asiatongsin.items import PageItems
from pipelines.spool.folder import Spool, read_segment
from pipelines.threads import start_in_thread
from tests import samples
from tests.processes import process, run
from tests.samples import article, page, present, record, whole_page

OWN = """
import sys
from pathlib import Path
from pipelines.spool.folder import Spool
from tests.samples import present, page, record

spool = Spool.create(Path(sys.argv[1]), record(sys.argv[2]))
"""

APPEND_AND_WAIT = OWN + "spool.append(page())\nprint('ready', flush=True)\nsys.stdin.read()"

APPEND_AND_DIE = OWN + "import os, signal\nfor no in range(1, 8):\n    spool.append(page(no))\nos.kill(os.getpid(), 9)"

DISK_FULL = """
from resource import RLIM_INFINITY, RLIMIT_FSIZE, setrlimit

def refused(work, *arguments):
    setrlimit(RLIMIT_FSIZE, (5000, RLIM_INFINITY))
    try:
        work(*arguments)
    except OSError as error:
        print(error.strerror)
    setrlimit(RLIMIT_FSIZE, (RLIM_INFINITY, RLIM_INFINITY))

spool.append(page(1))
refused(spool.append, page(2, body=('가' * 5000,)))
refused(spool.write_record, record(sys.argv[2], statistics={'text': 'a' * 9000}))
spool.append(page(3))
"""


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    spool = Spool.create(tmp_path, record(), segment_pages=3)
    yield spool
    spool.release()


def pages_of(folder: Path) -> list[PageItems]:
    return [page for path in sorted(folder.glob("0*")) for page in read_segment(path)[0]]


def test_gives_back_every_field_of_a_page(spool: Spool) -> None:
    items = whole_page()
    text, strip = present(items.article), present(items.weather)
    parts: list[Any] = [items, text, text.images[0], strip, strip.readings[-1]]
    for part in [*parts, items.related_stories[0], items.rejected, items.archived, items.check]:
        assert [field.name for field in fields(part) if getattr(part, field.name) in (None, (), "", False)] == []
    spool.append(items)
    [back] = pages_of(spool.folder)
    assert back == items
    assert back.fetched_at.tzinfo is UTC or back.fetched_at.utcoffset() == timedelta(0)
    assert present(present(back.article).published_at).utcoffset() == timedelta(hours=9)


def test_gives_back_what_is_unknown_as_unknown(spool: Spool) -> None:
    unknown = ("section", "subheadline", "reporter", "reporter_email", "published_at", "language")
    none: dict[str, Any] = dict.fromkeys(unknown)
    items = page(body=(), images=(), **none)
    spool.append(items)
    assert pages_of(spool.folder) == [items]
    assert pages_of(spool.folder)[0].weather is None


def test_begins_a_new_segment_after_so_many_pages(spool: Spool) -> None:
    for no in range(1, 8):
        spool.append(page(no))
    assert [path.name for path in spool.segments()] == ["000001.jsonl", "000002.jsonl"]
    assert [path.name for path in sorted(spool.folder.glob("0*"))][-1] == "000003.open"
    assert [items.no for items in pages_of(spool.folder)] == list(range(1, 8))


def test_closes_a_segment_only_when_it_is_old_enough(spool: Spool) -> None:
    spool.append(page())
    spool.writer.close(older_than=3600)
    assert spool.segments() == []
    spool.writer.close()
    assert len(spool.segments()) == 1
    spool.writer.close()
    assert len(spool.segments()) == 1


def test_counts_what_waits_in_open_and_closed_segments(spool: Spool) -> None:
    assert spool.waiting() == 0
    for no in range(1, 6):
        spool.append(page(no))
    assert spool.waiting() == 5
    with (spool.folder / "000002.open").open("ab") as file:
        file.write(b'{"site":"newsasia.kr","url":"http')
    assert spool.waiting() == 5


def test_passes_over_a_torn_last_line(spool: Spool) -> None:
    spool.append(page(1))
    spool.append(page(2))
    [path] = spool.folder.glob("*.open")
    path.write_bytes(path.read_bytes()[:-10])
    pages, broken = read_segment(path)
    assert ([items.no for items in pages], broken) == ([1], [])


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{",
        b"[]",
        b'{"site":"newsasia.kr"}',
        b"\x00\x00\x00",
        b"\xff\xfe",
        b'{"site":"\xff"}',
    ],
)
def test_hands_out_a_broken_line_and_reads_its_neighbours(spool: Spool, line: bytes) -> None:
    spool.append(page(1))
    spool.append(page(2))
    [path] = spool.folder.glob("*.open")
    first, second, _ = path.read_bytes().split(b"\n")
    path.write_bytes(b"\n".join([first, line, second, b""]))
    pages, broken = read_segment(path)
    assert ([items.no for items in pages], broken) == ([1, 2], [line])


def test_leaves_the_folder_of_a_living_process_alone(tmp_path: Path) -> None:
    with process(APPEND_AND_WAIT, tmp_path, "living") as child:
        assert list(Spool.abandoned(tmp_path)) == []
        assert (tmp_path / "living" / "000001.open").exists()
        child.kill()
        child.wait()
        assert [spool.folder.name for spool in Spool.abandoned(tmp_path)] == ["living"]


def test_finds_every_page_of_a_process_that_was_killed_right_after_append(tmp_path: Path) -> None:
    assert run(APPEND_AND_DIE, tmp_path, "killed").returncode == -signal.SIGKILL
    for spool in Spool.abandoned(tmp_path):
        assert spool.record == record("killed")
        assert spool.waiting() == 7
        pages = [items for path in spool.segments() for items in read_segment(path)[0]]
        assert pages == [page(no) for no in range(1, 8)]
    assert (tmp_path / "killed" / "000001.jsonl").exists()


def test_hands_out_abandoned_folders_oldest_first_and_to_one_at_a_time(tmp_path: Path) -> None:
    for name in ("20251005T01", "20251004T23", "20251005T00"):
        Spool.create(tmp_path, record(name)).release()
    names = []
    for spool in Spool.abandoned(tmp_path):
        names.append(spool.folder.name)
        assert spool.folder.name not in [other.folder.name for other in Spool.abandoned(tmp_path)]
    assert names == ["20251004T23", "20251005T00", "20251005T01"]


def test_sweeps_the_folder_of_a_process_that_died_before_it_wrote_its_record(tmp_path: Path) -> None:
    for name in (".fresh", ".old", ".owned"):
        (tmp_path / name).mkdir()
    for name in (".old", ".owned"):
        os.utime(tmp_path / name, (0, 0))
    with (tmp_path / ".owned" / "owner").open("w") as owner:
        fcntl.flock(owner, fcntl.LOCK_EX)
        os.utime(tmp_path / ".owned", (0, 0))
        assert list(Spool.abandoned(tmp_path)) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == [".fresh", ".owned"]


def test_refuses_a_folder_that_exists(spool: Spool, tmp_path: Path) -> None:
    spool.append(page())
    with pytest.raises(OSError, match=spool.folder.name):
        Spool.create(tmp_path, record())
    assert spool.waiting() == 1


def test_is_gone_when_it_was_removed(spool: Spool, tmp_path: Path) -> None:
    spool.append(page())
    spool.writer.close()
    spool.remove()
    assert list(tmp_path.iterdir()) == []
    assert list(Spool.abandoned(tmp_path)) == []
    assert list(Spool.abandoned(tmp_path / "never made")) == []


def test_replaces_the_record_in_one_step(spool: Spool) -> None:
    records = [record(list_pages=number, statistics={"text": "가" * 5000}) for number in range(100)]
    with ThreadPoolExecutor(1) as thread:
        writing = thread.submit(lambda: list(map(spool.write_record, records)))
        while not writing.done():
            assert spool.record.site == samples.SITE
        writing.result()
    assert spool.record == records[-1]


def test_leaves_no_half_line_and_no_half_record_when_the_disk_is_full(tmp_path: Path) -> None:
    done = run(OWN + DISK_FULL, tmp_path, "full")
    assert done.stdout == "File too large\n" * 2, done.stderr
    [path] = (tmp_path / "full").glob("*.open")
    pages, broken = read_segment(path)
    assert (pages, broken) == ([page(1), page(3)], [])
    assert path.read_bytes().endswith(b"\n")
    assert [spool.record for spool in Spool.abandoned(tmp_path)] == [record("full")]


def test_tears_no_line_when_threads_append_and_close(tmp_path: Path) -> None:
    spool = Spool.create(tmp_path, record(), segment_pages=7)
    with ThreadPoolExecutor(4) as threads:
        appended = [threads.submit(spool.append, page(no)) for no in range(1, 201)]
        for task in appended:
            spool.writer.close()
            task.result()
    spool.release()
    assert sorted(present(items.no) for items in pages_of(spool.folder)) == list(range(1, 201))
    assert all(items.article == article(present(items.no)) for items in pages_of(spool.folder))


def test_brings_pages_to_the_disk_while_others_come(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(os.fstat(descriptor).st_size))
    spool.append(page(1))
    spool.append(page(2))
    first = len(synced)
    assert first == 1  # a second has not passed since
    monkeypatch.setattr("pipelines.spool.segment_writer.SYNC_AFTER", 0.0)
    spool.append(page(3))
    assert synced[first] > synced[0]


def test_brings_what_pages_refer_to_to_the_disk_before_them(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    spool.writer.sync_first = lambda: order.append("archive")
    monkeypatch.setattr(os, "fsync", lambda file: order.append(Path(f"/proc/self/fd/{file}").readlink().suffix))
    monkeypatch.setattr("pipelines.spool.segment_writer.SYNC_AFTER", 0.0)
    spool.append(page(1))
    assert order == ["archive", ".open"]
    spool.writer.close()
    assert order[2:] == [""]  # the folder


def test_brings_no_page_to_the_disk_where_what_it_refers_to_is_not(
    spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> None:
        raise OSError(5, "Input/output error")

    spool.append(page(1))  # the first one gets there at once
    spool.append(page(2))
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    spool.writer.sync_first = fails
    for bring in (spool.writer.sync, spool.writer.close):
        with pytest.raises(OSError, match="Input/output"):
            bring()
    assert synced == []
    spool.writer.sync_first = lambda: None


def test_a_page_waits_for_no_disk_and_goes_into_the_next_segment_meanwhile(
    spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_asked, may_end = Event(), Event()
    fsync = os.fsync

    def slow(descriptor: int) -> None:
        is_asked.set()
        may_end.wait()
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", slow)
    spool.writer.start = start_in_thread
    spool.append(page(1))
    is_asked.wait()
    spool.append(page(2))  # ends, though the disk has not taken the first
    assert sorted(path.name for path in spool.folder.glob("0*")) == ["000001.open", "000002.open"]
    may_end.set()
    spool.writer.close()
    assert [[items.no for items in read_segment(path)[0]] for path in spool.segments()] == [[1], [2]]


def test_tells_whoever_appends_that_earlier_pages_did_not_get_to_the_disk(
    spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    spool.writer.start = start_in_thread
    spool.append(page(1))
    wait([present(spool.writer._working)])
    with pytest.raises(OSError, match="Input/output error"):
        spool.append(page(2))
    monkeypatch.undo()
    spool.writer.close()
    assert [items.no for items in pages_of(spool.folder)] == [1]


def test_keeps_a_page_and_a_record_with_half_of_a_character(tmp_path: Path) -> None:
    """As JSON in a page, or an argument of a command, may hold it; no file can."""
    spool = Spool.create(tmp_path, record(job="a\udcff", statistics={"b\ud800": ["\ud800"]}))
    spool.append(page(1, headline="제목\ud800", reporter="\ud83d\ude00"))
    spool.writer.close()
    [stored], broken = read_segment(spool.segments()[0])
    assert (present(stored.article).headline, present(stored.article).reporter, broken) == (
        "제목\ufffd",
        "\U0001f600",
        [],
    )
    assert (spool.record.job, spool.record.statistics) == ("a\ufffd", {"b\ufffd": ["\ufffd"]})
    spool.release()

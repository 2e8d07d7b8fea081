"""Segments of the spool: who appends waits for no disk, and what pages refer to gets there before them."""

from __future__ import annotations

import os
from concurrent.futures import wait
from pathlib import Path
from threading import Event

import pytest

from pipelines.spool.folder import Spool, read_segment
from pipelines.threads import start_in_thread
from tests.samples import page, present
from tests.unit.test_spool import pages_of


def test_brings_pages_to_the_disk_while_others_come(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(os.fstat(descriptor).st_size))
    spool.append(page(1))
    spool.append(page(2))
    first = len(synced)
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

    monkeypatch.setattr("pipelines.spool.segment_writer.SYNC_AFTER", 1e9)
    spool.append(page(1))
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

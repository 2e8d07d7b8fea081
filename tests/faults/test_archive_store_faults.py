"""Push, store, line and disk fail at the worst moment: no file is lost, and the next push brings it all the same."""

from __future__ import annotations

import os
import random
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from subprocess import PIPE

import pytest
from psycopg import Connection

from pipelines.archive.in_use import fetched_folder
from pipelines.archive.push import push
from pipelines.archive.store import Store
from pipelines.archive.verify import verify
from pipelines.database import archive_files as catalog
from tests import cutting_proxy, stores, warm_start
from tests.conftest import ROOT, Scrapy
from tests.cutting_proxy import Proxy
from tests.faults.disk import Disk
from tests.reparse_runs import empty, stored
from tests.site import ReplicaSite, serve
from tests.sql.test_archive_push import crawled, local, objects, states
from tests.stores import Weed, environment, new_address, settings_of

pytestmark = pytest.mark.usefixtures("starts_commands")


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """Between us and the store."""
    with cutting_proxy.before(stores.seaweed) as opened:
        for name, value in environment(opened.endpoint).items():
            monkeypatch.setenv(name, value)
        yield opened


def large(connection: Connection, data: Path, megabytes: int = 12) -> bytes:
    """A file that is sent in several parts."""
    [place] = crawled(connection, data, "a", 1)
    with (data / place.file).open("ab") as file:
        file.write(random.Random(0).randbytes(megabytes * 1024 * 1024))
    return (data / place.file).read_bytes()


def is_whole(connection: Connection, address: str, content: bytes) -> bool:
    """Whether the store holds the file, and nothing else is amiss."""
    store, kept = Store(address), catalog.stored(connection, None)
    found = verify(store, kept, None, is_quick=False, advance=lambda _: None)
    return (found.files, found.amiss) == (1, []) and b"".join(
        store.read(str(kept[0].object), 0, len(content) + 1)
    ) == content


def begun(data: Path, url: str, address: str) -> subprocess.Popen[str]:
    given = {"ASIATONGSIN_DATA": str(data), "DATABASE_URL": url, "ASIATONGSIN_ARCHIVE_STORE": address}
    command = [*warm_start.COMMAND, "archive", "push", "--now"]
    return warm_start.Popen(command, cwd=ROOT, env=os.environ | given, stderr=PIPE, text=True)


@pytest.mark.parametrize(
    ("way", "mark"),
    [("asked", b"POST /"), ("asked", b"PUT /"), ("answered", b"ETag"), ("asked", b"HEAD /"), ("asked", b"GET /")],
    ids=["it begins to send", "it sends", "it has sent", "it begins to compare", "it compares"],
)
def test_a_push_that_is_killed_loses_nothing(
    connection: Connection, database_url: str, data: Path, proxy: Proxy, way: str, mark: bytes
) -> None:
    content, address = large(connection, data), new_address()
    pids: list[int] = []

    def kills(piece: bytes) -> bool:
        if mark in piece and pids:
            os.kill(pids.pop(), signal.SIGKILL)
            return False
        return True

    setattr(proxy, way, kills)
    with begun(data, database_url, address) as process:
        pids.append(process.pid)
        process.communicate()
    assert (process.returncode, pids) == (-signal.SIGKILL, [])
    assert ([(data / file).read_bytes() == content for file in local(data)], catalog.stored(connection, None)) == (
        [True],
        [],
    )
    assert push(settings_of(database_url, data, address), now=True).files == 1
    assert (local(data), is_whole(connection, address, content)) == ([], True)


def test_an_upload_that_is_cut_is_no_object(
    connection: Connection, database_url: str, data: Path, proxy: Proxy
) -> None:
    content, address = large(connection, data), new_address()
    given = settings_of(database_url, data, address)
    proxy.asked = lambda piece: b"partNumber=2" not in piece
    done = push(given, now=True)
    assert (done.files, len(done.troubles), states(connection), len(local(data))) == (0, 1, ["waiting"], 1)
    assert "does not answer as it should" in done.troubles[0]
    proxy.asked = cutting_proxy.passes
    assert list(Store(address).objects()) == []
    assert (push(given, now=True).files, is_whole(connection, address, content)) == (1, True)


def test_a_store_that_is_killed_in_the_middle_is_asked_again_when_it_is_back(
    connection: Connection, database_url: str, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content, address = large(connection, data), new_address()
    weed = Weed(tmp_path / "weed")
    weed.start()
    with cutting_proxy.before(lambda: weed.endpoint) as proxy:
        for name, value in environment(proxy.endpoint).items():
            monkeypatch.setenv(name, value)
        given = settings_of(database_url, data, address)

        def kills(piece: bytes) -> bool:
            if b"partNumber=2" in piece:
                weed.kill()
            return True

        proxy.asked = kills
        done = push(given, now=True)
        assert (done.files, len(done.troubles), len(local(data))) == (0, 1, 1)
        proxy.asked = cutting_proxy.passes
        weed.start()
        done = push(given, now=True)
        assert (done.files, done.troubles) == (1, [])
        assert is_whole(connection, address, content)
    weed.kill()


def test_a_store_that_is_full_is_told(
    scrapy: Scrapy, connection: Connection, database_url: str, data: Path, disk: Disk
) -> None:
    content = large(connection, data, 1)
    given = {"DATABASE_URL": database_url, "ASIATONGSIN_ARCHIVE_STORE": str(disk.folder)}
    disk.fill(but=1000)
    run = scrapy("archive", "push", "--now", within=disk.within, **given)
    assert (run.status, "cannot be used (no room is left): see that its disk" in run.last_line) == (1, True), run.log
    assert (len(local(data)), objects(disk.seen_from_outside)) == (1, ["filler"])
    disk.free()
    run = scrapy("archive", "push", "--now", within=disk.within, **given)
    assert (run.status, f"1 files ({len(content)} bytes)" in run.last_line, local(data)) == (0, True, [])


def test_a_disk_that_has_no_room_for_what_a_reparse_fetches_is_told(
    scrapy: Scrapy, connection: Connection, database_url: str, disk: Disk, tmp_path: Path
) -> None:
    (tmp_path / "store").mkdir()
    given = {"DATABASE_URL": database_url, "ASIATONGSIN_ARCHIVE_STORE": str(tmp_path / "store")}
    with serve(ReplicaSite(articles=30, page_bytes=60_000)) as replica:
        assert scrapy("crawl", "asiatongsin", "-a", f"site={replica.url}", **given).status == 0
    rows = stored(connection)
    assert scrapy("archive", "push", "--now", **given).status == 0
    empty(connection)
    on_disk = given | {"ASIATONGSIN_DATA": str(disk.folder / "data")}
    disk.fill(but=60)
    run = scrapy("reparse", within=disk.within, **on_disk)
    assert (run.status, f"the disk of {disk.folder / 'data'} is full: free space on it" in run.last_line) == (1, True)
    disk.free()
    assert scrapy("reparse", within=disk.within, **on_disk).status == 0
    assert stored(connection) == rows
    assert list(fetched_folder(disk.seen_from_outside / "data").glob("*")) == []

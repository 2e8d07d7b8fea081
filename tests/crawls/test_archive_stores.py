"""The archive store with real S3 servers: two machines share one archive through it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg import Connection

from pipelines.archive import push as pushing
from pipelines.archive.push import push
from pipelines.archive.store import Store, StoreTrouble
from pipelines.database import archive_files as catalog
from tests import stores
from tests.captured import read
from tests.conftest import Run, Scrapy
from tests.reparse_runs import empty, stored
from tests.site import ReplicaSite, serve
from tests.sql.test_archive_push import crawled, local, where
from tests.stored import count
from tests.stores import CREDENTIALS, MOTO, environment, new_address, settings_of

SITE = ReplicaSite(articles=8, validators=True)


@pytest.fixture(params=["seaweedfs", "moto", "folder"])
def endpoint(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A store that runs; the environment has what belongs to it. Empty for a folder."""
    if request.param == "folder":
        yield ""
        return
    if request.param == "moto" and not MOTO.exists():
        pytest.skip("moto is not installed (make moto)")
    if request.param == "moto":
        with stores.moto() as found:
            _name(monkeypatch, found)
            yield found
    else:
        _name(monkeypatch, stores.seaweed())
        yield stores.seaweed()


def _name(monkeypatch: pytest.MonkeyPatch, endpoint: str) -> None:
    for name, value in environment(endpoint).items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def address(endpoint: str, tmp_path: Path) -> str:
    """An empty store."""
    if endpoint:
        return new_address()
    (tmp_path / "store").mkdir()
    return str(tmp_path / "store")


@pytest.mark.usefixtures("starts_commands")
def test_what_goes_into_a_store_comes_out_of_it(
    connection: Connection, database_url: str, data: Path, address: str
) -> None:
    [place] = crawled(connection, data, "a", 1)
    before = (data / place.file).read_bytes()
    done = push(settings_of(database_url, data, address), now=True)
    assert (done.files, done.troubles, local(data)) == (1, [], [])
    store = Store(address)
    [row] = catalog.stored(connection, None)
    assert row.object is not None
    assert b"".join(store.read(row.object, 0, 10**6)) == before
    assert list(store.objects()) == [row.object]
    found = where(connection, data, Path(address))
    capture = found.__class__(data=data, store=store, find=found.find).capture_at(data / place.file, place.offset)
    assert capture is not None
    with pytest.raises(StoreTrouble, match="too short"):
        list(store.read(row.object, len(before) + 5, 5))
    with pytest.raises(StoreTrouble, match="no object nothing"):
        store.size("nothing")


@pytest.mark.usefixtures("starts_commands")
@pytest.mark.parametrize("endpoint", ["seaweedfs"], indirect=True)
@pytest.mark.parametrize(
    ("given_wrong", "told"),
    [
        (("AWS_SECRET_ACCESS_KEY", "falscher"), "refuses us (SignatureDoesNotMatch): see AWS_ACCESS_KEY_ID"),
        (("AWS_ACCESS_KEY_ID", "nobody"), "refuses us (InvalidAccessKeyId): see AWS_ACCESS_KEY_ID"),
        (
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
            "does not answer as it should (error sending request): see that it",
        ),
    ],
)
def test_a_store_that_does_not_take_it_loses_nothing(
    connection: Connection,
    database_url: str,
    data: Path,
    address: str,
    monkeypatch: pytest.MonkeyPatch,
    given_wrong: tuple[str, str],
    told: str,
) -> None:
    crawled(connection, data, "a", 1)
    given = settings_of(database_url, data, address)
    with monkeypatch.context() as wrong:
        wrong.setenv(*given_wrong)
        wrong.setattr(pushing, "Store", lambda found: Store(found, retries=0))
        done = push(given, now=True)
    [trouble] = done.troubles
    assert told in trouble
    assert not re.search("|".join([CREDENTIALS["AWS_SECRET_ACCESS_KEY"], "falscher", "nobody"]), trouble)
    assert (done.files, done.waiting, len(local(data))) == (0, 1, 1)
    assert (push(given, now=True).files, local(data)) == (1, [])


@pytest.mark.parametrize("endpoint", ["seaweedfs"], indirect=True)
def test_two_machines_share_one_archive(
    scrapy: Scrapy, connection: Connection, database_url: str, address: str, endpoint: str, tmp_path: Path
) -> None:
    def on(machine: str, *arguments: str, **more: str) -> Run:
        own = {"ASIATONGSIN_DATA": str(tmp_path / machine), "ASIATONGSIN_FLEET_MACHINE": machine}
        given = {"DATABASE_URL": database_url, "ASIATONGSIN_ARCHIVE_STORE": address} | environment(endpoint)
        return scrapy(*arguments, **given | own | more)

    with serve(SITE) as replica:
        assert on("a", "crawl", "asiatongsin", "-a", f"site={replica.url}").status == 0
        rows = stored(connection)
        run = on("b", "reparse", ASIATONGSIN_ARCHIVE_STORE="")
        assert (run.status, "1 files that rows name are on machine a, not on this disk" in run.last_line) == (1, True)
        assert on("a", "archive", "push", "--now").last_line.startswith("asiatongsin: ok: 1 files")
        run = on("b", "reparse", ASIATONGSIN_ARCHIVE_STORE="")
        assert (run.status, "are in the archive store: name it in ARCHIVE_STORE" in run.last_line) == (1, True)
        empty(connection)
        assert on("b", "reparse").status == 0
        assert (stored(connection), local(tmp_path / "b")) == (rows, [])
        connection.execute("UPDATE article_checks SET next_check_at = now() - interval '1 hour'")
        assert on("b", "crawl", "asiatongsin", "-a", f"site={replica.url}").status == 0
    [file] = (tmp_path / "b").rglob("*.warc.gz")
    captures, _ = read(file)
    assert [(one.is_revisit, one.status) for one in captures] == [(True, 304)] * 8
    assert on("b", "archive", "fetch").last_line == "asiatongsin: ok: 1 files fetched"
    assert on("b", "archive", "push", "--now").status == 0
    assert len(local(tmp_path / "b")) == 1  # the one that was fetched stays
    run = on("b", "archive", "verify")
    assert run.last_line == "asiatongsin: ok: 2 files: each is as it was in the archive store, in 2 objects"
    run = on("b", "archive", "clean")
    assert (run.status, "2 files left out: they are in the archive store" in run.last_line) == (1, True)
    assert count(connection, "archive_files") == 2
    run = on("a", "reparse", "--jobs", "2")
    assert (run.status, "8 captures read again, none differs" in run.last_line) == (0, True)
    assert list((tmp_path / "a" / "fetched").glob("*")) == []

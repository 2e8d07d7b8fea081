"""What tests of `asiatongsin reparse --fleet` have in common: an archive of several sites, and a page that is held."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from zlib import crc32

from psycopg import Connection

from pipelines.archive.files import archive_files
from pipelines.disk import make_private_folder
from pipelines.fleet.reparse_runs import RunArguments
from pipelines.reparse.captured import Wanted
from tests.captured import archive, exchange, fetched
from tests.other_warc import page_of
from tests.samples import AT, record
from tests.site import ReplicaSite

ALL = RunArguments(given={}, wanted=Wanted())
PAGES = 12
"""Pages of each crawl."""


HELD = """
CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.site = 'paper1.kr' AND NEW.no > 100008 THEN PERFORM pg_advisory_xact_lock(42); END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hold BEFORE INSERT ON article_texts FOR EACH ROW EXECUTE FUNCTION hold();
SELECT pg_advisory_lock(42)"""
IS_HELD = """
SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 42 AND NOT granted AND database = (
    SELECT oid FROM pg_database WHERE datname = current_database()))"""


STORED = """
INSERT INTO archive_files (file, site, crawl, machine, bytes, sha256, state, object, object_offset, stored_at)
VALUES (%s, %s, 'c', 'one', 1, repeat('a', 64), 'stored', 'o', 0, now())"""


def archived(data: Path, site: str, months: Sequence[int], first: int = 100_001) -> None:
    """A crawl in each of these months, with pages of its own."""
    replica = ReplicaSite(articles=PAGES * len(months), page_bytes=6000)
    for number, month in enumerate(months):
        began = datetime(2025, month, 5, tzinfo=AT.tzinfo)
        crawl = record(
            id=f"{began:%Y%m%dT%H%M%SZ}-{crc32(site.encode()) % 0xFFFF00 + number:06x}", site=site, started_at=began
        )
        with archive(data, crawl) as opened:
            for minute in range(PAGES):
                no, at = first + number * PAGES + minute, began + timedelta(minutes=minute)
                url = f"https://{site}/news/article.html?no={no}"
                one = exchange(no, at, url=url, body=page_of(replica, no))
                file = data / opened.append(fetched(one, no=no, site=site, base=f"https://{site}")).file
        file.rename(make_private_folder(file.parents[1] / f"2025-{month:02}") / file.name)


def in_store(connection: Connection, data: Path, site: str | None = None) -> None:
    """As if the store had these files; their copies are here."""
    for path in archive_files(data, site):
        name = path.relative_to(data)
        connection.execute(STORED, [str(name), name.parts[1]])

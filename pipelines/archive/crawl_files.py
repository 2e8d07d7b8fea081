"""The WARC files of one crawl: `archive/<site>/<month>/<crawl>-00001.warc.gz` and so on, below the data folder."""

from __future__ import annotations

import logging
import os
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from operator import attrgetter
from pathlib import Path
from threading import Lock
from typing import Self

from scrapy.settings import BaseSettings

from asiatongsin import __version__
from asiatongsin.capture import Archived, Exchange, Part
from asiatongsin.items import Page
from pipelines.archive import warc
from pipelines.archive.reading import Capture
from pipelines.archive.settings import file_bytes, store_address
from pipelines.archive.store import Store, StoreTrouble
from pipelines.archive.whereabouts import Whereabouts, is_here, nowhere
from pipelines.crawl_record import CrawlRecord
from pipelines.database.archive_files import Stored
from pipelines.disk import append_whole, data_folder, fsync_folder, make_private_folder, safe_name

logger = logging.getLogger(__name__)

SECONDS = 10.0
"""How long the archive store may take for one page."""

REMEMBERED_BODIES = 1000
"""How many bodies of a crawl are remembered: sites answer with the same short page for each removed article."""


@dataclass(frozen=True, slots=True)
class Original:
    """An archived body, to which revisit records refer."""

    place: Archived
    """Its record."""

    url: str
    """Address it was fetched from."""

    fetched_at: datetime
    """When it was fetched."""


class Archive:
    """Appends the pages of one crawl. Appending and syncing may happen in different threads."""

    def __init__(
        self,
        data: Path,
        record: CrawlRecord,
        facts: dict[str, str],
        file_bytes: int,
        where: Whereabouts | None = None,
    ) -> None:
        self.data = data
        self.where = where or Whereabouts(data=data)
        self.record = record
        self.facts = facts
        self.file_bytes = file_bytes
        self._bodies: OrderedDict[str, Original] = OrderedDict()
        self._lock = Lock()
        self._number = 0
        self._file: int | None = None
        self._ended: list[int] = []  # files that are full, and not on the disk itself
        self._folders: set[Path] = set()  # folders in which a name is new
        self._syncing = Lock()
        self._name = ""
        self._size = 0

    @classmethod
    def of_crawl(
        cls, settings: BaseSettings, record: CrawlRecord, find: Callable[[str], Stored | None] = nowhere
    ) -> Self:
        """The archive of a crawl that begins. Nothing is written before its first page.

        `find` says where the archive store holds a file.
        """
        data, address = data_folder(settings), store_address(settings)
        facts = {
            "software": f"asiatongsin/{__version__}",
            "format": "WARC File Format 1.1",
            "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
            "robots": "classic" if settings.getbool("ROBOTSTXT_OBEY") else "ignore",  # the standard's word for obeying
            "http-header-user-agent": settings["USER_AGENT"],
            "operator": settings["CONTACT"],
            "isPartOf": record.id,
            "description": f"articles of {record.site}",
        }
        store = Store(address, seconds=SECONDS, retries=1) if address else None
        return cls(data, record, facts, file_bytes(settings), Whereabouts(data=data, store=store, find=find))

    def needs_store(self, page: Page) -> bool:
        """Whether the store may have to be asked for the stored capture of a page, which takes a while."""
        earlier = page.stored.archived if page.stored else None
        return self.where.store is not None and earlier is not None and not is_here(self.data / earlier.file)

    def append(self, page: Page) -> Archived:
        """Hands all records of the page, or none, to the operating system; returns the place of its body.

        OSError where the disk does not take it.
        """
        *redirects, last = page.exchanges
        headers, body = warc.as_archived(last, page.body)
        digest = warc.payload_digest(body)
        requested = {warc.REQUESTED_URL: page.exchanges[0].url}
        original = self._original(page, digest)
        with self._lock:
            file = self._open() if self._file is None or self._size >= self.file_bytes else self._file
            before = b"".join(
                part
                for one in redirects
                for part in warc.response_records(one, *warc.as_archived(one, one.body), requested)
            )
            places = []
            for part in filter(attrgetter("exchanges"), page.parts):
                places.append(self._size + len(before))
                before += b"".join(_records_of_part(part))
            facts = _facts_of_crawl(page) | ({warc.PARTS: " ".join(map(str, places))} if places else {})
            if original:
                records = warc.revisit_records(last, headers, _reference(original, last, digest) | facts)
            else:
                records = warc.response_records(last, headers, body, facts, digest=digest)
            offset = self._size + len(before)
            self._size += append_whole(file, b"".join([before, *records]))
            if original is None:
                place = Archived(file=self._name, offset=offset, length=len(records[0]), digest=digest)
                original = Original(place, last.url, last.fetched_at)
            self._remember(original)
            return original.place

    def sync(self) -> None:
        """Brings appended records to the disk itself: the spool must name no place that a power failure takes away.

        Nobody else does: no page waits for the disk.
        """
        with self._syncing:
            with self._lock:
                file = [] if self._file is None else [os.dup(self._file)]
                ended, folders = [*self._ended, *file], self._folders
                self._folders = set()
            try:
                for one in ended:
                    os.fsync(one)
                for folder in folders:
                    fsync_folder(folder)
            except OSError:
                self._folders |= folders
                _close(file)
                raise
            with self._lock:
                self._ended = [one for one in self._ended if one not in ended]
            _close(ended)

    def close(self) -> None:
        """Ends the last file."""
        with self._lock:
            self._end()
        try:
            self.sync()
        finally:
            _close(self._ended)
            self._ended = []

    def _original(self, page: Page, digest: str) -> Original | None:
        """The same body, archived earlier by this crawl or with the stored capture; None where it cannot be read."""
        is_unmodified = page.status == HTTPStatus.NOT_MODIFIED
        if not is_unmodified and (known := self._bodies.get(digest)):
            return known
        earlier = page.stored.archived if page.stored else None
        if earlier is None or not (is_unmodified or earlier.digest == digest):
            return None
        capture = self._capture_at(earlier)
        if capture is None or capture.is_revisit or capture.field("WARC-Payload-Digest") != earlier.digest:
            return None
        return Original(earlier, capture.url, capture.recorded_at)

    def _capture_at(self, place: Archived) -> Capture | None:
        """A stored capture; None where it cannot be read. A store that does not answer is asked no more."""
        try:
            return self.where.capture_at(self.data / place.file, place.offset, place.length)
        except StoreTrouble as error:
            logger.warning("Pages are archived without a reference to those in the store: %s", error)
            self.where = Whereabouts(data=self.data)
            return None

    def _remember(self, original: Original) -> None:
        self._bodies[original.place.digest] = original
        self._bodies.move_to_end(original.place.digest)
        if len(self._bodies) > REMEMBERED_BODIES:
            self._bodies.popitem(last=False)

    def _open(self) -> int:
        """Begins the next file."""
        self._end()
        self._number += 1
        month = f"{datetime.now(UTC):%Y-%m}"
        relative = Path("archive", safe_name(self.record.site), month, f"{self.record.id}-{self._number:05d}.warc.gz")
        path = make_private_folder((self.data / relative).parent) / relative.name
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_EXCL | os.O_CLOEXEC, 0o640)
        try:
            self._size = append_whole(file, warc.warcinfo(relative.name, self.facts))
        except OSError:
            os.close(file)
            path.unlink()
            raise
        self._file, self._name = file, relative.as_posix()
        self._folders.add(path.parent)
        return file

    def _end(self) -> None:
        if self._file is not None:
            self._ended.append(self._file)
            self._file = None


def _close(files: Iterable[int]) -> None:
    for file in files:
        os.close(file)


def _reference(original: Original, exchange: Exchange, digest: str) -> dict[str, str]:
    """Headers of a revisit record that name the record with its body."""
    fields = {
        "WARC-Refers-To-Target-URI": original.url,
        "WARC-Refers-To-Date": warc.warc_date(original.fetched_at),
        warc.REFERS_TO_FILE: original.place.file,
        warc.REFERS_TO_OFFSET: str(original.place.offset),
    }
    if exchange.status == HTTPStatus.NOT_MODIFIED:
        return fields | {"WARC-Profile": warc.NOT_MODIFIED}
    return fields | {"WARC-Profile": warc.SAME_PAYLOAD, "WARC-Payload-Digest": digest}


def _records_of_part(part: Part) -> list[bytes]:
    """The answer of a further page of an article; redirects that led to it are left out."""
    last = part.exchanges[-1]
    requested = {warc.REQUESTED_URL: part.exchanges[0].url}
    return warc.response_records(last, *warc.as_archived(last, part.body), requested)


def _facts_of_crawl(page: Page) -> dict[str, str]:
    """Headers with what the crawl knew beside the answer: with these the page can be read again as at first."""
    requested = page.exchanges[0].url
    fields = {warc.REQUESTED_URL: requested} if requested != page.exchanges[-1].url else {}
    if page.is_listed:
        fields[warc.LISTED] = "yes"
    return fields | {warc.LISTED_AT: page.listed_at.isoformat()} if page.listed_at else fields

"""Brings finished WARC files of this machine to the archive store, and then takes them off its disk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from scrapy.settings import BaseSettings

from pipelines.archive.files import crawl_of, files_of_unfinished_crawls, local_files
from pipelines.archive.in_use import alone_in
from pipelines.archive.packs import compare, described, digest_of, due_before, packs, pieces
from pipelines.archive.settings import StoreSettings
from pipelines.archive.store import Store, StoreTrouble
from pipelines.database import archive_files as catalog
from pipelines.database.archive_files import Row
from pipelines.database.connection import Database
from pipelines.database.session import Session
from pipelines.disk import data_folder, describe_error, machine_name, make_private_folder


@dataclass(kw_only=True)
class Pushed:
    """What a push did."""

    is_alone: bool = True
    """Whether it worked; else another push, or `asiatongsin archive clean`, works on this data folder."""

    files: int = 0
    """Files that were brought to the store."""

    bytes: int = 0
    """Their size."""

    objects: int = 0
    """Objects that they became."""

    removed: int = 0
    """Local copies that were removed."""

    waiting: int = 0
    """Files of this data folder that still wait: for others of their site, or for the next push."""

    unfinished: int = 0
    """Files whose crawl is running, or whose pages wait in the spool."""

    strange: int = 0
    """Files in the archive whose crawl this database does not know; they stay on the disk."""

    gone: int = 0
    """Files that wait on this machine by the table, and are not on its disk."""

    troubles: list[str] = field(default_factory=list)
    """What went wrong; the next push tries it again."""


def push(
    settings: BaseSettings,
    *,
    now: bool = False,
    site: str | None = None,
    advance: Callable[[int], None] = lambda _: None,
) -> Pushed:
    """Sends the packs that are full or have waited for long enough; with `now`, all files.

    SettingError, DatabaseUnreachable, DatabaseUnusable: nothing is lost, and the next push goes on there.
    """
    given = StoreSettings.from_settings(settings)
    store = Store(given.needed_address())
    data = data_folder(settings)
    with (
        alone_in(make_private_folder(data / "archive")) as is_alone,
        closing(Session(Database.from_settings(settings))) as session,
    ):
        if not is_alone:
            return Pushed(is_alone=False)
        pushing = _Push(data, session, store, given, advance)
        pushing.note(machine_name(settings), site)
        pushing.run(due_before(datetime.now(UTC), given.pack_after, at_once=now))
        return pushing.done


class _Push:
    def __init__(
        self, data: Path, session: Session, store: Store, given: StoreSettings, advance: Callable[[int], None]
    ) -> None:
        self.data = data
        self.session = session
        self.store = store
        self.given = given
        self.advance = advance
        self.done = Pushed()
        self.rows: list[Row] = []
        """The files on this disk that the table knows."""

    def note(self, machine: str, site: str | None) -> None:
        """Notes the finished files on this disk in the table."""
        found = local_files(self.data, site)
        # In this order: a crawl that ends in between has finished the files that were found.
        unfinished = files_of_unfinished_crawls(found, self.data)
        self.done.unfinished = len(unfinished)
        sizes = dict(self._sizes(file for file in found if file not in unfinished))
        crawls = [crawl_of(self.data / file) for file in sizes]
        self.session.run(lambda connection: catalog.note(connection, machine, sizes, crawls))
        self.rows = self.session.run(lambda connection: catalog.named(connection, list(sizes)))
        self.done.strange = len(sizes) - len(self.rows)
        waiting = self.session.run(lambda connection: catalog.waiting(connection, site, machine))
        self.done.gone = sum(file not in sizes and not (self.data / file).exists() for file, _ in waiting)

    def _sizes(self, files: Iterable[Path]) -> Iterator[tuple[str, int]]:
        for file in files:
            with suppress(OSError):  # whoever removed it meanwhile, it is not there to be sent
                yield file.relative_to(self.data).as_posix(), file.stat().st_size

    def run(self, before: datetime | None) -> None:
        """Sends what is due."""
        self._remove_stored()
        waiting = [row for row in self.rows if row.stored_at is None]
        try:
            for pack in packs(waiting, self.given.pack_bytes, before):
                self._send([row.file for row in pack])
        except StoreTrouble as error:
            self.done.troubles.append(str(error))
        self.done.waiting = len(waiting) - self.done.files

    def _send(self, files: Sequence[str]) -> None:
        """Sends a pack, reads it back, and notes that the store has it; only then are its files removed here.

        StoreTrouble where the store does not take it.
        """
        try:
            places = described(self.data, files)
            name = next(iter(places.values())).object
            self.store.put(name, pieces(self.data, places))
        except OSError as error:
            self.done.troubles.append(describe_error(error, self.data))
            return
        compare(self.store, name, places)
        ours = self.session.run(lambda connection: catalog.mark_stored(connection, name, places))
        self.done.files += len(places)
        self.done.bytes += sum(place.bytes for place in places.values())
        self.done.objects += 1
        self.advance(len(places))
        self._remove(ours)

    def _remove_stored(self) -> None:
        """Removes local copies that an earlier push could not: it was killed, or somebody was reading them.

        A copy that came later, by `asiatongsin archive fetch`, stays.
        """
        if self.given.keeps_local:
            return
        left = [row for row in self.rows if row.stored_at and _is_copy_of_then(self.data / row.file, row)]
        if left:
            self._remove([row.file for row in left])

    def _remove(self, files: Sequence[str]) -> None:
        if self.given.keeps_local:
            return
        with alone_in(self.data) as is_alone:
            for file in files if is_alone else ():
                try:
                    (self.data / file).unlink(missing_ok=True)
                    self.done.removed += 1
                except OSError as error:
                    self.done.troubles.append(describe_error(error, self.data))


def _is_copy_of_then(path: Path, row: Row) -> bool:
    try:
        is_older = row.stored_at is not None and path.stat().st_mtime < row.stored_at.timestamp()
        # By all its bytes: a clock may be wrong, and `archive clean` leaves the size as it was.
        return is_older and digest_of(path) == (row.bytes, row.sha256)
    except OSError:
        return False

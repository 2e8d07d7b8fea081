"""Which WARC files of the archive are read again, where they are, and which of them cannot be read here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from psycopg import Connection
from scrapy.settings import BaseSettings

from pipelines.archive.files import archive_files, in_order, local_files
from pipelines.archive.settings import StoreSettings
from pipelines.archive.store import Store
from pipelines.archive.whereabouts import Whereabouts
from pipelines.database import archive_files as catalog
from pipelines.disk import data_folder
from pipelines.queries.archive_files import named


@dataclass(frozen=True, kw_only=True)
class ArchivedFiles:
    """The files of a site, or of all, on this disk or in the archive store."""

    paths: list[Path]
    """All that can be read here, in order, by the names that rows give them."""

    where: Whereabouts
    """Where they are."""

    elsewhere: list[str]
    """Sentences about those that cannot be read here, and what to do about it."""


def archived_files(connection: Connection, settings: BaseSettings, site: str | None) -> ArchivedFiles:
    """The files of our own archive. NoArchive where there are none at all."""
    data, address = data_folder(settings), StoreSettings.from_settings(settings).address
    here = local_files(data, site)
    local = {file.relative_to(data).as_posix() for file in here}
    stored = {row.file: row for row in catalog.stored(connection, site) if row.file not in local}
    elsewhere = [
        *_waiting(machine for file, machine in catalog.waiting(connection, site) if file not in local),
        *_unknown(one.machine for one in named(connection, site) if one.file not in local),
    ]
    if stored and not address:
        elsewhere.append(f"{len(stored)} files are in the archive store: name it in ARCHIVE_STORE")
        stored = {}
    if not (here or stored or elsewhere):
        archive_files(data, site)
    places = {file: place for file, row in stored.items() if (place := catalog.place_of(row))}
    return ArchivedFiles(
        paths=in_order([*here, *(data / file for file in places)]),
        where=Whereabouts(data=data, store=Store(address) if places else None, find=places.get),
        elsewhere=elsewhere,
    )


def _waiting(machines: Iterable[str]) -> list[str]:
    """Files that only their machine has."""
    return [
        f"{number} files wait on machine {machine}: run asiatongsin archive push --now there"
        for machine, number in sorted(Counter(machines).items())
    ]


def _unknown(machines: Iterable[str | None]) -> list[str]:
    """Files that rows name, and nobody has."""
    return [
        f"{number} files that rows name are {_on(machine)}: machines share an archive where ARCHIVE_STORE names one"
        for machine, number in sorted(Counter(machines).items(), key=str)
    ]


def _on(machine: str | None) -> str:
    return f"on machine {machine}, not on this disk" if machine else "not on this disk: on another machine, or deleted"

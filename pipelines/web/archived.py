"""Pages as the archive holds them."""

from __future__ import annotations

from functools import partial

from psycopg import Connection
from scrapy.settings import BaseSettings

from pipelines.archive.reading import Capture
from pipelines.archive.settings import StoreSettings
from pipelines.archive.store import Store
from pipelines.archive.whereabouts import Whereabouts, is_here
from pipelines.database import archive_files
from pipelines.disk import data_folder
from pipelines.queries.one_article import Place
from pipelines.reparse.captured import place_of_original
from pipelines.web.page import NotFound

PATIENCE = 20.0
"""Seconds that a request of the archive store may take: somebody waits for it."""

_CHARSETS = {"utf-8": "utf-8", "euc-kr": "cp949"}
"""Python's codecs, by the names that browsers have for them."""


def archived(connection: Connection, settings: BaseSettings, place: Place) -> Capture:
    """The capture at a place, or the one that it repeats. NotFound says where else it may be. StoreTrouble."""
    if place.file is None or place.offset is None:
        raise NotFound("this page was not archived: crawls archive what ARCHIVE names")
    where = _whereabouts(connection, settings)
    found = _capture(where, place.file, place.offset, place.length)
    original = _original(where, found) if found and found.is_revisit else found
    if original is None:
        raise NotFound(_missing(connection, where, place.file))
    return original


def charset_of(body: bytes) -> str | None:
    """Name of the encoding that a page came in, as browsers call it; the sites declare none, or a wrong one."""
    for name, codec in _CHARSETS.items():
        try:
            body.decode(codec)
        except UnicodeDecodeError:
            continue
        return name
    return None


def _whereabouts(connection: Connection, settings: BaseSettings) -> Whereabouts:
    address = StoreSettings.from_settings(settings).address
    store = Store(address, seconds=PATIENCE, retries=1) if address else None
    return Whereabouts(data=data_folder(settings), store=store, find=partial(archive_files.find, connection))


def _capture(where: Whereabouts, file: str, offset: int, length: int | None) -> Capture | None:
    path = where.named(file)
    return where.capture_at(path, offset, length) if path else None


def _original(where: Whereabouts, revisit: Capture) -> Capture | None:
    """The capture that has the body of a revisit."""
    try:
        place = place_of_original(revisit, where.data)
    except ValueError:
        return None
    if place is None:
        return None
    found = _capture(where, place[0].relative_to(where.data).as_posix(), place[1], None)
    return None if found is None or found.is_revisit else found


def _missing(connection: Connection, where: Whereabouts, file: str) -> str:
    """Why a page cannot be shown, and what to do about it."""
    path = where.named(file)
    if path is None:
        return f"{file} is no file of the data folder, so it is not opened: the row that names it is damaged"
    for row in archive_files.named(connection, [file]):
        if row.object is None and not is_here(path):
            return f"{file} is on machine {row.machine} alone: run asiatongsin archive push --now there"
        if where.store is None and not is_here(path):
            return f"{file} is in the archive store: name it in ARCHIVE_STORE"
    if is_here(path):
        return f"{file} is damaged at this place: asiatongsin archive verify compares it with what the store holds"
    return (
        f"{file} is not on this disk: it is on another machine, or was deleted; machines share an archive where"
        " ARCHIVE_STORE names one"
    )

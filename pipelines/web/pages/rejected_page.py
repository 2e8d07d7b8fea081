"""A page that could not be read, as it came."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

from pipelines.disk import data_folder
from pipelines.queries.one_article import Place
from pipelines.queries.rejected import kept
from pipelines.web.archived import archived, charset_of
from pipelines.web.guard import RAW_POLICY
from pipelines.web.page import Asked, Document, NotFound, Page

BYTES_MAX = 32 * 1024 * 1024
"""So much of a page is shown, whatever a file makes of itself when it is unpacked."""


def read(asked: Asked) -> Document:
    """The page, out of the folder `rejected` or the archive. NotFound, StoreTrouble."""
    number = asked.parts["rejected"]
    found = kept(asked.connection, int(number)) if len(number) < 19 else None
    if found is None:
        raise NotFound(f"No rejected page has the number {number}.")
    if found.raw_path is None and found.archive_file is None:
        raise NotFound("No page arrived, so none is kept.")
    if found.raw_path is not None:
        body = unpacked(data_folder(asked.settings), found.raw_path)
    else:
        place = Place(file=found.archive_file, offset=found.archive_offset, length=found.archive_length)
        body = archived(asked.connection, asked.settings, place).body
    return Document(body=body, charset=charset_of(body), policy=RAW_POLICY)


def unpacked(data: Path, raw_path: str) -> bytes:
    """What a file of the folder `rejected` holds. NotFound, also where its name leads elsewhere."""
    folder = (data / "rejected").resolve()
    path = (data / raw_path).resolve()
    if not path.is_relative_to(folder):
        raise NotFound(f"{raw_path} is no file of the folder rejected, so it is not opened: the row is damaged")
    try:
        if not path.is_fifo():  # opening a pipe would wait for ever
            with gzip.open(path) as file:
                return file.read(BYTES_MAX)
    except (FileNotFoundError, IsADirectoryError):
        raise NotFound(f"{raw_path} is not on this disk: it is on the machine that crawled, or was deleted") from None
    except (OSError, EOFError, zlib.error):
        pass
    raise NotFound(f"{raw_path} cannot be read: the file is damaged, or not ours to read")


REJECTED_PAGE = Page(path=r"/rejected/{rejected:\d+}/raw", title="Unreadable page", template=None, read=read)

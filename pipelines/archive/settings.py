"""The settings ARCHIVE and ARCHIVE_FILE_BYTES, read and checked before anything is fetched."""

from __future__ import annotations

from typing import get_args

from scrapy.settings import BaseSettings

from asiatongsin.errors import SettingError
from asiatongsin.items import PageKind

KINDS: tuple[PageKind, ...] = get_args(PageKind)


def check(settings: BaseSettings) -> None:
    """SettingError where one of the settings makes no sense."""
    archived_kinds(settings)
    file_bytes(settings)


def archived_kinds(settings: BaseSettings) -> frozenset[str]:
    """Kinds of pages that are archived. SettingError."""
    given = [str(part).strip() for part in settings.getlist("ARCHIVE")]
    if unknown := [part for part in given if part and part not in KINDS]:
        raise SettingError(
            f"ARCHIVE={settings['ARCHIVE']}: there is no kind of page {unknown[0]!r}; write one or several of"
            f" {', '.join(KINDS)} with commas between, or nothing for no archive"
        )
    return frozenset(filter(None, given))


def file_bytes(settings: BaseSettings) -> int:
    """Bytes after which the archive begins its next file. SettingError."""
    given = str(settings["ARCHIVE_FILE_BYTES"]).strip()
    if not (given.isascii() and given.isdecimal() and len(given) < 19 and int(given)):
        raise SettingError(
            f"ARCHIVE_FILE_BYTES={given}: write a whole number above 0, for example 1000000000 for a gigabyte"
        )
    return int(given)

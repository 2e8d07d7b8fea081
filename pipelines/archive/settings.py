"""The settings of the archive (ARCHIVE…), read and checked before anything is fetched."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Self, get_args
from urllib.parse import unquote

from scrapy.settings import BaseSettings

from asiatongsin.durations import parse_duration
from asiatongsin.errors import SettingError
from asiatongsin.items import PageKind
from pipelines.disk import data_folder

KINDS: tuple[PageKind, ...] = get_args(PageKind)

EXAMPLE = "s3://bucket/folder, gs://bucket/folder, az://container/folder or an absolute path such as /mnt/archive"
_BUCKET = re.compile(r"(?:s3|gs|az)://[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9._/-]*)?")


def check(settings: BaseSettings) -> None:
    """SettingError where one of the settings makes no sense."""
    archived_kinds(settings)
    file_bytes(settings)
    StoreSettings.from_settings(settings)


@dataclass(frozen=True, kw_only=True)
class StoreSettings:
    """The settings of the archive store."""

    address: str
    """ARCHIVE_STORE: `s3://…`, `gs://…`, `az://…` or an absolute folder; empty where there is no store."""

    pack_bytes: int
    """ARCHIVE_PACK_BYTES."""

    pack_after: timedelta
    """ARCHIVE_PACK_AFTER."""

    keeps_local: bool
    """ARCHIVE_KEEP_LOCAL."""

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        """SettingError."""
        after = str(settings["ARCHIVE_PACK_AFTER"] or "").strip()
        if (pack_after := parse_duration(after)) is None:
            raise SettingError(f"ARCHIVE_PACK_AFTER={after}: write one time above 0, for example 6h")
        return cls(
            address=store_address(settings),
            pack_bytes=settings.getint("ARCHIVE_PACK_BYTES"),
            pack_after=pack_after,
            keeps_local=settings.getbool("ARCHIVE_KEEP_LOCAL"),
        )

    def needed_address(self) -> str:
        """The address. SettingError where none is set."""
        if not self.address:
            raise SettingError(f"ARCHIVE_STORE names no store: write {EXAMPLE}")
        return self.address


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


def store_address(settings: BaseSettings) -> str:
    """ARCHIVE_STORE: `s3://…`, `gs://…`, `az://…` or an absolute folder; empty: no store. SettingError."""
    given = str(settings["ARCHIVE_STORE"] or "").strip()
    if given and find_spec("obstore") is None:
        raise SettingError('ARCHIVE_STORE needs obstore: pip install "asiatongsin[fleet]"')
    if given.startswith("file://"):
        given = unquote(given.removeprefix("file://"))
    if "://" in given and not _BUCKET.fullmatch(given):
        # What was given is not repeated: it may hold a password.
        raise SettingError(
            f"ARCHIVE_STORE is no address of a store: write {EXAMPLE}; credentials belong into the environment"
            " (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, GOOGLE_SERVICE_ACCOUNT, AZURE_STORAGE_ACCOUNT_NAME)"
        )
    if not given or "://" in given:
        return given.rstrip("/")
    return str(_folder(Path(given).expanduser(), data_folder(settings)))


def _folder(folder: Path, data: Path) -> Path:
    if not folder.is_absolute():
        raise SettingError(f"ARCHIVE_STORE={folder}: write an absolute path, or {EXAMPLE.partition(' or ')[0]}")
    if folder.resolve().is_relative_to((data / "archive").resolve()):
        raise SettingError(f"ARCHIVE_STORE={folder}: this is where WARC files wait; write another folder")
    return folder

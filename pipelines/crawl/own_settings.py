"""The settings that a site has of its own: from the table `sites`, and while the database is away from local disk."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import msgspec
from scrapy.settings import BaseSettings

from asiatongsin import setting_checks
from asiatongsin.look_back import LookBacks
from asiatongsin.rechecks import Rechecks
from asiatongsin.site_settings import apply_site_settings, check_names
from pipelines.archive import settings as archive_settings
from pipelines.database.connection import Database
from pipelines.database.errors import DatabaseUnreachable, DatabaseUnusable
from pipelines.database.session import run_while_progressing, translated
from pipelines.disk import data_folder, describe_error, make_private_folder, safe_name, write_whole
from pipelines.queries.fleet import OwnSettings, own_settings
from pipelines.verdict.bounds import Bounds, stale_after

logger = logging.getLogger(__name__)


def heed_site(settings: BaseSettings, site: str, own: OwnSettings | None = None) -> OwnSettings:
    """Lets the settings of the site hold, `own` where they were read already; all that it has of its own.

    They are remembered below the data folder, since a delay that is polite must hold without a database as well.
    SettingError where one makes no sense.
    """
    path = data_folder(settings) / "sites" / f"{safe_name(site)}.json"
    try:
        found = own or _read(settings, site)
        _remember(path, found)
    except (DatabaseUnreachable, DatabaseUnusable):  # what begins next says so
        found = _remembered(path)
    apply_site_settings(settings, found.settings, found.politeness_group)
    if found.settings:
        setting_checks.check(settings)
        check_values(settings)
    return found


def check_own(settings: BaseSettings, own: Mapping[str, str]) -> None:
    """SettingError where a site may not have one of these settings, or its value makes no sense."""
    check_names(own, setting_checks.known_settings(settings))
    tried = settings.copy()
    tried.setdict(own, priority="cmdline")
    setting_checks.check(tried)
    check_values(tried)
    stale_after(tried)


def check_values(settings: BaseSettings) -> None:
    """SettingError where a setting that is more than a number makes no sense."""
    Rechecks.from_settings(settings)
    LookBacks.from_settings(settings)
    Bounds.from_settings(settings)
    archive_settings.check(settings)


def _read(settings: BaseSettings, site: str) -> OwnSettings:
    """What the table says. DatabaseUnreachable, DatabaseUnusable."""
    database = Database.from_settings(settings)
    if not database.is_made:
        return OwnSettings()

    def ask() -> OwnSettings:
        with translated(database.name), database.connect() as connection:
            return own_settings(connection, site)

    return run_while_progressing(ask, settings.getfloat("DATABASE_SILENCE_MAX"))


def _remember(path: Path, own: OwnSettings) -> None:
    """Keeps them in a file, which is there only for a site that was added."""
    content = json.dumps(asdict(own), ensure_ascii=False).encode()
    try:
        if own == OwnSettings():
            path.unlink(missing_ok=True)
        elif not path.is_file() or path.read_bytes() != content:
            make_private_folder(path.parent)
            write_whole(path, content)
    except OSError as error:
        logger.warning("The settings of the site are not remembered: %s", describe_error(error, path.parent.parent))


def _remembered(path: Path) -> OwnSettings:
    with suppress(OSError, ValueError):  # msgspec's errors are of this kind as well
        return msgspec.json.decode(path.read_bytes(), type=OwnSettings)
    return OwnSettings()

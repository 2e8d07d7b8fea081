"""Which settings hold: those that Scrapy's variable names, else ours."""

from __future__ import annotations

import os

from scrapy.settings import Settings
from scrapy.utils.project import ENVVAR

OURS = "asiatongsin.settings"


def name_settings() -> None:
    """Makes ours those of this process, where nothing else is named."""
    os.environ.setdefault(ENVVAR, OURS)


def settings() -> Settings:
    """The settings of this process, which stays as it is."""
    found = Settings()
    found.setmodule(os.environ.get(ENVVAR, OURS))
    return found

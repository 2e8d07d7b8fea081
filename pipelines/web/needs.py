"""What needs a person, as `asiatongsin status` says it; `needs.html` shows it on a page."""

from __future__ import annotations

from asiatongsin.errors import SettingError
from pipelines.status.collect import collect_needs
from pipelines.web.page import Asked


def needs(asked: Asked) -> tuple[str, ...]:
    """Sentences, in English; empty where nothing needs a person."""
    try:
        return collect_needs(asked.connection, asked.settings)
    except SettingError as error:  # the settings of crawls, which the page can do without
        return (str(error),)

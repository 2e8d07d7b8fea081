"""Site knowledge: where the news of a Mediaon site is and what its pages hold.

`asiatongsin.open()` gives the news that are stored, for notebooks and programs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.news.news import News

__version__ = "0.1.0"


def open(database: str = "", *, data: str | Path = "") -> News:
    """The stored news of a database, given by its address: `postgresql://user@host/name`.

    Without an address it is the one that the commands use: that of DATABASE_URL, else the embedded one below the data
    folder. `data` names another data folder. DatabaseUnreachable and DatabaseUnusable say what is in the way.
    """
    from asiatongsin.project import settings  # noqa: PLC0415  importing the package stays light
    from pipelines.news.news import News  # noqa: PLC0415

    return News.of(settings(), database, data)

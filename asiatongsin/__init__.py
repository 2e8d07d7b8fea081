"""Site knowledge: where the news of a Mediaon site is and what its pages hold.

`asiatongsin.open()` gives the news that are stored, for notebooks and programs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from asiatongsin.items import PageItems
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


def read_page(html: str | bytes, url: str | None = None) -> PageItems:
    """All that is read on a page: article, weather strip and related stories, each field explained in `items.py`.

    `url` is the address of the page; without it, that which the page names as its own. `removed` and `rejected` of the
    result say why there is no article. ValueError where the address is missing, or none of such a site.
    """
    from asiatongsin.reading import read  # noqa: PLC0415  whoever asks for the version alone need not wait for a parser

    return read(html, url)

"""Site knowledge: where the news of a Mediaon site is and what its pages hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asiatongsin.items import PageItems

__version__ = "0.1.0"


def read_page(html: str | bytes, url: str | None = None) -> PageItems:
    """All that is read on a page: article, weather strip and related stories, each field explained in `items.py`.

    `url` is the address of the page; without it, that which the page names as its own. `removed` and `rejected` of the
    result say why there is no article. ValueError where the address is missing, or none of such a site.
    """
    from asiatongsin.reading import read  # noqa: PLC0415  whoever asks for the version alone need not wait for a parser

    return read(html, url)

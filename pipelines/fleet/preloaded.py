"""Imports what a crawl needs, once, in the process that forks all crawls of a worker.

Not the reactor: each crawl opens descriptors of its own with it.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable
from importlib import import_module

from asiatongsin import project

COMPONENTS = ("DOWNLOADER_MIDDLEWARES", "DOWNLOAD_HANDLERS", "EXTENSIONS", "ITEM_PIPELINES", "SPIDER_MIDDLEWARES")
"""Settings that name classes in whole, with Scrapy's own."""

OTHERS = (
    "pipelines.fleet.apart",
    "email.contentmanager",
    "encodings.idna",
    "scrapy.dupefilters",
    "scrapy.pqueues",
    "scrapy.responsetypes",
    "scrapy.squeues",
    "scrapy.utils.engine",
    "asiatongsin.mediaon.article",
    "asiatongsin.mediaon.front",
    "pipelines.crawl.known_articles",
)
"""Modules that a crawl imports on its way."""


def _classes() -> Iterable[str]:
    settings = project.settings()
    for name in COMPONENTS:
        for key, value in settings.getwithbase(name).items():
            yield from (one for one in (key, value) if isinstance(one, str) and "." in one)


def import_all() -> None:
    """Imports all, and moves it out of reach of the garbage collection: else each fork copies the memory it is in."""
    for name in (*OTHERS, *sorted({one.rpartition(".")[0] for one in _classes()})):
        import_module(name)
    gc.collect()
    gc.freeze()


import_all()

"""Reads pages with one of the programs that people would use instead, in the environment of `make bench-peers`.

`python peers.py trafilatura pages.jsonl` prints how long a page took, and what was found on each. Nothing of this
project is imported: that environment does not have it.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp
from time import perf_counter
from typing import Any, NoReturn

Found = tuple[str | None, str | None]
"""Headline and body."""

WARM = 2
"""Pages read before the clock starts."""


def without_network() -> None:
    """Keeps them from fetching photos and lists while the clock runs: who is measured is not the network."""
    data = Path(mkdtemp(prefix="nltk-")) / "tokenizers" / "punkt_tab" / "english"
    data.mkdir(parents=True)
    for name in ("collocations.tab", "sent_starters.txt", "abbrev_types.txt", "ortho_context.tab"):
        (data / name).touch()  # a tokenizer that was taught nothing; Korean words are told apart by blanks
    os.environ["NLTK_DATA"] = str(data.parents[2])
    socket.getaddrinfo = _no_address


def _no_address(*_: Any, **__: Any) -> NoReturn:
    raise socket.gaierror("no network while the clock runs")


def trafilatura() -> Callable[[str, str], Found]:
    from trafilatura import bare_extraction  # noqa: PLC0415

    def read(html: str, url: str) -> Found:
        found = bare_extraction(html, url=url, with_metadata=True)
        return (found.title, found.text) if found else (None, None)

    return read


def newspaper4k() -> Callable[[str, str], Found]:
    from newspaper import Article  # noqa: PLC0415

    def read(html: str, url: str) -> Found:
        article = Article(url, language="ko")
        article.download(input_html=html)
        article.parse()
        return article.title, article.text

    return read


def news_please() -> Callable[[str, str], Found]:
    from newsplease import NewsPlease  # noqa: PLC0415

    def read(html: str, url: str) -> Found:
        found = NewsPlease.from_html(html, url=url)
        return found.title, found.maintext

    return read


PEERS = {"trafilatura": trafilatura, "newspaper4k": newspaper4k, "news-please": news_please}


def main() -> None:
    name, file = sys.argv[1:]
    pages = [json.loads(line) for line in Path(file).read_text().splitlines()]
    without_network()
    read = PEERS[name]()
    for page in pages[:WARM]:
        read(page["html"], page["url"])
    began = perf_counter()
    found = [read(page["html"], page["url"]) for page in pages]
    print(json.dumps({"ms": (perf_counter() - began) * 1000 / len(pages), "found": found}))


if __name__ == "__main__":
    main()

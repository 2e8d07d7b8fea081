"""pywb, a program of other people, replays what is archived: pages as they came, and those that are referred to."""

from __future__ import annotations

import gzip
import os
import subprocess
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path

import brotli
import pytest

from asiatongsin.capture import Headers
from tests.captured import BASE, archive, exchange, fetched, url_of
from tests.conftest import ROOT
from tests.processes import answers, free_port, wait_until
from tests.samples import AT, later, record
from tests.site import ReplicaSite
from tests.site.answers import Ask, answer

PYWB = Path(os.environ.get("PYWB", ROOT / ".venv-pywb"))
"""Virtual environment of its own with pywb in it: `make pywb` makes one."""

SITE = ReplicaSite(articles=5)
PLAIN, PACKED, CODED, AGAIN, EARLIER = SITE.numbers()
CAPTURED = (AT, later(60))
HTML: Headers = (("Content-Type", "text/html"),)

pytestmark = pytest.mark.skipif(
    not (PYWB / "bin" / "wayback").exists(), reason=f"no pywb in {PYWB}: `make pywb`, or name its environment in PYWB"
)

Replay = Callable[[str], tuple[int, bytes]]


def served(no: int) -> bytes:
    return answer(SITE, Ask(path="/news/article.html", query=f"no={no}", headers={})).body


def archived(data: Path) -> list[Path]:
    """The files of two crawls: every way in which a page is archived."""
    with archive(data) as first:
        first.append(fetched(exchange(PLAIN, headers=HTML, body=served(PLAIN))))
        packed = exchange(PACKED, headers=(*HTML, ("Content-Encoding", "gzip")), body=gzip.compress(served(PACKED)))
        first.append(fetched(packed, decoded=served(PACKED)))
        coded = exchange(CODED, headers=(*HTML, ("Content-Encoding", "br")), body=brotli.compress(served(CODED)))
        first.append(fetched(coded, decoded=served(CODED)))
        first.append(fetched(exchange(AGAIN, later(1), headers=HTML, body=served(PLAIN))))
        stored = first.append(fetched(exchange(EARLIER, headers=HTML, body=served(EARLIER))))
    with archive(data, record("later")) as second:
        second.append(fetched(exchange(EARLIER, CAPTURED[1], headers=HTML, body=served(EARLIER)), earlier=stored))
    return sorted(data.rglob("*.warc.gz"))


@pytest.fixture(scope="module")
def replay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replay]:
    """Asks a running pywb for an address below its collection."""
    folder = tmp_path_factory.mktemp("pywb")
    manage = [PYWB / "bin" / "wb-manager"]
    for step in (["init", "news"], ["add", "news", *archived(folder / "data")]):
        subprocess.run([*manage, *step], cwd=folder, check=True, capture_output=True, timeout=600)
    port = free_port()
    command = [str(PYWB / "bin" / "wayback"), "--bind", "127.0.0.1", "--port", str(port)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        wait_until(lambda: answers(port) or server.poll() is not None)
        assert server.poll() is None, (folder / "log").read_text()
        yield lambda path: ask(port, f"/news/{path}")
    finally:
        server.terminate()
        server.wait(10)


def ask(port: int, path: str) -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=600)
    connection.request("GET", path, headers={"Accept-Encoding": "identity"})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, gzip.decompress(body) if response.headers["Content-Encoding"] == "gzip" else body


@pytest.mark.parametrize(
    ("no", "text"),
    [(PLAIN, PLAIN), (PACKED, PACKED), (CODED, CODED), (AGAIN, PLAIN), (EARLIER, EARLIER)],
    ids=["as it came", "gzipped", "in an encoding that was undone", "referred to", "archived by an earlier crawl"],
)
def test_replays_the_bytes_that_were_served(replay: Replay, no: int, text: int) -> None:
    assert replay(f"20251005020000id_/{url_of(no)}") == (200, served(text))


def test_shows_an_article_to_a_reader(replay: Replay) -> None:
    status, page = replay(f"{AT:%Y%m%d%H%M%S}mp_/{url_of(PLAIN)}")
    assert status == 200
    assert SITE.article(PLAIN).headline in page.decode()


def test_lists_every_capture_of_an_article(replay: Replay) -> None:
    status, index = replay(f"cdx?url={url_of(EARLIER)}")
    assert status == 200
    assert [line.split()[1] for line in index.decode().splitlines()] == [f"{at:%Y%m%d%H%M%S}" for at in CAPTURED]


def test_knows_nothing_of_a_page_that_was_never_archived(replay: Replay) -> None:
    assert replay(f"20251005020000id_/{BASE}/news/section.html")[0] == 404

"""Files that lie, break or vanish, and processes that die: the run says so and goes on, or says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from psycopg import Connection

from tests.conftest import Scrapy
from tests.site import ReplicaSite
from tests.test_reparse_files import BASE, Warc, numbers, page_of

pytestmark = pytest.mark.database


@pytest.fixture
def reparse(scrapy: Scrapy, database_url: str) -> Scrapy:
    return lambda *arguments: scrapy("reparse", *map(str, arguments), DATABASE_URL=database_url)


def test_reads_on_behind_headers_that_cannot_be_true(reparse: Scrapy, connection: Connection, tmp_path: Path) -> None:
    site = ReplicaSite(articles=4)
    warc = Warc(tmp_path / "a.warc.gz")
    first, second, third = (f"{BASE}/news/article.html?no={no}" for no in (100_001, 100_002, 100_003))
    warc.add("http://[name]/x.html", b"hello")
    warc.add("http://a\u2100b.kr/", b"hello")
    warc.add(first, b"", status="302 Found", Location="http://[x]/")
    warc.add(second, page_of(site, 100_002), fields={"Asiatongsin-Listed-At": "yesterday"})
    warc.add(third, page_of(site, 100_003))
    run = reparse(warc.close())
    assert run.status == 0, run.log
    assert numbers(connection) == [100_003]
    assert "1 places in the files cannot be read, see above" in run.last_line
    assert ": Asiatongsin-Listed-At: yesterday is no moment" in run.log

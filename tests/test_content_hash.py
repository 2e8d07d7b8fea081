"""What makes a revision: the words of headline, sub-headline and body, not their markup or white space."""

from __future__ import annotations

from pathlib import Path

import pytest
from psycopg import Connection

from asiatongsin.mediaon.article import content_hash
from pipelines.archive.reading import captures
from tests.conftest import Scrapy
from tests.site import Fault, ReplicaSite, serve

TEXT = ("제목 하나", "부제", ("첫 문단입니다.", "둘째 문단."))


@pytest.mark.parametrize("same", [("제목\u00a0 하나", "부제 ", ("첫\n문단입니다.", " 둘째  문단.")), TEXT])
def test_white_space_does_not_count(same: tuple[str, str, tuple[str, ...]]) -> None:
    assert content_hash(*same) == content_hash(*TEXT)


@pytest.mark.parametrize(
    "other",
    [
        ("제목 둘", *TEXT[1:]),
        (TEXT[0], None, TEXT[2]),
        (*TEXT[:2], ("첫 문단입니다", "둘째 문단.")),
        (*TEXT[:2], ("첫 문단입니다.",)),
        (*TEXT[:2], ("둘째 문단.", "첫 문단입니다.")),
    ],
)
def test_every_word_and_mark_counts(other: tuple[str, str | None, tuple[str, ...]]) -> None:
    assert content_hash(*other) != content_hash(*TEXT)


def test_a_page_of_which_only_the_markup_changed_is_no_revision(
    crawl: Scrapy, connection: Connection, data: Path
) -> None:
    with serve(ReplicaSite(articles=5)) as replica:
        crawl(replica.url)
        again = ("-a", "no=100001,100002,100003,100004,100005")
        assert "5 unchanged" in crawl(replica.url, *again).last_line  # byte for byte: the archive has them already
        replica.faults.append(Fault(kind="layout", pattern="<p>", replacement="<p  class='new'>\n "))
        assert "5 unchanged" in crawl(replica.url, *again).last_line
    assert connection.execute("SELECT max(revision), count(*) FROM article_revisions").fetchall() == [(1, 5)]
    files = sorted((data / "archive").rglob("*.warc.gz"), key=lambda path: path.stat().st_mtime)
    kinds = [{capture.is_revisit for capture in captures(file, pytest.fail)} for file in files]
    assert kinds[:2] == [{False}, {True}]
    assert False in kinds[2]  # other bytes, archived anew; not every skin prints a <p>

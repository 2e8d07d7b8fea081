"""The file of figures that a crawl leaves for Prometheus: where it is, and who may read it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.conftest import Scrapy
from tests.exposition import samples
from tests.samples import UNREACHABLE
from tests.site import Fault, ReplicaSite, serve


def test_a_crawl_writes_them_and_a_bad_one_keeps_when_the_last_good_one_was(crawl: Scrapy, tmp_path: Path) -> None:
    file, begin = tmp_path / "asiatongsin.prom", datetime.now(UTC).timestamp()
    asked = ("-s", f"METRICS_FILE={file}")
    with serve(ReplicaSite(articles=8)) as replica:
        assert crawl(replica.url, *asked).status == 0
        good = samples(file.read_text())
        assert good["crawl_outcome", "ok"] == 1
        assert (good["crawl_articles", "new"], good["crawl_pages", "article"]) == (8, 8)
        assert good["crawl_pages", "list"] > 0
        assert begin < good["last_good_crawl_timestamp_seconds",] <= datetime.now(UTC).timestamp()

        replica.faults.append(Fault(kind="status", where="."))
        assert crawl(replica.url, *asked, "-s", "RETRY_TIMES=0").status == 4
    bad = samples(file.read_text())
    assert (bad["crawl_outcome", "ok"], bad["crawl_outcome", "unreachable"]) == (0, 1)
    assert bad["last_good_crawl_timestamp_seconds",] == good["last_good_crawl_timestamp_seconds",]
    assert bad["last_crawl_timestamp_seconds",] > good["last_crawl_timestamp_seconds",]


def test_tells_what_waits_in_the_spool_of_each_site(scrapy: Scrapy, tmp_path: Path) -> None:
    with serve(ReplicaSite(articles=5)) as one, serve(ReplicaSite(articles=3)) as other:
        for replica in (one, other, one):
            run = scrapy(
                *("crawl", "asiatongsin", "-a", f"site={replica.url}", "-s", f"METRICS_FILE={tmp_path}"),
                DATABASE_URL=UNREACHABLE,
            )
            assert run.status == 3
    told = {path.name: samples(path.read_text()) for path in tmp_path.glob("*.prom")}
    first, second = (told[f"asiatongsin-127.0.0.1_{replica.port}.prom"] for replica in (one, other))
    assert (len(told), first["crawl_outcome", "spooled"]) == (2, 1)
    assert first["spool_pages",] > second["spool_pages",] >= 3
    assert first["spool_pages",] >= 10  # of both crawls


def test_a_folder_that_is_not_there_is_a_warning_at_both_ends(crawl: Scrapy, tmp_path: Path) -> None:
    """node_exporter may have been removed, or its disk not be mounted."""
    with serve(ReplicaSite(articles=1)) as replica:
        run = crawl(replica.url, ASIATONGSIN_METRICS_FILE=str(tmp_path / "no\x1b" / "node"))
    assert run.status == 0
    assert "The metrics will not be written" in run.log
    assert "make it, or name another one" in run.log
    assert "The metrics cannot be written" in run.log
    assert "\x1b" not in run.log
    assert list(tmp_path.glob("no*")) == []


def test_a_file_that_cannot_be_replaced_is_a_warning(crawl: Scrapy, tmp_path: Path) -> None:
    (tmp_path / "proc").symlink_to("/proc")  # where even root makes no files
    with serve(ReplicaSite(articles=1)) as replica:
        run = crawl(replica.url, "-s", f"METRICS_FILE={tmp_path / 'proc' / 'asiatongsin.prom'}")
    assert (run.status, "The metrics cannot be written" in run.log) == (0, True)

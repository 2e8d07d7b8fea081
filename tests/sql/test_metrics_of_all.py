"""The figures of all sites and machines for Prometheus, out of the database."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from psycopg import Connection
from scrapy.settings import Settings

from asiatongsin import statistics as names
from asiatongsin.errors import SettingError
from pipelines.exporters import crawls
from pipelines.monitoring.metrics_of_all import write_metrics_of_all
from tests.conftest import ROOT
from tests.samples import SITE, ago, record

PROMTOOL = shutil.which("promtool", path=f"{os.environ.get('PATH', '')}:{ROOT}/.promtool/usr/bin")

FLEET = """
INSERT INTO sites (site, base, next_at, attempts, failed_at, paused_at, retired_at, machine) VALUES
    ('late.kr', 'https://late.kr', now() - interval '90 s', 2, now(), NULL, NULL, NULL),
    ('later.kr', 'https://later.kr', now() - interval '70 s', 0, NULL, NULL, NULL, NULL),
    ('begun.kr', 'https://begun.kr', now() - interval '200 s', 0, NULL, NULL, NULL, 'one'),
    ('paused.kr', 'https://paused.kr', now() - interval '300 s', 0, NULL, now(), NULL, NULL),
    ('retired.kr', 'https://retired.kr', now() - interval '400 s', 7, now(), NULL, now(), NULL);
INSERT INTO machines (machine, version, slots, started_at, seen_at, stopped_at, spool_pages, refused) VALUES
    ('one', '1', 10, now(), now(), NULL, 3, 0),
    ('silent', '1', 10, now(), now() - interval '31 s', NULL, 40, 2),
    ('ended "well"', '1', 10, now(), now() - interval '1 h', now() - interval '1 h', 0, 0);
INSERT INTO archive_files (file, site, crawl, machine, bytes, state) VALUES
    ('a', 'late.kr', 'c', 'one', 1000, 'waiting'), ('b', 'late.kr', 'c', 'one', 2000, 'waiting'),
    ('c', 'late.kr', 'c', 'no worker', 5, 'waiting');
WITH run AS (INSERT INTO reparse_runs (arguments) VALUES ('{}') RETURNING run)
INSERT INTO reparse_shards (run, site, part, files, first_file, last_file, attempts, finished_at)
SELECT run, 'late.kr', part, 1, 'a', 'a', part, CASE WHEN part = 1 THEN now() END
FROM run, generate_series(1, 3) AS part
"""


@pytest.fixture
def settings(database_url: str, data: Path, tmp_path: Path) -> Settings:
    given = Settings()
    given.setmodule("asiatongsin.settings")
    (tmp_path / "node").mkdir()
    given.setdict({"DATABASE_URL": database_url, "DATA": str(data), "METRICS_FILE": str(tmp_path / "node")})
    return given


def written(settings: Settings) -> tuple[Path, str]:
    path = write_metrics_of_all(settings)
    assert path is not None
    return path, path.read_text()


def values(text: str, name: str) -> dict[tuple[str, ...], float]:
    """The samples of a metric by the values of their labels."""
    samples = [one for family in text_string_to_metric_families(text) for one in family.samples]
    return {tuple(one.labels.values()): one.value for one in samples if one.name == f"asiatongsin_{name}"}


def crawled(connection: Connection, site: str, hours: float, outcome: str, **statistics: object) -> None:
    began = record(id=f"{site} {hours}", site=site, started_at=ago(hours))
    crawls.write(connection, began)
    ended = replace(
        began, finished_at=began.started_at + timedelta(minutes=15), outcome=outcome, list_pages=7, article_pages=20
    )
    crawls.write(connection, replace(ended, statistics={names.FINISH_REASON: names.FINISHED, **statistics}))


def test_each_site_has_what_its_last_crawl_came_to(connection: Connection, settings: Settings) -> None:
    crawled(connection, SITE, 3, "ok")
    crawled(connection, SITE, 2, "drift", **{"front/pages": 1, "split/removed": 4, "split/unreadable/article": 2})
    crawled(connection, "other.kr", 1, "unreachable")
    crawls.write(connection, record(id="running", site="other.kr", started_at=ago(0.1)))
    crawled(connection, "retired.kr", 1, "ok")
    connection.execute(FLEET)
    path, text = written(settings)
    assert (path.name, stat.S_IMODE(path.stat().st_mode)) == ("asiatongsin-all.prom", 0o644)
    assert values(text, "crawl_duration_seconds") == {(SITE,): 900.0, ("other.kr",): 900.0}
    outcomes = {labels for labels, value in values(text, "crawl_outcome").items() if value}
    assert outcomes == {(SITE, "drift"), ("other.kr", "unreachable")}
    assert values(text, "crawl_pages")[SITE, "front"] == 1
    assert (values(text, "crawl_pages")[SITE, "list"], values(text, "crawl_pages")[SITE, "article"]) == (7, 20)
    assert (values(text, "crawl_articles")[SITE, "removed"], values(text, "crawl_articles")[SITE, "rejected"]) == (4, 2)
    assert values(text, "last_good_crawl_timestamp_seconds") == {(SITE,): pytest.approx(ago(2.75).timestamp(), abs=60)}
    assert set(values(text, "last_crawl_timestamp_seconds")) == {(SITE,), ("other.kr",)}


def test_counts_what_is_late_silent_waiting_and_killed(connection: Connection, settings: Settings) -> None:
    connection.execute(FLEET)
    _, text = written(settings)
    alone = ("sites", "sites_late", "sites_given_up", "killed_attempts", "reparse_shards_left")
    assert [values(text, name)[()] for name in alone] == [4, 2, 1, 2 + 2 + 3, 2]
    assert 90 <= values(text, "latest_site_seconds")[()] < 190
    assert values(text, "machine_silent") == {("one",): 0, ("silent",): 1, ('ended "well"',): 0}
    assert values(text, "machine_slots") == {("one",): 10, ("silent",): 0, ('ended "well"',): 0}
    assert values(text, "spool_pages") == {("one",): 3, ("silent",): 40, ('ended "well"',): 0}
    assert values(text, "refused_files")["silent",] == 2
    assert values(text, "archive_files_waiting")["one",] == 2
    assert values(text, "archive_bytes_waiting")["one",] == 3000
    assert values(text, "archive_files_waiting")["no worker",] == 1


def test_a_file_of_a_single_site_goes_and_others_stay(connection: Connection, settings: Settings) -> None:
    crawled(connection, SITE, 1, "ok")
    folder = Path(settings["METRICS_FILE"])
    for name in (f"asiatongsin-{SITE}.prom", "asiatongsin-elsewhere.kr.prom", "disk.prom"):
        (folder / name).write_text("")
    written(settings)
    names_left = {path.name for path in folder.iterdir()}
    assert names_left == {"asiatongsin-all.prom", "asiatongsin-elsewhere.kr.prom", "disk.prom"}
    settings.set("METRICS_FILE", str(folder / "mine.prom"))
    (folder / f"asiatongsin-{SITE}.prom").write_text("")
    written(settings)
    assert {path.name for path in folder.iterdir()} == names_left | {"mine.prom"}


def test_a_folder_that_is_not_there_is_told_and_nothing_is_written_where_nothing_is_set(settings: Settings) -> None:
    settings.set("METRICS_FILE", "")
    assert write_metrics_of_all(settings) is None
    settings.set("METRICS_FILE", "/no/such/folder")
    with pytest.raises(SettingError, match="there is no folder"):
        write_metrics_of_all(settings)


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed (Debian: prometheus; or make promtool)")
@pytest.mark.parametrize("is_empty", [True, False])
def test_promtool_takes_it(connection: Connection, settings: Settings, is_empty: bool) -> None:
    if not is_empty:
        crawled(connection, SITE, 1, "ok")
        connection.execute(FLEET)
    _, text = written(settings)
    command = [str(PROMTOOL), "check", "metrics"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


MANY = """
INSERT INTO crawls (id, site, started_at, finished_at, outcome, version, is_comparable, proves_lists)
SELECT 'crawl ' || i, 'paper' || i % 50 || '.kr', now(), now(), 'ok', '0', true, true
FROM generate_series(1, 10000) AS i"""


def test_looks_at_a_few_rows_of_each_site(connection: Connection, settings: Settings) -> None:
    """Here each of fifty sites has two hundred crawls."""
    connection.execute(MANY)
    connection.execute("VACUUM ANALYZE crawls")
    connection.execute("SELECT pg_stat_reset_single_table_counters('crawls'::regclass)")
    written(settings)
    connection.execute("SELECT pg_stat_force_next_flush()")
    read = "SELECT seq_tup_read, idx_tup_fetch FROM pg_stat_user_tables WHERE relname = 'crawls'"
    [(all_rows, by_index)] = connection.execute(read).fetchall()
    assert (all_rows, by_index <= 2 * 50 + 1) == (0, True)

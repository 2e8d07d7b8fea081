"""What `asiatongsin reparse --fleet` and `asiatongsin status --metrics` say."""

from __future__ import annotations

from pathlib import Path

import pytest
from psycopg import Connection
from scrapy.exceptions import UsageError

from pipelines.commands import reparse, status
from tests import in_process
from tests.captured import archived_pages
from tests.samples import SITE
from tests.stored import count, rows


def run(url: str, data: Path, *given: str) -> int:
    return in_process.run(reparse.Command(), url, data, "--fleet", *given)


def test_it_asks_for_a_run_and_asked_again_says_how_far_it_came(
    connection: Connection, database_url: str, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archived_pages(data, [1, 2])
    assert run(database_url, data, "--since", "30d", "--site", SITE) == 0
    first = capsys.readouterr()
    assert "0 of 1 parts done; 0 captures read again, 0 differed; some can be read on " in first.out
    assert "run 1 was asked for; workers do it, `asiatongsin fleet status` shows how far" in first.err
    [(arguments,)] = rows(connection, "SELECT arguments FROM reparse_runs")
    assert arguments["given"] == {"site": SITE, "since": "30d"}
    assert arguments["wanted"]["since"].startswith("20")
    assert run(database_url, data, "--since", "30d", "--site", SITE) == 0
    assert "run 1 was asked for before and goes on; --restart gives it up and begins anew" in capsys.readouterr().err
    assert run(database_url, data, "--since", "30d", "--site", SITE, "--restart") == 0
    assert "run 2 was asked for;" in capsys.readouterr().err
    assert count(connection, "reparse_runs") == 1


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (["--dry-run"], "leave out files, --dry-run and --jobs"),
        (["--jobs", "2"], "leave out files, --dry-run and --jobs"),
        (["a.warc.gz"], "leave out files, --dry-run and --jobs"),
        (["--since", "gestern"], "since"),
        ([], "nothing is archived, neither in the archive store nor on this machine"),
    ],
)
def test_wrong_usage_is_told_in_a_sentence(
    connection: Connection, database_url: str, data: Path, given: list[str], sentence: str
) -> None:
    with pytest.raises(UsageError, match=sentence):
        run(database_url, data, *given)
    assert count(connection, "reparse_runs") == 0


def test_status_writes_metrics_without_a_word_and_says_where_it_cannot(
    database_url: str, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "all.prom"
    assert in_process.run(status.Command(), database_url, data, "--metrics", str(file)) == 0
    assert "asiatongsin_sites_late 0.0" in file.read_text()
    assert capsys.readouterr().out == ""
    with pytest.raises(UsageError, match="there is no folder"):
        in_process.run(status.Command(), database_url, data, "--metrics", str(tmp_path / "no" / "all.prom"))
    (tmp_path / "full").symlink_to("/proc")  # where even root makes no files
    assert in_process.run(status.Command(), database_url, data, "--metrics", str(tmp_path / "full" / "a.prom")) == 1
    assert "cannot write" in capsys.readouterr().err

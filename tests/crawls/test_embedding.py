"""docs/en/how-to/embedding.md is true: stages of a user, our spider in another project, and the reading alone."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from subprocess import PIPE

import pytest
from psycopg import Connection

from tests import warm_start
from tests.conftest import Run
from tests.documents import DOCS, Document
from tests.site import Replica, ReplicaSite, serve
from tests.stored import count

PAGE = Document(DOCS / "en" / "how-to" / "embedding.md", "en")
STAGES, MY_SETTINGS, HEADLINES, NEWS_SETTINGS, SPIDER = PAGE.blocks("python")
[CONFIGURATION] = PAGE.blocks("ini")
SITE = ReplicaSite(articles=12, page_bytes=8_000)

Start = Callable[..., Run]


@pytest.fixture
def start(tmp_path: Path, database_url: str, starts_commands: None) -> Start:
    """Runs `scrapy …` in a folder of the user."""

    def run(*arguments: str, **environment: str) -> Run:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("ASIATONGSIN_", "SCRAPY_"))}
        given = clean | {"DATABASE_URL": database_url, "ASIATONGSIN_DATA": str(tmp_path / "data")} | environment
        command = [*warm_start.COMMAND, *arguments]
        with warm_start.Popen(command, cwd=tmp_path, env=given, stdout=PIPE, stderr=PIPE, text=True) as process:
            output, log = process.communicate()
        return Run(process.returncode, output, log)

    return run


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A Scrapy project of the user, with a spider and an item pipeline of its own."""
    files = {
        "scrapy.cfg": CONFIGURATION,
        "corpus/__init__.py": "",
        "corpus/settings.py": 'SPIDER_MODULES = ["corpus.spiders"]\n',
        "corpus/news_settings.py": NEWS_SETTINGS,
        "corpus/mixed_settings.py": NEWS_SETTINGS + 'SPIDER_MODULES = ["corpus.spiders"]\n',
        "corpus/pipelines.py": HEADLINES,
        "corpus/spiders/__init__.py": "",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def write_spider(project: Path, replica: Replica) -> None:
    """The spider of the page, which asks the replica."""
    no = SITE.numbers()[0]
    text = SPIDER.replace("https://newsasia.kr", replica.url).replace("no=142893", f"no={no}")
    (project / "corpus" / "spiders" / "one.py").write_text(text, encoding="utf-8")


def test_a_stage_of_the_user_leaves_out_a_section(start: Start, tmp_path: Path, connection: Connection) -> None:
    section = SITE.story(SITE.numbers()[0]).section
    (tmp_path / "my_stages.py").write_text(STAGES.replace("스포츠", section), encoding="utf-8")
    (tmp_path / "my_settings.py").write_text(MY_SETTINGS, encoding="utf-8")
    with serve(SITE) as replica:
        run = start("crawl", "asiatongsin", "-a", f"site={replica.url}", SCRAPY_SETTINGS_MODULE="my_settings")
    dropped = sum(SITE.story(no).section == section for no in SITE.numbers())
    assert run.status == 0, run.log
    assert f"{dropped} dropped by a stage that you added" in run.last_line
    assert connection.execute("SELECT count(*) FROM articles WHERE section = %s", [section]).fetchall() == [(0,)]
    assert count(connection, "articles") == len(SITE.numbers()) - dropped


def test_our_spider_runs_in_a_project_of_the_user_with_stages_of_both(
    start: Start, project: Path, connection: Connection
) -> None:
    with serve(SITE) as replica:
        run = start("crawl", "asiatongsin", "-a", f"site={replica.url}", SCRAPY_PROJECT="news")
    assert run.status == 0, run.log
    written = (project / "headlines.txt").read_text(encoding="utf-8").splitlines()
    assert sorted(int(line.partition(" ")[0]) for line in written) == list(SITE.numbers())
    assert count(connection, "articles") == len(SITE.numbers())


def test_a_spider_of_the_user_reads_pages_alone(start: Start, project: Path, connection: Connection) -> None:
    with serve(SITE) as replica:
        write_spider(project, replica)
        run = start("crawl", "one", "-O", "one.jsonl")
    assert run.status == 0, run.log
    [item] = map(json.loads, (project / "one.jsonl").read_text(encoding="utf-8").splitlines())
    assert item["headline"] == SITE.story(SITE.numbers()[0]).draft.headline
    assert count(connection, "articles") == 0


def test_a_spider_of_the_user_with_our_settings_is_told_what_is_wrong(start: Start, project: Path) -> None:
    with serve(SITE) as replica:
        write_spider(project, replica)
        run = start("crawl", "one", SCRAPY_SETTINGS_MODULE="corpus.mixed_settings")
    assert "the stages of asiatongsin take the pages of its spider, and not dict" in run.log

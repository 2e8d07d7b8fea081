"""The lines of Python in README and in the tutorial run as they stand, on what their commands have exported."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from psycopg import Connection

from tests.conftest import Scrapy
from tests.documents import DOCS, README, Document
from tests.samples import export, page

pytestmark = pytest.mark.skipif(
    not (find_spec("pandas") and find_spec("pyarrow") and find_spec("matplotlib")),
    reason="pandas, pyarrow or matplotlib is not installed (make tools)",
)

TUTORIAL = Document(DOCS / "en" / "tutorial.md", "en")
"""Its code is that of the Korean one: tests/unit/test_documents.py."""


@pytest.fixture
def here(connection: Connection, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder to work in, beside a database of two days that asiatongsin.open() finds; what is drawn is closed."""
    now = datetime.now(UTC)
    for no, headline, days in ((1, "예산안", 1), (2, "예산안 통과", 0), (3, "국회", 0)):
        at = now - timedelta(days=days)
        export(connection, page(no, at, headline=headline, section="정치", published_at=at), crawl=f"of {no}")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("asiatongsin.settings.DATABASE_URL", database_url)
    import matplotlib.pyplot as plt  # noqa: PLC0415  only where these tests run: it takes a while

    plt.switch_backend("Agg")
    yield tmp_path
    plt.close("all")


def exports(here: Path) -> Iterator[list[str]]:
    """The exports of the tutorial's practice part, into this folder: commands of the tests start in another one."""
    practice, _, _ = TUTORIAL.text.partition("unset ASIATONGSIN_DATA")
    lines = [line for line in practice.splitlines() if line.startswith("asiatongsin export ")]
    for *words, name in map(shlex.split, lines):
        yield [*words[1:], str(here / name)]


def without_figures(text: str) -> str:
    return re.sub(r"\d+", "9", text.strip())


def test_the_tutorial_leads_from_a_crawl_to_a_plot(
    here: Path, scrapy: Scrapy, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    told: list[str] = []
    for arguments in exports(here):
        run = scrapy(*arguments, DATABASE_URL=database_url)
        assert run.status == 0, run.log
        told.append(without_figures(run.log.splitlines()[-1].replace(f"{here}/", "")))
    assert told[0] in map(without_figures, TUTORIAL.blocks("text"))
    made: dict[str, Any] = {}
    for block in TUTORIAL.blocks("python"):
        exec(block, made)
    assert sorted(made["articles"]["no"]) == [1, 2, 3]
    assert list(made["per_day"]) == [1, 1]
    assert (here / "budget.png").read_bytes().startswith(b"\x89PNG")
    assert "3 articles, 20" in capsys.readouterr().out
    made["news"].close()


@pytest.mark.usefixtures("here")
def test_the_python_of_the_readme_finds_articles(capsys: pytest.CaptureFixture[str]) -> None:
    [block] = Document(README["en"], "en").blocks("python")
    made: dict[str, Any] = {}
    exec(block, made)
    told = capsys.readouterr().out
    assert "예산안 통과" in told
    assert "국회" not in told
    made["news"].close()

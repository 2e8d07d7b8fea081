"""The README's "Data in a notebook" and the notebook of the documentation run, line by line as they stand."""

from __future__ import annotations

import csv
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from psycopg import Connection

from asiatongsin.korean import KST
from tests.conftest import ROOT, Scrapy
from tests.samples import export, page, story
from tests.stored import rows

pytestmark = pytest.mark.skipif(
    not (find_spec("pandas") and find_spec("matplotlib")), reason="pandas or matplotlib is not installed (make tools)"
)

README = (ROOT / "README.md").read_text(encoding="utf-8")
SECTION = README.partition("\n## Data in a notebook\n")[2].partition("\n## ")[0]
[SHELL] = re.findall(r"```sh\n(.*?)```", SECTION, re.DOTALL)
CRON = re.findall(r"^(?:[*0-9]+ ){5} *(.*)$", SECTION, re.MULTILINE)
[PYTHON] = re.findall(r"```python\n(.*?)```", SECTION, re.DOTALL)
NOTEBOOK = json.loads((ROOT / "docs" / "notebook.ipynb").read_text(encoding="utf-8"))


@pytest.fixture
def here(connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, beside a database with a month of politics, news of today, an edit and a strip a day."""
    october, now = datetime(2025, 10, 8, tzinfo=KST), datetime.now(KST)
    for no in (1, 2, 3):
        at = october + timedelta(days=no)
        text = {"headline": f"국회 {no}", "section": "정치" if no < 3 else "사회", "published_at": at}
        export(connection, page(no, at, stories=[story(1)], seoul=10 + no, **text), crawl=f"october {no}")
    yesterday = now - timedelta(days=1)
    export(connection, page(4, yesterday, headline="예산안", section="정치", published_at=yesterday), crawl="yesterday")
    export(connection, page(4, now, headline="예산안 통과", section="정치", published_at=yesterday), crawl="today")
    import matplotlib as mpl  # noqa: PLC0415  only where these tests run: it takes a while

    monkeypatch.chdir(tmp_path)
    mpl.use("Agg")
    return tmp_path


@pytest.fixture
def ours(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """asiatongsin.open() finds the database of the test, as by the variable of the environment."""
    monkeypatch.setattr("asiatongsin.settings.DATABASE_URL", database_url)


@pytest.fixture
def figures() -> Iterator[None]:
    """Closes what was drawn."""
    yield
    import matplotlib.pyplot as plt  # noqa: PLC0415  the backend is chosen before

    plt.close("all")


@pytest.mark.usefixtures("ours", "figures")
def test_the_jobs_of_the_readme_are_done_by_its_lines(here: Path, scrapy: Scrapy, database_url: str) -> None:
    said = {}
    for line in SHELL.splitlines():
        command, *arguments = shlex.split(line)
        assert command == "asiatongsin"
        if "-o" in arguments:  # the commands of the tests start in another folder
            place = arguments.index("-o") + 1
            arguments[place] = str(here / arguments[place])
        run = scrapy(*arguments, DATABASE_URL=database_url)
        assert run.status == 0, run.log
        said[arguments[0]] = run.output
    assert "«예산»안 통과" in said["search"]
    assert re.search(r"edited.*예산안 통과", said["changes"], re.DOTALL)
    with (here / "seoul.csv").open(encoding="utf-8-sig") as file:
        assert [float(row["temperature_c"]) for row in csv.DictReader(file)] == [11.0, 12.0, 13.0]
    made: dict[str, Any] = {}
    exec(PYTHON, made)
    assert list(made["politics"]["no"]) == [1, 2]
    assert list(made["budget"]["headline"]) == ["예산안 통과"]
    assert list(made["edited"]["no"]) == [4]
    assert list(made["seoul"]["temperature_c"]) == [11.0, 12.0, 13.0]
    assert (here / "seoul.png").read_bytes().startswith(b"\x89PNG")
    made["news"].close()


def test_its_lines_for_cron_keep_them_fresh(here: Path, connection: Connection, database_url: str, data: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "DATABASE_URL": database_url, "ASIATONGSIN_DATA": str(data)}
    assert len(CRON) == 2
    for command in CRON:
        assert "%" not in command  # cron takes it for an end of line
        subprocess.run(["sh", "-ec", command.replace("/srv/news", str(here))], env=environment, check=True)
    import pandas as pd  # noqa: PLC0415

    assert list(pd.read_parquet(here / "politics.parquet")["headline"]) == ["예산안 통과"]
    [file] = (file for file in here.glob("budget-*.csv") if "fields" not in file.name)
    assert "예산안 통과" in file.read_text(encoding="utf-8-sig")
    assert rows(connection, "SELECT name, exported_until IS NOT NULL FROM export_marks") == [("budget", True)]


@pytest.mark.usefixtures("here", "ours", "figures")
def test_the_notebook_runs_from_its_first_cell_to_its_last(capsys: pytest.CaptureFixture[str]) -> None:
    assert NOTEBOOK["nbformat"] == 4
    made: dict[str, Any] = {}
    for cell in NOTEBOOK["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), made)
    assert "예산안 통과" in capsys.readouterr().out
    assert list(made["changes"]["kind"]) == ["edited"]
    assert list(made["seoul"]["temperature_c"]) == [11.0, 12.0, 13.0]

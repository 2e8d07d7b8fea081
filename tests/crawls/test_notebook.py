"""The notebook of the documentation runs, cell by cell as it stands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from psycopg import Connection

from asiatongsin.korean import KST
from tests.conftest import ROOT
from tests.samples import export, page, story

pytestmark = pytest.mark.skipif(
    not (find_spec("pandas") and find_spec("matplotlib")), reason="pandas or matplotlib is not installed (make tools)"
)

NOTEBOOK = json.loads((ROOT / "docs" / "en" / "notebook.ipynb").read_text(encoding="utf-8"))


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

"""`make demo`, with few articles: what it starts works, and it ends well."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests import demo, processes, warm_start

pytestmark = pytest.mark.usefixtures("starts_commands")


def test_it_crawls_shows_what_came_and_would_fetch_nothing_more(
    database_url: str, data: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo, "FOLDER", data)
    monkeypatch.setattr(demo, "COMMAND", [*warm_start.CODE, "from asiatongsin.__main__ import main; main()"])
    processes.run("pass")  # so that what starts the others warm is there before its own way to start is replaced
    monkeypatch.setattr(subprocess, "Popen", warm_start.Popen)
    monkeypatch.setenv("DATABASE_URL", database_url)
    assert demo.main(["--articles", "20", "--port", "0"]) == 0
    told = capfd.readouterr()
    assert "20 article pages, 20 new" in told.err
    for shown in ("Newest articles", "Nothing needs a person.", "asiatongsin search 시장"):
        assert shown in told.out
    assert "0 articles would be fetched" in told.err.rstrip().rpartition("\n")[2]

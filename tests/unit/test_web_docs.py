"""What docs/web.md says is true: its pages, settings and commands exist, with the defaults it names."""

from __future__ import annotations

import re

from asiatongsin import settings
from pipelines.web.guard import HEADERS, RAW_POLICY
from pipelines.web.pages import PAGES
from pipelines.web.server import ANSWERS, DOWNLOADS
from tests.conftest import ROOT

TEXT = (ROOT / "docs" / "web.md").read_text(encoding="utf-8")
ROWS = [line for line in TEXT.splitlines() if line.startswith("| `")]


def as_written(path: str) -> str:
    """`/article/<site>/<no>` out of the path that the server matches."""
    return re.sub(r"\{(\w+)(:([^{}]|\{[^}]*\})*)?\}", r"<\1>", path)


def test_every_page_stands_there() -> None:
    named = {path for row in ROWS for path in re.findall(r"`(/[^`]*)`", row.split("|")[1])}
    assert {as_written(page.path) for page in PAGES} - named == set()


def test_its_settings_have_the_defaults_it_names() -> None:
    named = dict(re.findall(r"^\| `(WEB_\w+)` \| (.+?) \|", TEXT, re.MULTILINE))
    assert named.keys() == {name for name in dir(settings) if name.startswith("WEB_")}
    assert int(named["WEB_STATEMENT_TIMEOUT"].split()[0]) == settings.WEB_STATEMENT_TIMEOUT
    assert int(named["WEB_DOWNLOAD_TIMEOUT"].split()[0]) == settings.WEB_DOWNLOAD_TIMEOUT


def test_its_commands_exist() -> None:
    commands = {path.stem for path in (ROOT / "pipelines" / "commands").glob("*.py")}
    assert set(re.findall(r"`asiatongsin (\w+)", TEXT)) - commands == set()
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"make ([\w-]+)", TEXT)) - targets == set()


def test_its_words_on_safety_are_those_of_the_code() -> None:
    assert (ANSWERS, DOWNLOADS) == (4, 2)
    assert "Four pages and two files are made at once" in TEXT
    assert HEADERS["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'")
    assert RAW_POLICY.startswith("sandbox; default-src 'none'")
    assert TEXT.count("sandbox; default-src 'none'") == 1


def test_the_files_it_links_to_exist() -> None:
    links = [link for link in re.findall(r"\]\(([^)]+)\)", TEXT) if not link.startswith("http")]
    assert [link for link in links if not (ROOT / "docs" / link).exists()] == []

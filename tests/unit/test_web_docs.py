"""What docs/en/how-to/web.md says is true: its settings and commands exist, with the defaults it names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from asiatongsin import settings
from pipelines.web.guard import HEADERS, RAW_POLICY
from pipelines.web.server import ANSWERS, DOWNLOADS
from tests.documents import LANGUAGES, ROOT, Document

TEXT = (ROOT / "docs" / "en" / "how-to" / "web.md").read_text(encoding="utf-8")


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


@pytest.mark.parametrize("language", LANGUAGES)
def test_its_pictures_are_small(language: str) -> None:
    folder = ROOT / "docs" / language
    page = Document(folder / "how-to" / "web.md", language)
    shown = {Path(link.target).name for link in page.links() if link.is_picture}
    pictures = {path.name: path.stat().st_size for path in (folder / "pictures").glob("*.png")}
    assert shown == pictures.keys()
    assert [name for name, size in pictures.items() if size > 150_000] == []

"""CITATION.cff has what programs for references need, and names the version that is cited."""

from __future__ import annotations

import re
import tomllib

from tests.documents import DOCS, LANGUAGES, README, ROOT

CITATION = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
KEYS = dict(re.findall(r'^([\w-]+): *"?(.*?)"?$', CITATION, re.MULTILINE))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_the_citation_has_the_keys_that_its_format_requires() -> None:
    assert KEYS["cff-version"] == "1.2.0"
    assert {"message", "title", "authors", "type", "date-released", "license"} <= KEYS.keys()
    assert re.search(r"^authors:\n  - name: \S", CITATION, re.MULTILINE)


def test_the_citation_is_of_this_version_and_licence() -> None:
    assert (KEYS["title"], KEYS["version"], KEYS["license"]) == (PROJECT["name"], PROJECT["version"], "BSD-3-Clause")
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    released = re.search(rf"^## {re.escape(PROJECT['version'])} \((\d{{4}}-\d\d-\d\d)\)", changes, re.MULTILINE)
    assert released is None or released[1] == KEYS["date-released"]


def test_the_documentation_cites_this_version_in_both_languages() -> None:
    for language in LANGUAGES:
        text = (DOCS / language / "index.md").read_text(encoding="utf-8")
        year = KEYS["date-released"][:4]
        assert f"The asiatongsin developers ({year}). asiatongsin (version {PROJECT['version']})" in text
        assert "CITATION.cff" in README[language].read_text(encoding="utf-8")

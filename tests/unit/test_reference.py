"""The reference says what the code says: `make reference` writes it, and everything in it has Korean words."""

from __future__ import annotations

import inspect
import re
from collections import defaultdict

import pytest
from scrapy.settings import default_settings

from asiatongsin import settings as own_settings
from pipelines.database.tables import TABLES
from pipelines.database.views import VIEWS
from pipelines.web.pages import PAGES as WEB_PAGES
from tests.conftest import ROOT
from tests.documents import LANGUAGES
from tests.reference import commands, settings, statuses, tables
from tests.reference.address_notes import NOTES, PARAMETERS, SHOWS
from tests.reference.addresses import parameters_read, path_of
from tests.reference.pages import PAGES, file_of, written
from tests.reference.setting_notes import EXAMPLES
from tests.reference.setting_notes import NOTES as NOTES_OF_SETTINGS
from tests.reference.words import FILES

IN_KOREAN = {page: written("ko", page) for page in PAGES}

NO_SETTINGS = {"_PREFIX", "DEFAULT_USER_AGENT", "JSON_FORMAT", "SET_BY_ENVIRONMENT"}
"""Names in capitals in `asiatongsin/settings.py` that nobody sets."""

WITHOUT_EFFECT = {"/volume": {"section", "reporter"}}
"""Parameters that a page reads with others, and that change nothing on it."""

EXPLAINED = {
    name
    for section in settings.sections((ROOT / "asiatongsin/settings.py").read_text(encoding="utf-8"))
    for name in section.meanings
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_it_is_what_the_code_says_now(language: str, page: str) -> None:
    text = IN_KOREAN[page][0] if language == "ko" else written(language, page)[0]
    if file_of(language, page).read_text(encoding="utf-8") != text:
        pytest.fail(f"docs/{language}/reference/{page}.md is stale: run `make reference`")


@pytest.mark.parametrize("page", PAGES)
def test_everything_on_it_is_said_in_korean(page: str) -> None:
    _, words = IN_KOREAN[page]
    assert list(dict.fromkeys(words.missing)) == [], f"write them into docs/words/{page}.ko.toml"
    assert words.own.keys() - words.used == set(), f"take them out of docs/words/{page}.ko.toml"


def test_there_are_words_for_these_pages_alone() -> None:
    assert {file.name for file in FILES.iterdir()} == {f"{page}.ko.toml" for page in PAGES}


def test_korean_words_keep_code_and_links() -> None:
    for page, (_, words) in IN_KOREAN.items():
        for english, korean in words.own.items():
            kept = [re.findall(r"\]\([^)]*\)|\{\}", text) for text in (english, korean)]
            assert kept[0] == kept[1], (page, english)


def test_every_setting_of_ours_is_explained() -> None:
    ours = {name for name in own_settings.OWN_DEFAULTS if not hasattr(default_settings, name)}
    assert ours - EXPLAINED == NO_SETTINGS
    assert own_settings.OWN_DEFAULTS.keys() >= EXPLAINED
    assert {*EXAMPLES, *NOTES_OF_SETTINGS} <= EXPLAINED


def test_every_threshold_has_an_example() -> None:
    thresholds = {name for name in EXPLAINED if re.search("_(MAX|AFTER|DROP|ATTEMPTS)$", name)}
    assert len(thresholds) > 10
    assert thresholds - EXAMPLES.keys() == set()


def test_a_setting_is_explained_in_its_section() -> None:
    source = "# --- bounds: how much ---\n\nMOST = 3\n'''Most\n   pages.'''\nLEAST = 1  # a reason\n"
    assert settings.sections(source) == [settings.Section("bounds", 1, {"MOST": "Most pages."})]


def test_every_command_says_how_it_ends() -> None:
    named = {name.partition(" ")[0] for name in statuses.USED}
    assert named == commands.all_commands().keys()
    assert statuses.OWN_MEANINGS.keys() <= statuses.USED.keys()


def test_every_table_says_what_a_row_is() -> None:
    assert tables.ROWS.keys() == {*TABLES, *VIEWS}


def test_comments_and_views_are_read_out_of_the_schema() -> None:
    found = tables.schema(
        "CREATE VIEW articles AS\nSELECT * FROM article_texts AS a JOIN sites USING (site);\n"
        "COMMENT ON VIEW articles IS 'The reader''s view.';\nCOMMENT ON COLUMN articles.no IS 'Number.';\n"
    )
    assert found.comments == {"articles": "The reader's view.", "articles.no": "Number."}
    assert found.behind == {"articles": ["article_texts", "sites"]}


def test_every_address_is_explained() -> None:
    paths = {path_of(page) for page in WEB_PAGES}
    assert SHOWS.keys() == paths
    assert {*PARAMETERS, *NOTES} <= paths


def test_the_parameters_of_each_page_are_those_that_it_reads() -> None:
    explained: defaultdict[str, set[str]] = defaultdict(set)
    read: dict[str, set[str]] = {}
    for page in WEB_PAGES:
        file = inspect.getfile(page.read)
        explained[file] |= PARAMETERS.get(path_of(page), {}).keys()
        read[file] = parameters_read(page) - WITHOUT_EFFECT.get(page.path, set())
    assert dict(explained) == read

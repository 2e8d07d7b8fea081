"""Which pages are archived, and in files of which size, as the settings say it."""

from __future__ import annotations

import pytest
from scrapy.settings import Settings

from asiatongsin.errors import SettingError
from pipelines.archive.settings import archived_kinds, check, file_bytes


def settings(kinds: object = "article", size: object = 1000) -> Settings:
    return Settings({"ARCHIVE": kinds, "ARCHIVE_FILE_BYTES": size})


@pytest.mark.parametrize(
    ("given", "kinds"),
    [
        ("article", {"article"}),
        ("article, list ,front", {"article", "list", "front"}),
        (["list"], {"list"}),
        ("article,", {"article"}),
        ("", set()),
        (" ", set()),
        ([], set()),
        (None, set()),
    ],
)
def test_names_the_kinds_with_commas_between(given: object, kinds: set[str]) -> None:
    assert archived_kinds(settings(given)) == kinds


@pytest.mark.parametrize("given", [1, "1", " 20 ", 10**17])
def test_takes_any_number_of_bytes(given: int | str) -> None:
    assert file_bytes(settings(size=given)) == int(given)


@pytest.mark.parametrize("given", ["0", "-1", "1e9", "1.5", "", None, "ten", "1_000", "٣", "9" * 19])
def test_refuses_what_is_no_number_of_bytes(given: object) -> None:
    with pytest.raises(SettingError, match=r"ARCHIVE_FILE_BYTES=.*: write a whole number above 0"):
        check(settings(size=given))


@pytest.mark.parametrize("given", ["articles", "article;list", "none", "ARTICLE"])
def test_refuses_a_kind_that_is_none(given: str) -> None:
    with pytest.raises(SettingError, match="write one or several of front, list, article with commas between"):
        check(settings(given))

"""Settings that make no sense are refused by their names, before anything is fetched."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from scrapy.exceptions import UsageError
from scrapy.settings import Settings, default_settings

from asiatongsin import settings as own_settings
from asiatongsin.errors import SettingError
from pipelines.commands.usage import check_settings, usage_errors
from pipelines.crawl.run import check_usage
from tests.samples import UNREACHABLE

NUMBERS = sorted(
    name
    for name in {*dir(default_settings), *own_settings.OWN_DEFAULTS}
    if name.isupper()
    and type(own_settings.OWN_DEFAULTS.get(name, getattr(default_settings, name, None))) in {int, float}
)


def settings(**given: object) -> Settings:
    chosen = Settings()
    chosen.setmodule("asiatongsin.settings", priority="project")
    chosen.set("DATABASE_URL", UNREACHABLE)  # the embedded one is not everywhere
    for name, value in given.items():
        chosen.set(name, value, priority="cmdline")
    return chosen


@pytest.mark.parametrize("name", NUMBERS)
def test_refuses_what_is_no_number_whatever_the_setting(name: str) -> None:
    chosen = settings()
    for value in ("slow", "", "nan", "inf", "-inf", "1e400", "1,5", "9" * 5000):
        chosen.set(name, value)
        with pytest.raises(SettingError, match=f"^{name}={value}: write "):
            check_usage(chosen, {})


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("UNREADABLE_SHARE_MAX", "1.1", "write a number from 0 to 1, for example 0.2"),
        ("DOWNLOAD_DELAY", "-1", "write a number that is not negative, for example 1.0"),
        ("RETRY_TIMES", "1.5", "write a whole number that is not negative, for example 2"),
        ("CONCURRENT_REQUESTS_PER_DOMAIN", "0", "write a whole number above 0, for example 1"),
        ("CONCURRENT_REQUESTS_PER_IP", "x", "write a whole number that is not negative, for example 0"),
        ("DATABASE_SILENCE_MAX", "1e300", "write a number above 0, for example 30.0"),
        ("RETRY_HTTP_CODES", "500, x", "write whole numbers with commas between"),
        ("COOKIES_ENABLED", "maybe", "write 1 or 0"),
    ],
)
def test_says_what_to_write(name: str, value: str, says: str) -> None:
    with pytest.raises(SettingError, match=f"^{name}={value}: {says}$"):
        check_usage(settings(**{name: value}), {})


def test_takes_all_that_scrapy_takes() -> None:
    check_usage(
        settings(DOWNLOAD_TIMEOUT="0.5", RETRY_PRIORITY_ADJUST="-3", DEPTH_PRIORITY=-1, RETRY_HTTP_CODES=[503]), {}
    )
    check_usage(
        settings(CONCURRENT_REQUESTS="0", CLOSESPIDER_TIMEOUT="1.5", COOKIES_ENABLED="True", FEED_EXPORT_INDENT=None),
        {},
    )


@pytest.mark.parametrize("folder", ["", " ", None])
def test_refuses_a_data_folder_without_a_name(folder: str | None) -> None:
    with pytest.raises(SettingError, match="DATA names no folder: write its absolute path in ASIATONGSIN_DATA"):
        check_usage(settings(DATA=folder), {})


def test_commands_that_do_not_crawl_end_with_a_sentence_as_well() -> None:
    with pytest.raises(UsageError, match="DATABASE_SILENCE_MAX=x: write a number above 0"), usage_errors():
        check_settings(settings(DATABASE_SILENCE_MAX="x"))


def test_names_the_setting_nearest_to_a_variable_that_nobody_reads(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING):
        check_settings(settings(UNKNOWN_VARIABLES=["DOWNLOAD_DELY", "unreadable_share"]))
    assert caplog.messages == [
        "ASIATONGSIN_DOWNLOAD_DELY is no setting, and does nothing; the nearest is ASIATONGSIN_DOWNLOAD_DELAY",
        "ASIATONGSIN_unreadable_share is no setting, and does nothing; the nearest is ASIATONGSIN_UNREADABLE_SHARE_MAX",
    ]


def test_knows_the_variables_of_the_environment_that_nobody_reads() -> None:
    given = {"ASIATONGSIN_DATA": "/data", "ASIATONGSIN_CLOSESPIDER_TIMEOUT": "9", "ASIATONGSIN_DOWNLOAD_DELY": "1"}
    says = "from asiatongsin import settings as s; print(s.UNKNOWN_VARIABLES, s.OWN_DEFAULTS['DATA'] == s.DATA)"
    root = Path(__file__).resolve().parents[2]
    told = subprocess.run(
        [sys.executable, "-c", says], env=os.environ | given, cwd=root, capture_output=True, text=True, check=True
    )
    assert told.stdout == "['DOWNLOAD_DELY'] False\n"


@pytest.mark.parametrize(
    ("mistyped", "meant"),
    [("DOWNLOAD_DELY", "DOWNLOAD_DELAY"), ("download_delay", "DOWNLOAD_DELAY"), ("RECHEK_MAX", "RECHECK_MAX")],
)
def test_refuses_a_setting_that_is_none_and_names_the_nearest(mistyped: str, meant: str) -> None:
    with pytest.raises(SettingError, match=f"^-s {mistyped}: there is no such setting; the nearest is {meant}$"):
        check_usage(settings(**{mistyped: "1"}), {})


def test_takes_settings_that_a_module_on_top_of_ours_names(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingError, match="ONLY_LONGER_THAN"):
        check_usage(settings(ONLY_LONGER_THAN="500"), {})
    monkeypatch.setenv("SCRAPY_SETTINGS_MODULE", "tests.own_settings")
    check_usage(settings(ONLY_LONGER_THAN="500"), {})


def test_says_what_has_replaced_a_setting(caplog: pytest.LogCaptureFixture) -> None:
    by_environment = settings(UNKNOWN_VARIABLES=["SITES_RETIRED"])
    by_environment.set("SITES_RETIRED", "a.kr", priority="project")
    with caplog.at_level(logging.WARNING):
        check_settings(by_environment)
    assert caplog.messages == [
        "SITES_RETIRED=a.kr does nothing any more: `asiatongsin sites retire HOST` retires a site"
    ]
    with pytest.raises(
        SettingError, match="-s SITES_RETIRED: there is no such setting any more; `asiatongsin sites ret"
    ):
        check_settings(settings(SITES_RETIRED="a.kr"))

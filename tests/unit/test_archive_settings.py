"""Which pages are archived, and in files of which size, as the settings say it."""

from __future__ import annotations

import os
import sys
from socket import gethostname

import pytest
from scrapy.settings import Settings

from asiatongsin.errors import SettingError
from pipelines.archive.settings import StoreSettings, archived_kinds, check, file_bytes
from pipelines.archive.store import Store, StoreTrouble
from pipelines.disk import machine_name


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


def store(address: str, **more: object) -> StoreSettings:
    usual = {"DATA": "/data", "ARCHIVE_PACK_AFTER": "6h", "ARCHIVE_PACK_BYTES": 1, "ARCHIVE_STORE": address}
    return StoreSettings.from_settings(Settings(usual | more))


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("", ""),
        ("s3://bucket", "s3://bucket"),
        (" s3://bucket/papers/2026/ ", "s3://bucket/papers/2026"),
        ("gs://a-b.c/d", "gs://a-b.c/d"),
        ("az://container/d", "az://container/d"),
        ("/mnt/archive", "/mnt/archive"),
        ("file:///mnt/my%20archive", "/mnt/my archive"),
        ("/data/store", "/data/store"),
    ],
)
def test_takes_addresses_of_stores(given: str, address: str) -> None:
    assert store(given).address == address


@pytest.mark.parametrize(
    "given",
    [
        "s3://",
        "s3:///folder",
        "ftp://host/a",
        "https://key:geheim@host/bucket",
        "s3://key:geheim@bucket",
        "az://c/a?sig=geheim",
    ],
)
def test_refuses_other_addresses_and_repeats_none(given: str) -> None:
    with pytest.raises(SettingError, match=r"ARCHIVE_STORE is no address of a store: write s3://bucket/folder") as told:
        store(given)
    assert "geheim" not in str(told.value)


@pytest.mark.parametrize("given", ["archive", "./a", "file://a/b", "/data/archive", "/data/archive/store"])
def test_refuses_folders_that_are_no_place_for_a_store(given: str) -> None:
    with pytest.raises(SettingError, match=r"write (an absolute path|another folder)"):
        store(given)


@pytest.mark.parametrize("given", ["", "0", "6", "0h", "soon", None])
def test_refuses_what_is_no_time_to_wait(given: str | None) -> None:
    with pytest.raises(SettingError, match=r"ARCHIVE_PACK_AFTER=.*: write one time above 0, for example 6h"):
        store("", ARCHIVE_PACK_AFTER=given)


def test_says_where_a_store_is_needed() -> None:
    with pytest.raises(SettingError, match="ARCHIVE_STORE names no store: write s3://bucket/folder"):
        store("").needed_address()


def test_a_machine_has_the_name_it_is_given_or_that_of_its_host() -> None:
    assert machine_name(Settings({"FLEET_MACHINE": " a "})) == "a"
    assert machine_name(Settings({"FLEET_MACHINE": ""})) == gethostname()


def test_says_what_a_store_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "obstore", None)
    with pytest.raises(SettingError, match=r'ARCHIVE_STORE needs obstore: pip install "asiatongsin\[fleet\]"'):
        store("/mnt/archive")
    assert store("").address == ""


def test_empty_variables_of_a_store_count_as_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("obstore")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "")
    monkeypatch.setenv("AWS_REGION", "ap-northeast-2")
    assert Store("s3://bucket/news")._store
    assert (os.environ["AWS_REGION"], os.environ.get("AWS_ENDPOINT_URL")) == ("ap-northeast-2", None)


@pytest.mark.parametrize("given", ["minio:9000", "http://a b", "ftp://a", "http://user:geheim@a"])
def test_an_endpoint_that_is_no_address_is_told_and_not_repeated(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    pytest.importorskip("obstore")
    monkeypatch.setenv("AWS_ENDPOINT_URL", given)
    with pytest.raises(StoreTrouble, match=r"^AWS_ENDPOINT_URL is not the address of a store: write it"):
        list(Store("s3://bucket/news").read("object", 0, 10))

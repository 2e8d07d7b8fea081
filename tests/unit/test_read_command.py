"""`asiatongsin read` of files, run in this process."""

from __future__ import annotations

import argparse
import gzip
import json
from pathlib import Path

import pytest
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from pipelines.commands import shell
from pipelines.commands.read import Command
from tests.conftest import ROOT

PAGE = ROOT / "tests" / "pages" / "classic" / "page.html"
ARTICLE = '<div class="art_top"><h2>제목\x1b[31m</h2>{}</div><div id="news_body_area">글</div>'
URL = "https://newsasia.kr/news/article.html?no=5"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "page.html"


def read(data: Path, *given: str) -> None:
    command = Command()
    command.settings = Settings()
    command.settings.setmodule("asiatongsin.settings")
    command.settings.set("DATA", str(data), priority="cmdline")
    parser = argparse.ArgumentParser()
    command.add_options(parser)
    opts, args = parser.parse_known_args(given)
    command.run(args, opts)


def test_shows_each_field_and_where_it_was_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    read(tmp_path, str(PAGE))
    lines = capsys.readouterr().out.splitlines()
    expected = json.loads(PAGE.with_name("expected.json").read_text(encoding="utf-8"))
    shown = {line.split()[0]: line for line in lines[2:17]}
    assert expected["headline"][:20] in shown["headline"]
    assert shown["headline"].endswith(".art_top h2")
    assert f"{len(expected['body'])} paragraphs" in shown["body"]
    assert [line for line in lines if line.startswith("  ")] == [f"  {paragraph}" for paragraph in expected["body"]]
    assert "Weather" in lines
    assert "Related stories" in lines


def test_says_where_a_missing_field_was_looked_for(
    tmp_path: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(ARTICLE.format("<ul class='art_info'><li>등록 2999.05.03 10:20:30</li></ul>"), encoding="utf-8")
    read(tmp_path, str(file), "--url", URL)
    told = capsys.readouterr()
    assert "\x1b" not in told.out
    [section] = [line for line in told.out.splitlines() if line.startswith("section ")]
    assert "not in div.path_wrap > h3, .fl > .p_tit" in section
    assert told.err == "asiatongsin: published_at cannot be true, and is stored as unknown\n"


def test_reads_what_crawls_keep_and_prints_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = tmp_path / "article-5.html.gz"
    kept.write_bytes(gzip.compress(PAGE.read_bytes()))
    read(tmp_path, str(kept), "--json")
    [line] = capsys.readouterr().out.splitlines()
    found = json.loads(line)
    assert found["items"]["article"]["headline"] == json.loads(PAGE.with_name("expected.json").read_text())["headline"]
    assert found["found_in"]["headline"] == ".art_top h2"
    assert found["items"]["weather"]["readings"][0]["station_id"] is not None


def test_tells_that_an_article_goes_on(tmp_path: Path, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(ARTICLE.format("<a href='article.html?no=5&page=2'>2</a>"), encoding="utf-8")
    read(tmp_path, str(file), "--url", URL)
    assert "goes on at https://newsasia.kr/news/article.html?no=5&page=2" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("html", "url", "sentence"),
    [
        ("<p>글", URL, r"no headline and no body on the page; no headline in \.art_top h2, .*; no body in #news_body"),
        (
            "<h2>",
            "https://newsasia.kr/news/section_list_all.html?sec_no=22",
            "is no article page but a list, which shows 0",
        ),
        (
            "<h2>",
            "https://newsasia.kr/",
            "is no article page but the front page, whose menu names 0 sections; no headline",
        ),
        ("<script>alert('삭제된 기사입니다')</script>", URL, r"says that there is no such article \(alert\)"),
        ("<h2>", "https://newsasia.kr/bbs/list.html", "is the address of neither an article"),
        ("<h2>", "", "is not the address of a site"),
    ],
)
def test_says_in_a_sentence_why_there_is_no_article(
    tmp_path: Path, file: Path, html: str, url: str, sentence: str
) -> None:
    file.write_text(html, encoding="utf-8")
    with pytest.raises(UsageError, match=sentence) as refused:
        read(tmp_path, str(file), "--url", url)
    assert not refused.value.print_help


def test_says_what_is_wrong_with_a_file(tmp_path: Path, file: Path) -> None:
    for name in (file, tmp_path):
        with pytest.raises(
            UsageError, match=r"cannot be read: (No such file|Is a directory).*; write an address such as"
        ):
            read(tmp_path, str(name))
    file.with_suffix(".gz").write_bytes(b"no gzip")
    with pytest.raises(UsageError, match="cannot be read: Not a gzipped file"):
        read(tmp_path, str(file.with_suffix(".gz")))
    file.write_text("<h2>제목", encoding="utf-8")
    with pytest.raises(UsageError, match="does not name the address of its page: add it, for example --url"):
        read(tmp_path, str(file))
    with pytest.raises(UsageError, match="write the address of an article"):
        read(tmp_path)


def test_the_shell_takes_a_file_by_its_name_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "saved.html").touch()
    assert shell.place("saved.html") == f"{tmp_path / 'saved.html'}"
    assert shell.place("newsasia.kr") == "newsasia.kr"

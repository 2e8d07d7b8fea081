"""The command `asiatongsin`, and what it says of names that are mistyped."""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from types import ModuleType

import pytest
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from asiatongsin import __version__
from asiatongsin.__main__ import main
from asiatongsin.help import LineByLine
from asiatongsin.nearest import nearest
from pipelines.commands import archive, changes, export, fleet, reparse, search, sites
from pipelines.commands.crawl import Command
from pipelines.commands.usage import usage_errors
from tests.conftest import ROOT
from tests.processes import run
from tests.warm_start import COLD


@pytest.fixture(autouse=True)
def _anywhere(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Starts in an empty folder, and leaves path and environment as they were."""
    monkeypatch.chdir(tmp_path_factory.mktemp("empty"))
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setenv("SCRAPY_SETTINGS_MODULE", "asiatongsin.settings")


def start(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr(sys, "argv", ["/somewhere/bin/asiatongsin", *arguments])
    main()


@pytest.mark.parametrize("arguments", [(), ("--help",)])
def test_says_which_commands_there_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    start(monkeypatch, *arguments)
    said = capsys.readouterr().out
    assert f"asiatongsin {__version__}\n" in said
    assert "\n  crawl     Crawl a site" in said
    assert "Scrapy's own commands: bench, check" in said
    assert "[-" not in said


def test_names_the_command_nearest_to_one_that_is_not_there(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        start(monkeypatch, "statsu")
    assert end.value.code == 2
    assert capsys.readouterr().err == "asiatongsin: there is no command 'statsu'; the nearest is status\n"


def crawl(*arguments: str) -> str:
    """What is wrong with these arguments of `crawl`."""
    command = Command()
    command.settings = Settings()
    with pytest.raises(UsageError) as refused:
        command.run([*arguments], argparse.Namespace(spargs={}))
    assert not refused.value.print_help
    return str(refused.value)


def test_names_the_spider_nearest_to_one_that_is_not_there() -> None:
    assert crawl("asiatongsn").startswith("there is no spider 'asiatongsn'; the nearest is asiatongsin.")
    assert "A site is named by -a site=" in crawl("newsasia.kr")


def test_takes_a_mistyped_option_for_no_spider() -> None:
    assert crawl("--jsn").startswith("there is no option --jsn")
    assert crawl("asiatongsin", "--jsn").startswith("there is no option --jsn")


def test_the_help_of_crawl_lists_every_argument_of_the_spider(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["asiatongsin", "crawl", "-h"])
    parser = argparse.ArgumentParser(formatter_class=LineByLine)
    command = Command()
    command.settings = Settings({"LOG_LEVEL": "INFO"})
    command.add_options(parser)
    listed = [
        line.split("=")[0] for line in parser.format_help().splitlines() if line.startswith("  -a ") and "=" in line
    ]
    assert listed[-8:] == [
        f"  -a {name}" for name in ("site", "sections", "pages", "since", "until", "no", "full", "dry")
    ]


@pytest.mark.parametrize("module", [archive, changes, export, fleet, reparse, search, sites])
def test_help_has_no_headings_in_the_midst_of_an_option(module: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Scrapy takes a line that ends with a colon for a heading, and where lines end is up to the terminal."""
    monkeypatch.setenv("COLUMNS", "80")
    parser = argparse.ArgumentParser(formatter_class=LineByLine, conflict_handler="resolve")
    command = module.Command()
    command.settings = Settings()
    command.add_options(parser)
    assert re.findall(r"(.+)\n=+\n", parser.format_help()) == ["Usage", "Options"]


@pytest.mark.parametrize("module", [archive, fleet, sites])
def test_help_has_a_line_for_each_subcommand(module: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    described = module.Command().long_desc()
    lines = argparse.ArgumentParser(formatter_class=LineByLine, description=described).format_help().splitlines()
    for name, what in module.ACTIONS.items():
        [line] = [one for one in lines if re.match(rf"  {name}  ", one)]
        assert what.startswith(line.split(maxsplit=1)[1])
    examples = [line for line in described.splitlines() if line.startswith("  asiatongsin ")]
    assert examples
    assert set(examples) <= set(lines)


def test_messages_name_the_command_that_is_there_however_it_was_installed() -> None:
    names = "|".join(path.stem for path in (ROOT / "pipelines" / "commands").glob("*.py"))
    files = [path for package in ("asiatongsin", "pipelines") for path in (ROOT / package).rglob("*.py")]
    assert [path for path in files if re.search(rf"\bscrapy ({names})\b", path.read_text(encoding="utf-8"))] == []


def test_the_package_has_the_version_that_the_code_names() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == __version__


@pytest.mark.parametrize(("word", "meant"), [("STATUS", "status"), ("gasp", "gaps"), ("한글", "status")])
def test_the_nearest_name_is_one_of_those_given(word: str, meant: str) -> None:
    assert nearest(word, ["status", "gaps"]) == meant


ONLY = """
import sys
from asiatongsin.__main__ import main
sys.argv = ["asiatongsin", "status", "--schema"]
try:
    main()
finally:
    print("loaded:", *sys.modules)
"""


def test_a_command_imports_no_other_nor_what_only_crawls_need() -> None:
    ended = run(ONLY, within=COLD)
    loaded = set(ended.stdout.rpartition("loaded:")[2].split())
    others = {f"pipelines.commands.{name}" for name in ("crawl", "gaps", "reparse")}
    crawling = {"pipelines.crawl", "pipelines.stages", "apprise", "aiohttp", "twisted.internet.reactor", "scrapy.shell"}
    assert "pipelines.commands.status" in loaded
    assert loaded & (others | crawling) == set()


def test_ctrl_c_is_a_sentence() -> None:
    with pytest.raises(UsageError, match="interrupted"), usage_errors():
        raise KeyboardInterrupt

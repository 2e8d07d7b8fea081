"""Commands run in this process, as `asiatongsin` runs them."""

from __future__ import annotations

from pathlib import Path

from scrapy.cmdline import ScrapyArgumentParser
from scrapy.commands import ScrapyCommand
from scrapy.settings import Settings


def settings(url: str, data: Path) -> Settings:
    """The settings of the program, with this database and data folder."""
    given = Settings({"LOG_ENABLED": False})
    given.setmodule("asiatongsin.settings")
    given.setdict({"DATABASE_URL": url, "DATA": str(data)}, priority="cmdline")
    return given


def run(command: ScrapyCommand, url: str, data: Path, *given: str) -> int:
    """Runs a command with the words of a command line; its exit status. UsageError."""
    command.settings = settings(url, data)
    parser = ScrapyArgumentParser(conflict_handler="resolve")
    command.add_options(parser)
    opts, args = parser.parse_known_args([*given])
    command.process_options(args, opts)
    command.run(args, opts)
    return command.exitcode

"""Whether a command line of ours could be run: its command, its options and what they name exist. Nothing is run."""

from __future__ import annotations

import dataclasses
import re
import shlex
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NoReturn

from scrapy.cmdline import ScrapyArgumentParser, _get_commands_dict
from scrapy.commands import ScrapyCommand
from scrapy.settings import Settings, default_settings

from asiatongsin import settings
from asiatongsin.arguments import Arguments
from tests.documented.page import ANY, without_placeholders
from tests.documents import Document

SPAN = re.compile(r"`((?:[A-Z_]+=\S+ )*(?:\S*/)?asiatongsin\s[^`]+)`")
WORDS = {"changes", "search"}
"""Commands that take words of a query, of which one is left out with a `-`."""


class _Refused(ValueError):
    """What a parser says of a command line."""


class _Parser(ScrapyArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise _Refused(message)


@cache
def commands() -> dict[str, ScrapyCommand]:
    """All commands, ours and Scrapy's."""
    return _get_commands_dict(Settings({"COMMANDS_MODULE": settings.COMMANDS_MODULE}), inproject=True)


@cache
def all_options() -> set[str]:
    """Every option that a command of ours or of Scrapy has."""
    found: set[str] = set()
    for command in commands().values():
        command.settings = Settings({"LOG_ENABLED": False})
        parser = _Parser(conflict_handler="resolve")
        command.add_options(parser)
        found |= {name for action in parser._actions for name in action.option_strings}
    return found


def in_prose(document: Document) -> Iterator[str]:
    """The command lines of ours that stand within sentences and tables."""
    for found in SPAN.findall(document.prose):
        yield " ".join(found.replace("\\|", "|").split())


def fault(words: Sequence[str]) -> str | None:
    """What is wrong with the words behind the name of the program; None where nothing is."""
    name, *given = words or [""]
    if name not in commands():
        return None if name in {"", "-h"} or name.startswith(ANY) else f"there is no command {name}"
    command = commands()[name]
    command.settings = Settings({"LOG_ENABLED": False})
    parser = _Parser(conflict_handler="resolve", allow_abbrev=False)
    command.add_options(parser)
    try:
        opts, args = parser.parse_known_args([one for one in given if one != "-h"])
    except _Refused as refused:
        names_an_option = f"{refused}".endswith(": expected one argument") and given[-1] in f"{refused}"
        return None if names_an_option else str(refused)
    options = args[: args.index("--")] if "--" in args else args
    unknown = [one for one in options if one.startswith("--" if name in WORDS else "-")]
    if unknown:
        return f"{name} has no option {unknown[0]}"
    return _fault_of_action(command, args) or _fault_of_names(vars(opts))


def fault_in(line: str) -> str | None:
    """What is wrong with a command line as a document writes it, with `…` and `<name>` for what the reader knows."""
    text = re.sub(r"\|[\w-]+", "", without_placeholders(line))
    words = [one for one in shlex.split(text) if one.strip(".…")]
    first = next(place for place, word in enumerate(words) if word.rpartition("/")[2] == "asiatongsin")
    return fault(words[first + 1 :])


def _fault_of_action(command: ScrapyCommand, args: Sequence[str]) -> str | None:
    """Some commands have actions: `asiatongsin sites add`."""
    actions = getattr(sys.modules[type(command).__module__], "ACTIONS", None)
    wrong = bool(actions and args and args[0].strip(",") not in actions)
    return f"there is no {args[0]}, only {', '.join(actions)}" if wrong and actions else None


def _fault_of_names(opts: dict[str, object]) -> str | None:
    """Names of settings (`-s`, `--set`) and of arguments of the spider (`-a`)."""
    known = {field.name for field in dataclasses.fields(Arguments)}
    for option, exists in (
        ("set", _is_setting),
        ("own", _is_setting),
        ("unset", lambda one: one in known or _is_setting(one)),
        ("spargs", known.__contains__),
    ):
        given = opts.get(option)
        for one in given if isinstance(given, list) else []:
            if not exists(one.partition("=")[0]):
                return f"there is no {one.partition('=')[0]}"
    return None


def _is_setting(name: str) -> bool:
    return hasattr(settings, name) or hasattr(default_settings, name)

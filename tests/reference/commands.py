"""The commands, out of their help."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from itemadapter import ItemAdapter
from scrapy.commands import ScrapyCommand
from scrapy.settings import Settings

from asiatongsin import settings
from asiatongsin.arguments import Arguments
from pipelines import commands
from pipelines.commands.crawl import FEEDS
from tests.reference.markdown import code, page, plain, table
from tests.reference.statuses import USED
from tests.reference.words import Words

GLOBAL = "Global Options"
"""What Scrapy calls the options that each command has."""

MANUAL = "https://docs.scrapy.org/en/latest/topics/commands.html"
_SENTENCE = re.compile(r"(?<=[.!?]) (?=[^a-z])")

OF_SCRAPY = {
    "asiatongsin check": "asks the live site whether its pages still look as expected",
    "asiatongsin list": "names the spiders: there is one, `asiatongsin`",
    "asiatongsin settings --get NAME": "prints the value of a setting",
    "asiatongsin version --verbose": "prints the versions of Scrapy, of Python and of what they use",
}
"""Commands of Scrapy that are of use here."""


NOTHING_FETCHED = "A crawl that fetches no article leaves the file as it is, and says so."


@cache
def all_commands() -> dict[str, ScrapyCommand]:
    """Our commands by name, each with our settings as they are without the environment."""
    found = {}
    for module in iter_modules(commands.__path__):
        if make := getattr(import_module(f"{commands.__name__}.{module.name}"), "Command", None):
            found[module.name] = make()
            found[module.name].settings = Settings(settings.OWN_DEFAULTS)
    return found


OPTIONS_OF_SCRAPY = {
    "--logfile": "write the log into this file; default: standard error",
    "--loglevel": "least severe lines that are logged: DEBUG, INFO, WARNING or ERROR; default: INFO",
    "--nolog": "log nothing",
    "--profile": "write into this file in which functions the time goes",
    "--pidfile": "write the number of the process into this file",
    "--set": "set this setting; several times for several settings",
    "--pdb": "open the debugger where the program fails",
    "-a": "an argument, see above; several times for several arguments",
    "--output": "add what this crawl fetches to a file: articles.csv has a line per article, pages.jsonl a line per"
    " page",
    "--overwrite-output": "the same, but replace what is in the file",
    "-c": "run this code in the console, print what it gives, and end",
    "--spider": "use this spider; there is one",
    "--no-redirect": "do not follow redirects",
}
"""What they do; Scrapy's own words differ from version to version."""


def options(command: ScrapyCommand, *, is_global: bool) -> list[tuple[str, str]]:
    """How each option is written, and what it does."""
    parser = argparse.ArgumentParser(conflict_handler="resolve")
    command.add_options(parser)
    of_scrapy = OPTIONS_OF_SCRAPY if is_global or ScrapyCommand not in type(command).__bases__ else {}
    return [
        (written(one), of_scrapy.get(one.option_strings[-1]) or (one.help or "") % vars(one))
        for group in parser._action_groups
        if (group.title == GLOBAL) is is_global
        for one in group._group_actions
        if one.option_strings and "--help" not in one.option_strings
    ]


def written(option: argparse.Action) -> str:
    """An option with what stands behind it: `--limit N`."""
    choices = f"{{{','.join(map(str, option.choices))}}}" if option.choices else option.dest.upper()
    value = "" if option.nargs == 0 else f" {option.metavar or choices}"
    return ", ".join(f"{name}{value}" for name in option.option_strings)


def write(words: Words) -> str:
    """The page."""
    say, found = words.say, all_commands()
    return page(
        f"# {say('Commands')}",
        say("`asiatongsin` alone lists all commands, and `asiatongsin <command> -h` explains one."),
        table(
            [say("command"), say("what it does")],
            ([f"[{code(name)}](#{name})", sentences(f"{one.short_desc()}.", words)] for name, one in found.items()),
        ),
        f"## {say('Options of each command')}",
        _options(words, options(found["crawl"], is_global=True)),
        say("[Settings](settings.md) has what `-s` can set."),
        *(part for name, one in found.items() for part in _one(name, one, words)),
        f"## {say('Commands of Scrapy')}",
        say("The commands of Scrapy work as [its manual]({}) says. These are of use here:", MANUAL),
        table([say("command"), say("what it does")], ([code(name), say(what)] for name, what in OF_SCRAPY.items())),
    )


def _one(name: str, command: ScrapyCommand, words: Words) -> Iterator[str]:
    is_ours = "long_desc" in vars(type(command))
    text, *others = (command.long_desc() if is_ours else f"{command.short_desc()}.").split("\n\n")
    yield f"## {code(name)}"
    yield sentences(text, words)
    syntax = words.quote(command.syntax().strip() or "[options]")
    yield f"```text\nasiatongsin {name} {syntax}\n```"
    if actions := getattr(import_module(command.__module__), "ACTIONS", None):
        rows = ([code(action), plain(words.quote(what))] for action, what in actions.items())
        yield table([words.say("command"), words.say("what it does")], rows)
    if name == "crawl":
        yield from _arguments(words)
    if own := options(command, is_global=False):
        yield _options(words, own)
    if name == "crawl":
        yield sentences(f"{' '.join(FEEDS.split())} {NOTHING_FETCHED}", words)
    if examples := [part.partition("\n")[2] for part in others if part.startswith("Examples:")]:
        yield f"{words.say('Examples')}:"
        lines = [line.strip() for line in examples[0].splitlines()]
        yield "\n".join(["```text", *lines, "```"])
    yield _ends(name, words)


def sentences(text: str, words: Words) -> str:
    """A paragraph, said sentence by sentence."""
    return " ".join(plain(words.quote(one)) for one in _SENTENCE.split(" ".join(text.split())))


def _options(words: Words, found: list[tuple[str, str]]) -> str:
    head = [words.say("option"), words.say("meaning")]
    return table(head, ([code(name), plain(words.quote(" ".join(text.split())))] for name, text in found))


def _arguments(words: Words) -> Iterator[str]:
    """What `-a` takes."""
    yield words.say("These arguments say what is crawled:")
    described = ItemAdapter.get_json_schema(Arguments)["properties"].values()
    parts = [" ".join(one["description"].split()).partition(": ") for one in described]
    rows = ([code(f"-a {example.strip('`')}"), plain(words.quote(text))] for example, _, text in parts)
    yield table([words.say("argument"), words.say("meaning")], rows)


def _ends(name: str, words: Words) -> str:
    """With which statuses a command ends."""
    numbers = ", ".join(code(int(status)) for status in USED.get(f"{name} --fetch", USED[name]))
    return words.say("It ends with one of the [statuses](statuses.md) {}.", numbers)

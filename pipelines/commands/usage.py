"""Wrong usage: a command ends before it begins, with one sentence and status 2 (Scrapy's own)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from scrapy.exceptions import UsageError
from scrapy.settings import BaseSettings

from asiatongsin import needed_components, setting_checks
from asiatongsin.errors import ArgumentError, SettingError
from asiatongsin.printable import printable
from asiatongsin.site import Site
from pipelines.archive.files import NoArchive
from pipelines.database.errors import DatabaseUnreachable, DatabaseUnusable, StatementRefused
from pipelines.disk import data_folder


def usage_error(sentence: str) -> UsageError:
    """A UsageError that prints the sentence, without the help of the command."""
    return UsageError(printable(sentence), print_help=False)


@contextmanager
def usage_errors() -> Iterator[None]:
    """Turns errors of arguments, settings and database, and Ctrl-C, into a UsageError; also a decorator.

    A command that can go on without a database catches DatabaseUnreachable before.
    """
    try:
        yield
    except (ArgumentError, SettingError, NoArchive, DatabaseUnreachable, DatabaseUnusable, StatementRefused) as error:
        raise usage_error(str(error)) from None
    except KeyboardInterrupt:
        raise usage_error("interrupted") from None


def given_site(text: str) -> Site:
    """The site that the option --site names."""
    try:
        return Site.parse(text)
    except ValueError as error:
        raise usage_error(f"--site: {error}") from None


def stored_sites(wanted: str | None, stored: list[str]) -> list[str]:
    """The site that is asked for, or all that are stored."""
    if wanted is not None and wanted not in stored:
        there = f"the sites are {', '.join(stored)}" if stored else "no site was crawled yet"
        raise usage_error(f"--site: nothing of {wanted} is stored; {there}")
    return stored if wanted is None else [wanted]


def given_words(args: Sequence[str]) -> str:
    """The words of a query. A mistyped option is none: as a word to leave out it would find something else."""
    words = [argument for argument in args if argument != "--"]
    if options := [word for word in words if word.startswith("--")]:
        raise usage_error(f"there is no option {options[0]}: `-h` lists them; a word is left out with one -")
    return " ".join(words)


def given_number(option: str, text: str, most: int, *, least: int = 1) -> int:
    """The whole number that an option gives."""
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and least <= int(text) <= most):
        raise usage_error(f"{option} {text}: write a whole number from {least} to {most}")
    return int(text)


def check_settings(settings: BaseSettings | None) -> None:
    """Checks what every command needs, before it begins. SettingError where a setting makes no sense."""
    if settings is not None:
        setting_checks.check(settings)
        needed_components.check(settings)
        data_folder(settings)

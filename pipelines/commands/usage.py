"""Wrong usage: what the commands end with before they have begun, in one sentence and with status 2 (Scrapy's own)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from scrapy.exceptions import UsageError

from asiatongsin.errors import ArgumentError, SettingError
from asiatongsin.printable import printable
from asiatongsin.site import Site
from pipelines.archive.files import NoArchive
from pipelines.database.errors import DatabaseUnreachable, DatabaseUnusable


def usage_error(sentence: str) -> UsageError:
    """The sentence without the help of the command behind it."""
    return UsageError(printable(sentence), print_help=False)


@contextmanager
def usage_errors() -> Iterator[None]:
    """What cannot be done as it was asked for, or set up, becomes a UsageError; also a decorator.

    A command to which an unreachable database is news, not an error, catches DatabaseUnreachable before.
    """
    try:
        yield
    except (ArgumentError, SettingError, NoArchive, DatabaseUnreachable, DatabaseUnusable) as error:
        raise usage_error(str(error)) from None


def given_site(text: str) -> Site:
    """The site that the option --site names."""
    try:
        return Site.parse(text)
    except ValueError as error:
        raise usage_error(f"--site: {error}") from None

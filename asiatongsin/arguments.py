"""The arguments of the spider (`-a name=value`), read and checked before anything is fetched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from asiatongsin.errors import ArgumentError
from asiatongsin.korean import clean
from asiatongsin.moments import parse_moment
from asiatongsin.site import DEFAULT_BASE, Site


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """What a crawl was asked to do."""

    site: Site
    """`site=<base address>`: crawl this site of the same CMS. Default: `https://newsasia.kr`."""

    sections: tuple[str, ...] = ()
    """`sections=22,정치,all`: only these sections, by number or name; `all` is the list of all articles."""

    pages: int | None = None
    """`pages=3`: walk at most 3 list pages of each section."""

    since: datetime | None = None
    """`since=2025-10-01`: published then or later, in Korean time. Also `30d`, `yesterday`, `'2025-10-01 09:30'`."""

    until: datetime | None = None
    """`until=2025-10-31`: published then or earlier. A day without a time means its end."""

    no: tuple[int, ...] = ()
    """`no=142893,142894`: only the articles of these numbers, also where they are stored already."""

    full: bool = False
    """`full=1`: walk each list to its end, also past articles that are stored already."""

    dry: bool = False
    """`dry=1`: walk the lists, say what would be fetched, and fetch and store no article."""

    @classmethod
    def parse(cls, given: Mapping[str, str]) -> Arguments:
        """Arguments as Scrapy hands them over, all text. Names beginning with `_` are scrapyd's own and ignored."""
        given = {name: value for name, value in given.items() if not name.startswith("_")}
        unknown = [name for name in given if name not in {field.name for field in fields(cls)}]
        if unknown:
            names = ", ".join(field.name for field in fields(cls))
            raise ArgumentError(f"there is no argument {unknown[0]!r}; the arguments are {names}")
        try:
            site = Site.parse(given.get("site", DEFAULT_BASE))
        except ValueError as error:
            raise ArgumentError(f"site: {error}") from None
        since = _moment("since", given.get("since"))
        until = _moment("until", given.get("until"), is_end=True)
        if since and until and since > until:
            raise ArgumentError(f"since={given['since']} is after until={given['until']}")
        return cls(
            site=site,
            sections=_sections(given.get("sections")),
            pages=_count("pages", given.get("pages")),
            since=since,
            until=until,
            no=_numbers("no", given.get("no")),
            full=_flag("full", given.get("full")),
            dry=_flag("dry", given.get("dry")),
        )

    @property
    def is_plain(self) -> bool:
        """Whether the crawl takes what is new, and nothing bounds or widens that."""
        return not (self.pages or self.since or self.until or self.no or self.full or self.dry)

    def wants(self, published_at: datetime | None) -> bool:
        """Whether an article of that time is within the window; one without a known time is."""
        if published_at is None:
            return True
        # A list prints minutes: 10:20 may be 10:20:59.
        return (self.since is None or published_at >= self.since.replace(second=0, microsecond=0)) and (
            self.until is None or published_at <= self.until
        )

    def is_past(self, published_at: datetime | None) -> bool:
        """Whether an article of that time is older than the window; one without a known time is not."""
        return self.since is not None and published_at is not None and published_at < self.since


def _numbers(name: str, value: str | None) -> tuple[int, ...]:
    if value is None:
        return ()
    parts = [part.strip() for part in value.split(",") if part.strip()]
    if not parts or not all(is_number(part) for part in parts):
        raise ArgumentError(f"{name}={value}: write whole numbers above 0, for example {name}=22,34")
    return tuple(dict.fromkeys(int(part) for part in parts))


def _sections(value: str | None) -> tuple[str, ...]:
    """Names as they are given, and numbers; which of them exist is in the menu of the site."""
    if value is None:
        return ()
    parts = [clean(part) for part in value.split(",") if clean(part)]
    if not parts or not all(is_number(part) for part in parts if part.isdecimal()):
        raise ArgumentError(f"sections={value}: write names, all, or whole numbers above 0, for example sections=22,34")
    return tuple(dict.fromkeys("all" if part.lower() == "all" else part.lstrip("0") or part for part in parts))


def is_number(text: str) -> bool:
    """Whether the text is a whole number above 0 that a table can hold."""
    return text.isascii() and text.isdecimal() and len(text) <= 19 and 0 < int(text) < 2**63


def _count(name: str, value: str | None) -> int | None:
    if value is None:
        return None
    if not (is_number(value) and int(value) < 10**6):
        raise ArgumentError(f"{name}={value}: write a whole number above 0")
    return int(value)


def _flag(name: str, value: str | None) -> bool:
    known = {None: False, "0": False, "1": True, "false": False, "true": True, "no": False, "yes": True}
    text = value.lower() if value is not None else None
    if text not in known:
        raise ArgumentError(f"{name}={value}: write 1 or 0")
    return known[text]


def _moment(name: str, value: str | None, *, is_end: bool = False) -> datetime | None:
    if value is None:
        return None
    try:
        return parse_moment(value, is_end=is_end)
    except ValueError as error:
        raise ArgumentError(f"{name}={value}: {error}") from None

"""Which articles are asked for, read once from what a person wrote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from asiatongsin.errors import ArgumentError
from asiatongsin.korean import clean
from asiatongsin.moments import parse_moment
from asiatongsin.site import Site
from pipelines.queries.search.language import parse
from pipelines.queries.search.words import Word


@dataclass(frozen=True, kw_only=True)
class Filters:
    """Articles that fulfil all of it; without anything, all articles."""

    words: tuple[Word, ...] = ()
    """What their text holds, and must not hold."""

    sites: tuple[str, ...] = ()
    """Hosts, as in `articles.site`: any of them."""

    sections: tuple[str, ...] = ()
    """Names of sections as printed: any of them."""

    reporters: tuple[str, ...] = ()
    """Names of reporters: any of them."""

    since: datetime | None = None
    """Published then or later."""

    until: datetime | None = None
    """Published then or earlier."""

    @classmethod
    def parse(
        cls,
        match: str = "",
        *,
        site: str | None = None,
        section: str | None = None,
        reporter: str | None = None,
        since: str | None = None,
        until: str | None = None,
        now: datetime | None = None,
    ) -> Filters:
        """Reads a query and the options of a command. ArgumentError says what to write instead.

        Several sites, sections and reporters stand with commas between. `since` and `until` are what
        `asiatongsin.moments` reads, by the clock `now`.
        """
        options = {"site": site, "section": section, "reporter": reporter, "since": since, "until": until}
        query = parse(clean(match))
        given = query.given | {name: value for name, value in options.items() if value is not None}
        if twice := [name for name, value in options.items() if value is not None and name in query.given]:
            raise ArgumentError(f"{twice[0]} is given twice, as an option and in the query: {twice[0]}:")
        first = _moment("since", given, now)
        last = _moment("until", given, now)
        if first and last and first > last:
            raise ArgumentError(f"since={given['since']} is after until={given['until']}")
        return cls(
            words=query.words,
            sites=tuple(_site(one) for one in _several("site", given)),
            sections=_several("section", given),
            reporters=_several("reporter", given),
            since=first,
            until=last,
        )

    @property
    def wanted(self) -> tuple[Word, ...]:
        """The words that articles must hold."""
        return tuple(word for word in self.words if not word.is_excluded)

    @property
    def looks_at_texts(self) -> bool:
        """Whether the index alone does not tell what is found."""
        return any(word.is_excluded or not word.is_told_by_terms for word in self.words)

    @property
    def is_costly(self) -> bool:
        """Whether no index helps: of words there are only single syllables, signs, and words to leave out."""
        is_found_otherwise = self.sections or self.reporters or any(word.term_choices for word in self.wanted)
        return bool(self.words) and not is_found_otherwise


def _several(name: str, given: dict[str, str]) -> tuple[str, ...]:
    if name not in given:
        return ()
    parts = [clean(part) for part in given[name].split(",")]
    if not all(parts):
        raise ArgumentError(f"{name}={given[name]}: write one, or several with commas between")
    return tuple(dict.fromkeys(parts))


def _site(text: str) -> str:
    try:
        return Site.parse(text).key
    except ValueError as error:
        raise ArgumentError(f"site: {error}") from None


def _moment(name: str, given: Mapping[str, str], now: datetime | None) -> datetime | None:
    if name not in given:
        return None
    try:
        return parse_moment(given[name], is_end=name == "until", now=now)
    except ValueError as error:
        raise ArgumentError(f"{name}={given[name]}: {error}") from None

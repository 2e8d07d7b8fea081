"""Filters as SQL: terms for the index, and conditions that are true by themselves.

Values stand in the statement as literals. So PostgreSQL plans each query for its own words, whatever
`plan_cache_mode` says, and a statement can be handed to COPY.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

from asiatongsin.korean import KST
from pipelines.queries.search.filters import Filters
from pipelines.queries.search.words import KOREAN, LATIN, MOST_CHARACTERS, MOST_OF_TITLE, Word, small

MOST_MONTHS = 24
"""Of a time, that are asked for one by one; of a longer one the years are."""

UNDATED = ("N",)
"""The term of articles without a date."""

LONGEST_NAME = 200
"""Characters of a site, section or reporter in its term."""

_TEXT = SQL(f"""lower(left(concat_ws(' ', a.headline, a.subheadline, a.body), {MOST_CHARACTERS}) COLLATE "C")""")
_TITLE = SQL(f"""lower(left(a.headline, {MOST_OF_TITLE}) COLLATE "C")""")
_FOLDED = SQL(
    f"' ' || regexp_replace(regexp_replace({{}}, '(?:[^{KOREAN}{LATIN}]|[{LATIN}]{{{{41,}}}})+', ' ', 'g'),"
    f" '([{LATIN}])(?=[{KOREAN}])|([{KOREAN}])(?=[{LATIN}])', '\\1\\2 ', 'g') || ' '"
)
_JOINED = SQL(f"regexp_replace({{}}, '([{KOREAN}]) (?=[{KOREAN}])', '\\1', 'g')")


def conditions(filters: Filters, *, has_terms: bool = False) -> Composed:
    """What an article `a` fulfils, joined by AND; with `has_terms`, without what the terms it has have told."""
    return SQL(" AND ").join([SQL("true"), *_of_columns(filters), *_of_words(filters.words, has_terms)])


def terms(filters: Filters, dates: Sequence[str] = ()) -> str:
    """A `tsquery` that every article fulfils that is asked for and has one of these terms of its date.

    It is empty where no term tells anything.
    """
    names = [("S", filters.sites), ("C", filters.sections), ("R", filters.reporters)]
    parts = [_any(f"{kind}{one[:LONGEST_NAME]}" for one in given) for kind, given in names if given]
    for word in filters.wanted:
        parts += [_any(_in_title(word, choice)) for choice in word.term_choices]
    if dates:
        parts.append(_any(dates))
    if parts:
        excluded = (word for word in filters.words if word.is_excluded and word.is_told_by_terms)
        parts += [f"!{_any(_in_title(word, word.term_choices[0]))}" for word in excluded]
    return " & ".join(dict.fromkeys(parts))


def date_terms(first: datetime, last: datetime) -> list[str]:
    """The months from `first` to `last`, or the years where those are many."""
    begin, end = (one.astimezone(KST).year * 12 + one.astimezone(KST).month - 1 for one in (first, last))
    if end - begin < MOST_MONTHS:
        return [f"M{month // 12 * 100 + month % 12 + 1}" for month in range(begin, end + 1)]
    return [f"Y{year}" for year in range(begin // 12, end // 12 + 1)]


def _of_columns(filters: Filters) -> Iterator[Composable]:
    for column, given in (("site", filters.sites), ("section", filters.sections), ("reporter", filters.reporters)):
        if given:
            yield SQL("a.{} = ANY ({})").format(Identifier(column), Literal(list(given)))
    if filters.since:
        yield SQL("a.published_at >= {}").format(Literal(filters.since))
    if filters.until:
        yield SQL("a.published_at <= {}").format(Literal(filters.until))


def _of_words(words: Iterable[Word], has_terms: bool) -> Iterator[Composable]:
    # While the waiting part of the index is merged, an article may be there with one of its terms and not yet with
    # another: that it lacks one proves nothing.
    for word in words:
        if word.is_excluded or not (has_terms and word.is_told_by_terms):
            yield SQL("NOT ({})" if word.is_excluded else "({})").format(_holds(word))


def _holds(word: Word) -> Composable:
    """The same as `Word.is_in`. To fold a text takes long, so only what may hold the word is folded."""
    text = _TITLE if word.in_title else _TEXT
    if not word.folded:
        return SQL("{} LIKE {}").format(text, _pattern([small(word.text)]))
    as_written = SQL("{} LIKE {}").format(text, _pattern([word.folded]))
    if word.needle == word.folded and not (word.is_loose or " " in word.folded):
        return as_written
    folded = _FOLDED.format(text)
    may_hold = SQL("{} LIKE {}").format(text, _pattern(word.pieces))
    holds = SQL("{} LIKE {}").format(_JOINED.format(folded) if word.is_loose else folded, _pattern([word.needle]))
    if word.needle != word.folded:
        return SQL("{} AND {} ~ {} AND {}").format(may_hold, text, Literal(_roughly(word)), holds)
    return SQL("{} OR {} AND {}").format(as_written, may_hold, holds)


def _roughly(word: Word) -> str:
    """A regular expression for every text that may hold the word: its pieces with nothing but signs between them.

    To look for it takes a quarter of the time of folding.
    """
    before, after = f"(^|[^{LATIN}])", f"([^{LATIN}]|$)"
    signs = f"([^{KOREAN}{LATIN}]|[{LATIN}]{{41,}})*"
    return before * word.needle.startswith(" ") + signs.join(word.pieces) + after * word.needle.endswith(" ")


def _pattern(parts: Iterable[str]) -> Literal:
    """What LIKE looks for: these parts, in their order."""
    escaped = (part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") for part in parts)
    return Literal(f"%{'%'.join(escaped)}%")


def _in_title(word: Word, choice: Iterable[str]) -> Iterator[str]:
    return (f"T{term}" if word.in_title else term for term in choice)


def _any(choice: Iterable[str]) -> str:
    quoted = " | ".join(f"'{_quoted(term)}'" for term in sorted(choice))
    return f"({quoted})"


def _quoted(term: str) -> str:
    return term.replace("\\", "\\\\").replace("'", "''")

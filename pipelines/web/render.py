"""Makes HTML and JSON of what a page has read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined

from asiatongsin.addresses import without_addresses
from asiatongsin.durations import in_words
from asiatongsin.korean import KST
from pipelines.exporters.articles import PARAGRAPH_BREAK
from pipelines.queries.search.marks import Piece, of_headline, of_text, pieces
from pipelines.queries.search.words import Word
from pipelines.web.language import ENGLISH, LANGUAGES, Language

_ENVIRONMENT = Environment(
    loader=PackageLoader("pipelines.web"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)


def html(template: str, language: Language, **values: Any) -> str:
    """A page as HTML. No e-mail address is in it."""
    made = _ENVIRONMENT.get_template(template).render(
        _=language.say, language=language, languages=LANGUAGES, english=ENGLISH, **values
    )
    return without_addresses(made)


def as_json(found: object) -> str:
    """What a page has read, by the names of its fields; times are Korean, in ISO 8601. No e-mail address is in it."""
    plain = msgspec.to_builtins(found, builtin_types=(date, datetime), str_keys=True)
    # Before JSON is made of it: the `n` of a line feed that is written as \n would be taken for a part of the address.
    text = json.dumps(_masked(plain), ensure_ascii=False, default=_iso)
    return msgspec.json.format(text, indent=1)  # json indents in Python, ten times as slow


def korean_time(at: datetime | None) -> str:
    """`2025-10-05 09:52`; empty without one."""
    return f"{at.astimezone(KST):%Y-%m-%d %H:%M}" if at else ""


def korean_day(at: datetime | None) -> str:
    """`2025-10-05`; empty without one."""
    return f"{at.astimezone(KST):%Y-%m-%d}" if at else ""


def iso(at: datetime | None) -> str:
    """For machines, in Korean time."""
    return at.astimezone(KST).isoformat(timespec="seconds") if at else ""


def number(value: float | None) -> str:
    """`12,345`; a dash where it is not known."""
    return "–" if value is None else f"{value:,}"


def percent(share: float | None) -> str:
    """`12 %`, with a decimal where it is small; a dash where it is not known."""
    if share is None:
        return "–"
    return f"{share:.0%}" if share in {0, 1} or 0.1 <= share < 0.995 else f"{share:.1%}"


def lasting(seconds: float | None) -> str:
    """`41 s`, `12 min`, `5 h`, in English; a dash where it is not known."""
    if seconds is None:
        return "–"
    return f"{seconds:.0f} s" if seconds < 120 else in_words(timedelta(seconds=seconds))


def paragraphs(text: str | None) -> list[str]:
    """The paragraphs of a body."""
    return [part for part in (text or "").split(PARAGRAPH_BREAK) if part]


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return without_addresses(value)
    if isinstance(value, Mapping):
        return {name: _masked(one) for name, one in value.items()}
    return [_masked(one) for one in value] if isinstance(value, list | tuple) else value


def headline_pieces(headline: str, words: Sequence[Word]) -> list[Piece]:
    """The pieces of a headline, with those marked that were searched for; without e-mail addresses before that."""
    return list(pieces(without_addresses(headline), of_headline(words)))


def text_pieces(text: str, words: Sequence[Word]) -> list[Piece]:
    """The same of what stands below a headline."""
    return list(pieces(without_addresses(text), of_text(words)))


def _iso(value: date | datetime) -> str:
    return iso(value) if isinstance(value, datetime) else value.isoformat()


_FILTERS: Mapping[str, Any] = {
    "korean_time": korean_time,
    "korean_day": korean_day,
    "iso": iso,
    "number": number,
    "percent": percent,
    "lasting": lasting,
    "paragraphs": paragraphs,
    "headline_pieces": headline_pieces,
    "text_pieces": text_pieces,
}
_ENVIRONMENT.filters.update(_FILTERS)

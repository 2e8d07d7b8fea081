"""The text of an article, computed from its number: who wrote what, before it has a time and a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random

from . import words
from .dice import dice
from .headlines import APPOINTMENT_HEADLINE, HEADLINES, PHOTO_HEADLINE, SUBHEADLINES
from .sections import section_of
from .sentences import (
    APPOINTMENTS,
    ASIDES,
    CAPTIONS,
    CLOSINGS,
    DETAILS,
    OPENINGS,
    PHOTO_LINES,
    QUOTES,
    UPDATES,
)
from .skins import CLASSIC, DESK, skin_of

DESK_ACCOUNT = "관리자"
"""What the info line prints where no person is named."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """What an editor typed in."""

    headline: str
    """Headline as a reader sees it."""

    subheadline: str | None
    """Sub-headline, its two lines joined by a line feed; None without one."""

    reporter: str | None
    """The person who wrote it; None for a desk."""

    info_name: str
    """Name of the info line: `홍길동 기자` or `관리자`."""

    email: str | None
    """Address of the info line."""

    paragraphs: tuple[str, ...]
    """Body with its byline."""

    captions: tuple[str | None, ...]
    """One for each photo."""


def draft_of(seed: int, no: int) -> Draft:
    """The text of article `no` as first published."""
    rng = dice(seed, no, "text")
    facts = _facts(rng, seed, no)
    kind = rng.random()
    if kind < 0.04:
        return _notice(rng, facts, APPOINTMENT_HEADLINE, APPOINTMENTS, photos=0)
    if kind < 0.07:
        return _notice(rng, facts, PHOTO_HEADLINE, PHOTO_LINES, photos=1)
    return _report(rng, facts, section_of(no).name, skin_of(no))


def revised(draft: Draft, seed: int, no: int, revision: int) -> Draft:
    """The draft after edit number `revision`: another headline, and one paragraph says more."""
    rng = dice(seed, no, f"edit {revision}")
    update = rng.choice(UPDATES).format_map(_facts(rng, seed, no))
    *before, last = draft.paragraphs
    mark = "(종합)" if revision == 1 else f"(종합 {revision}보)"
    return replace(draft, headline=draft.headline + mark, paragraphs=(*before, f"{last} {update}"))


class Facts(dict[str, object]):
    """What sentences are filled with: the cast of an article, and a fresh figure wherever one is asked for."""

    def __init__(self, rng: Random, cast: Mapping[str, object]) -> None:
        super().__init__(cast)
        self._rng = rng

    def __missing__(self, name: str) -> object:
        if name == "won":
            return words.Word(f"{self._figure(1, 90)}억 {self._figure(1, 9)}천만원")
        return self._figure(*_FIGURES[name])

    def _figure(self, lowest: int, highest: int) -> int:
        return lowest + int(self._rng.random() * (highest + 1 - lowest))


_FIGURES = {
    "sites": (2, 47),
    "people": (35, 4934),
    "percent": (3, 59),
    "day": (1, 28),
    "later": (1, 28),
    "month": (1, 12),
    "past": (2009, 2022),
    "goal": (2026, 2029),
}
"""Lowest and highest value of each figure."""


def _facts(rng: Random, seed: int, no: int) -> Facts:
    """The people, the place and the subject of an article are the same in all its sentences and edits."""
    cast = dice(seed, no, "cast")
    city = cast.choice(words.CITIES)
    return Facts(
        rng,
        {
            "city": city,
            "chief": words.chief_of(city),
            "mayor": _person(cast),
            "official": _person(cast),
            "citizen": _person(cast),
            "dept": cast.choice(words.DEPARTMENTS),
            "project": cast.choice(words.PROJECTS),
            "place": cast.choice(words.PLACES),
            "group": cast.choice(words.GROUPS),
            "event": cast.choice(words.EVENTS),
            "product": cast.choice(words.PRODUCTS),
            "topic": cast.choice(words.TOPICS),
        },
    )


def _person(rng: Random) -> words.Word:
    return words.Word(rng.choice(words.SURNAMES) + rng.choice(words.GIVEN_NAMES))


def _notice(rng: Random, facts: Facts, headline: str, lines: tuple[str, ...], photos: int) -> Draft:
    """An article of one line, put in by the desk."""
    return Draft(
        headline=headline.format_map(facts),
        subheadline=None,
        reporter=None,
        info_name=DESK_ACCOUNT,
        email=f"desk{rng.randrange(3)}@example.kr" if rng.random() < 0.5 else None,
        paragraphs=(rng.choice(lines).format_map(facts),),
        captions=(None,) * photos,
    )


def _report(rng: Random, facts: Facts, section: str, skin: str) -> Draft:
    reporter: str | None = str(_person(rng))
    info_name, email = f"{reporter} 기자", _email(rng)
    byline = f"아시아통신 {reporter} 기자 | " if skin == CLASSIC and rng.random() < 0.4 else ""
    if skin == DESK:
        info_name, email = DESK_ACCOUNT, None
        reporter, byline = _desk_byline(rng, reporter)
    first, *others = _paragraphs(rng, facts, section)
    return Draft(
        headline=rng.choice(HEADLINES[section]).format_map(facts),
        subheadline=_subheadline(rng, facts, two_lines=skin == DESK),
        reporter=reporter,
        info_name=info_name,
        email=email,
        paragraphs=(byline + first, *others),
        captions=_captions(rng, facts),
    )


def _desk_byline(rng: Random, reporter: str | None) -> tuple[str | None, str]:
    form = rng.random()
    if form < 0.15:
        return None, "[아시아통신] "
    if form < 0.6:
        return reporter, f"[아시아통신 {reporter} 기자] "
    return reporter, f"아시아통신 {reporter} 기자 | "


def _email(rng: Random) -> str | None:
    return f"{rng.choice(('news', 'press', 'local'))}{rng.randrange(10, 99)}@example.kr" if rng.random() < 0.8 else None


def _subheadline(rng: Random, facts: Facts, *, two_lines: bool) -> str | None:
    if rng.random() < 0.3:
        return None
    lines = rng.sample(SUBHEADLINES, 2 if two_lines else 1)
    return "\n".join(line.format_map(facts) for line in lines)


def _captions(rng: Random, facts: Facts) -> tuple[str | None, ...]:
    count = rng.choice((0, 0, 1, 1, 1, 2))
    return tuple(rng.choice(CAPTIONS).format_map(facts) if rng.random() < 0.75 else None for _ in range(count))


def _paragraphs(rng: Random, facts: Facts, section: str) -> list[str]:
    """Opening, sometimes an aside, details in twos and threes, a quote or two, a closing."""
    details = rng.sample(DETAILS, rng.randrange(4, 16))
    paragraphs = [[rng.choice(OPENINGS[section])]]
    if rng.random() < 0.35:
        paragraphs.append([rng.choice(ASIDES)])
    while details:
        size = rng.choice((1, 2, 2, 3))
        paragraphs.append(details[:size])
        del details[:size]
    paragraphs[3:3] = [[quote] for quote in rng.sample(QUOTES, rng.choice((1, 1, 2)))]
    paragraphs.append([rng.choice(CLOSINGS)])
    return [" ".join(one.format_map(facts) for one in sentences) for sentences in paragraphs]

"""The strip of city temperatures in the page header, from the Korea Meteorological Administration."""

from __future__ import annotations

import re

from asiatongsin.html.element import Element, classes, text_of, whole_text
from asiatongsin.html.selectors import Selectors
from asiatongsin.items import WeatherReading
from asiatongsin.korean import clean

CITIES = Selectors(".weather_box li.icon_w", "ul.weather_slide > li")
ICON = Selectors("span")
DATE = Selectors("p.today_txt", ".today_txt")

_PAGE_DATE = re.compile(r"\d{4}\.\d{2}\.\d{2}\s?\(.\)")  # some sites print 전체기사 or 배너 around it
_CITY = re.compile(r"^(?P<city>[^\d℃]*?[^\d℃\s-])\s*(?:(?P<temperature>[-−]?\d+(?:\.\d+)?)\D*|-?\s*(?:℃|°C)?)$")
_GLUED = re.compile(r"^(맑음|구름조금|구름많음|흐림|박무|연무|안개|소나기|비|눈|-)(?=[가-힣])")
_NO_WORD = {"", "-"}


class WeatherStrip:
    """The strip as a reader sees it. Pages without one (mobile, print) have no cities."""

    def __init__(self, tree: Element) -> None:
        self.tree = tree

    def page_date(self) -> str | None:
        """The date printed beside the strip, the day of the download: `2025.10.05 (일)`."""
        text = DATE.text(self.tree) or ""
        found = _PAGE_DATE.search(text)
        return found[0] if found else text or None

    def readings(self) -> tuple[WeatherReading, ...]:
        """The cities in printed order; an entry that names no city is left out."""
        return tuple(reading for entry in CITIES.best(self.tree) if (reading := _reading(entry)) is not None)


def _reading(entry: Element) -> WeatherReading | None:
    icon = ICON.first(entry)
    word, rest = _word_and_rest(entry, icon)
    found = _CITY.match(rest)
    if found is None:
        return None
    number = found["temperature"]
    return WeatherReading(
        city=found["city"],
        condition=None if word in _NO_WORD else word,
        icon=next(iter(classes(icon)), None) if icon is not None else None,
        temperature_c=float(number.replace("−", "-")) if number else None,
    )


def _word_and_rest(entry: Element, icon: Element | None) -> tuple[str, str]:
    """The condition word and what follows it. No blank stands between them, so only the markup tells them apart."""
    whole = clean(whole_text(entry))
    if icon is None:
        glued = _GLUED.match(whole)
        return (glued[0], whole[glued.end() :]) if glued else ("", whole)
    word = text_of(icon) or ""
    return word, whole.removeprefix(word).strip()

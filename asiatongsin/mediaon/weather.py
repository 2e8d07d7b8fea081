"""The strip of city temperatures in the page header, from the Korea Meteorological Administration."""

from __future__ import annotations

import re

from asiatongsin.html.element import Element, classes, text_of, whole_text
from asiatongsin.html.selectors import Selectors, WholePage
from asiatongsin.items import WeatherReading
from asiatongsin.korean import clean

CITIES = Selectors(".weather_box li.icon_w", "ul.weather_slide > li")
ICON = Selectors("span")
DATE = Selectors("p.today_txt", ".today_txt")

_PAGE_DATE = re.compile(r"\d{4}\.\d{2}\.\d{2}\s?\(.\)")  # some sites print 전체기사 or 배너 around it
_NUMBER = r"[-−+]?(?:\d+(?:\.\d*)?|\.\d+)"
_NO_NUMBER = r"(?:(?i:null|nan|none|undefined|n/a)|없음|[-−.?*…~]+)"
_CITY = re.compile(
    rf"^(?P<city>(?!{_NO_NUMBER}(?:\W|$))[^\d℃]*?[^\d℃\s.+−-])\s*"
    rf"(?:(?P<temperature>{_NUMBER})\D*|(?:(?<=[\s가-힣)]){_NO_NUMBER})?\s*(?:℃|°C)?)$"
)
_GLUED = re.compile(r"^(맑음|구름조금|구름많음|흐림|박무|연무|안개|소나기|비|눈|-)(?=[가-힣])")
_NO_WORD = {"", "-", "null", "undefined"}
_LONGEST_ENTRY = 80  # characters; what is longer is an advertisement
_MISSING_BELOW = -90.0  # the agency writes -99.9, -99 or -999 where a station reports nothing


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
        return tuple(reading for entry in CITIES.best(WholePage(self.tree)) if (reading := _reading(entry)) is not None)


def _reading(entry: Element) -> WeatherReading | None:
    begin = entry.first_child
    icon = begin if begin is not None and begin.tag == "span" else ICON.first(entry)
    word, rest = _word_and_rest(entry, icon)
    found = _CITY.match(rest) if len(rest) <= _LONGEST_ENTRY else None
    if found is None:
        return None
    return WeatherReading(
        city=found["city"],
        condition=None if word in _NO_WORD else word,
        icon=next(iter(classes(icon)), None) if icon is not None else None,
        temperature_c=_temperature(found["temperature"]),
    )


def _temperature(printed: str | None) -> float | None:
    degrees = float(printed.replace("−", "-")) if printed else None
    return None if degrees is None or degrees < _MISSING_BELOW else degrees


def _word_and_rest(entry: Element, icon: Element | None) -> tuple[str, str]:
    """The condition word and what follows it. No blank stands between them, so only the markup tells them apart."""
    whole = clean(whole_text(entry))
    if icon is None:
        glued = _GLUED.match(whole)
        return (glued[0], whole[glued.end() :]) if glued else ("", whole)
    word = text_of(icon) or ""
    return word, whole.removeprefix(word).strip()

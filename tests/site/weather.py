"""The weather strip of the page header: sixteen cities whose values change with the hour."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from hashlib import md5
from math import cos, pi
from random import Random

from .dice import dice
from .truth import TrueReading

_NO_OBSERVATION = "-"

_MILDNESS = {
    "동두천": -2.1,
    "강릉": 0.9,
    "서울": 0.0,
    "대전": 0.2,
    "대구": 1.4,
    "울산": 1.6,
    "광주": 1.5,
    "부산": 2.6,
    "고창": 0.4,
    "제주": 4.1,
    "강화": -1.3,
    "보은": -1.9,
    "금산": -1.0,
    "강진군": 1.1,
    "경주시": 1.0,
    "거제": 2.3,
}
"""Degrees above Seoul, in the order of the strip."""

_MONTH_MEANS = (-2.4, 0.3, 5.8, 12.4, 18.1, 22.6, 25.4, 26.1, 21.3, 14.7, 7.2, 0.1)
"""Degrees in Seoul, January to December."""

_ICONS = {
    "흐림": "iw04",
    "맑음": "iw01",
    "구름많음": "iw03",
    "구름조금": "iw02",
    "박무": "iw17",
    "연무": "iw18",
    "": "iw08",
    _NO_OBSERVATION: "iw00",
}
"""Icon class of each word; the one without a word is rain or snow."""

_WORDS = ("흐림", "맑음", "구름많음", "구름조금", "박무", "연무")
_WEIGHTS = (192, 172, 116, 67, 12, 3)
"""How often each was seen on captured pages."""


def hour_of(now: datetime) -> datetime:
    """The full hour that the strip is of."""
    return now.replace(minute=0, second=0, microsecond=0)


@lru_cache(maxsize=8)  # every page of an hour prints the same
def readings_at(seed: int, hour: datetime) -> tuple[TrueReading, ...]:
    """The strip of an hour. One city has no observation and one has rain, which prints no word."""
    rng = dice(seed, int(hour.timestamp()), "weather")
    words = rng.choices(_WORDS, _WEIGHTS, k=len(_MILDNESS))
    silent, wet = rng.sample(range(len(words)), 2)
    words[silent], words[wet] = _NO_OBSERVATION, ""
    mood = dice(seed, hour.toordinal(), "day").gauss(0, 2.5)
    means = zip(words, _MILDNESS.items(), strict=True)
    return tuple(_reading(rng, city, word, _usual(hour) + mood + mildness) for word, (city, mildness) in means)


def _usual(hour: datetime) -> float:
    """Degrees in Seoul by month and hour: coldest at four in the morning, warmest in the afternoon."""
    return _MONTH_MEANS[hour.month - 1] - 4.5 * cos((hour.hour - 4) * pi / 12)


def _reading(rng: Random, city: str, word: str, usual: float) -> TrueReading:
    return TrueReading(
        city=city,
        condition=None if word in {"", _NO_OBSERVATION} else word,
        icon=_ICONS[word],
        temperature_c=round(usual + rng.gauss(0, 1.1), 1) + 0.0,  # + 0.0: never "-0.0"
    )


def weather_box(readings: tuple[TrueReading, ...], seed: int) -> str:
    """The markup of the strip: the word stands in the icon and is glued to the city."""
    key = md5(f"{seed}".encode(), usedforsecurity=False).hexdigest()
    cities = "\n".join(_city(reading) for reading in readings)
    return f"""<div class="weather_box wt02 ico02">
			<ul class="weather_slide" id="weather_slide_{key}">
{cities}
			</ul>
			<script>
				jQuery11('#weather_slide_{key}').bxSlider({{
					auto: true,
					mode: 'fade',
					pause: 2500
				}});
			</script>
			<a href="http://www.kma.go.kr/" class="wc" target="_blank">기상청 제공</a>
		</div>"""


def _city(reading: TrueReading) -> str:
    word = reading.condition or (_NO_OBSERVATION if reading.icon == _ICONS[_NO_OBSERVATION] else "")
    icon = f'<span class="{reading.icon}">{word}</span>'
    return f'				<li class="icon_w">{icon}{reading.city} {reading.temperature_c:.1f}℃</li>'

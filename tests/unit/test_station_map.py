"""The map of weather stations: where its dots and labels stand."""

from __future__ import annotations

from itertools import combinations

from asiatongsin.weather_stations import stations
from pipelines.web.station_map import MARGIN_Y, WIDTH, Dot, Place, StationMap, station_map
from tests.samples import present

STRIP = (
    *("동두천", "강릉", "서울", "대전", "대구", "울산", "광주", "부산"),
    *("고창", "제주", "강화", "보은", "금산", "강진군", "경주시", "거제"),
)
STATIONS = {station.name_ko: station for station in stations()}


def place(city: str, *, is_english: bool = False) -> Place:
    found = STATIONS[city]
    name = found.name_en if is_english else city
    return Place(latitude=found.latitude, longitude=found.longitude, city=city, name=name, value="-12.8°")


def drawn(*cities: str, is_english: bool = False) -> StationMap:
    return present(station_map([place(city, is_english=is_english) for city in cities]))


def overlaps(found: StationMap) -> list[str]:
    """Labels that meet another label, a dot, a degree or an edge."""
    labels = [label for label in (*found.meridians, *found.parallels, *(dot.label for dot in found.dots)) if label]
    pairs = [f"{a.text}/{b.text}" for a, b in combinations(labels, 2) if a.box.meets(b.box)]
    dots = [f"{label.text}/{dot.place.name}" for label in labels for dot in found.dots if label.box.meets(dot.box)]
    beyond = [one.text for one in labels if one.box.left < 0 or one.box.right > found.width or one.box.top < 0]
    return pairs + dots + beyond


def text_of(dot: Dot) -> str:
    return dot.label.text if dot.label else ""


def test_names_all_cities_of_the_usual_strip_and_no_two_labels_meet() -> None:
    for is_english in (False, True):
        found = drawn(*STRIP, is_english=is_english)
        names = [place(city, is_english=is_english).name for city in STRIP]
        assert [text_of(dot) for dot in found.dots] == [f"{name} -12.8°" for name in names]
        assert overlaps(found) == []


def test_leaves_out_what_there_is_no_room_for() -> None:
    found = drawn(*STATIONS)
    assert overlaps(found) == []
    assert len(found.dots) == len(STATIONS)
    assert 20 < sum(bool(dot.label) for dot in found.dots) < len(STATIONS)


def test_north_is_above_and_east_is_on_the_right() -> None:
    seoul, jeju, gangneung = drawn("서울", "제주", "강릉").dots
    assert seoul.y < jeju.y
    assert seoul.x < gangneung.x
    assert [line.text for line in drawn("서울", "제주").parallels] == ["34°N", "35°N", "36°N", "37°N"]


def test_a_degree_is_as_long_along_as_across_where_the_map_has_its_middle() -> None:
    found = drawn("강릉", "제주")
    along = found.parallels[0].y - found.parallels[1].y
    across = found.meridians[1].x - found.meridians[0].x
    assert 0.80 < across / along < 0.83  # cosine of 35.6 degrees


def test_a_single_station_has_a_map_as_well() -> None:
    [dot] = drawn("서울").dots
    assert (dot.x, text_of(dot)) == (WIDTH / 2, "서울 -12.8°")
    assert dot.y > MARGIN_Y


def test_without_a_station_there_is_no_map() -> None:
    assert station_map([]) is None

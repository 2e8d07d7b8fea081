"""A map of weather stations: where the dots, their labels and the lines of degrees stand. Nothing overlaps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil, cos, floor, radians
from typing import Literal, NamedTuple, TypeAlias

WIDTH, MARGIN_X, MARGIN_Y = 400, 70, 36
"""In units of the drawing; the margins leave room for labels."""

TALLEST = 560
SMALLEST = 1.0
"""Degrees that a map shows at least, so that a single station has a map as well."""

LETTER, WIDE_LETTER, LINE = 6.6, 12.0, 13.0
"""Width of a letter or figure, width of a syllable, and height of a line, in letters of 12 units."""

FIRST_SYLLABLE = "\u1100"
"""Korean letters begin here; what comes before is narrow."""

RADIUS = 3.5

Anchor: TypeAlias = Literal["start", "middle", "end"]

_PLACES: tuple[tuple[float, float, Anchor], ...] = (
    (7, 4, "start"),
    (-7, 4, "end"),
    (0, -7, "middle"),
    (0, 16, "middle"),
    (5, -5, "start"),
    (5, 13, "start"),
    (-5, -5, "end"),
    (-5, 13, "end"),
)
"""Where a label may stand, seen from its dot: those that are read best come first."""


class Place(NamedTuple):
    """What a map shows."""

    latitude: float
    longitude: float
    city: str
    """As printed."""

    name: str
    """What it is called on the map."""

    value: str
    """Stands behind the name; where there is no room for both, alone."""


class Box(NamedTuple):
    """A part of the drawing."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Whether the two overlap."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


@dataclass(frozen=True, kw_only=True)
class Label:
    """A text in the drawing."""

    text: str
    x: float
    y: float
    """Of its base line."""

    anchor: Anchor
    """Which part of the text stands at x."""

    @property
    def box(self) -> Box:
        """The room that it takes, with a little around it."""
        width = sum(LETTER if letter < FIRST_SYLLABLE else WIDE_LETTER for letter in self.text)
        left = self.x - {"start": 0.0, "middle": width / 2, "end": width}[self.anchor]
        return Box(left - 1, self.y - LINE + 2, left + width + 1, self.y + 3)


@dataclass(frozen=True, kw_only=True)
class Dot:
    """A station in the drawing."""

    place: Place
    x: float
    y: float
    label: Label | None
    """None where there is no room."""

    @property
    def box(self) -> Box:
        return Box(self.x - RADIUS, self.y - RADIUS, self.x + RADIUS, self.y + RADIUS)


@dataclass(frozen=True, kw_only=True)
class StationMap:
    """The drawing. Each line of degrees is named by its label."""

    width: float
    height: float
    meridians: list[Label]
    parallels: list[Label]
    dots: list[Dot]


class Projection:
    """Degrees to units: equal steps of degrees, and as far from west to east as they are in the middle of the map."""

    def __init__(self, places: Sequence[Place]) -> None:
        self.south, self.north = _range([place.latitude for place in places])
        self.west, self.east = _range([place.longitude for place in places])
        self._squeeze = cos(radians((self.south + self.north) / 2))
        across, along = (self.east - self.west) * self._squeeze, self.north - self.south
        self._scale = min((WIDTH - 2 * MARGIN_X) / across, (TALLEST - 2 * MARGIN_Y) / along)
        self.height = round(along * self._scale + 2 * MARGIN_Y, 1)
        self._left = (WIDTH - across * self._scale) / 2

    def x(self, longitude: float) -> float:
        """Units from the left."""
        return round(self._left + (longitude - self.west) * self._squeeze * self._scale, 1)

    def y(self, latitude: float) -> float:
        """Units from the top."""
        return round(MARGIN_Y + (self.north - latitude) * self._scale, 1)

    def meridians(self) -> list[Label]:
        """The whole degrees that can be seen, named at the lower edge."""
        room = self._left / (self._squeeze * self._scale)
        degrees = range(ceil(self.west - room), floor(self.east + room) + 1)
        seen = [(degree, self.x(degree)) for degree in degrees if 20 < self.x(degree) < WIDTH - 20]
        return [Label(text=f"{degree}°E", x=x, y=self.height - 4, anchor="middle") for degree, x in seen]

    def parallels(self) -> list[Label]:
        """The same, named at the left edge."""
        room = MARGIN_Y / self._scale
        degrees = range(ceil(self.south - room), floor(self.north + room) + 1)
        seen = [(degree, self.y(degree)) for degree in degrees if 14 < self.y(degree) < self.height - 24]
        return [Label(text=f"{degree}°N", x=2, y=y - 3, anchor="start") for degree, y in seen]


def station_map(places: Sequence[Place]) -> StationMap | None:
    """The map of some places; None without any."""
    if not places:
        return None
    projection = Projection(places)
    bare = [
        Dot(place=place, x=projection.x(place.longitude), y=projection.y(place.latitude), label=None)
        for place in places
    ]
    grid = projection.meridians(), projection.parallels()
    taken = [dot.box for dot in bare] + [label.box for labels in grid for label in labels]
    return StationMap(
        width=WIDTH,
        height=projection.height,
        meridians=grid[0],
        parallels=grid[1],
        dots=list(_labelled(bare, taken, Box(0, 0, WIDTH, projection.height))),
    )


def _labelled(dots: Sequence[Dot], taken: list[Box], edges: Box) -> Iterator[Dot]:
    """The dots with labels where there is room; `taken` grows."""
    for dot in dots:
        label = _label(dot, taken, edges)
        if label:
            taken.append(label.box)
        yield replace(dot, label=label)


def _label(dot: Dot, taken: Sequence[Box], edges: Box) -> Label | None:
    for text in (f"{dot.place.name} {dot.place.value}", dot.place.value):
        for right, down, anchor in _PLACES:
            label = Label(text=text, x=dot.x + right, y=dot.y + down, anchor=anchor)
            box = label.box
            is_within = box.left >= 0 and box.top >= 0 and box.right <= edges.right and box.bottom <= edges.bottom
            if is_within and not any(box.meets(other) for other in taken):
                return label
    return None


def _range(degrees: Sequence[float]) -> tuple[float, float]:
    """The least and the greatest, at least SMALLEST apart."""
    least, greatest = min(degrees), max(degrees)
    lacking = max(SMALLEST - (greatest - least), 0) / 2
    return least - lacking, greatest + lacking

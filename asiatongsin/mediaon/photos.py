"""The address of a photo, which pages that load photos late keep elsewhere than in `src`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from asiatongsin.html.element import Element

PHOTO_TAGS = frozenset({"img", "image", "amp-img"})

_LATE = ("data-src", "data-original", "data-lazy-src", "data-original-src", "data-lazy", "data-echo", "data-img-src")
_SETS = ("data-srcset", "data-lazy-srcset", "srcset")
_OWN = ("src", "href", "xlink:href")
# Of a photo that is still to come, pages show an empty picture.
_PLACEHOLDER = re.compile(
    r"(?:^|[/_\-])(?:blank|spacer|transparent|trans|pixel|1x1|dot|clear|empty|dummy|loading|loader|lazy|lazyload|preload"
    r"|placeholder|no_?ima?ge?)(?=[_\-.\d])[^/]*$",
    re.IGNORECASE,
)
_NO_ADDRESS = re.compile(r"\s*(?:data:|about:|blob:|javascript:|#|$)", re.IGNORECASE)
_ADDRESS = re.compile(r"\S*[/.]\S*")
_PHOTO_FILE = re.compile(r"\S+\.(?:jpe?g|png|gif|webp|bmp|avif)(?:\?\S*)?", re.IGNORECASE)
_CANDIDATE = re.compile(r"(?P<address>[^\s,]\S*[^\s,]|[^\s,])(?:\s+(?P<size>\d+(?:\.\d+)?)[wx])?\s*(?:,|$)")
_BACKGROUND = re.compile(r"url\(\s*['\"]?(?!data:)([^'\")\s]+)", re.IGNORECASE)


def photo_address(image: Element) -> str | None:
    """The printed address of a photo; None where the page tells none.

    Where several are told, the attributes for photos that are loaded late count first, then `src`, then `srcset`. An
    address of an empty picture counts last.
    """
    attributes = image.attributes
    return next(_candidates(image, attributes), None)


def background_address(style: str) -> str | None:
    """The printed address of a picture that a `style` sets behind an element."""
    found = _BACKGROUND.search(style)
    return found[1] if found else None


def _candidates(image: Element, attributes: Mapping[str, str | None]) -> Iterator[str]:
    yield from (value for name in _LATE if name in attributes and _ADDRESS.fullmatch(value := _value(attributes, name)))
    own = [value for name in _OWN if name in attributes and (value := _value(attributes, name))]
    yield from (value for value in own if not _PLACEHOLDER.search(value))
    sets = [attributes, *(source.attributes for source in _sources(image))]
    yield from (largest for one in sets for name in _SETS if (largest := _largest(one.get(name) or "")))
    others = (_value(attributes, name) for name in attributes if name.startswith("data-"))
    yield from (value for value in others if _PHOTO_FILE.fullmatch(value))
    yield from own


def _value(attributes: Mapping[str, str | None], name: str) -> str:
    value = (attributes.get(name) or "").strip()
    return "" if _NO_ADDRESS.match(value) else value


def _sources(image: Element) -> list[Element]:
    """What a `picture` offers instead."""
    around = image.parent
    return around.css("source") if around is not None and around.tag == "picture" else []


def _largest(candidates: str) -> str | None:
    """The largest photo of a `srcset`."""
    found = [(float(one["size"] or 1), one["address"]) for one in _CANDIDATE.finditer(candidates)]
    usable = [(size, address) for size, address in found if not _NO_ADDRESS.match(address)]
    return max(usable, key=lambda one: one[0])[1] if usable else None

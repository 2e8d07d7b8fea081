"""Frames of photos: which photos are in one, what is their caption, and what is text of the article."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from dataclasses import dataclass

from asiatongsin.article_parts import ArticleImage
from asiatongsin.html.addresses import join
from asiatongsin.html.element import Element, attribute, is_same, key, text_of
from asiatongsin.html.selectors import Selectors
from asiatongsin.korean import clean
from asiatongsin.mediaon.links import EMBED_TAGS
from asiatongsin.mediaon.photos import photo_address

IMAGES = Selectors("img, image")
FRAMES = Selectors(".imgframe, figure")
CAPTION = Selectors("figcaption")
TEXT = Selectors(", ".join(["table", "blockquote", "pre", "ul", "ol", "dl", *sorted(EMBED_TAGS)]))

LONGEST_CAPTION = 1000
"""Characters. A frame around more text was never closed, or holds the article itself."""

_FRAME_NAMES = frozenset({"imgframe", "figure"})
_FILE_NAME = re.compile(r"\.(?:jpe?g|png|gif|webp|bmp)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PhotoFrame:
    """A frame with photos in it."""

    photos: list[ArticleImage]

    read: frozenset[int] | None
    """Keys of its elements that are read with that; None where nothing else is in the frame."""


def is_frame(tag: str | None, names: Iterable[str]) -> bool:
    """Whether an element with this tag and these classes is a frame."""
    return tag in _FRAME_NAMES or not _FRAME_NAMES.isdisjoint(names)


def read_frame(frame: Element, page_url: str, read: Set[int]) -> PhotoFrame | None:
    """The photos of a frame; None for a frame without any, or around other frames: that is text like any other.

    A table, a quote, a list or a video in it is no caption, unless it only holds the photo. `read` are the keys of
    photos of a frame around it.
    """
    images = [image for image in IMAGES.all(frame) if key(image) not in read]
    if not images:
        return None
    caption, own = text_of(frame), None
    holds_text = len(caption or "") > LONGEST_CAPTION or any(IMAGES.first(one) is None for one in TEXT.all(frame))
    if holds_text:
        own = CAPTION.first(frame)
        caption = text_of(own) if own is not None else None
    photos = list({photo.url: photo for photo in photos_of(images, page_url, caption)}.values())
    if not photos or (len(photos) > 1 and any(not is_same(one, frame) for one in FRAMES.all(frame))):
        return None
    return PhotoFrame(photos, frozenset(map(key, [*images, *([own] if own else [])])) if holds_text else None)


def photos_of(images: Iterable[Element], page_url: str, caption: str | None = None) -> list[ArticleImage]:
    """The photos of these elements that have an address."""
    found = ((photo_address(image), caption or title_of(image)) for image in images)
    return [ArticleImage(url=join(page_url, address), caption=text) for address, text in found if address]


def title_of(image: Element) -> str | None:
    """The title of a photo. Editors fill in the file name by themselves: that is none."""
    title = clean(attribute(image, "title"))
    return title if title and not _FILE_NAME.search(title) else None

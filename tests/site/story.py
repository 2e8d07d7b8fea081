"""An article as the site holds it: its draft with times and photos. Pages and truth are both made from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .draft import Draft
from .sections import section_of
from .skins import skin_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Photo:
    """A photo in the body."""

    path: str
    """`/data/photos/YYYYMMWW/art_<unix time>_<6 hex>.jpg`, WW the ISO week (SITE.md section 1)."""

    caption: str | None
    """Caption as printed; None without one."""

    def thumbnail(self, size: str) -> str:
        """Path of a smaller copy; `size` as in `90x60_c0`."""
        copy = self.path.replace("/data/photos/", "/data/cache/public/photos/")
        return f"{copy.removesuffix('.jpg')}_{size}.jpg"


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)  # compared by identity: leads are kept by story
class Story:
    """Everything a page prints about one article."""

    no: int
    """Number of the article."""

    draft: Draft
    """Its text."""

    published_at: datetime
    """Time of the 등록 line."""

    modified_at: datetime | None
    """Time of the 수정 line; None without one."""

    photos: tuple[Photo, ...]
    """Photos of the body, in order."""

    @property
    def section(self) -> str:
        """Name of its section."""
        return section_of(self.no).name

    @property
    def skin(self) -> str:
        """Name of the skin its page wears."""
        return skin_of(self.no)

    def thumbnail(self, size: str) -> str | None:
        """Path of the thumbnail beside its teasers; None without a photo."""
        return self.photos[0].thumbnail(size) if self.photos else None


def photos_of(no: int, draft: Draft, published_at: datetime) -> tuple[Photo, ...]:
    """The photos of a draft, with the paths they were stored under."""
    return tuple(
        Photo(path=_photo_path(no, position, published_at), caption=_printed(caption, no))
        for position, caption in enumerate(draft.captions)
    )


def _photo_path(no: int, position: int, published_at: datetime) -> str:
    folder = f"{published_at:%Y%m}{published_at.isocalendar().week:02}"
    stamp = f"{int(published_at.timestamp())}{no % 10_000:04}"
    return f"/data/photos/{folder}/art_{stamp}_{(no * 2_654_435_761 + position) % 2**24:06x}.jpg"


def _printed(caption: str | None, no: int) -> str | None:
    """Half of the captions begin with the triangle that Korean papers set before them."""
    return f"▲ {caption}" if caption and no % 2 else caption

"""What an article has beside its text: photos and links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

LinkKind = Literal["attachment", "embed", "link"]


@dataclass(frozen=True, kw_only=True)
class ArticleImage:
    """One photo of an article."""

    url: str
    """Absolute address of the photo."""

    caption: str | None = None
    """Text printed with the photo."""


@dataclass(frozen=True, kw_only=True)
class ArticleLink:
    """One address that an article leads to."""

    kind: LinkKind
    """`attachment` for a file such as .hwp or .pdf, `embed` for a video or frame within the text, else `link`."""

    url: str
    """Absolute address."""

    text: str | None = None
    """Text of the link; None for embeds and for links around a photo."""

"""Takes a page apart that the database refuses, so that it is stored without the part that is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial, reduce

from asiatongsin.article_parts import ArticleImage, ArticleLink
from asiatongsin.capture import Check
from asiatongsin.items import Article, PageItems, RelatedStory, WeatherReading, WeatherSnapshot

OPTIONAL = ("section", "subheadline", "reporter", "reporter_email", "published_at", "modified_at", "language")
"""Fields that an article can do without. Without headline or body it would be none."""

LONGEST_NAME = 60
"""Characters of the name of a part, which may hold the text that is too long."""


@dataclass(frozen=True)
class Part:
    """A part that a page can do without."""

    name: str
    """What it is: `reporter`, `image 2`, `related story 관련기사 3`, `weather 서울`."""

    add: Callable[[PageItems], PageItems]
    """Puts it back, behind the parts that were put back before."""


def take_apart(page: PageItems) -> tuple[PageItems, list[Part]]:
    """The page with nothing but what it cannot do without, and all its other parts in their order."""
    article = page.article and replace(page.article, images=(), links=(), **dict.fromkeys(OPTIONAL))  # type: ignore[arg-type]
    check = page.check and replace(page.check, etag=None, last_modified=None)
    bare = replace(page, article=article, check=check, weather=None, related_stories=(), archived=None)
    return bare, [replace(part, name=_short(part.name)) for part in _parts(page)]


def put_together(
    page: PageItems, parts: Sequence[Part], is_taken: Callable[[PageItems], bool], *, is_refused: bool = False
) -> tuple[PageItems, list[str]]:
    """The page with all parts that are taken, and the names of the others, which are found by halving.

    `is_refused` says that the page with all parts was tried before.
    """
    whole = reduce(lambda so_far, part: part.add(so_far), parts, page)
    if not parts or (not is_refused and is_taken(whole)):
        return whole, []
    if len(parts) == 1:
        return page, [parts[0].name]
    middle = len(parts) // 2
    first, refused_first = put_together(page, parts[:middle], is_taken)
    both, refused_second = put_together(first, parts[middle:], is_taken, is_refused=not refused_first)
    return both, refused_first + refused_second


def storable(text: str) -> str:
    """The text without what PostgreSQL cannot hold: U+0000 and halves of surrogate pairs."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _parts(page: PageItems) -> Iterator[Part]:
    if page.archived:
        yield Part("place in the archive", lambda so_far: replace(so_far, archived=page.archived))
    if page.article:
        yield from _of_article(page.article)
    for story in page.related_stories:
        yield Part(f"related story {story.block} {story.position}", partial(_with_story, story=story))
    if page.weather:
        yield from _of_strip(page.weather)
    if page.check and page.check != replace(page.check, etag=None, last_modified=None):
        yield Part("validators", partial(_with_check, check=page.check))


def _of_article(article: Article) -> Iterator[Part]:
    for name in OPTIONAL:
        if (value := getattr(article, name)) is not None:
            yield Part(name, partial(_with_field, name=name, value=value))
    for number, image in enumerate(article.images, start=1):
        yield Part(f"image {number}", partial(_with_image, image=image))
    for number, link in enumerate(article.links, start=1):
        yield Part(f"link {number}", partial(_with_link, link=link))


def _of_strip(strip: WeatherSnapshot) -> Iterator[Part]:
    for reading in strip.readings:
        yield Part(f"weather {reading.city}", partial(_with_reading, strip=strip, reading=reading))
    if strip.page_date is not None:
        yield Part("date of the weather", partial(_with_date, strip=strip))


def _with_field(page: PageItems, name: str, value: object) -> PageItems:
    changes = {name: value}
    return replace(page, article=page.article and replace(page.article, **changes))  # type: ignore[arg-type]


def _with_image(page: PageItems, image: ArticleImage) -> PageItems:
    return replace(page, article=page.article and replace(page.article, images=(*page.article.images, image)))


def _with_link(page: PageItems, link: ArticleLink) -> PageItems:
    return replace(page, article=page.article and replace(page.article, links=(*page.article.links, link)))


def _with_story(page: PageItems, story: RelatedStory) -> PageItems:
    return replace(page, related_stories=(*page.related_stories, story))


def _with_reading(page: PageItems, strip: WeatherSnapshot, reading: WeatherReading) -> PageItems:
    """The hash stays that of the whole strip: the next page that shows it is the same strip."""
    so_far = page.weather or replace(strip, page_date=None, readings=())
    return replace(page, weather=replace(so_far, readings=(*so_far.readings, reading)))


def _with_date(page: PageItems, strip: WeatherSnapshot) -> PageItems:
    return replace(page, weather=page.weather and replace(page.weather, page_date=strip.page_date))


def _with_check(page: PageItems, check: Check) -> PageItems:
    return replace(page, check=check)


def _short(name: str) -> str:
    """The name in one line; commas separate the names in `rejected_pages.missing`."""
    folded = storable(" ".join(name.replace(",", " ").split()))
    return folded if len(folded) <= LONGEST_NAME else f"{folded[:LONGEST_NAME]}…"

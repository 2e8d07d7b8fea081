"""The article of an article page: a table of where each field is, and one small method per field."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from functools import cached_property
from itertools import chain

from dateutil.parser import isoparse

from asiatongsin.article_parts import ArticleImage, ArticleLink
from asiatongsin.bylines import Byline, drop_labels, parse_body_byline, parse_info_line
from asiatongsin.errors import PageUnreadable
from asiatongsin.fields import METADATA_TIME
from asiatongsin.html.element import Element, ancestors, attribute, key, text_of, whole_text
from asiatongsin.html.parse import parse
from asiatongsin.html.selectors import Selectors, WholePage
from asiatongsin.items import Article, Page
from asiatongsin.korean import KST, clean, parse_date_time
from asiatongsin.mediaon.body import BODY, ArticleBody, find_bodies, without_copies
from asiatongsin.mediaon.links import attachments
from asiatongsin.mediaon.urls import article_url

# Wrapper numbers (arv_001, arv_009_01 …) differ per site and say nothing; inner ids and classes are stable.
# .fix_art_top.fix is a copy of the headline that sticks to the screen; it may come first and holds less.
SECTION = Selectors("div.path_wrap > h3", ".fl > .p_tit", "ul.art_top_nav > li:last-child > a", ".p_tit")
HEADLINE = Selectors(
    ".art_top h2",
    ".fix_art_top h2",
    ".art_tit",  # print
    ".news_top h3",  # mobile
    ".viewsubject > p",  # weekly papers
    ".hbox > h2",  # before 2016
)
ANY_HEADLINE = Selectors(", ".join(HEADLINE.css))
SUBHEADLINE = Selectors(".art_top h3", ".fix_art_top h3", ".sub_tit", ".news_top h4", ".hbox > h3")
INFO = Selectors(".art_top .art_info > li", ".fix_art_top .art_info > li", "div > .art_info > li", ".arvdate")
META_HEADLINE = Selectors("meta[property='og:title']", "meta[name=title]")
TITLE = Selectors("title")
META_PUBLISHED = Selectors("meta[property='article:published_time']")

_DATE = r"\d{4}[.\-/]\s?\d{1,2}[.\-/]\s?\d{1,2}"
_REGISTERED = re.compile(rf"(?:등록|입력)\D{{0,8}}(?={_DATE})")
_MODIFIED = re.compile(rf"수정\D{{0,8}}(?={_DATE})")
_UNLABELLED = re.compile(rf"(?<!\d)(?={_DATE})")
_TIME_PART = re.compile(rf"(?:(?:기사\s*)?(?:등록|입력|수정)\D{{0,6}})?(?<!\d){_DATE}[\d.\-/:\s]*")
_BUTTONS = {"URL복사", "공유하기", "인쇄", "글씨크기", "기사제보"}


class ArticlePage:
    """What one article page says about its article."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.tree = page.tree
        self._whole = WholePage(page.tree)

    def article(self) -> Article:
        """The article, every field by name; PageUnreadable names what must be there and is not."""
        self._require(headline=self.headline, body=self.bodies or None)
        headline, subheadline, paragraphs = self.headline or "", self.subheadline, self.paragraphs
        return Article(
            site=self.page.site,
            no=self.page.no or 0,
            url=article_url(self.page.base, self.page.no or 0),
            section=self.section,
            headline=headline,
            subheadline=subheadline,
            reporter=self.byline.name,
            reporter_email=self.byline.email,
            published_at=self.published_at,
            modified_at=self.modified_at,
            body=paragraphs,
            images=self.images,
            links=self.links,
            language=self.language,
            content_hash=content_hash(headline, subheadline, paragraphs),
            fetched_at=self.page.fetched_at,
        )

    @cached_property
    def headline(self) -> str | None:
        return self._printed_headline or self._meta_headline()

    @property
    def fallbacks(self) -> tuple[str, ...]:
        """Fields that are not in their own place on the page: metadata, or the list page, stand in for them."""
        own = {
            "headline": self._printed_headline,
            "published_at": self._printed_time,
            METADATA_TIME: self._printed_time or self._listed_time,
        }
        return tuple(field for field, value in own.items() if value is None)

    @property
    def subheadline(self) -> str | None:
        """Several printed lines stay several lines."""
        printed = (element for element in SUBHEADLINE.all(self._whole) if whole_text(element).strip())
        texts = ("\n".join(ArticleBody(element, "").paragraphs) for element in printed)
        return next((text for text in texts if text), None)

    @property
    def section(self) -> str | None:
        return SECTION.text(self._whole)

    @cached_property
    def byline(self) -> Byline:
        """Who wrote it: the info line; where that names no person, the byline printed in the body.

        A closing byline counts only where the info line prints no e-mail: beside the address of a desk
        it would pair one person's name with another's address (youthdaily.co.kr no=211870).
        """
        lines = (drop_labels(_TIME_PART.sub("", line)) for line in self._info_lines)
        info = next((parse_info_line(line) for line in lines if line and line not in _BUTTONS), Byline(None, None))
        if info.name or not self.paragraphs:
            return info
        printed = parse_body_byline(self.paragraphs, may_close=info.email is None)
        return Byline(printed.name, info.email or printed.email) if printed else info

    @property
    def published_at(self) -> datetime | None:
        """등록, else what the list page printed, else the metadata some sites have.

        Metadata may write Korean time as if it were UTC (`T08:00:00Z` for 08:00), a list never does.
        """
        return self._printed_time or self._listed_time or self._meta_published

    @property
    def modified_at(self) -> datetime | None:
        return self._info_time(_MODIFIED)

    @cached_property
    def paragraphs(self) -> tuple[str, ...]:
        return tuple(chain.from_iterable(part.paragraphs for part in without_copies(self._parts)))

    @cached_property
    def images(self) -> tuple[ArticleImage, ...]:
        first, *others = [part.images for part in self._parts] or [[]]
        shown = {image.url for image in first}
        return (*first, *(image for image in chain(*others) if image.url not in shown))

    @cached_property
    def links(self) -> tuple[ArticleLink, ...]:
        found = [link for part in self._parts for link in part.links]
        columns = (around for body in self.bodies[:1] for around in ancestors(body))
        column = next((around for around in columns if ANY_HEADLINE.first(around) is not None), None)
        offered = attachments(column, self.page.url) if column is not None else []
        return tuple(dict.fromkeys([*found, *offered]))

    @property
    def language(self) -> str | None:
        return clean(attribute(self.tree, "lang")) or None

    @property
    def is_empty(self) -> bool:
        """Whether there is a body and nothing that can be read in it: neither text nor photo nor video nor file."""
        shown = (self.paragraphs, self.images, [link for link in self.links if link.kind != "link"])
        return bool(self.bodies) and not any(shown)

    @cached_property
    def _printed_headline(self) -> str | None:
        first = self._headline_place
        return (text_of(first) or HEADLINE.text(self._whole)) if first is not None else None

    @cached_property
    def _headline_place(self) -> Element | None:
        return HEADLINE.first(self._whole)

    @cached_property
    def _printed_time(self) -> datetime | None:
        return self._info_time(_REGISTERED) or self._unlabelled_time()

    @cached_property
    def bodies(self) -> list[Element]:
        """The elements of the body, several where it is printed in parts. A second headline begins another article."""
        found = find_bodies(self.tree, self._column.parent or self.tree)
        if len(found) > 1 and len({text_of(headline) for headline in HEADLINE.best(self._whole)}) > 1:
            return found[:1]
        return found

    @cached_property
    def _listed_time(self) -> datetime | None:
        """The minute that the list page printed, with the second of the metadata where these agree."""
        listed, meta = self.page.listed_at, self._meta_published
        return meta if listed and meta and meta.replace(second=0, microsecond=0) == listed else listed

    @cached_property
    def _column(self) -> Element:
        """The innermost element around headline and body."""
        body, headline = BODY.first(self.tree), self._headline_place
        if body is None or headline is None:
            return self.tree
        around_headline = set(map(key, ancestors(headline)))
        return next((element for element in ancestors(body) if key(element) in around_headline), self.tree)

    @cached_property
    def _parts(self) -> list[ArticleBody]:
        trees = [parse(part.body).tree for part in self.page.parts]
        further = (body for tree in trees for body in find_bodies(tree, tree))
        return [ArticleBody(body, self.page.url) for body in chain(self.bodies, further)]

    @cached_property
    def _info_lines(self) -> list[str]:
        return [text for element in INFO.best(self._whole) if (text := text_of(element))]

    def _info_time(self, label: re.Pattern[str]) -> datetime | None:
        """The time behind a label."""
        found = ((line, label.search(line)) for line in self._info_lines)
        return next((time for line, place in found if place and (time := parse_date_time(line[place.end() :]))), None)

    def _unlabelled_time(self) -> datetime | None:
        """A time without a word before it: what pages of before 2016 print (`이름 기자 | 2012.05.03 10:20:30`)."""
        if any(_MODIFIED.search(line) for line in self._info_lines):
            return None
        return self._info_time(_UNLABELLED)

    def _meta_headline(self) -> str | None:
        """The title for sharing. Every page of the CMS has one, so it is believed only beside a body."""
        if not self.bodies:
            return None
        contents = (clean(attribute(meta, "content")) for meta in META_HEADLINE.all(self.tree))
        return next((content for content in contents if content), None) or self._title()

    def _title(self) -> str | None:
        """`<title>` without the name of the paper behind its last hyphen."""
        title = TITLE.text(self.tree)
        return title and (title.rpartition(" - ")[0] or title)

    @cached_property
    def _meta_published(self) -> datetime | None:
        for meta in META_PUBLISHED.all(self.tree):
            try:
                time = isoparse(clean(attribute(meta, "content")))
                return (time if time.tzinfo else time.replace(tzinfo=KST)).astimezone(KST)
            except (ValueError, OverflowError):
                continue
        return None

    def _require(self, **parts: object) -> None:
        missing = tuple(name for name, part in parts.items() if part is None)
        if missing:
            raise PageUnreadable(f"no {' and no '.join(missing)} on the page", missing)


def content_hash(headline: str, subheadline: str | None, paragraphs: tuple[str, ...]) -> str:
    """SHA-256, hexadecimal, of the text alone: markup, photos and white space do not count."""
    text = "\n".join(clean(part) for part in (headline, subheadline or "", *paragraphs))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()

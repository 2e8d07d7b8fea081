"""One article with its texts, its photos' captions and where it leads; two of its texts compared; its archived page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from asiatongsin.addresses import without_addresses
from pipelines.exporters.articles import PARAGRAPH_BREAK
from pipelines.queries import one_article
from pipelines.queries.compared import Piece, compare, pieces, size_of_edit
from pipelines.queries.one_article import Former, Link, Photo, Stored, Text, WholeText
from pipelines.web.archived import archived, charset_of
from pipelines.web.guard import RAW_POLICY
from pipelines.web.page import Asked, Document, NotFound, Page

PATH = "/article/{site}/{no:[0-9]{1,18}}"
"""Address of an article; no number of more digits fits into the column."""

MOST_REVISIONS = 10**9


@dataclass(frozen=True, kw_only=True)
class OneArticle:
    """All that is stored of an article."""

    article: Stored
    photos: list[Photo]
    links: list[Link]

    texts: list[Text]
    """Every text it had, the newest first."""

    former: list[Former]
    """Articles that had its number before, the last one first."""


@dataclass(frozen=True, kw_only=True)
class Block:
    """Paragraphs that are the same in both texts, or that differ."""

    same: list[str]
    """Paragraphs that are the same; empty where they differ."""

    pieces: list[Piece]
    """What differs, word by word."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Two texts of an article, compared."""

    site: str
    no: int
    headline: str

    old: Text
    new: Text

    added: int
    """Characters of words that are new, white space not counted."""

    removed: int
    """Characters of words that are gone."""

    is_another: bool
    """Between the two, the site gave the number to another article."""

    blocks: list[Block]
    texts: list[Text]
    """All texts of the article, oldest first."""


def read(asked: Asked) -> OneArticle:
    """Reads an article. NotFound."""
    of = asked_for(asked)
    return OneArticle(
        article=stored(asked),
        photos=one_article.photos(asked.connection, *of),
        links=one_article.links(asked.connection, *of),
        texts=one_article.texts(asked.connection, *of)[::-1],
        former=one_article.former_articles(asked.connection, *of),
    )


def read_difference(asked: Asked) -> Difference:
    """Compares two texts: usually the last one, and with that before it. ArgumentError, NotFound."""
    article = stored(asked)
    texts = one_article.texts(asked.connection, article.site, article.no)
    to = asked.query.number("to", texts[-1].revision, MOST_REVISIONS, least=1)
    before = max((text.revision for text in texts if text.revision < to), default=to)
    numbers = [asked.query.number("from", before, MOST_REVISIONS, least=1), to]
    old, new = (_text(texts, number) for number in numbers)
    found = one_article.whole_texts(asked.connection, article.site, article.no, numbers)
    whole = [_without_addresses(found[number]) for number in numbers]
    size = size_of_edit(*("\n".join(text.paragraphs) for text in whole))
    first, second = sorted((old, new), key=lambda text: text.revision)
    return Difference(
        site=article.site,
        no=article.no,
        headline=article.headline,
        old=old,
        new=new,
        added=size.added,
        removed=size.removed,
        is_another=any(text.is_another for text in texts if first.revision < text.revision <= second.revision),
        blocks=list(_blocks(whole[0].paragraphs, whole[1].paragraphs)),
        texts=texts,
    )


def read_raw(asked: Asked) -> Document:
    """The archived page as it came. ArgumentError, NotFound, StoreTrouble."""
    site, no = asked_for(asked)
    revision = asked.query.number("revision", 0, MOST_REVISIONS, least=1) or None
    place = one_article.archived_page(asked.connection, site, no, revision)
    if place is None:
        stored(asked)
        raise NotFound(f"the article has no revision {revision}")
    page = archived(asked.connection, asked.settings, place)
    return Document(body=page.body, charset=charset_of(page.body), policy=RAW_POLICY)


def asked_for(asked: Asked) -> tuple[str, int]:
    """Site and number of the article that is asked for."""
    return asked.parts["site"], int(asked.parts["no"])


def stored(asked: Asked) -> Stored:
    """The article that is asked for. NotFound."""
    site, no = asked_for(asked)
    found = one_article.article(asked.connection, site, no)
    if found is None:
        raise NotFound(f"no article {no} of {site} is stored")
    return found


def _text(texts: Sequence[Text], revision: int) -> Text:
    for text in texts:
        if text.revision == revision:
            return text
    there = ", ".join(str(text.revision) for text in texts[-20:])
    raise NotFound(f"the article has no revision {revision}, only {there}")


def _without_addresses(text: WholeText) -> WholeText:
    """The text masked before it is cut into words: a mark within an address would hide it from the mask."""
    return replace(
        text,
        headline=without_addresses(text.headline),
        subheadline=text.subheadline and without_addresses(text.subheadline),
        body=text.body and without_addresses(text.body),
    )


def _blocks(old: Sequence[str], new: Sequence[str]) -> Iterator[Block]:
    for part in compare(old, new):
        if part.is_same:
            yield Block(same=list(part.new), pieces=[])
        else:
            yield Block(same=[], pieces=list(pieces(*map(PARAGRAPH_BREAK.join, (part.old, part.new)))))


ARTICLE = Page(path=PATH, title="Article", template="article.html", read=read)
DIFFERENCE = Page(path=f"{PATH}/diff", title="Compared", template="difference.html", read=read_difference)
RAW = Page(path=f"{PATH}/raw", title="Archived page", template=None, read=read_raw)

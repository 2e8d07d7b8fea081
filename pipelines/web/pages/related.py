"""The articles around an article: where its page leads, and which pages lead to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from asiatongsin.addresses import without_addresses
from asiatongsin.korean import KST
from pipelines.datasets.lines import Sink
from pipelines.queries.one_article import Stored
from pipelines.queries.related import Edge, Named, edges_from, edges_to, named
from pipelines.web.graph import Drawing, drawn
from pipelines.web.page import Asked, Page, write_table
from pipelines.web.pages.article import PATH, stored

COLUMN = 12
"""Articles in a column of the drawing."""

MOST_EDGES = 1000
"""Edges of one step in one direction."""


@dataclass(frozen=True, kw_only=True)
class Related:
    """An article and those around it."""

    article: Stored

    steps: int
    """How many steps from the article are looked at: 1 or 2."""

    columns: list[list[int]]
    """The articles that are drawn: those two steps before it, one step before it, itself, and those behind it."""

    articles: dict[int, Named]
    """All articles, by their numbers."""

    edges: list[Edge]
    """What leads where."""

    is_cut: bool
    """There are more articles than are drawn."""

    @property
    def drawing(self) -> Drawing:
        """The graph to look at."""
        labels = {no: without_addresses(one.headline or str(no)) for no, one in self.articles.items()}
        return drawn(self.columns, labels, dict.fromkeys((edge.no, edge.related_no) for edge in self.edges))

    @property
    def shown(self) -> set[tuple[int, int]]:
        """What still leads where."""
        return {(edge.no, edge.related_no) for edge in self.edges if edge.is_shown}


def read(asked: Asked) -> Related:
    """Reads what is around an article. ArgumentError, NotFound."""
    article = stored(asked)
    steps = asked.query.number("steps", 2, 2, least=1)
    site, over = article.site, asked.connection
    out, into = (find(over, site, [article.no], MOST_EDGES) for find in (edges_from, edges_to))
    placed = {article.no}
    behind = _column((edge.related_no for edge in out), placed)
    before = _column((edge.no for edge in into), placed)
    edges = [*out, *into]
    far_behind: list[int] = []
    far_before: list[int] = []
    if steps == 2:
        further, earlier = edges_from(over, site, behind, MOST_EDGES), edges_to(over, site, before, MOST_EDGES)
        far_behind = _column((edge.related_no for edge in further), placed)
        far_before = _column((edge.no for edge in earlier), placed)
        edges += [*further, *earlier]
    numbers = {article.no} | {no for edge in edges for no in (edge.no, edge.related_no)}
    return Related(
        article=article,
        steps=steps,
        columns=[far_before, before, [article.no], behind, far_behind],
        articles={one.no: one for one in named(over, site, numbers)},
        edges=list(dict.fromkeys(edges)),
        is_cut=numbers > placed,
    )


def write_csv(asked: Asked, file: Sink) -> None:
    """Writes what leads where."""
    found = read(asked)
    head = ("site", "no", "headline", "related_no", "related_headline", "block", "first_seen_at", "last_seen_at")
    write_table(file, (*head, "is_shown", "is_stored"), (_row(found, edge) for edge in found.edges))


def _row(found: Related, edge: Edge) -> Sequence[object]:
    start, end = found.articles[edge.no], found.articles[edge.related_no]
    first, last = (at.astimezone(KST) for at in (edge.first_seen_at, edge.last_seen_at))
    names = (found.article.site, start.no, start.headline, end.no, end.headline)
    return (*names, edge.block, first, last, edge.is_shown, end.is_stored)


def _column(numbers: Iterable[int], placed: set[int]) -> list[int]:
    """The first of these articles that have no place yet, which they get."""
    found = [no for no in dict.fromkeys(numbers) if no not in placed][:COLUMN]
    placed.update(found)
    return found


RELATED = Page(
    path=PATH.replace("/article/", "/related/"), title="Related", template="related.html", read=read, csv=write_csv
)

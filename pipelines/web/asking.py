"""What somebody types into a form: the filters of a search, or a site; and what there is to choose from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from pipelines.datasets.atom import Feed
from pipelines.datasets.run import RIGHTS
from pipelines.queries import volume
from pipelines.queries.names import check_names, check_site
from pipelines.queries.search.filters import Filters
from pipelines.queries.sites import known_sites
from pipelines.web.page import Asked

NAMES = ("site", "section", "reporter", "since", "until")

NEWEST, SITES = 300, 20
"""So many articles of each of so many sites tell the names of sections and reporters to choose from."""


@dataclass(frozen=True, kw_only=True)
class Choices:
    """Names to choose from: those of sites, and those that their newest articles print."""

    sites: list[str]
    sections: list[str]
    reporters: list[str]


def filters(asked: Asked, match: str = "") -> Filters:
    """The filters that the address names, and a query. ArgumentError."""
    return Filters.parse(match, now=asked.now, **{name: asked.query.text(name) or None for name in NAMES})


def typed(asked: Asked) -> dict[str, str]:
    """What stands in the form."""
    return {name: asked.query.text(name) for name in ("q", *NAMES)}


def choices(asked: Asked) -> Choices:
    """What there is to choose from; of sites that are chosen already, their own sections and reporters."""
    sites = known_sites(asked.connection)
    chosen = [site for site in asked.query.text("site").split(",") if site in sites]
    sections, reporters = volume.printed_names(asked.connection, (chosen or sites)[:SITES], NEWEST)
    return Choices(sites=sites, sections=sections, reporters=reporters)


def feed(asked: Asked, name: str, updated: datetime) -> Feed:
    """What stands above the entries of a feed. Its address keeps what is asked for, so it is its identity as well."""
    address = asked.here_as("atom")
    return Feed(
        id=uuid5(NAMESPACE_URL, f"asiatongsin {address}").urn,
        title=": ".join(filter(None, (name, " ".join(filter(None, typed(asked).values()))))),
        updated=updated,
        author="asiatongsin",
        rights=RIGHTS,
        address=f"{asked.origin}{address}",
    )


def chosen_site(asked: Asked, known: Collection[str]) -> str:
    """The one of the known sites that is asked for; empty where none is. ArgumentError."""
    site = asked.query.text("site")
    if site:
        check_site(site, known)
    return site


def check_chosen(asked: Asked, chosen: Filters, *, is_found: bool) -> None:
    """ArgumentError for a name that no article has. Where something is found, a name that stands alone is one."""
    if not is_found or any(len(names) > 1 for names in (chosen.sites, chosen.sections, chosen.reporters)):
        check_names(asked.connection, chosen)

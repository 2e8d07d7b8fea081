"""Which sites have an address on the network in common: they may share a server, to be asked by one crawl at a time."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from asiatongsin.site import Site
from pipelines.fleet.site_entry import SiteEntry

AT_ONCE = 16


def neighbours(
    new: Iterable[SiteEntry], all_sites: Iterable[SiteEntry], resolve: Callable[[str], frozenset[str]] | None = None
) -> list[tuple[str, list[str]]]:
    """Each network address that a new site shares with others, with all of these, where they are not of one group."""
    known = {one.site: one for one in (*all_sites, *new) if not Site(one.base).is_loopback}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = dict(zip(known, pool.map(resolve or addresses_of, (one.base for one in known.values())), strict=True))
    shared = ((address, _sites_at(address, found)) for address in _addresses(new, found))
    return [
        (address, sites)
        for address, sites in shared
        if len(sites) > 1 and len({known[site].politeness_group or site for site in sites}) > 1
    ]


def addresses_of(base: str) -> frozenset[str]:
    """The network addresses of a site; none where its name is not known."""
    try:
        return frozenset(str(found[4][0]) for found in socket.getaddrinfo(urlsplit(base).hostname, None))
    except (OSError, UnicodeError):
        return frozenset()


def _addresses(new: Iterable[SiteEntry], found: Mapping[str, frozenset[str]]) -> list[str]:
    return sorted({address for one in new for address in found.get(one.site, ())})


def _sites_at(address: str, found: Mapping[str, frozenset[str]]) -> list[str]:
    return sorted(site for site, addresses in found.items() if address in addresses)
